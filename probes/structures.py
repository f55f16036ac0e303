"""Nested structures of arrays: tuples, lists and mappings, as Keras accepts them for inputs and targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def map_leaves(function: Callable[[Any], Any], structure: Any) -> Any:
    """The same structure with every leaf replaced; None stays None; a list of numbers is one leaf."""
    if structure is None:
        return None
    if isinstance(structure, Mapping):
        return {key: map_leaves(function, one) for key, one in structure.items()}
    if isinstance(structure, (list, tuple)) and not _is_plain_list(structure):
        return (
            type(structure)(map_leaves(function, one) for one in structure)
            if not hasattr(structure, "_fields")
            else type(structure)(*(map_leaves(function, one) for one in structure))
        )
    return function(structure)


def leaves(structure: Any) -> list[Any]:
    """The leaves in order; mappings by their own order."""
    found: list[Any] = []
    map_leaves(found.append, structure)
    return found


def named_leaves(structure: Any, names: tuple[str, ...] = (), fallback: str = "input") -> list[tuple[str, Any]]:
    """Leaves with a name each: a mapping's key, one of ``names`` by place, or ``fallback`` and a number."""
    if isinstance(structure, Mapping):
        return [(str(key), first_leaf(one)) for key, one in structure.items()]
    found = leaves(structure)
    known = names if len(names) == len(found) else ()
    if len(found) == 1:
        return [(known[0] if known else fallback, found[0])]
    return [(known[place] if known else f"{fallback}_{place + 1}", one) for place, one in enumerate(found)]


def first_leaf(structure: Any) -> Any:
    """The first leaf, or None."""
    found = leaves(structure)
    return found[0] if found else None


def rows_of(structure: Any) -> int:
    """The length of the first axis of the first leaf; 0 where there is none."""
    leaf = first_leaf(structure)
    return 0 if leaf is None or np.ndim(leaf) == 0 else len(leaf)


def cut(structure: Any, chosen: Any) -> Any:
    """Every leaf indexed on its first axis."""
    return map_leaves(lambda one: one[chosen], structure)


def stack(structures: list[Any]) -> Any:
    """Structures of one shape joined on the first axis."""
    first = structures[0]
    if first is None:
        return None
    if isinstance(first, Mapping):
        return {key: stack([one[key] for one in structures]) for key in first}
    if isinstance(first, (list, tuple)):
        parts = [stack([one[place] for one in structures]) for place in range(len(first))]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    return np.concatenate(structures, axis=0)


def size_in_bytes(structure: Any) -> int:
    """Bytes held by all leaves."""
    return sum(int(getattr(one, "nbytes", 0)) for one in leaves(structure) if one is not None)


def _is_plain_list(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(one, (int, float, bool, str)) for one in value[:8])
    )
