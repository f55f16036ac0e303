"""The optimizer's settings against ranges known to be good, and the learning rate over the planned steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..running import learning_rate

# Typical rates: the defaults of Keras' optimizers, which are those of the papers they come from.
TYPICAL_RATES = {
    "SGD": 0.01,
    "RMSprop": 1e-3,
    "Adam": 1e-3,
    "AdamW": 1e-3,
    "Nadam": 1e-3,
    "Adamax": 2e-3,
    "Adagrad": 1e-2,
    "Adadelta": 1.0,
    "Ftrl": 1e-2,
    "Lion": 1e-4,
    "Adafactor": 1e-3,
    "Lamb": 1e-3,
    "Muon": 1e-3,
}
POINTS = 100


@dataclass(frozen=True)
class OptimizerSettings:
    """How the optimizer is set."""

    optimizer: str
    """Class of the optimizer."""
    rate: float
    """Learning rate at the first step; where it is warmed up from below the customary rate, the highest planned up to
    that one."""
    typical_rate: float | None
    """The optimizer's customary rate; null for an optimizer that is not Keras' own."""
    rate_to_typical: float | None
    """Rate over customary rate; a momentum above 0.9 counts as so much more rate."""
    negative_rate: bool
    """Whether the rate is below zero."""
    scheduled: bool
    """Whether a schedule object or a scheduling callback changes the rate."""
    schedule: str | None
    """Class of the schedule or callback."""
    planned_mean_share: float
    """Mean of the planned rate over all planned steps, over its highest; 1 for a constant rate."""
    planned_final_share: float
    """Planned rate at the last step over the highest planned."""
    planned_fall_point: float
    """Share of the planned steps after which the rate is below a hundredth of its highest; 1 where it never is."""
    planned_peak_to_typical: float | None
    """Highest planned rate over the customary one."""
    restarts: int
    """How often the planned rate rises again after it fell."""
    momentum: float | None
    """Momentum, where the optimizer has one."""
    beta_1: float | None
    """Decay of the first moment, where the optimizer has one."""
    beta_2: float | None
    """Decay of the second moment, where the optimizer has one."""
    epsilon: float | None
    """Epsilon, where the optimizer has one."""
    weight_decay: float | None
    """Decoupled weight decay, where set."""
    clipnorm: float | None
    """Largest norm of one variable's gradient, where set."""
    clipvalue: float | None
    """Largest gradient element, where set."""
    global_clipnorm: float | None
    """Largest norm of all gradients together, where set."""
    tightest_clip: float | None
    """Smallest of the three that are set."""
    accumulation: int | None
    """Steps over which gradients are accumulated, where set."""
    loss_scaled: bool
    """Whether the loss is scaled, as for half precision."""
    policy: str
    """Keras' precision policy of the model, such as `float32` or `mixed_float16`."""
    lowest_tried: float | None = None
    """Lowest learning rate that the program's own loops around `fit` go through; null where they try no others."""
    highest_tried: float | None = None
    """Highest of them."""


