"""Measurements on the wire, and what every measurement of the catalogue must hold."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import itertools
import json
import math
import subprocess
import sys
import typing
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from probes.catalogue import catalogue, hints
from probes.measurement import from_wire, to_wire

PROBES = list(catalogue().values())


@dataclasses.dataclass(frozen=True)
class Inner:
    number: float
    name: str | None = None


@dataclasses.dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    count: int


@pytest.mark.parametrize(
    ("value", "travels_as"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("word", "word"),
        (0.5, 0.5),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (np.float32(-np.inf), "-Infinity"),
        (np.float64(2.0), 2.0),
        (np.int64(4), 4),
        (np.bool_(False), False),
        ((1, [math.nan]), [1, ["NaN"]]),
        ({"a": np.float32(1.0)}, {"a": 1.0}),
        (Outer((Inner(math.nan),), 1), {"inner": [{"number": "NaN", "name": None}], "count": 1}),
    ],
    ids=str,
)
def test_to_wire(value: Any, travels_as: Any) -> None:
    found = to_wire(value)
    assert found == travels_as
    assert type(found) is type(travels_as)
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    "value", [object(), np.zeros(2), {1, 2}, b"bytes", Inner], ids=["object", "array", "set", "bytes", "class"]
)
def test_what_is_no_measurement_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="a measurement cannot hold"):
        to_wire(value)


def test_words_for_numbers_arrive_as_numbers() -> None:
    arrived = TypeAdapter(Outer).validate_python({"inner": [{"number": "-Infinity"}, {"number": "NaN"}], "count": 2})
    assert arrived.inner[0].number == -math.inf
    assert math.isnan(arrived.inner[1].number)


def dataclasses_of(measurement: type) -> Iterator[type]:
    """A measurement's dataclass and those nested in it."""
    yield measurement
    for kind in hints(measurement).values():
        for part in (kind, *typing.get_args(kind)):
            if dataclasses.is_dataclass(part):
                yield from dataclasses_of(typing.cast(type, part))


HELD = sorted({one for probe in PROBES for one in dataclasses_of(probe.measurement)}, key=lambda one: one.__qualname__)


def documented(kind: type) -> set[str]:
    """Names of a dataclass' fields that a docstring follows."""
    tree = ast.parse(inspect.getsource(importlib.import_module(kind.__module__)))
    body = next(one.body for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.name == kind.__name__)
    return {
        field.target.id
        for field, text in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
        and len(text.value.value) > 8
    }


@pytest.mark.parametrize("kind", HELD, ids=lambda kind: kind.__name__)
def test_every_field_is_documented(kind: type) -> None:
    assert {field.name for field in dataclasses.fields(kind)} == documented(kind)


@pytest.mark.parametrize("kind", HELD, ids=lambda kind: kind.__name__)
def test_every_measurement_is_frozen_and_describes_itself(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


@pytest.mark.parametrize("kind", HELD, ids=lambda kind: kind.__name__)
def test_every_field_holds_what_json_holds(kind: type) -> None:
    for name, one in hints(kind).items():
        assert set(plain_parts(one)) <= {int, float, str, bool, type(None), Ellipsis}, name


def plain_parts(kind: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(kind):
        return
    parts = typing.get_args(kind)
    if not parts:
        yield kind
    for part in parts:
        yield from plain_parts(part)


@pytest.mark.parametrize("kind", HELD, ids=lambda kind: kind.__name__)
def test_every_measurement_has_a_schema(kind: type) -> None:
    assert TypeAdapter(kind).json_schema()["type"] == "object"


def test_the_catalogue_loads_without_tensorflow() -> None:
    code = (
        "import sys; from probes.catalogue import catalogue; found = catalogue(); assert len(found) > 10; "
        "assert not {'tensorflow', 'keras', 'pydantic', 'textual', 'networkx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_words_become_numbers_again() -> None:
    assert from_wire({"a": ["Infinity", {"b": "-Infinity"}], "c": "dense"}) == {
        "a": [math.inf, {"b": -math.inf}],
        "c": "dense",
    }
    assert math.isnan(from_wire(to_wire(math.nan)))
