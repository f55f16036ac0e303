"""Single precision in place of half."""

from __future__ import annotations

from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment


@treatment("use_float32", title="Single precision throughout", stage="layers", measured=True)
def use_float32(arm: Arm, parameters: Parameters) -> Parameters:
    """Compute in float32. Assumes that variables are float32 already, as under mixed precision."""
    import keras

    model = arm.model
    policy = keras.dtype_policies.DTypePolicy("float32")
    found = [one for one in model._flatten_layers(include_self=True) if "16" in str(one.compute_dtype)]
    if not found:
        raise NotApplicable("everything is computed in single precision already")
    if any("16" in str(one.dtype) for one in model.trainable_variables):
        raise NotApplicable("the weights themselves are of half precision")
    for layer in found:
        arm.set(layer, "_dtype_policy", policy)
        for cell in getattr(getattr(layer, "cell", None), "cells", None) or [getattr(layer, "cell", None)]:
            if cell is not None:
                arm.set(cell, "_dtype_policy", policy)
    if getattr(model.optimizer, "inner_optimizer", None) is not None:
        arm.rebuild_optimizer()
    return {"dtype": "float32", "layers": len(found)}
