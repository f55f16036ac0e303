"""Gradients that are let through where the program stops them."""

from __future__ import annotations

from typing import Any

from ..arm import Arm
from ..treating import Parameters, treatment


@treatment("drop_stop_gradient", title="No stopped gradients", stage="layers", measured=True)
def drop_stop_gradient(arm: Arm, parameters: Parameters) -> Parameters:
    """Let ``stop_gradient``, of TensorFlow and of Keras, pass gradients on.

    Where the program calls neither, the training is the same to the last digit.
    """
    import keras
    import tensorflow as tf

    for owner in (tf, keras.ops):
        arm.set(owner, "stop_gradient", _passed_on)
    return {"removed": "stop_gradient"}


def _passed_on(given: Any = None, *_: Any, **more: Any) -> Any:
    return more.get("input", more.get("variable", given)) if given is None else given
