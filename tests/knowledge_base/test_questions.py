from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.conditions import Condition, evaluate
from knowledge_base.questions import Chosen, Question, answer_of


def question(**whens: Any) -> Question:
    answers = {name: {"when": when} for name, when in whens.items()}
    return Question.model_validate({"id": "q", "ask": "?", "why": "so", "probe": "p", "answers": answers})


RANGES = question(low={"x": {"below": 1}}, high={"x": {"above": 10}}, fine="otherwise")


@pytest.mark.parametrize(("x", "wanted"), [(0, "low"), (11, "high"), (5, "fine"), (math.nan, "fine")])
def test_the_first_true_answer_is_chosen(x: float, wanted: str) -> None:
    assert answer_of(RANGES, {"x": x}) == Chosen(wanted)


def test_an_unknown_condition_makes_the_answer_unknown() -> None:
    chosen = answer_of(RANGES, {"x": None})
    assert chosen.answer_id is None
    assert chosen.reason


def test_a_true_answer_before_the_unknown_one_is_chosen() -> None:
    asked = question(first={"x": {"above": 0}}, second={"y": {"above": 0}}, rest="otherwise")
    assert answer_of(asked, {"x": 1}).answer_id == "first"
    assert answer_of(asked, {"x": -1}).answer_id is None
    assert answer_of(asked, {"y": 1}).answer_id is None
    assert answer_of(asked, {"x": -1, "y": -1}).answer_id == "rest"


def test_without_otherwise_nothing_may_fit() -> None:
    asked = question(first={"x": {"above": 0}}, second={"x": {"below": -5}})
    assert answer_of(asked, {"x": -1}) == Chosen(None, "none of the answers fits what was measured")


def test_an_answer_that_only_a_person_can_give_is_passed_over() -> None:
    asked = Question.model_validate(
        {"id": "q", "ask": "?", "why": "so", "probe": "p", "person": True}
        | {"answers": {"told": {"option": "Yes"}, "seen": {"when": {"x": {"is": True}}}}}
    )
    assert answer_of(asked, {"x": True}).answer_id == "seen"


@pytest.mark.parametrize("word", ["unknown", "otherwise", "skipped"])
def test_reserved_words(word: str) -> None:
    with pytest.raises(ValidationError, match="meaning of its own"):
        question(**{word: {"x": {"is": 1}}, "rest": "otherwise"})


BOUNDS = st.lists(st.tuples(st.sampled_from(["x", "y"]), st.integers(-3, 3)), min_size=1, max_size=4)
VALUES = st.none() | st.floats()


@given(BOUNDS, VALUES, VALUES)
def test_the_choice_follows_the_order(bounds: list[tuple[str, int]], x: float | None, y: float | None) -> None:
    whens: list[dict[str, Any]] = [{name: {"above": bound}} for name, bound in bounds]
    named: dict[str, Any] = {f"a{at}": when for at, when in enumerate(whens)}
    chosen = answer_of(question(**named, rest="otherwise"), {"x": x, "y": y})
    truths = [evaluate(Condition.model_validate(when), {"x": x, "y": y}) for when in whens]
    first = next((at for at, truth in enumerate(truths) if truth is not False), None)
    if first is None:
        assert chosen.answer_id == "rest"
    else:
        assert chosen.answer_id == (f"a{first}" if truths[first] else None)
