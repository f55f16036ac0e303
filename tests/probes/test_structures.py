"""Nested structures of arrays."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from probes.structures import cut, first_leaf, leaves, map_leaves, named_leaves, rows_of, size_in_bytes, stack

Pair = namedtuple("Pair", "left right")
A, B = np.arange(6).reshape(3, 2), np.arange(3)


@pytest.mark.parametrize(
    ("structure", "count"),
    [(None, 0), (A, 1), ((A, B), 2), ([A, (B, A)], 3), ({"a": A, "b": [B]}, 2), (Pair(A, B), 2), ([1, 2, 3], 1)],
    ids=["none", "array", "tuple", "nested", "mapping", "named tuple", "numbers"],
)
def test_leaves_and_their_structure(structure: Any, count: int) -> None:
    assert len(leaves(structure)) == count
    same = map_leaves(lambda one: one, structure)
    assert type(same) is type(structure)
    assert len(leaves(same)) == count


def test_none_among_leaves_stays() -> None:
    assert map_leaves(np.asarray, (A, None))[1] is None


@pytest.mark.parametrize(
    ("structure", "names", "expected"),
    [
        ({"a": A, "b": B}, ("x", "y"), ["a", "b"]),
        ([A, B], ("x", "y"), ["x", "y"]),
        ([A, B], ("x",), ["input_1", "input_2"]),
        (A, ("x",), ["x"]),
        (A, (), ["input"]),
        (None, (), []),
    ],
)
def test_leaves_are_named(structure: Any, names: tuple[str, ...], expected: list[str]) -> None:
    assert [name for name, _ in named_leaves(structure, names)] == expected


@pytest.mark.parametrize(("structure", "rows"), [(None, 0), (A, 3), ([A, B], 3), (np.float32(2), 0), ([], 0)])
def test_rows(structure: Any, rows: int) -> None:
    assert rows_of(structure) == rows


def test_cutting_cuts_every_leaf() -> None:
    found = cut({"a": A, "b": (B, None)}, slice(0, 2))
    assert found["a"].shape == (2, 2)
    assert found["b"][0].tolist() == [0, 1]
    assert found["b"][1] is None


@pytest.mark.parametrize(
    ("structures", "rows"),
    [([A, A], 6), ([(A, B), (A, B)], 6), ([{"a": A}, {"a": A}, {"a": A}], 9), ([Pair(A, B), Pair(A, B)], 6)],
    ids=["arrays", "tuples", "mappings", "named tuples"],
)
def test_stacking_joins_rows(structures: list[Any], rows: int) -> None:
    found = stack(structures)
    assert type(found) is type(structures[0])
    assert rows_of(found) == rows


def test_nothing_stacks_to_nothing() -> None:
    assert stack([None, None]) is None


def test_size_and_first() -> None:
    assert size_in_bytes((A, {"b": B, "c": None})) == A.nbytes + B.nbytes
    assert first_leaf({"a": None, "b": B}) is B
    assert first_leaf(None) is None
