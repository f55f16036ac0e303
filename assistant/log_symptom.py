"""What the figures of a training log show by themselves: a symptom with its numbers, or nothing that is clear.

The thresholds are wide on purpose: a log says nothing of the task, so only what is plain to see is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from assistant.events import LoggedSeries, LogShown
from assistant.training_log import TrainingLog

FLAT = 0.02
"""A loss that stays within this share of its first value is flat."""

GREW = 1.5
"""A loss that ends above its first value times this grows."""

ROSE = 1.1
"""A validation loss that ends above its lowest value times this rises."""

LEARNT = 0.9
"""An accuracy from which a loss that no longer moves is no complaint."""

FELL = 0.2
"""Share of the first loss that must be gone before the loss counts as having fallen."""

HIGH = 0.4
"""A loss that stays above this share of its first value stays high."""

SLOW = 0.2
"""A loss that has lost less than this share of its first value after many epochs is slow."""

JUMP = 0.05
"""Rise from one epoch to the next that counts as a swing."""

MOST_KEPT = 1000
"""Points of each quantity that a session keeps."""

SEVERAL = 3
MANY = 6
"""Entries that a course needs to be called a course, and a long one."""


@dataclass(frozen=True)
class Shown:
    """A symptom that a log shows.

    Attributes:
        symptom: its id.
        text: the same in a sentence, with the numbers.
    """

    symptom: str
    text: str


def shown_by(log: TrainingLog) -> Shown | None:
    """The symptom that the log shows, the plainest first."""
    return next((found for found in (look(log) for look in _LOOKS) if found is not None), None)


def _lost(log: TrainingLog) -> Shown | None:
    for at, value in zip(log.series["loss"].x, log.losses, strict=True):
        if not math.isfinite(value):
            what = "not a number" if math.isnan(value) else "infinite"
            return Shown("loss_nan", f"The loss is {what} from {log.unit} {at:g} on.")
    return None


def _diverges(log: TrainingLog) -> Shown | None:
    first, last = log.losses[0], log.losses[-1]
    if log.length >= SEVERAL and last > GREW * first > 0 and last >= 0.8 * max(log.losses):
        return Shown("loss_diverges", f"The loss grows from {first:.4g} to {last:.4g} over {_span(log)}.")
    return None


def _flat(log: TrainingLog) -> Shown | None:
    first = log.losses[0]
    still = max(abs(one - first) for one in log.losses) <= FLAT * abs(first)
    if log.length >= SEVERAL and still and not _learnt(log):
        return Shown("loss_flat", f"The loss hardly moves: {first:.4g}, then {log.losses[-1]:.4g} after {_span(log)}.")
    return None


def _overfits(log: TrainingLog) -> Shown | None:
    validation, losses = log.values("val_loss"), log.losses
    if len(validation) < SEVERAL or not all(map(math.isfinite, validation)):
        return None
    lowest = min(validation)
    place = log.series["val_loss"].x[validation.index(lowest)]
    if losses[-1] < losses[0] and validation[-1] > ROSE * lowest > 0 and validation[-1] > losses[-1]:
        return Shown(
            "overfit",
            f"The training loss falls to {losses[-1]:.4g}, while the validation loss rises from {lowest:.4g} "
            f"({log.unit} {place:g}) to {validation[-1]:.4g}.",
        )
    return None


def _swings(log: TrainingLog) -> Shown | None:
    half = log.losses[log.length // 2 :]
    rises = sum(later > (1 + JUMP) * earlier for earlier, later in pairwise(half))
    if log.length >= MANY and rises >= max(2, 0.3 * len(half)) and log.losses[-1] > HIGH * log.losses[0] > 0:
        return Shown(
            "loss_oscillates",
            f"The loss swings between {min(half):.4g} and {max(half):.4g} over the last {len(half)} {log.unit}s.",
        )
    return None


def _metric_stays(log: TrainingLog) -> Shown | None:
    accuracy = log.values("accuracy")
    if len(accuracy) < SEVERAL or not all(map(math.isfinite, accuracy)) or max(accuracy) >= LEARNT:
        return None
    first, last = log.losses[0], log.losses[-1]
    if last < (1 - FELL) * first and max(accuracy) - min(accuracy) < FLAT:
        return Shown(
            "metric_stuck",
            f"The loss falls from {first:.4g} to {last:.4g}, and the accuracy stays at {accuracy[-1]:.3g}.",
        )
    return None


def _plateau(log: TrainingLog) -> Shown | None:
    half = log.losses[log.length // 2 :]
    first, last = log.losses[0], log.losses[-1]
    stays = max(half) - min(half) <= FLAT * abs(first)
    if log.length >= MANY and stays and HIGH * first < last < (1 - FLAT) * first and not _learnt(log):
        return Shown("loss_plateau", f"The loss falls from {first:.4g} to {last:.4g} and stays there.")
    return None


def _slow(log: TrainingLog) -> Shown | None:
    first, last = log.losses[0], log.losses[-1]
    falls = all(later <= earlier for earlier, later in pairwise(log.losses))
    if log.length >= MANY and falls and (1 - SLOW) * first < last < (1 - FLAT) * first and not _learnt(log):
        return Shown("loss_slow", f"The loss falls slowly: from {first:.4g} to {last:.4g} over {_span(log)}.")
    return None


_LOOKS: tuple[Callable[[TrainingLog], Shown | None], ...] = (
    _lost,
    _diverges,
    _flat,
    _overfits,
    _swings,
    _metric_stays,
    _plateau,
    _slow,
)


def _learnt(log: TrainingLog) -> bool:
    accuracy = log.values("accuracy")
    return bool(accuracy) and accuracy[-1] >= LEARNT


def _span(log: TrainingLog) -> str:
    if log.unit == "epoch":
        return f"{log.length} epochs"
    return f"{log.series['loss'].x[-1]:,.0f} steps"


def as_event(log: TrainingLog) -> LogShown:
    """The log as a session keeps it, with what it shows."""
    shown = shown_by(log)
    return LogShown(
        series={name: LoggedSeries(x=_thinned(one.x), y=_thinned(one.y)) for name, one in log.series.items()},
        unit="step" if log.unit == "step" else "epoch",
        symptom=shown.symptom if shown else None,
        text=shown.text if shown else "",
    )


def _thinned(values: tuple[float, ...]) -> tuple[float, ...]:
    """At most so many of the values at equal distances; the first and the last among them."""
    if len(values) <= MOST_KEPT:
        return values
    return tuple(values[round(place * (len(values) - 1) / (MOST_KEPT - 1))] for place in range(MOST_KEPT))
