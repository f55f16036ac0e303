from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from assistant.catalogue_fields import catalogue_fields, known_treatments, measurement_fields
from knowledge_base.fields import FieldTree


@dataclass(frozen=True)
class Layer:
    name: str
    dead: float | None


@dataclass(frozen=True)
class Sample:
    count: int
    share: float
    mixed: int | float
    flag: bool
    kind: Literal["a", "b"]
    worst: Layer | None
    layers: tuple[Layer, ...]
    shape: tuple[int, ...]
    counts: Mapping[str, int]


def test_kinds() -> None:
    tree = measurement_fields(Sample)
    kinds = {name: (field.kind, field.optional) for name, field in tree.fields.items()}
    assert kinds == {
        "count": ("integer", False),
        "share": ("number", False),
        "mixed": ("number", False),
        "flag": ("flag", False),
        "kind": ("text", False),
        "worst": ("record", True),
        "layers": ("list", False),
        "shape": ("list", False),
        "counts": ("mapping", False),
    }
    assert tree.at("layers.0.dead") == FieldTree("number", optional=True)
    assert tree.at("worst.name") == FieldTree("text")
    assert tree.at("shape.1") == FieldTree("integer")
    assert tree.at("counts.cat") == FieldTree("integer")
    assert tree.at("worst.nothing") is None
    assert "worst.dead" in tree.paths()


@dataclass(frozen=True)
class Odd:
    anything: Any


def test_what_a_measurement_cannot_hold() -> None:
    with pytest.raises(TypeError):
        measurement_fields(Odd)


def test_every_probe_has_its_fields() -> None:
    fields = catalogue_fields()
    assert fields["recorded_run"].kind == "record"
    assert all(tree.fields for tree in fields.values())


def test_it_loads_no_tensorflow() -> None:
    code = (
        "import sys; from assistant.catalogue_fields import catalogue_fields, known_treatments; "
        "catalogue_fields(); known_treatments(); print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_treatments_are_known() -> None:
    assert "set_learning_rate" in known_treatments()
