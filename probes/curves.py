"""Numbers that describe a curve: how it swings, where it falls, whether it still does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Curve:
    """One logged quantity over epochs."""

    name: str
    """Name in the logs."""
    values: tuple[float, ...]
    """One value an epoch, at most 60 of them, evenly chosen."""


def thinned(values: Sequence[float], limit: int) -> list[float]:
    """At most ``limit`` values, evenly chosen, the first and the last among them."""
    if len(values) <= limit:
        return [float(one) for one in values]
    return [float(values[place]) for place in np.linspace(0, len(values) - 1, limit).round().astype(int)]


def oscillation(losses: NDArray[np.float64]) -> float:
    """How far the loss swings in the second half of a run, over its level; 0 for a curve that only falls.

    The half is cut into at most 16 means. Of their rises and falls the lesser sum counts, per part, over the mean
    level, so that a slope in either direction adds nothing. Means of noise swing little, because they are means.
    """
    half = losses[len(losses) // 2 :]
    half = half[np.isfinite(half)]
    if len(half) < 16:
        return 0.0
    means = np.asarray([part.mean() for part in np.array_split(half, 16)])
    changes = np.diff(means)
    level = float(np.abs(means).mean()) or 1.0
    return float(min(changes[changes > 0].sum(), -changes[changes < 0].sum()) / len(changes) / level)


def share_of_fall_late(means: Sequence[float]) -> float:
    """Share of the whole fall of a curve that came in its last quarter, in [0, 1]; 0 for a curve that did not fall."""
    values = np.asarray([one for one in means if np.isfinite(one)])
    if len(values) < 4:
        return 0.0
    fall = values[0] - values.min()
    if fall <= 1e-9 * max(1.0, abs(float(values[0]))):
        return 0.0
    late = values[int(0.75 * (len(values) - 1))] - values[-1]
    return float(np.clip(late / fall, 0.0, 1.0))


def trend(means: Sequence[float]) -> float:
    """Relative change over the last third of a curve, from a straight line through it; negative while it falls."""
    values = np.asarray([one for one in means if np.isfinite(one)])
    last = values[-max(3, len(values) // 3) :]
    if len(last) < 3:
        return 0.0
    slope, middle = np.polyfit(np.arange(len(last)), last, 1)[0], float(np.abs(last).mean())
    return float(slope * (len(last) - 1) / middle) if middle > 0 else 0.0


SPENT = 0.011
"""Of the highest learning rate the share below which steps teach next to nothing."""


def spent(rates: Sequence[float]) -> float:
    """Share of all steps that were taken behind the highest rate and below a ninetieth of it; 0 where none is known."""
    known = np.asarray(rates, "float64")
    if not len(known) or not np.isfinite(known).all():
        return 0.0
    top = int(known.argmax())
    return float((known[top:] < SPENT * known[top]).sum() / len(known))
