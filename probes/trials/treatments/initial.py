"""Starts: initialisers that suit the layers, and other draws of the same."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ...biases import shut_layers
from ...own_maps import own_matrix
from ..anatomy import activation_name, names, weighted
from ..arm import Arm
from ..starting import initializer_of, weights_of
from ..treating import NotApplicable, Parameters, treatment

_KERNELS = ("kernel", "recurrent_kernel", "depthwise_kernel", "pointwise_kernel")
SLACK = 1.7
"""A spread beyond He's by this factor, or below LeCun's and Glorot's by it, does not suit the layer."""


@treatment("set_initializer", title="Initial weights of a fitting spread", stage="start", measured=True)
def set_initializer(arm: Arm, parameters: Parameters) -> Parameters:
    """He's initialiser under rectifiers, Glorot's elsewhere, orthogonal for recurrent weights; hidden layers that their
    biases shut begin at zero."""
    import keras

    if int(np.asarray(getattr(arm.optimizer, "iterations", 0))):
        raise NotApplicable("the weights were trained before this `fit`")
    wanted = {}
    for _, variable, layer, name in weights_of(arm.model):
        bare = name.lstrip("_")
        known = bare in _KERNELS and initializer_of(layer, name) is not None
        if not (known or variable is own_matrix(layer)) or suits(variable):
            continue
        relu = activation_name(layer) in ("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "swish")
        chosen: Any = keras.initializers.HeNormal(seed=1) if relu else keras.initializers.GlorotUniform(seed=1)
        wanted[id(layer), name] = keras.initializers.Orthogonal(seed=1) if bare == "recurrent_kernel" else chosen
    shut = list(_shut(arm))
    kernels = len(wanted)
    wanted.update(((id(layer), name), keras.initializers.Zeros()) for layer, name in shut)
    if not wanted:
        raise NotApplicable("the initial weights have a fitting spread")
    arm.initializer = lambda layer, name: wanted.get((id(layer), name))
    return {
        "initializer": type(next(iter(wanted.values()))).__name__,
        "layers": kernels,
        "biases": names(layer for layer, _ in shut),
    }


def _shut(arm: Arm) -> Iterator[tuple[Any, str]]:
    """Layers whose biases shut them, each with the name of these."""
    shut = {note.layer.name for note, _ in shut_layers(arm.held)}
    for _, _, layer, name in weights_of(arm.model):
        if name.lstrip("_") == "bias" and layer.name in shut:
            yield layer, name


def suits(variable: Any) -> bool:
    """Whether the spread of a kernel lies about where Glorot, LeCun and He put it."""
    from keras.src.initializers.random_initializers import compute_fans

    values = np.asarray(variable.numpy(), dtype="float64")
    fan_in, fan_out = (max(1.0, float(one)) for one in compute_fans(values.shape))
    low = min(math.sqrt(2.0 / (fan_in + fan_out)), math.sqrt(1.0 / fan_in))
    high = max(math.sqrt(2.0 / fan_in), low)
    return low / SLACK <= float(values.std()) <= high * SLACK


@treatment("new_start", title="Another start", stage="start", broad=True, yields_to=("set_learning_rate",))
def new_start(arm: Arm, parameters: Parameters) -> Parameters:
    """The same training from other initial weights, drawn as the program draws them."""
    if not weighted(arm.model):
        raise NotApplicable("there are no initial weights that could be drawn anew")
    arm.start_offset = int(parameters.get("start", 100))
    return {"start": arm.start_offset}
