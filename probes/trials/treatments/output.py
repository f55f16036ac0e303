"""The output layer: its activation and its units."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...tasks import CLASSIFYING, Output, target_of
from ..anatomy import activation_name, kind
from ..arm import Arm
from ..output_shape import output_layer, output_width
from ..rebuilding import copy_of, rebuild
from ..treating import NotApplicable, Parameters, treatment
from .loss import _fitting, _loss


@treatment(
    "set_output_activation", title="The output activation that task and loss want", stage="layers", measured=True
)
def set_output_activation(arm: Arm, parameters: Parameters) -> Parameters:
    """Softmax, sigmoid or none, as the targets are and the loss reads them."""
    import keras

    said = []
    for output in arm.outputs:
        layer = output_layer(arm, output)
        if layer is None or hasattr(layer, "cell"):
            continue
        wanted = wanted_activation(output, output_width(arm, output), arm)
        present = activation_name(layer)
        if wanted is None or wanted == present or _does_as_well(present, wanted, output, arm):
            continue
        set_activation(arm, layer, keras.activations.get(wanted))
        said.append(wanted)
    if not said:
        raise NotApplicable("the output activation fits task and loss, or it cannot be changed on its own")
    return {"output_activation": ", ".join(said)}


def set_activation(arm: Arm, layer: Any, function: Any) -> None:
    """Another activation for a layer, in place; of a layer that is nothing else, what it computes is replaced."""
    if "activation" in vars(layer):
        arm.set(layer, "activation", function)
    else:
        arm.set(layer, "call", lambda inputs, *_, **__: function(inputs))


def wanted_activation(output: Output, width: int | None, arm: Arm) -> str | None:
    """The name of the activation that suits task and loss; None where nothing can be said."""
    if output.encoding == "shares" and output.family == "crossentropy":
        return "linear" if output.from_logits else "softmax"
    if output.kind in ("regression", "reconstruction"):
        return "linear"
    if output.kind == "none" or width is None:
        return None
    if output.from_logits or output.family in ("hinge", "categorical_hinge"):
        return "linear"
    if output.kind == "multilabel" or width == 1:
        return "tanh" if output.encoding == "minus_plus_one" else "sigmoid"
    return "softmax"


def _does_as_well(present: str | None, wanted: str, output: Output, arm: Arm) -> bool:
    if wanted != "linear" or output.family in CLASSIFYING:
        return False
    target = target_of(output, arm.train.sample(2000)).astype("float64")
    low, high = float(np.nanmin(target)), float(np.nanmax(target))
    ranges = {"sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, np.inf)}
    if present == "softmax":
        # It does for shares of one whole alone.
        return target.ndim > 1 and target.shape[-1] > 1 and output.encoding == "shares"
    lowest, highest = ranges.get(present or "", (-np.inf, np.inf))
    return present in ranges and low >= lowest and high <= highest


@treatment("set_output_units", title="As many output units as the task has", stage="architecture", measured=True)
def set_output_units(arm: Arm, parameters: Parameters) -> Parameters:
    """One unit a class, one for two classes, one a quantity; with the activation and the loss that go with it."""
    wanted: dict[int, tuple[int, str]] = {}
    changed, said = [], {}
    for output in arm.outputs:
        units, width, layer = _units(output, arm), output_width(arm, output), output_layer(arm, output)
        if layer is None or units is None or width in (None, units) or kind(layer) != "Dense":
            continue
        alone = units == 1 or output.kind == "multilabel"
        activation = "linear" if output.kind == "regression" else "sigmoid" if alone else "softmax"
        wanted[id(layer)] = (units, activation)
        changed.append((output, units))
    if not wanted:
        raise NotApplicable("the output has as many units as the task, or is no dense layer")

    def edit(layer: Any) -> Any:
        found = wanted.get(id(layer))
        return copy_of(layer, units=found[0], activation=found[1]) if found else None

    for output, units in changed:
        family = _fitting(output, units)
        if family is not None and (family != output.family or output.from_logits):
            loss = _loss(family, False)
            arm.set_loss(loss, output)
            said = {"loss": type(loss).__name__}
    rebuild(arm, edit)
    if len(changed) > 1:
        return {"output_units": changed[0][1]}
    (_, activation), *_ = wanted.values()
    return {"output_units": changed[0][1], "output_activation": activation, **said}


def _units(output: Output, arm: Arm) -> int | None:
    target = target_of(output, arm.train.sample(2000))
    if output.kind in ("multiclass", "sequence") and output.classes > 2:
        return output.classes
    if output.kind in ("multilabel", "regression") and target.ndim <= 2:
        return int(target.shape[-1]) if target.ndim == 2 else 1
    return None
