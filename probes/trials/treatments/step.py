"""The training step of Keras in place of a hand-written one."""

from __future__ import annotations

from types import MethodType

from ...overriding import overrides
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment


@treatment(
    "use_keras_step",
    title="The training step of Keras",
    stage="loss",
    yields_to=("match_target_shape",),
)
def use_keras_step(arm: Arm, parameters: Parameters) -> Parameters:
    """Take steps as Keras takes them, with the loss that is compiled."""
    import keras

    model = arm.model
    if not overrides(model):
        raise NotApplicable("the program takes its steps as Keras does")
    if getattr(model, "_compile_loss", None) is None:
        raise NotApplicable("no loss is compiled, which a step of Keras could train")
    arm.set(model, "train_step", MethodType(keras.Model.train_step, model))
    return {"step": "keras"}
