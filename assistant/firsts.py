"""Of things that repeat, the first of each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


def first_of_each(ordered: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    """Of those that share a key the first, in the order in which they stand."""
    found: dict[Hashable, T] = {}
    for one in ordered:
        found.setdefault(key(one), one)
    return list(found.values())
