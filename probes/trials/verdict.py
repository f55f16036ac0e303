"""When a trial proves a cause: the rule, on numbers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PAIRS = 4
"""Fewer pairs prove nothing: with four, every treated score above every control comes by chance once in 70 times."""

HALF = 0.5
"""Share of the way from control to the best arm that the treated arms must close."""

AS_WELL = 0.1
"""A treatment whose mean score comes this close to another's does as well."""


@dataclass(frozen=True)
class Verdict:
    """What the scores of a trial say.

    Attributes:
        proven: whether they prove the cause.
        closes: share of the way from the controls' mean to the best arm that the treated arms' mean covers.
        why_not: the first condition that does not hold, in words; empty where proven.
    """

    proven: bool
    closes: float
    why_not: str


def judge(
    control: Sequence[float],
    treated: Sequence[float],
    best: float,
    *,
    control_shows: bool,
    gone: bool,
) -> Verdict:
    """The verdict on paired scores.

    Args:
        control, treated: the scores; arm i of both shares start, order and dropout.
        best: the best score known for this case: of the reference, or the mean of another treatment's arms.
        control_shows: whether every control shows the symptom.
        gone: whether no treated arm shows it any more.
    """
    if not control or not treated:
        return Verdict(False, 0.0, "no pair was finished")
    low, high = float(np.mean(control)), float(np.mean(treated))
    way = max(best, high) - low
    closes = (high - low) / way if way > 1e-9 else 0.0
    return Verdict(*_first_failure(control, treated, closes, control_shows, gone))


def _first_failure(
    control: Sequence[float], treated: Sequence[float], closes: float, control_shows: bool, gone: bool
) -> tuple[bool, float, str]:
    pairs = min(len(control), len(treated))
    if not control_shows:
        return False, closes, "the untreated training does not show the symptom every time"
    if min(treated) <= max(control):
        return False, closes, "some treated training does no better than some untreated one"
    if not gone:
        return False, closes, "the symptom is still there after the treatment"
    if closes < HALF:
        return False, closes, f"it closes {closes:.0%} of the way to what is possible, less than half"
    if pairs < PAIRS:
        return False, closes, f"only {pairs} of at least {PAIRS} pairs were run in the time given"
    return True, closes, ""
