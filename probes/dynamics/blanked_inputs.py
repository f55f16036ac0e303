"""Whether the inputs matter to the training: the same steps on samples that are all alike must do worse."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..keeping import unchanged
from ..recording import Batch, Recorded
from ..running import Plan, paced, run
from ..structures import map_leaves

STEPS = 120
SECONDS = 8.0


@dataclass(frozen=True)
class BlankedInputs:
    """Two short runs from one start: on the program's samples, and on samples whose inputs are all the first one."""

    steps: int
    """Steps of each run."""
    loss: float
    """Mean loss of the last quarter of the steps on the program's inputs, without the penalty."""
    blanked_loss: float
    """The same with every input replaced by the first."""
    gain: float
    """Share of `blanked_loss` that the inputs save; 0 where they do not help, or where a loss is not finite."""
    fall: float
    """Share of the first loss that went away on the program's inputs, in (-inf, 1]."""
    spread: float
    """Standard error of the difference of the two losses over `blanked_loss`."""


@probe(
    "blanked_inputs",
    title="The same steps on inputs that are all alike",
    cost="training",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> BlankedInputs:
    """Run the first steps of the plan twice."""
    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled")
    if case.train.y is None:
        raise Unanswerable("the program gives no targets")
    if case.train.rows < 16:
        raise Unanswerable("fewer than 16 rows were recorded")
    given = _losses(case, case.train, STEPS, budget)
    blanked = _losses(case, _blanked(case.train), len(given), budget)
    steps = min(len(given), len(blanked))
    if steps < 8:
        raise Unanswerable("the budget did not allow eight steps")
    tail = max(2, steps // 4)
    ours, theirs = given[steps - tail : steps], blanked[steps - tail : steps]
    loss, other = float(np.mean(ours)), float(np.mean(theirs))
    finite = math.isfinite(loss) and math.isfinite(other) and other != 0
    difference = float(np.std(ours - theirs) / math.sqrt(tail))
    return BlankedInputs(
        steps=steps,
        loss=loss,
        blanked_loss=other,
        gain=1 - loss / other if finite else 0.0,
        fall=float((given[0] - loss) / abs(given[0])) if given[0] else 0.0,
        spread=difference / abs(other) if finite else 0.0,
    )


def _losses(case: Case, data: Recorded, steps: int, left: Budget) -> Any:
    plan = Plan(data, epochs=max(1, case.fit.planned_epochs), stop=paced(steps, SECONDS / 2))
    with unchanged(case.model, case.fit.callbacks):
        ran = run(case, plan, left)
    if ran.error is not None and not ran.losses:
        raise Unanswerable(f"training fails: {ran.error.type}")
    return np.asarray(ran.losses) - np.asarray(ran.penalties)


def _blanked(held: Recorded) -> Recorded:
    if held.batches:
        first = held.batches[0].x
        return replace(held, batches=tuple(Batch(_alike(one.x, first), one.y, one.weights) for one in held.batches))
    return replace(held, x=_alike(held.x, held.x))


def _alike(structure: Any, first: Any) -> Any:
    """Every row replaced by the first of all; ragged batches by the first of their own."""
    from ..structures import leaves

    heads = iter([np.asarray(one)[:1] for one in leaves(first)])

    def blank(one: Any) -> Any:
        head, array = next(heads), np.asarray(one)
        head = head if head.shape[1:] == array.shape[1:] else array[:1]
        return np.repeat(head, len(array), axis=0)

    return map_leaves(blank, structure)
