"""The first steps of training, watched from inside once and shared by the probes that read them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .case import Budget, Case
from .catalogue import Unanswerable
from .keeping import unchanged
from .running import Plan, Run, run
from .stepping import InstrumentedStep, Seen
from .watching import variable_path

STEPS = 12
SECONDS = 30.0


@dataclass
class FirstSteps:
    """What the first twelve steps (or fewer) showed.

    Attributes:
        seen: one entry a step.
        alive: per layer, for each unit whether it gave anything but zero at any step.
    """

    run: Run
    step: InstrumentedStep
    seen: list[Seen] = field(default_factory=list)
    alive: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def gradient(self, path: str) -> float:
        """Median norm of a variable's gradient."""
        return float(
            np.median([float(one.gradients[path][0]) for one in self.seen if path in one.gradients] or [np.nan])
        )

    def update(self, path: str) -> float:
        """Median norm of what a step adds to a variable, over the norm of the variable."""
        return float(np.median(self._ratios(path) or [np.nan]))

    def longest(self, path: str) -> float:
        """Largest norm of what a step adds to a variable, over the norm of the variable."""
        return max(self._ratios(path), default=math.nan)

    def _ratios(self, path: str) -> list[float]:
        return [
            float(one.updates[path][0]) / max(float(one.weights[path][0]), 1e-8)
            for one in self.seen
            if path in one.updates
        ]

    def moves(self, path: str) -> bool:
        """Whether any step adds anything to a variable; a step that gathers gradients adds every few steps alone."""
        return any(float(one.updates[path][0]) != 0.0 for one in self.seen if path in one.updates)


def first_steps(case: Case) -> FirstSteps:
    """The first steps of the planned training; run once a case, which is left as it was.

    Raises:
        Unanswerable: training fails before the first step ends.
    """
    return case.once("first_steps", lambda: _watch(case))


def _watch(case: Case) -> FirstSteps:
    from .stepping import instrumented_step

    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled, so there is no step to look into")
    step = instrumented_step(case)
    found = FirstSteps(Run(), step)

    kernels = [
        variable_path(one) for one in case.model.trainable_variables if one.name.endswith(("kernel", "embeddings"))
    ]

    def look(_: int, watched: InstrumentedStep) -> None:
        seen = watched.seen()
        found.seen.append(seen)
        norms = [float(seen.gradients[one][0]) for one in kernels if one in seen.gradients]
        case.live.begin("gradient_flow", "norm")
        case.live.points("gradient_flow", "norm", range(1, len(norms) + 1), norms)
        for path, units in seen.alive.items():
            known = found.alive.get(path)
            found.alive[path] = (
                units.astype(bool) if known is None or known.shape != units.shape else known | units.astype(bool)
            )

    plan = Plan(case.train, epochs=case.fit.planned_epochs or 1, on_step=look, stop=lambda ran: ran.steps >= STEPS)
    with unchanged(case.model, case.fit.callbacks):
        found.run = run(case, plan, Budget(SECONDS))
    if not found.seen:
        reason = found.run.error
        raise Unanswerable(reason.told("training fails") if reason else "training took no step")
    return found
