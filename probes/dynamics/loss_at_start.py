"""The loss before anything was learnt, against what chance would give."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import probe
from ..first_steps import FirstSteps, first_steps
from ..overriding import overrides
from ..running import learning_rate
from ..tasks import constant_loss, outputs, target_of


@dataclass(frozen=True)
class LossAtStart:
    """The loss of the first step."""

    loss: float
    """Loss of the first batch, without the regularisation penalty."""
    penalty: float
    """The penalty."""
    penalty_ratio: float
    """Penalty over the loss without it."""
    uniform: float | None
    """Loss of a uniform guess: ln of the number of classes; null for quantities and losses of the program's own."""
    constant: float | None
    """Loss of the best constant prediction; null for losses of the program's own."""
    loss_to_uniform: float | None
    """Loss over that of a uniform guess."""
    loss_to_constant: float | None
    """Loss over that of the best constant prediction."""
    finite: bool
    """Whether the first loss is finite."""
    negative: bool
    """Whether the loss is below zero in the first steps."""
    logged: float
    """Loss that the program's logs show for the first step."""
    logged_differs: bool
    """Whether the logged loss is another number than the loss that is trained (more than a quarter apart): neither what
    the model computes nor what gradients of weights are taken of; false where neither is seen."""
    custom_step: bool
    """Whether the model has a training step of its own."""
    rate: float
    """Learning rate of the first step."""


@probe("loss_at_start", title="The loss at the start against chance", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> LossAtStart:
    """Read the first step of the planned training."""

    seen = first_steps(case)
    total, penalty = seen.seen[0].loss, seen.seen[0].penalty
    logged = seen.run.losses[0] if seen.run.losses else math.nan
    total = logged if math.isnan(total) and "total" not in seen.step.raw["losses"] else total
    data = total - penalty
    uniform, constant = _expected(case)
    custom = overrides(case.model)
    return LossAtStart(
        loss=data,
        penalty=penalty,
        penalty_ratio=penalty / abs(data) if data else 0.0,
        uniform=uniform,
        constant=constant,
        loss_to_uniform=data / uniform if uniform else None,
        loss_to_constant=data / constant if constant else None,
        finite=math.isfinite(total),
        negative=any(one.loss - one.penalty < -1e-6 for one in seen.seen),
        logged=seen.run.logged_first,
        logged_differs=_differs(seen),
        custom_step=custom,
        rate=learning_rate(case.optimizer),
    )


def _differs(seen: FirstSteps) -> bool:
    """Whether the first step logs a loss of its own, and it is none of those that are known to be trained."""
    reported, known = seen.run.logged_first, _trained(seen)
    return math.isfinite(reported) and bool(known) and all(_apart(reported, one) for one in known)


def _trained(seen: FirstSteps) -> list[float]:
    """What the loss of the first step may be written as: as the model computed it, and as the tape was given it."""
    first = seen.seen[0]
    taped = first.taped[np.isfinite(first.taped).all(axis=1)]
    whole = [*first.taped.ravel(), *taped.sum(axis=0)] if len(taped) else []
    computed = [first.loss, first.loss - first.penalty] if "total" in seen.step.raw["losses"] else []
    return [float(one) for one in [*computed, *whole] if math.isfinite(one)]


def _apart(reported: float, trained: float) -> bool:
    return abs(reported - trained) > 0.25 * max(abs(trained), 1e-6)


def _expected(case: Case) -> tuple[float | None, float | None]:
    sample = case.train.sample(2000)
    known = outputs(case)
    if len(known) != 1 or sample.y is None or case.fit.class_weight is not None or sample.weights is not None:
        return None, None
    output = known[0]
    uniform = None
    if output.family in ("sparse_crossentropy", "crossentropy") and output.classes > 1:
        uniform = math.log(output.classes)
    elif output.family == "binary_crossentropy":
        uniform = math.log(2)
    constant = constant_loss(output, target_of(output, sample))
    return uniform, None if math.isnan(constant) or constant <= 1e-12 else constant
