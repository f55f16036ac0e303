from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.conditions import Condition, evaluate
from knowledge_base.proofs.implication import implies, never_holds


def condition(written: dict[str, Any]) -> Condition:
    return Condition.model_validate(written)


@pytest.mark.parametrize(
    ("this", "other"),
    [
        ({"x": {"below": 1}}, {"x": {"below": 2}}),
        ({"x": {"below": 1}}, {"x": {"below": 1}}),
        ({"x": {"above": 3}}, {"x": {"above": 3}}),
        ({"x": {"between": [1, 2]}}, {"x": {"below": 3}}),
        ({"x": {"between": [1, 2]}}, {"x": {"between": [0, 2]}}),
        ({"x": {"is": 3}}, {"x": {"above": 2}}),
        ({"x": {"is": "a"}}, {"x": {"in": ["a", "b"]}}),
        ({"x": {"below": 1}, "y": {"is": True}}, {"x": {"below": 1}}),
        ({"all": [{"x": {"below": 1}}, {"y": {"above": 0}}]}, {"y": {"above": -1}}),
        ({"x": {"below": 1}}, {"any": [{"x": {"below": 2}}, {"y": {"is": 1}}]}),
        ({"any": [{"x": {"below": 1}}, {"x": {"is": 1.5}}]}, {"x": {"below": 2}}),
        ({"not": {"x": {"is": 1}}}, {"not": {"x": {"is": 1}}}),
        (
            {"any_item": {"of": "l", "where": {"a": {"above": 2}}}},
            {"any_item": {"of": "l", "where": {"a": {"above": 1}}}},
        ),
    ],
)
def test_implied(this: dict[str, Any], other: dict[str, Any]) -> None:
    assert implies(condition(this), condition(other))


@pytest.mark.parametrize(
    ("this", "other"),
    [
        ({"x": {"below": 2}}, {"x": {"below": 1}}),
        ({"x": {"between": [1, 2]}}, {"x": {"below": 2}}),
        ({"x": {"below": 1}}, {"y": {"below": 1}}),
        ({"x": {"below": {"field": "y"}}}, {"x": {"below": 100}}),
        ({"x": {"is": "nan"}}, {"x": {"below": 100}}),
        ({"x": {"is": True}}, {"x": {"is": 1}}),
        ({"any": [{"x": {"below": 1}}, {"y": {"is": 1}}]}, {"x": {"below": 1}}),
        ({"x": {"below": 1}}, {"x": {"below": 1}, "y": {"is": 1}}),
    ],
)
def test_not_implied(this: dict[str, Any], other: dict[str, Any]) -> None:
    assert not implies(condition(this), condition(other))


@pytest.mark.parametrize(
    "written",
    [
        {"x": {"below": 1, "above": 2}},
        {"x": {"above": 1, "below": 1}},
        {"all": [{"x": {"is": "a"}}, {"x": {"is": "b"}}]},
        {"all": [{"x": {"is": 3}}, {"x": {"below": 1}}]},
    ],
)
def test_contradictions(written: dict[str, Any]) -> None:
    assert never_holds(condition(written))


@pytest.mark.parametrize(
    "written",
    [{"x": {"below": 2, "above": 1}}, {"x": {"is": "nan"}}, {"x": {"is": "a"}}, {"all": [{"x": {"in": [1, 2]}}]}],
)
def test_no_contradiction(written: dict[str, Any]) -> None:
    assert not never_holds(condition(written))


TESTS = st.one_of(
    st.builds(lambda bound: {"below": bound}, st.integers(-3, 3)),
    st.builds(lambda bound: {"above": bound}, st.integers(-3, 3)),
    st.builds(lambda low, more: {"between": [low, low + more]}, st.integers(-3, 3), st.integers(0, 3)),
    st.builds(lambda value: {"is": value}, st.sampled_from([0, 1, "nan", "finite", "infinite"])),
    st.builds(lambda values: {"in": values}, st.lists(st.integers(-2, 2), min_size=1, max_size=3)),
)
FIELDS = st.dictionaries(st.sampled_from(["x", "y"]), TESTS, min_size=1)
CONDITIONS = st.recursive(
    FIELDS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=4,
)
VALUES = st.one_of(st.integers(-4, 4), st.floats(-4, 4), st.sampled_from([float("nan"), float("inf")]))


@given(CONDITIONS, CONDITIONS, st.fixed_dictionaries({"x": VALUES, "y": VALUES}))
def test_what_is_said_to_follow_does_follow(
    this: dict[str, Any], other: dict[str, Any], measurement: dict[str, Any]
) -> None:
    one, two = condition(this), condition(other)
    if implies(one, two) and evaluate(one, measurement):
        assert evaluate(two, measurement)
    if never_holds(one):
        assert not evaluate(one, measurement)
