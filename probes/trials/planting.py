"""Targets that follow from the inputs, dealt out to see whether a network could learn from right ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..features import FeatureShaper
from ..recording import Batch, Recorded
from ..steps import Grid, draw, every_step, grid, windows
from ..structures import cut, leaves
from ..tasks import outputs
from .reshaping import Change, as_arrays, map_targets

AT_ONCE = 200
"""Rows whose inputs are measured at once."""


def planted(case: Case, train: Recorded, validation: Recorded | None) -> tuple[Recorded, Recorded | None]:
    """The same data with the same targets dealt out anew, in order along the inputs' first principal component.

    What learns nothing from such targets cannot tell whether its own belong to their inputs.
    """
    sample = case.train.sample(2000)
    grids = {one.position: grid(case, one, sample) for one in outputs(case)}

    def measure_of(found: Grid | None) -> Callable[[Recorded], NDArray[np.float64]]:
        units = sample if found is None else windows(found, sample, draw(case, found, sample), 0, 0)
        shaper = FeatureShaper.of(case, units)
        direction = np.linalg.svd(shaper.features(units), full_matrices=False)[2][0]

        def along(held: Recorded) -> NDArray[np.float64]:
            parts = []
            for start in range(0, held.rows, AT_ONCE):
                batch = Batch(*(cut(one, slice(start, start + AT_ONCE)) for one in (held.x, held.y)))
                single = batch if found is None else windows(found, batch, every_step(found, batch), 0, 0)
                parts.append(shaper.features(single) @ direction)
            return np.concatenate(parts)

        return along

    along = {number: measure_of(found) for number, found in grids.items()}
    known = {number: np.sort(measure(train)) for number, measure in along.items()}
    targets = [np.asarray(one) for one in leaves(train.y)]

    def dealt(held: Recorded) -> Recorded:
        def deal(number: int, own: NDArray[Any]) -> NDArray[Any]:
            share = np.searchsorted(known[number], along[number](held), side="right") / max(1, len(known[number]))
            # Of targets a step every step is a target of its own.
            pool = targets[number].reshape(len(known[number]), *own.shape[len(_unit(grids[number])) + 1 :])
            ordered = pool[np.argsort(_size(pool), kind="stable")]
            return np.asarray(ordered[np.minimum((share * len(ordered)).astype(int), len(ordered) - 1)]).reshape(
                own.shape
            )

        return with_targets(held, deal)

    return dealt(train), None if validation is None else dealt(as_arrays(validation))


def _unit(found: Grid | None) -> tuple[int, ...]:
    """The axes behind the first that count targets of their own."""
    return () if found is None else found.axes


def _size(target: NDArray[Any]) -> NDArray[Any]:
    """By what targets are put in order: the class of one-hot rows, else the mean of each row."""
    flat = target.reshape(len(target), -1)
    if flat.shape[1] > 1 and bool(np.all((flat == 0) | (flat == 1))) and bool(np.all(flat.sum(axis=1) == 1)):
        return np.asarray(flat.argmax(axis=1))
    return np.asarray(flat.mean(axis=1))


def with_targets(held: Recorded, change: Change) -> Recorded:
    """The rows with every target changed."""
    changed = map_targets(held, change)
    assert changed is not None
    return changed
