"""No random variation of the inputs in training."""

from __future__ import annotations

from typing import Any

from ..anatomy import flat_layers, kind, names
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment


@treatment(
    "less_augmentation",
    title="Training inputs that are not varied",
    stage="layers",
    yields_to=("set_learning_rate",),
)
def less_augmentation(arm: Arm, parameters: Parameters) -> Parameters:
    """Let the random layers pass on what they get; those that change its shape are left alone."""
    found = [one for one in flat_layers(arm.model) if _varies(one)]
    if not found:
        raise NotApplicable("no layer of the model varies its input at random")
    for one in found:
        arm.set(one, "call", _passed_on)
    return {"layers": ", ".join(names(found))[:500]}


def _passed_on(inputs: Any, *_: Any, **__: Any) -> Any:
    return inputs


def _varies(layer: Any) -> bool:
    keras_own = type(layer).__module__.startswith("keras.")
    return keras_own and kind(layer).startswith("Random") and kind(layer) != "RandomCrop"
