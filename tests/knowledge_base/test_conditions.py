from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.conditions import Condition, all_of, any_of, evaluate, matching_items, opposite

NAN, INF = math.nan, math.inf
TRUTHS = st.sampled_from([True, False, None])
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


def condition(written: dict[str, Any]) -> Condition:
    return Condition.model_validate(written)


def truth(written: dict[str, Any], measurement: dict[str, Any]) -> bool | None:
    return evaluate(condition(written), measurement)


SIMPLE = st.one_of(
    st.builds(lambda bound: {"x": {"below": bound}}, st.integers(-3, 3)),
    st.builds(lambda bound: {"y": {"above": bound}}, st.integers(-3, 3)),
    st.builds(lambda low: {"x": {"between": [low, low + 2]}}, st.integers(-3, 3)),
    st.sampled_from([{"x": {"is": "nan"}}, {"y": {"is": "finite"}}, {"x": {"is": None}}, {"y": {"in": [1, 2]}}]),
)
MEASUREMENTS = st.fixed_dictionaries(
    {}, optional={"x": st.none() | NUMBERS, "y": st.none() | st.integers(-4, 4) | NUMBERS}
)


@pytest.mark.parametrize(
    ("test", "value", "wanted"),
    [
        ({"below": 1}, 0.5, True),
        ({"below": 1}, 1, False),
        ({"above": 1}, 1, False),
        ({"above": 1}, 2, True),
        ({"between": [1, 2]}, 1, True),
        ({"between": [1, 2]}, 2, True),
        ({"between": [1, 2]}, 2.1, False),
        ({"above": 1, "below": 3}, 2, True),
        ({"above": 1, "below": 3}, 3, False),
        ({"is": 1}, 1.0, True),
        ({"is": True}, 1, False),
        ({"is": 1}, True, False),
        ({"is": True}, True, True),
        ({"is": "relu"}, "relu", True),
        ({"is": None}, None, True),
        ({"is": None}, 3, False),
        ({"in": ["a", "b"]}, "b", True),
        ({"in": [1, 2]}, 3, False),
        ({"contains": 3}, [1, 3], True),
        ({"contains": "nn"}, "cnn", True),
        ({"contains": 3}, [], False),
        ({"matches": "^conv"}, "conv2d", True),
        ({"matches": "^conv"}, "dense", False),
    ],
)
def test_one_test(test: dict[str, Any], value: Any, wanted: bool) -> None:
    assert truth({"x": test}, {"x": value}) is wanted


