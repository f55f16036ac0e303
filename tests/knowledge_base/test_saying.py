from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.questions import Answer
from knowledge_base.saying import Fact, Field, TemplateError, facts, fields, fill, formatted, places, say


def answer(**written: Any) -> Answer:
    return Answer.model_validate(written)


DEAD = {"any_item": {"of": "layers", "where": {"dead": {"above": 0.9}}}}
LAYERS = {
    "ratio": 1.23456e-5,
    "layers": [{"name": "a", "dead": 1.0}, {"name": "b", "dead": 0.0}, {"name": "c", "dead": 0.95}],
}


def test_fields_of_the_measurement_are_filled() -> None:
    assert say(answer(say="It shrinks to {ratio:.1e}, see {layers.0.name}."), LAYERS) == "It shrinks to 1.2e-05, see a."


def test_matching_items_are_named() -> None:
    said = answer(say="{matching.name} never fire.", when=DEAD, locate=["layer:{matching.name}", "fit"])
    assert say(said, LAYERS) == "a and c never fire."
    assert places(said, LAYERS) == ("layer:a", "layer:c", "fit")


def test_a_field_of_every_item() -> None:
    assert say(answer(say="Layers {layers.name}."), LAYERS) == "Layers a, b and c."


def test_what_is_missing_says_so() -> None:
    assert say(answer(say="{nothing:.1f} and {none}"), {"none": None}) == "(not measured) and (not measured)"
    assert places(answer(locate=["layer:{worst}"]), {"worst": None}) == ()


@pytest.mark.parametrize(
    ("value", "spec", "wanted"),
    [
        (True, "", "yes"),
        (0.123456, "", "0.1235"),
        (math.nan, ".2f", "NaN"),
        (-math.inf, "", "minus infinity"),
        ("many", "d", "many"),
        ([], "", "none"),
        (list("abcdef"), "", "a, b, c and 3 more"),
        ([1.0, 2.0], ".1f", "1.0 and 2.0"),
    ],
)
def test_formatting(value: Any, spec: str, wanted: str) -> None:
    assert formatted(value, spec) == wanted


def test_fields_are_listed() -> None:
    assert fields("{a.b:.1f} and {c} {{literal}}") == [Field("a.b", ".1f"), Field("c", "")]


@pytest.mark.parametrize("template", ["{", "{}", "{a!r}", "{a", "a}"])
def test_templates_that_do_not_parse(template: str) -> None:
    with pytest.raises(TemplateError):
        fields(template)


def test_code_is_filled_with_the_facts_of_the_case() -> None:
    code = "SGD({learning_rate|1e-3})  # {{0: 1.0}} {layer|dense}"
    assert facts(code) == [Fact("learning_rate", "1e-3"), Fact("layer", "dense")]
    assert fill(code, {"learning_rate": 0.30000001, "layer": None}) == "SGD(0.3)  # {0: 1.0} dense"
    assert fill("{learning_rate|1e-3}", {"learning_rate": math.nan}) == "1e-3"


@pytest.mark.parametrize("code", ["{learning_rate}", "{", "}", "{Name|1}", "a = {0: 1}", "{|1}"])
def test_code_that_does_not_parse(code: str) -> None:
    with pytest.raises(TemplateError, match="line 1 of the code"):
        facts(code)


@given(st.text(alphabet="ab{}| \n0:.", max_size=30))
def test_code_that_parses_can_be_filled(code: str) -> None:
    try:
        named = facts(code)
    except TemplateError:
        return
    assert isinstance(fill(code, {one.name: 1 for one in named}), str)


@given(st.dictionaries(st.sampled_from("abc"), st.none() | st.floats() | st.sampled_from(["", "text"]) | st.booleans()))
def test_saying_never_fails(measurement: dict[str, Any]) -> None:
    assert say(answer(say="{a:.2f} {b} {c:.1%} {d.e}"), measurement)


def test_what_cannot_be_said_without_the_fact_is_left_out() -> None:
    code = "fit(epochs={wanted|100})      # was {epochs|?}; more if it helps\ncall()      # was {rate|?}"
    assert fill(code, {}) == "fit(epochs=100)      # more if it helps\ncall()"
    assert (
        fill(code, {"epochs": 3, "rate": 0.1})
        == "fit(epochs=100)      # was 3; more if it helps\ncall()      # was 0.1"
    )
