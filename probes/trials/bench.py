"""The bench of a case: controls run once and shared by all trials, and what every arm so far came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable
from ..inputs import ids_alone
from ..keeping import Kept
from ..lone_softmax import lone_softmax
from ..reference import Reference, references
from ..tasks import outputs
from .arm import Arm
from .starting import Starts
from .symptoms import Yardstick, shows_symptom, symptom_gone, worst_output
from .training import ArmRun, Horizon, Trainer, tell_again
from .treating import Treatment

FLOOR = {"balanced_accuracy": 0.0, "r2": -1.0}
"""The score of an arm that fails or cannot be scored."""

CONTROL_SHARE = 1 / 6
"""Share of a trial's time that one arm may take: four pairs need eight, and the first control decides the horizon."""


@dataclass(frozen=True)
class Known:
    """What a treatment came to on the first pair, or over all of them.

    Attributes:
        mean: score, over the pairs that were run.
        gone: whether the symptom was gone in all of them.
        specific: whether none of the treatments is broad.
        measured: whether each of them remedies a defect that was measured.
        rise: mean score minus that of the controls of the same pairs.
        pairs: how many were run.
    """

    treatments: tuple[str, ...]
    mean: float
    gone: bool
    specific: bool
    measured: bool
    rise: float
    pairs: int = 1


@dataclass
class Bench:
    """Trains arms of one case and keeps what they came to.

    Attributes:
        symptom: that the trials are to make go.
        horizon: how far all arms are trained; None before the first control.
        known: what treatments came to so far.
    """

    case: Case
    symptom: str
    starts: Starts
    yardstick: Yardstick
    references: tuple[Reference, ...]
    horizon: Horizon | None = None
    known: list[Known] = field(default_factory=list)
    _controls: dict[str, dict[int, ArmRun]] = field(default_factory=dict)
    _graph: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, symptom: str, *, spoilt: bool = False) -> Bench:
        """The bench of a case; one a symptom, kept with the case.

        Args:
            case: that is tried on.
            symptom: that is to go.
            spoilt: whether its data are what is to be mended, so that nothing is told by simple models of them.

        Raises:
            Unanswerable: no output has a task, so there is nothing to score by.
        """
        if not any(one.kind != "none" for one in outputs(case)):
            raise Unanswerable("no output has a task by which a training could be scored")
        return case.once(f"trials:{symptom}:{spoilt}", lambda: cls._new(case, symptom, spoilt=spoilt))

    @classmethod
    def _new(cls, case: Case, symptom: str, *, spoilt: bool) -> Bench:
        try:
            told = not spoilt and not ids_alone(case) and lone_softmax(case) is None
            found = references(case) if told else ()
        except Unanswerable:
            found = ()
        skills = {one.output.name: one.expected.skill for one in found}
        return cls(case, symptom, Starts(case.model), Yardstick(skills), found)

    def arm(self) -> Arm:
        """The case as it is, to be treated or not."""
        return Arm.of(self.case, self._graph)

    def control(self, given: Arm | None, key: str, pair: int, kept: Kept, budget: Budget) -> ArmRun:
        """The untreated arm of this pair, or that of the treatments given to both arms; run once."""
        runs = self._controls.setdefault(key, {})
        if pair in runs:
            tell_again(self.case.live, runs[pair], "without")
        else:
            arm = given or self.arm()
            runs[pair] = self._failed(arm) or self._run_control(arm, pair, kept, budget)
        return runs[pair]

    def _failed(self, arm: Arm) -> ArmRun | None:
        if self.case.error is None or arm.model is not self.case.model:
            return None
        self.horizon = self.horizon or Horizon(float(max(1, self.case.fit.planned_epochs)), True)
        return ArmRun((), (), 0, 0.0, 0.0, False, True, self.case.error)

    def _run_control(self, arm: Arm, pair: int, kept: Kept, budget: Budget) -> ArmRun:
        trainer = Trainer(kept, self.starts)
        if self.horizon is not None:
            return trainer.train(arm, pair, self.horizon, max(1.0, budget.left), "without")
        planned = Horizon(float(max(1, self.case.fit.planned_epochs)), True)
        run = trainer.train(arm, pair, planned, max(1.0, CONTROL_SHARE * budget.seconds), "without")
        self.horizon = planned if run.reached else Horizon(run.epochs, False)
        return run

    def treated(self, arm: Arm, pair: int, kept: Kept, seconds: float, share: float = 1.0) -> ArmRun:
        """The treated arm of this pair, to a share of the horizon."""
        assert self.horizon is not None
        horizon = Horizon(self.horizon.epochs * share, self.horizon.planned)
        return Trainer(kept, self.starts).train(arm, pair, horizon, max(1.0, seconds))

    def shows(self, run: ArmRun) -> bool:
        """Whether an untreated arm shows the symptom."""
        return shows_symptom(run, self.symptom, self.yardstick)

    def gone(self, run: ArmRun, control: ArmRun) -> bool:
        """Whether a treated arm no longer shows it."""
        return symptom_gone(run, control, self.symptom, self.yardstick)

    @property
    def control_seconds(self) -> float:
        """What an untreated arm took at most."""
        return max((one.seconds for runs in self._controls.values() for one in runs.values()), default=0.0)

    @property
    def output(self) -> str | None:
        """The output that is scored: the one that falls furthest short in the untreated arms."""
        return worst_output(list(self._controls.get("", {}).values()), self.yardstick)

    @property
    def measure(self) -> str:
        """``balanced_accuracy`` or ``r2``."""
        tasks = [one for one in outputs(self.case) if one.kind != "none"]
        task = next((one for one in tasks if one.name == self.output), tasks[0])
        return "r2" if task.kind in ("regression", "reconstruction") else "balanced_accuracy"

    def value(self, run: ArmRun) -> float:
        """The score of an arm at the scored output; the floor where it has none."""
        wanted = self.output
        for one in run.outputs:
            if (wanted is None or one.name == wanted) and one.measure == self.measure:
                return one.value if run.error is None else FLOOR[self.measure]
        return FLOOR[self.measure]

    @property
    def best(self) -> float:
        """The best score known: of the reference at the scored output, or of any treatment so far."""
        wanted = self.output
        found = [one.expected.value for one in self.references if wanted is None or one.output.name == wanted]
        return max([*found, *(one.mean for one in self.known)], default=FLOOR[self.measure])

    def remember(
        self, treatments: Sequence[Treatment], values: Sequence[float], controls: Sequence[float], gone: bool
    ) -> None:
        """Keep what treatments came to; of several trials of the same, with other parameters, the best.

        What one pair alone has shown no longer counts once several were run.
        """
        ids = tuple(one.id for one in treatments)
        specific, measured = not any(one.broad for one in treatments), all(one.measured for one in treatments)
        alike = [one for one in self.known if one.treatments == ids and (one.pairs > 1 or len(values) == 1)]
        mean = float(np.mean(values))
        found = Known(ids, mean, gone, specific, measured, mean - float(np.mean(controls)), len(values))
        best = max([found, *alike], key=lambda one: (one.gone, one.mean))
        self.known = [*(one for one in self.known if one.treatments != ids), best]


def key_of(ids: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """A key for treatments with their parameters; empty for none."""
    return "" if not ids else repr((sorted(ids), sorted(parameters.items(), key=lambda one: one[0])))
