"""Hidden activations that let gradients through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...layers import weighs_others
from ...lone_softmax import lone_softmax
from ...watching import layer_paths
from ..anatomy import activated_later, activation_name, flat_layers, hidden_layers, kind, last_weights
from ..arm import Arm
from ..treating import NotApplicable, OnlyAsSource, Parameters, treatment
from .output import set_activation

HINDERING = ("linear", "softmax", "sigmoid", "hard_sigmoid", "exponential", "softplus", "softsign", "log_softmax")
RECTIFIERS = ("relu", "relu6", "tanh", "leaky_relu")


def _hindered(arm: Arm) -> list[Any]:
    """Hidden layers whose activation hinders; where there are none, those that rectify or squash."""
    found = hidden_layers(arm)
    first = [one for one in found if activation_name(one) in HINDERING and not _meant(one)]
    return first or [one for one in found if activation_name(one) in RECTIFIERS] + _rectifying_layers(arm)


def _meant(layer: Any) -> bool:
    return activation_name(layer) == "linear" and (activated_later(layer) or kind(layer) == "Embedding")


def _rectifying_layers(arm: Arm) -> list[Any]:
    last = last_weights(arm.model)
    return [one for one in flat_layers(arm.model) if kind(one) == "ReLU" and id(one) not in last]


def _recurrent(arm: Arm) -> list[Any]:
    """Recurrent layers whose state is not squashed by tanh."""
    cells = [one.cell for one in flat_layers(arm.model) if hasattr(getattr(one, "cell", None), "activation")]
    return [one for one in cells if activation_name(one) not in ("tanh", None)]


def _activations(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    if "hidden_activation" in parameters:
        return (parameters,)
    present = {activation_name(one) for one in _hindered(arm)}
    wanted = [one for one in ("relu", "selu", "elu") if one not in present]
    return [{**parameters, "hidden_activation": one} for one in wanted]


@treatment(
    "set_hidden_activation",
    title="Another hidden activation",
    stage="layers",
    candidates=_activations,
    yields_to=("set_learning_rate", "more_epochs"),
)
def set_hidden_activation(arm: Arm, parameters: Parameters) -> Parameters:
    """Give hidden layers that are linear, squash or die an activation that lets gradients through.

    Recurrent layers get tanh. Layers that an activation follows anyway keep what they have.
    """
    import keras

    name = str(parameters.get("hidden_activation", "relu"))
    layers, cells = _hindered(arm), _recurrent(arm)
    if not layers and not cells:
        raise NotApplicable("no hidden layer has an activation that could be changed")
    for layer in layers:
        set_activation(arm, layer, keras.activations.get(name))
    for cell in cells:
        arm.set(cell, "activation", keras.activations.tanh)
    return {"hidden_activation": name if layers else "tanh", "layers": len(layers) + len(cells)}


@treatment("replace_hidden_softmax", title="No softmax inside", stage="layers", measured=True)
def replace_hidden_softmax(arm: Arm, parameters: Parameters) -> Parameters:
    """Give hidden layers whose numbers sum to one relu instead; those that weigh other numbers keep their softmax."""
    import keras

    layers = [one for one in hidden_layers(arm) if activation_name(one) == "softmax" and not weighs_others(one)]
    if not layers:
        raise NotApplicable("no hidden layer has a softmax that weighs nothing")
    for layer in layers:
        set_activation(arm, layer, keras.activations.relu)
    return {"hidden_activation": "relu", "layers": ", ".join(str(one.name) for one in layers)}


@treatment("softmax_over_steps", title="The softmax over the steps", stage="layers", measured=True)
def softmax_over_steps(arm: Arm, parameters: Parameters) -> Parameters:
    """Let a softmax that is taken over one number alone run over the axis behind the rows."""
    import keras

    lone = lone_softmax(arm.held)
    layer = next((one for path, one in layer_paths(arm.model) if path == lone), None)
    if layer is None:
        raise NotApplicable("no layer takes a softmax over one number alone")
    if kind(layer) == "Softmax":
        arm.set(layer, "axis", 1)
    elif activation_name(layer) == "softmax":
        set_activation(arm, layer, lambda scores: keras.activations.softmax(scores, axis=1))
    else:
        raise OnlyAsSource("the softmax stands in code of the program's own")
    return {"layer": layer.name}
