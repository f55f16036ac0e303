"""How long a watched training may go on: beyond its usual share of the time where it is on a good course."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .running import Run

USUAL = 0.5
"""Share of the seconds given that a run may take whatever it shows; the rest is only for a run on a good course."""

NEARLY_DONE = 0.25
"""A run that needs no more than this share of its usual seconds to its end takes them: its end tells most."""

RECENT = 16
"""Steps whose pace may stand for that of the steps to come."""

RESERVE = 0.95
"""Share of what is left within which the end must be expected."""


@dataclass(frozen=True)
class Standing:
    """How far one output has come.

    Attributes:
        training, validation: skill on either kind of rows; without validation data both are the same.
        reference: skill of the best simple model; None where there is none.
        margin: two standard errors of the validation skill.
    """

    training: float
    validation: float
    reference: float | None
    margin: float

    @property
    def well(self) -> bool:
        """Whether nothing but time seems to be missing: near the reference, and validation not left behind.

        Without a reference half of the way to perfect is asked for.
        """
        wanted = 0.5 if self.reference is None else max(0.15, self.reference - self.margin - 0.1)
        return self.validation >= wanted and self.training - self.validation <= max(0.12, self.margin)


@dataclass
class Course:
    """Asked after each step whether a run has to end.

    Attributes:
        seconds: that the run may take at most.
        planned: steps of the plan; 0 where their number is unknown.
        standings: measures how far each output has come; asked once at most.
        clock: gives seconds; any zero will do.
    """

    seconds: float
    planned: int
    standings: Callable[[], Sequence[Standing]]
    clock: Callable[[], float] = time.perf_counter
    _began: float = field(init=False)
    _first: float | None = None
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT + 1))
    _goes_on: bool | None = None

    def __post_init__(self) -> None:
        self._began = self.clock()

    def ends(self, ran: Run) -> bool:
        """Whether the run has to end behind the step that it just took."""
        now = self.clock()
        if self._first is None:
            # The first step may have to compile, which says nothing of the others.
            self._first = now
        self._recent.append(now)
        if now - self._began < USUAL * self.seconds:
            return False
        if self._goes_on is None:
            self._goes_on = self._may_go_on(ran, now)
        return not self._goes_on

    def _may_go_on(self, ran: Run, now: float) -> bool:
        left = self.seconds - (now - self._began)
        if ran.steps < 2 or self._first is None or self.planned <= ran.steps or left <= 0:
            return False
        # Steps that are looked into closely stand at the beginning, and later ones take less.
        paces = [(now - self._first) / (ran.steps - 1), (now - self._recent[0]) / max(1, len(self._recent) - 1)]
        needed = min(paces) * (self.planned - ran.steps)
        if needed <= NEARLY_DONE * USUAL * self.seconds:
            return True
        if needed > RESERVE * left:
            return False
        standings = self.standings()
        return all(one.well for one in standings) if standings else _halved(ran.losses)


def _halved(losses: Sequence[float]) -> bool:
    """Whether the loss has come to half of where it began, which is all that can be asked where nothing is scored."""
    part = max(1, len(losses) // 20)
    first, last = (math.fsum(one) / len(one) for one in (losses[:part], losses[-part:]))
    return math.isfinite(last) and last < 0.5 * first
