"""The learning rate: another one, a constant one, one that restarts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...running import learning_rate
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment

USUAL = {"SGD": 1e-2, "Adagrad": 1e-2, "Adadelta": 1.0, "Ftrl": 1e-2, "Lion": 1e-4, "Muon": 1e-3}
"""Where a search begins, by optimizer; 1e-3, Keras' default for Adam and RMSprop, for all others."""

FACTORS = (10.0, 100.0, 3.0, 30.0, 300.0, 1000.0)
LOWEST, HIGHEST = 1e-6, 1.0
WARM_UP = 10
"""One step in so many of the planned ones belongs to a warm-up."""

LEAST_WARM_UP = 5
"""Fewer steps are no warm-up."""

RATE_CALLBACKS = ("LearningRateScheduler", "ReduceLROnPlateau")


def present_rate(arm: Arm) -> float:
    """The rate of the first step.

    Raises:
        NotApplicable: the optimizer has none that can be read.
    """
    found = learning_rate(arm.optimizer) if arm.optimizer is not None else math.nan
    if not math.isfinite(found):
        raise NotApplicable("the optimizer has no learning rate that can be read")
    return found


def is_scheduled(arm: Arm) -> bool:
    """Whether the optimizer computes its rate from a schedule of its own."""
    import keras

    return not isinstance(getattr(arm.optimizer, "_learning_rate", None), keras.Variable)


def hold_rate(arm: Arm, rate: float) -> None:
    """Train at this rate; a schedule of the optimizer is replaced, callbacks that set the rate take no part."""
    import keras

    optimizer = arm.optimizer
    if is_scheduled(arm):
        arm.set(optimizer, "_learning_rate", keras.Variable(rate, trainable=False, name="learning_rate"))
    arm.callbacks = [one for one in arm.callbacks if type(one).__name__ not in RATE_CALLBACKS]
    arm.on_start.append(lambda _: optimizer._learning_rate.assign(rate))


def _rates(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    if "learning_rate" in parameters:
        return (parameters,)
    present = present_rate(arm)
    usual = USUAL.get(type(arm.optimizer).__name__, 1e-3)
    if (
        arm.optimizer is not None
        and bool(getattr(arm.optimizer, "momentum", 0.0))
        and type(arm.optimizer).__name__ == "SGD"
    ):
        usual = 1e-2
    up = [present * one for one in FACTORS]
    down = [present / one for one in FACTORS]
    match parameters.get("direction"):
        case "up":
            wanted = [usual, *up]
        case "down":
            wanted = [usual, *down]
        case _:
            wanted = [usual, *(one for pair in zip(up, down, strict=True) for one in pair)][:9]
    lower, higher = parameters.get("direction") == "down", parameters.get("direction") == "up"
    fitting = [
        one
        for one in dict.fromkeys(float(f"{one:.3g}") for one in wanted)
        if LOWEST <= one <= HIGHEST
        and abs(math.log(one / present)) > math.log(2) * 0.99
        and not (lower and one > present)
        and not (higher and one < present)
    ]
    if not fitting:
        raise NotApplicable(f"the learning rate {present:g} leaves no room in that direction")
    return [{**parameters, "learning_rate": one} for one in fitting]


@treatment("set_learning_rate", title="Another learning rate", stage="rate", candidates=_rates)
def set_learning_rate(arm: Arm, parameters: Parameters) -> Parameters:
    """Train at another constant rate; searched in steps of 3 and 10 around the program's own where none is given."""
    rate = float(parameters["learning_rate"])
    before = present_rate(arm)
    hold_rate(arm, rate)
    return {"learning_rate": rate, "learning_rate_before": before}


@treatment("drop_schedule", title="A constant learning rate", stage="rate", measured=True)
def drop_schedule(arm: Arm, parameters: Parameters) -> Parameters:
    """Train at the rate with which the schedule or the callbacks begin."""
    scheduled = is_scheduled(arm)
    callbacks = [type(one).__name__ for one in arm.callbacks if type(one).__name__ in RATE_CALLBACKS]
    if not scheduled and not callbacks:
        raise NotApplicable("no schedule and no callback changes the learning rate")
    rate = float(parameters.get("learning_rate") or _initial(arm))
    hold_rate(arm, rate)
    return {"learning_rate": rate, "removed": ", ".join(([] if not scheduled else ["schedule"]) + callbacks)}


def _initial(arm: Arm) -> float:
    schedule = getattr(arm.optimizer, "_learning_rate", None)
    given = getattr(schedule, "initial_learning_rate", None)
    return float(np.asarray(given)) if given is not None else present_rate(arm)


@treatment(
    "warm_restart",
    title="A learning rate that restarts",
    stage="rate",
    broad=True,
    yields_to=("set_learning_rate",),
)
def warm_restart(arm: Arm, parameters: Parameters) -> Parameters:
    """Cosine decay with restarts (Loshchilov and Hutter, 2017): four falls from the program's own rate."""
    import keras

    rate = float(parameters.get("learning_rate") or present_rate(arm))
    steps = (arm.fit.steps_per_epoch or 100) * max(1, arm.fit.planned_epochs)
    schedule: Any = keras.optimizers.schedules.CosineDecayRestarts(rate, max(1, steps // 4), t_mul=1.0)
    arm.callbacks = [one for one in arm.callbacks if type(one).__name__ not in RATE_CALLBACKS]
    arm.set(arm.optimizer, "_learning_rate", schedule)
    return {"learning_rate": rate, "first_decay_steps": max(1, steps // 4)}


@treatment("warm_up", title="A learning rate that rises at first", stage="rate", yields_to=("set_learning_rate",))
def warm_up(arm: Arm, parameters: Parameters) -> Parameters:
    """Let the rate rise in a straight line over the first tenth of the planned steps, then hold it (Goyal, 2017)."""
    import keras

    if is_scheduled(arm) or any(type(one).__name__ in RATE_CALLBACKS for one in arm.callbacks):
        raise NotApplicable("a schedule or a callback sets the learning rate already")
    rate = float(parameters.get("learning_rate") or present_rate(arm))
    planned = (arm.fit.steps_per_epoch or 100) * max(1, arm.fit.planned_epochs)
    steps = int(parameters.get("warmup_steps") or max(1, planned // WARM_UP))
    if steps < LEAST_WARM_UP:
        raise NotApplicable(f"of {planned} planned steps no part could be given to a warm-up")
    schedule: Any = keras.optimizers.schedules.CosineDecay(
        0.0, planned, alpha=1.0, warmup_target=rate, warmup_steps=steps
    )
    arm.set(arm.optimizer, "_learning_rate", schedule)
    return {"learning_rate": rate, "warmup_steps": steps, "decay_steps": planned}