@pytest.mark.parametrize("value", [NAN, INF, -INF, "NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("test", [{"below": 1}, {"above": 1}, {"between": [-1, 1]}])
def test_orderings_are_false_of_numbers_that_are_not_finite(test: dict[str, Any], value: Any) -> None:
    assert truth({"x": test}, {"x": value}) is False


@pytest.mark.parametrize(
    ("value", "word"),
    [(NAN, "nan"), ("NaN", "nan"), (INF, "infinite"), ("-Infinity", "infinite"), (0.0, "finite"), (7, "finite")],
)
def test_kinds_of_numbers(value: Any, word: str) -> None:
    for one in ("nan", "infinite", "finite"):
        assert truth({"x": {"is": one}}, {"x": value}) is (one == word)


@pytest.mark.parametrize("measurement", [{}, {"x": None}])
@pytest.mark.parametrize(
    "test", [{"below": 1}, {"is": 1}, {"is": "nan"}, {"in": [1]}, {"matches": "a"}, {"contains": 1}]
)
def test_missing_and_null_are_unknown(test: dict[str, Any], measurement: dict[str, Any]) -> None:
    assert truth({"x": test}, measurement) is None


def test_a_missing_field_is_not_null() -> None:
    assert truth({"x": {"is": None}}, {}) is None


def test_a_value_of_another_kind_is_unknown() -> None:
    assert truth({"x": {"below": 1}}, {"x": "text"}) is None
    assert truth({"x": {"below": 1}}, {"x": True}) is None
    assert truth({"x": {"matches": "a"}}, {"x": 3}) is None


def test_dotted_paths_and_positions() -> None:
    measurement = {"head": {"units": 3}, "layers": [{"name": "a"}, {"name": "b"}]}
    assert truth({"head.units": {"is": 3}}, measurement) is True
    assert truth({"layers.1.name": {"is": "b"}}, measurement) is True
    assert truth({"layers.2.name": {"is": "b"}}, measurement) is None


def test_operand_field() -> None:
    written = {"loss": {"above": {"field": "chance", "times": 2}}}
    assert truth(written, {"loss": 3, "chance": 1}) is True
    assert truth(written, {"loss": 1, "chance": 1}) is False
    assert truth(written, {"loss": 1}) is None
    assert truth(written, {"loss": 1, "chance": NAN}) is False


def test_operand_field_of_the_item_goes_before_that_of_the_measurement() -> None:
    written = {"any_item": {"of": "layers", "where": {"norm": {"above": {"field": "median", "times": 10}}}}}
    assert truth(written, {"median": 1, "layers": [{"norm": 5}, {"norm": 20}]}) is True
    assert truth(written, {"median": 1, "layers": [{"norm": 20, "median": 5}]}) is False


def test_items_that_are_plain_values() -> None:
    written = {"any_item": {"of": "dtypes", "where": {"item": {"is": "int8"}}}}
    assert truth(written, {"dtypes": ["float32", "int8"]}) is True
    assert truth(written, {"dtypes": []}) is False


def test_items() -> None:
    dead = {"of": "layers", "where": {"dead": {"above": 0.9}}}
    some = {"layers": [{"dead": 0.95}, {"dead": 0.1}]}
    unsure = {"layers": [{"dead": None}, {"dead": 0.1}]}
    assert truth({"any_item": dead}, some) is True
    assert truth({"all_items": dead}, some) is False
    assert truth({"any_item": dead}, unsure) is None
    assert truth({"all_items": dead}, unsure) is False
    assert truth({"all_items": dead}, {"layers": []}) is True
    assert truth({"any_item": dead}, {}) is None


def test_counted_items() -> None:
    dead = {"of": "layers", "where": {"dead": {"is": True}}}
    layers = {"layers": [{"dead": True}, {"dead": True}, {"dead": None}]}
    assert truth({"count_items": {**dead, "above": 1}}, layers) is True
    assert truth({"count_items": {**dead, "above": 2}}, layers) is None
    assert truth({"count_items": {**dead, "above": 3}}, layers) is False
    assert truth({"count_items": {"of": "layers", "is": 3}}, layers) is True
    assert truth({"count_items": {"of": "layers", "between": [4, 9]}}, layers) is False


def test_matching_items() -> None:
    written = condition({"all": [{"x": {"is": 1}}, {"any_item": {"of": "layers", "where": {"dead": {"is": True}}}}]})
    found = matching_items(written, {"layers": [{"dead": True, "name": "a"}, {"dead": False}, {"dead": None}]})
    assert found == ("layers", [{"dead": True, "name": "a"}])
    assert matching_items(condition({"x": {"is": 1}}), {}) is None


@pytest.mark.parametrize("written", [{}, {"x": {}}, {"x": 3}, {"x": {"matches": "("}}, {"count_items": {"of": "x"}}])
def test_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition(written)


@given(st.lists(TRUTHS), st.lists(TRUTHS))
def test_kleene(left: list[bool | None], right: list[bool | None]) -> None:
    assert all_of(left + right) == all_of([all_of(left), all_of(right)])
    assert any_of(left) == opposite(all_of(map(opposite, left)))
    assert all_of(left) == all_of(reversed(left))
    assert all_of([*left, True]) == all_of(left)
    assert all_of([*left, False]) is False


@given(SIMPLE, SIMPLE, MEASUREMENTS)
def test_laws_of_the_connectives(one: dict[str, Any], other: dict[str, Any], measurement: dict[str, Any]) -> None:
    def value(written: dict[str, Any]) -> bool | None:
        return truth(written, measurement)

    assert value({"not": {"not": one}}) == value(one)
    assert value({"all": [one, other]}) == all_of([value(one), value(other)])
    assert value({"any": [one, other]}) == any_of([value(one), value(other)])
    assert value({"not": {"all": [one, other]}}) == value({"any": [{"not": one}, {"not": other}]})
    assert value({"any": [one, {"not": one}]}) in (True, None)


@given(SIMPLE, MEASUREMENTS, NUMBERS, NUMBERS)
def test_what_was_known_stays_when_more_is_known(
    written: dict[str, Any], measurement: dict[str, Any], x: float, y: float
) -> None:
    before = truth(written, measurement)
    known = {key: value for key, value in measurement.items() if value is not None}
    if before is not None and "is" not in str(written):
        assert truth(written, {"x": x, "y": y, **known}) is before


@given(SIMPLE, st.lists(st.fixed_dictionaries({"x": st.none() | NUMBERS, "y": st.none() | NUMBERS}), max_size=4))
def test_any_and_all_items_are_dual(written: dict[str, Any], items: list[dict[str, Any]]) -> None:
    some = truth({"any_item": {"of": "items", "where": written}}, {"items": items})
    none = truth({"all_items": {"of": "items", "where": {"not": written}}}, {"items": items})
    assert some == opposite(none)
