"""What sequences of different length were filled up with, and how much of them that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FAR_OUTSIDE = 2.0
"""So many spreads of all other values lies a value outside them that stands for nothing measured, as -999 does. What a
sensor gives at its limit stays nearer."""


@dataclass(frozen=True)
class Padding:
    """The padding of an array of sequences.

    Attributes:
        length: steps of a sequence.
        steps: for each row the number of steps that are padding, at that end where there are more.
        trailing: whether they stand at the end rather than at the start.
        value: what they hold; None where each feature holds a value of its own.
    """

    length: int
    steps: NDArray[Any]
    trailing: bool
    value: float | None

    @property
    def share(self) -> float:
        """Share of all steps that are padding, in [0, 1]."""
        return float(self.steps.mean() / self.length)


def padding_of(array: NDArray[Any]) -> Padding:
    """The padding of ``array`` (rows, steps) or (rows, steps, features): zeros, or what else fills it most.

    A step at the end of many rows is taken for padding where it cannot be one of the sequence itself: its value is
    negative among others that are not, or far outside them; or it stands nowhere but at the ends, in rows by another
    length, and is not at the end of what its features reach. A series that comes to rest, that is cut off at a limit
    or that grows to one hundred per cent ends with a constant that is none of these.
    """
    steps = array[..., None] if array.ndim == 2 else array
    zeros = _filled(steps, np.zeros(steps.shape[2], steps.dtype))
    others = (_filled(steps, fill) for fill in _candidates(steps) if fill.any() and _stands_for_nothing(steps, fill))
    return max((zeros, *others), key=lambda one: one.share)


def _candidates(steps: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The step that most rows end with, and that which most begin with."""
    for place in (-1, 0):
        known, counts = np.unique(steps[:, place], axis=0, return_counts=True)
        yield known[counts.argmax()]


def _stands_for_nothing(steps: NDArray[Any], fill: NDArray[Any]) -> bool:
    same = (steps == fill).all(axis=2)
    others = steps[~same]
    if not len(others) or not np.isfinite(others).all():
        return False
    low, high = others.min(axis=0), others.max(axis=0)
    if len(np.unique(fill)) == 1:
        value, spread = float(fill[0]), float(high.max() - low.min())
        outside = max(float(low.min()) - value, value - float(high.max()))
        if value < 0 <= low.min() or outside > FAR_OUTSIDE * spread > 0:
            return True
    leading, trailing = _ends(same)
    everywhere = same.sum() == np.where(same.all(axis=1), leading, leading + trailing).sum()
    varied = len(np.unique(np.maximum(leading, trailing))) > 2
    within = (low < fill) & (fill < high)
    return bool(len(fill) > 1 and everywhere and varied and within.any())


def _filled(steps: NDArray[Any], fill: NDArray[Any]) -> Padding:
    leading, trailing = _ends((steps == fill).all(axis=2))
    value = float(fill[0]) if len(np.unique(fill)) == 1 else None
    return Padding(steps.shape[1], np.maximum(leading, trailing), bool(trailing.mean() >= leading.mean()), value)


def _ends(same: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each row the number of such steps at its start and at its end."""
    length = same.shape[1]
    some = ~same.all(axis=1)
    leading = np.where(some, (~same).argmax(axis=1), length)
    trailing = np.where(some, (~same)[:, ::-1].argmax(axis=1), length)
    return leading, trailing
