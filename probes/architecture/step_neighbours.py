"""Whether the network sees the neighbours of a step, where the targets of the step depend on them."""

from __future__ import annotations

from dataclasses import dataclass

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..reference import references


@dataclass(frozen=True)
class StepNeighbours:
    """What the steps around a step mean to its target, and to the network; of the output where they mean most."""

    before: bool
    """Whether the network's answer to a step depends on the steps before it (for pictures: on the pixels around it)."""
    after: bool
    """Whether it depends on the steps behind it."""
    alone: float
    """Skill on training rows left out of simple models that are given a step's own input, in [-1, 1]."""
    around: float
    """The same of those that are given the steps around it too."""
    gain: float
    """The second minus the first: what the neighbours tell of the targets."""


@probe(
    "step_neighbours",
    title="Whether the network sees the neighbours of a step",
    cost="seconds",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> StepNeighbours:
    """Compare simple models of a step alone with those of a window around it; exchange the neighbours."""
    found = [one.steps for one in references(case) if one.steps is not None]
    if not found:
        raise Unanswerable("no output has targets a step beside inputs of the same steps")
    most = max(found, key=lambda one: one.around - one.alone)
    return StepNeighbours(
        before=most.before,
        after=most.after,
        alone=most.alone,
        around=most.around,
        gain=most.around - most.alone,
    )
