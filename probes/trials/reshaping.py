"""Recorded data with their inputs or targets changed, wherever they are held."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..recording import Batch, Recorded
from ..structures import cut, leaves, map_leaves
from .treating import NotApplicable

Change = Callable[[int, NDArray[Any]], NDArray[Any]]


def map_inputs(held: Recorded | None, change: Change) -> Recorded | None:
    """The data with ``change(leaf number, array)`` in place of every input."""
    if held is None:
        return None
    batches = tuple(Batch(_mapped(one.x, change), one.y, one.weights) for one in held.batches)
    return dataclasses.replace(held, x=_mapped(held.x, change), batches=batches)


def map_targets(held: Recorded | None, change: Change) -> Recorded | None:
    """The data with ``change(leaf number, array)`` in place of every target."""
    if held is None or held.y is None:
        return held
    batches = tuple(Batch(one.x, _mapped(one.y, change), one.weights) for one in held.batches)
    return dataclasses.replace(held, y=_mapped(held.y, change), batches=batches)


def _mapped(structure: Any, change: Change) -> Any:
    places = iter(range(len(leaves(structure))))
    return map_leaves(lambda one: change(next(places), np.asarray(one)), structure)


def as_arrays(held: Recorded) -> Recorded:
    """Recorded batches joined to arrays, which can be cut and ordered anew.

    Raises:
        NotApplicable: the batches differ in shape.
    """
    if not held.batches:
        return held
    if held.ragged:
        raise NotApplicable("the batches differ in shape and cannot be cut anew")
    return Recorded("arrays", held.x, held.y, held.weights, (), held.total_rows, held.complete)


def rows(held: Recorded, chosen: NDArray[Any]) -> Recorded:
    """These rows of data that are held as arrays."""
    x, y, weights = (cut(one, chosen) for one in (held.x, held.y, held.weights))
    return Recorded("arrays", x, y, weights, (), len(chosen), True)
