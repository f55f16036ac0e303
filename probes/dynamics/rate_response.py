"""How the first part of the planned training answers to other learning rates."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..keeping import unchanged
from ..running import Plan, learning_rate, run
from ..stepping import InstrumentedStep, build_step, instrumented_step

FACTORS = (1.0, 10.0, 0.1, 100.0, 0.01)
FIRST_SHARE = 0.22
"""Share of the time for the planned rate, which says how many steps the others take; three of them have to fit
into the rest, somewhat slower as they may be."""
MAX_STEPS = 240
SECONDS = 16.0


@dataclass(frozen=True)
class RateTry:
    """A short run at one learning rate."""

    factor: float
    """Rate over the planned one."""
    rate: float
    """The constant rate of the run."""
    progress: float
    """Share of the first loss that was gone at the end, in (-inf, 1]; -1 where the loss was not finite."""
    steps: int
    """Steps taken."""


@dataclass(frozen=True)
class RateResponse:
    """How training answers to other learning rates, all from the same start and over the same steps."""

    tries: tuple[RateTry, ...]
    """Every rate that was tried."""
    steps: int
    """Steps of each run."""
    horizon_share: float
    """Steps of each run over the planned steps, in (0, 1]; 1 where the whole plan was run."""
    progress: float
    """Progress at the planned rate (at its highest, where it is scheduled)."""
    best_factor: float
    """Factor of the rate that came furthest."""
    best_rate: float
    """That rate."""
    best_progress: float
    """Its progress."""
    gain_higher: float
    """Progress of the best higher rate minus that of the planned one."""
    gain_lower: float
    """Progress of the best lower rate minus that of the planned one."""
    loss_ratio_higher: float
    """Loss left at the best higher rate over that left at the planned one."""
    loss_ratio_lower: float
    """Loss left at the best lower rate over that left at the planned one."""


@probe(
    "rate_response",
    title="How training answers to other learning rates",
    cost="training",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> RateResponse:
    """Run the first steps of the plan at five learning rates, from the same start."""
    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled")
    optimizer = case.optimizer
    planned = learning_rate(optimizer)
    if not math.isfinite(planned) or planned == 0:
        raise Unanswerable("the optimizer has no learning rate that could be changed")
    whole = (case.fit.steps_per_epoch or MAX_STEPS) * max(1, case.fit.planned_epochs)
    steps, left = min(whole, MAX_STEPS), Budget(min(SECONDS, budget.left))
    tries: list[RateTry] = []
    with _constant_rate(case, planned) as step:
        for place, factor in enumerate(FACTORS):
            if tries and left.spent:
                break
            case.live.share(place, len(FACTORS))
            tried = _try(case, step, planned, factor, steps, Budget(FIRST_SHARE * SECONDS) if not tries else left)
            if not tries:
                steps = tried.steps
            if tried.steps == steps or tried.progress <= -1:
                tries.append(tried)
    if len(tries) < 3:
        raise Unanswerable("the budget did not allow three learning rates")
    base = tries[0].progress
    best = max(tries, key=lambda one: one.progress)
    higher = max((one.progress for one in tries if one.factor > 1), default=base)
    lower = max((one.progress for one in tries if one.factor < 1), default=base)
    rest = max(1 - base, 1e-9)
    return RateResponse(
        tries=tuple(tries),
        steps=steps,
        horizon_share=min(1.0, steps / max(1, whole)),
        progress=base,
        best_factor=best.factor,
        best_rate=best.rate,
        best_progress=best.progress,
        gain_higher=higher - base,
        gain_lower=lower - base,
        loss_ratio_higher=max(1 - higher, 0.0) / rest,
        loss_ratio_lower=max(1 - lower, 0.0) / rest,
    )


def _try(case: Case, step: InstrumentedStep, planned: float, factor: float, steps: int, left: Budget) -> RateTry:
    rate = planned * factor
    with unchanged(case.model, case.fit.callbacks):
        case.optimizer.learning_rate.assign(rate)
        plan = Plan(
            case.train,
            epochs=case.fit.planned_epochs,
            stop=lambda ran: ran.steps >= steps or _lost(ran.losses),
            watch="rate_response",
            label=f"rate {rate:.2g}",
        )
        ran = run(case, plan, Budget(max(1.0, left.left)), step)
    data = np.asarray(ran.losses) - np.asarray(ran.penalties)
    if ran.error is not None or not len(data):
        raise Unanswerable(f"training fails: {ran.error.type if ran.error else 'no step'}")
    if not np.isfinite(data).all():
        return RateTry(factor, rate, -1.0, len(data))
    # All runs share the first batch and the start, so its loss is the same; later ones show the rate already.
    first, final = float(data[0]), float(np.mean(data[-max(1, len(data) // 8) :]))
    return RateTry(factor, rate, max(-1.0, (first - final) / abs(first)) if first else 0.0, len(data))


def _lost(losses: list[float]) -> bool:
    return bool(losses) and not math.isfinite(losses[-1])


@contextlib.contextmanager
def _constant_rate(case: Case, planned: float) -> Iterator[InstrumentedStep]:
    """The instrumented step with a rate that can be assigned: a schedule is replaced for the time being."""
    import keras

    optimizer = case.optimizer
    scheduled = not hasattr(vars(optimizer).get("_learning_rate"), "assign")
    if not scheduled:
        yield instrumented_step(case)
        return
    schedule = vars(optimizer)["_learning_rate"]
    try:
        vars(optimizer)["_learning_rate"] = keras.Variable(planned, trainable=False, name="learning_rate")
        yield build_step(case.model)
    finally:
        vars(optimizer)["_learning_rate"] = schedule