@probe(
    "optimizer_settings",
    title="The optimizer's settings and the plan of its learning rate",
    cost="instant",
    needs=("model",),
)
def measure(case: Case, budget: Budget) -> OptimizerSettings:
    """Read the settings, and evaluate the schedule over the planned steps."""
    outer = getattr(case.model, "optimizer", None)
    if outer is None:
        raise Unanswerable("the model is compiled without an optimizer")
    optimizer = case.optimizer
    kind = type(optimizer).__name__
    rate, typical = learning_rate(optimizer), TYPICAL_RATES.get(kind)
    planned, name = planned_rates(case)
    peak = float(planned.max()) if len(planned) else rate
    clips = [getattr(optimizer, name, None) for name in ("clipnorm", "clipvalue", "global_clipnorm")]
    known = [float(one) for one in clips if one is not None]
    tried = _tried_rates(case, rate)
    # A rate that is warmed up is not fallen before its peak.
    top = int(planned.argmax()) if len(planned) else 0
    low = top + np.flatnonzero(planned[top:] < 0.01 * peak) if peak > 0 else np.zeros(0)
    if name is not None and 0 <= rate < peak:
        rate = min(peak, max(rate, typical or peak))
    return OptimizerSettings(
        optimizer=kind,
        rate=rate,
        typical_rate=typical,
        rate_to_typical=abs(rate) * _pile(optimizer) / typical if typical else None,
        negative_rate=rate < 0,
        scheduled=name is not None,
        schedule=name,
        planned_mean_share=float(planned.mean() / peak) if peak > 0 else 1.0,
        planned_final_share=float(planned[-1] / peak) if peak > 0 else 1.0,
        planned_fall_point=float(low[0] / len(planned)) if len(low) else 1.0,
        planned_peak_to_typical=peak / typical if typical else None,
        restarts=int((np.diff(planned) > 0.05 * peak).sum()) if peak > 0 else 0,
        momentum=_number(optimizer, "momentum"),
        beta_1=_number(optimizer, "beta_1"),
        beta_2=_number(optimizer, "beta_2"),
        epsilon=_number(optimizer, "epsilon"),
        weight_decay=_number(optimizer, "weight_decay"),
        clipnorm=clips[0],
        clipvalue=clips[1],
        global_clipnorm=clips[2],
        tightest_clip=min(known) if known else None,
        accumulation=getattr(optimizer, "gradient_accumulation_steps", None),
        loss_scaled=outer is not optimizer,
        policy=str(getattr(case.model.dtype_policy, "name", "float32")),
        lowest_tried=min(tried, default=None),
        highest_tried=max(tried, default=None),
    )


def _tried_rates(case: Case, rate: float) -> tuple[float, ...]:
    """Of the lists that the program goes through the first that holds the present rate among others."""
    for values in case.fit.tried:
        others = [one for one in values if not math.isclose(one, rate, rel_tol=1e-5)]
        if others and len(others) < len(values) and min(values) > 0:
            return values
    return ()


def planned_rates(case: Case) -> tuple[np.ndarray, str | None]:
    """The learning rate at evenly spaced planned steps, and the class of the schedule or callback that sets it.

    Callbacks that act on what training shows (``ReduceLROnPlateau``) cannot be planned and count as constant.
    """
    optimizer = case.optimizer
    schedule = getattr(optimizer, "_learning_rate", None)
    steps = max(1, (case.fit.steps_per_epoch or 100) * max(1, case.fit.planned_epochs))
    done = int(np.asarray(optimizer.iterations)) if hasattr(optimizer, "iterations") else 0
    if type(schedule).__name__ not in ("Variable", "float", "NoneType") and callable(schedule):
        at = np.unique(np.linspace(0, steps - 1, POINTS).astype(int))
        rates = np.array([float(np.asarray(schedule(int(done + one)))) for one in at])
        return rates, type(schedule).__name__
    for callback in case.fit.callbacks:
        if type(callback).__name__ == "LearningRateScheduler":
            return _by_callback(callback, case), "LearningRateScheduler"
    return np.full(2, learning_rate(optimizer)), None


def _by_callback(callback: Any, case: Case) -> np.ndarray:
    rate, rates = learning_rate(case.optimizer), []
    for epoch in range(case.fit.initial_epoch, max(case.fit.epochs, case.fit.initial_epoch + 1))[:1000]:
        try:
            rate = float(callback.schedule(epoch, rate))
        except TypeError:
            rate = float(callback.schedule(epoch))
        rates.append(rate)
    return np.asarray(rates)


def _pile(optimizer: Any) -> float:
    # Momentum m adds up 1 / (1 - m) steps; customary rates are meant for m up to 0.9.
    momentum = min(_number(optimizer, "momentum") or 0.0, 0.999)
    return max(1.0, 0.1 / (1 - momentum))


def _number(optimizer: Any, name: str) -> float | None:
    value = getattr(optimizer, name, None)
    return (
        float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        else None
    )
