"""The optimizer and its settings, and the clipping of gradients."""

from __future__ import annotations

import math
from typing import Any

from ...case import Case
from ...running import learning_rate
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment

CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
LARGE_GUARD = 0.01
"""Epsilon above which an optimizer is set oddly, as the knowledge base has it; gradients of a mean loss are smaller."""
FAR_ABOVE = 4.0
"""A rate over its optimizer's default above which it may have been raised to make up for a large epsilon."""
_NO_SETTINGS = ("name", "learning_rate", "loss_scale_factor", *CLIPPING)


@treatment(
    "set_optimizer",
    title="Adam at its default rate",
    stage="optimizer",
    broad=True,
    yields_to=("set_learning_rate", "reset_optimizer_settings"),
)
def set_optimizer(arm: Arm, parameters: Parameters) -> Parameters:
    """Train with Adam at 1e-3, Keras' default, or with ``optimizer``, ``learning_rate`` and ``settings`` as given."""
    import keras

    name = str(parameters.get("optimizer", "Adam"))
    rate = float(parameters.get("learning_rate", 1e-3))
    settings = dict(parameters.get("settings") or {})
    own = arm.optimizer
    if type(own).__name__ == name and abs(learning_rate(own) / rate - 1) < 0.01 and not (settings or _changed(own)):
        raise NotApplicable(f"the optimizer is {name} with these settings already")
    made = _made(getattr(keras.optimizers, name, None) or type(own), rate, settings)
    arm.set_optimizer(made)
    return {"optimizer": name, "learning_rate": rate, **({"settings": settings} if settings else {})}


def _made(optimizer: Any, rate: float, settings: dict[str, Any]) -> Any:
    try:
        return optimizer(learning_rate=rate, **settings)
    except (TypeError, ValueError) as problem:
        raise NotApplicable(f"{optimizer.__name__} cannot be made so: {problem}") from None


def _guard_swallows(case: Case) -> bool:
    """Whether what is to keep a division from zero outweighs gradients, at a rate that is meant for the optimizer.

    A rate raised by as much makes up for it, and says nothing of where the fault lies.
    """
    epsilon = getattr(case.optimizer, "epsilon", None)
    if not isinstance(epsilon, (int, float)) or epsilon <= LARGE_GUARD:
        return False
    try:
        usual = learning_rate(type(case.optimizer)())
    except TypeError:
        return False
    return learning_rate(case.optimizer) <= FAR_ABOVE * usual


@treatment(
    "reset_optimizer_settings",
    title="The optimizer's default settings",
    stage="optimizer",
    yields_to=("set_learning_rate",),
    measured_where=_guard_swallows,
)
def reset_optimizer_settings(arm: Arm, parameters: Parameters) -> Parameters:
    """Keep optimizer and learning rate; every other setting becomes Keras' default."""
    changed = _changed(arm.optimizer)
    if not changed:
        raise NotApplicable("the optimizer's settings are Keras' defaults already")
    arm.rebuild_optimizer(**changed)
    return {"settings": ", ".join(f"{name}={value}" for name, value in changed.items())}


def _changed(optimizer: Any) -> dict[str, Any]:
    """The settings that differ from the class's defaults, with those defaults."""
    try:
        defaults = type(optimizer)().get_config()
    except TypeError:
        return {}
    own = optimizer.get_config()
    return {
        name: value
        for name, value in defaults.items()
        if name not in _NO_SETTINGS and name in own and not _same(own[name], value)
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    return bool(one == other)


@treatment("clip_gradients", title="Clipped gradients", stage="optimizer", yields_to=("set_learning_rate",))
def clip_gradients(arm: Arm, parameters: Parameters) -> Parameters:
    """Clip the gradients of all variables together to a norm of 1."""
    norm = float(parameters.get("global_clipnorm", 1.0))
    if any(getattr(arm.optimizer, name, None) for name in CLIPPING):
        raise NotApplicable("gradients are clipped already")
    arm.set(arm.optimizer, "global_clipnorm", norm)
    return {"global_clipnorm": norm}


@treatment("unclip_gradients", title="Gradients that are not clipped", stage="optimizer", measured=True)
def unclip_gradients(arm: Arm, parameters: Parameters) -> Parameters:
    """Take clipping by norm and by value out of the optimizer."""
    set_now = {name: getattr(arm.optimizer, name, None) for name in CLIPPING}
    found = {name: value for name, value in set_now.items() if value}
    if not found:
        raise NotApplicable("the optimizer clips no gradients")
    for name in found:
        arm.set(arm.optimizer, name, None)
    return {"removed": ", ".join(f"{name}={value:g}" for name, value in found.items())}
