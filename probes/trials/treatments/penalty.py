"""Weight penalties: less, or more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..anatomy import flat_layers, hidden_layers
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment

MILD_L1, MILD_L2, MILD_DECAY = 1e-6, 1e-4, 1e-3


def _factor(regularizer: Any) -> float:
    """The largest factor of a regulariser; infinity for one that does not say."""
    found = [getattr(regularizer, name, None) for name in ("l1", "l2", "factor")]
    known = [float(np.asarray(one)) for one in found if one is not None]
    return max(known, default=float("inf"))


@treatment("less_regularization", title="A mild weight penalty", stage="layers", measured=True)
def less_regularization(arm: Arm, parameters: Parameters) -> Parameters:
    """Bring penalties on weights and activations and the weight decay down to mild ones; take out constraints."""
    import keras

    mild = keras.regularizers.L1L2(l1=0.0, l2=MILD_L2)
    strongest, count = 0.0, 0
    for variable in arm.model.trainable_variables:
        penalty = getattr(variable, "regularizer", None)
        if penalty is not None and _factor(penalty) > MILD_L2:
            strongest, count = max(strongest, _factor(penalty)), count + 1
            arm.set(variable, "_regularizer", mild)
        if getattr(variable, "constraint", None) is not None:
            count += 1
            arm.set(variable, "_constraint", None)
    for layer in flat_layers(arm.model):
        penalty = getattr(layer, "activity_regularizer", None)
        if penalty is not None and _factor(penalty) > MILD_L1:
            strongest, count = max(strongest, _factor(penalty)), count + 1
            arm.set(layer, "activity_regularizer", None)
    decay = getattr(arm.optimizer, "weight_decay", None)
    if decay and float(decay) > MILD_DECAY * 5:
        strongest, count = max(strongest, float(decay)), count + 1
        arm.set(arm.optimizer, "weight_decay", MILD_DECAY)
    if not count:
        raise NotApplicable("no penalty on weights or activations is more than mild")
    return {"l2": MILD_L2, "penalty_before": strongest, "changed": count}


def _penalties(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    if "l2" in parameters:
        return (parameters,)
    return [{**parameters, "l2": one} for one in (1e-3, 1e-2)]


@treatment(
    "more_regularization",
    title="A penalty on weights",
    stage="layers",
    candidates=_penalties,
    yields_to=("set_learning_rate",),
)
def more_regularization(arm: Arm, parameters: Parameters) -> Parameters:
    """Put an L2 penalty on the kernels of the hidden layers that have none."""
    import keras

    strength = float(parameters.get("l2", 1e-3))
    kernels = [getattr(layer, "kernel", None) for layer in hidden_layers(arm)]
    found = [one for one in kernels if one is not None and one.trainable and one.regularizer is None]
    if not found:
        raise NotApplicable("the hidden layers' weights are penalised already")
    for kernel in found:
        arm.set(kernel, "_regularizer", keras.regularizers.L2(strength))
    return {"l2": strength, "layers": len(found)}
