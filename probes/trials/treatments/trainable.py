"""Layers that were frozen and must learn."""

from __future__ import annotations

from ..anatomy import names
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment


@treatment("unfreeze", title="Every layer trainable", stage="layers", measured=True)
def unfreeze(arm: Arm, parameters: Parameters) -> Parameters:
    """Make every layer trainable again; the optimizer begins anew, for it knows the trainable variables only."""
    model = arm.model
    layers = [one for one in model._flatten_layers(include_self=True) if not one.trainable]
    owners = {id(one): one for layer in model._flatten_layers(include_self=True) for one in layer._trainable_variables}
    variables = [one for one in owners.values() if not one.trainable]
    if not layers and not variables:
        raise NotApplicable("every layer is trainable")
    for layer in layers:
        arm.set(layer, "_trainable", True)
    for variable in variables:
        arm.set(variable, "_trainable", True)
    if not model.trainable_variables:
        raise NotApplicable("no layer has weights that could be trained")
    arm.rebuild_optimizer()
    return {"unfrozen": ", ".join(names(one for one in layers if one.weights and one is not model))[:200]}
