"""What stands where in a model: its output layers, its hidden layers, and what follows a layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..watching import layer_paths
from .arm import Arm

_SHAPE_ONLY = ("Flatten", "Reshape", "Identity", "Dropout", "Permute", "Cropping1D", "UnitNormalization")
_ACTIVATIONS = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "ThresholdedReLU", "GELU")
_BETWEEN = (
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "Add",
    "Identity",
    "MaxPooling1D",
    "MaxPooling2D",
    "AveragePooling2D",
)


def flat_layers(model: Any) -> list[Any]:
    """Every layer below the model that is no model itself."""
    return [layer for _, layer in layer_paths(model)]


def names(layers: Iterable[Any]) -> list[str]:
    """The layers' names."""
    return [str(layer.name) for layer in layers]


def kind(layer: Any) -> str:
    """The name of the layer's class."""
    return type(layer).__name__


def output_layers(model: Any) -> list[Any]:
    """The layer that gives each output its values, by output; empty where the model does not say."""
    tensors = getattr(model, "outputs", None)
    if tensors:
        found = [_giver(getattr(one, "_keras_history", None)) for one in tensors]
        return [one for one in found if one is not None]
    candidates = [one for one in flat_layers(model) if hasattr(one, "units")]
    return candidates[-1:]


def _giver(history: Any) -> Any:
    if history is None:
        return None
    layer = history.operation
    if getattr(layer, "outputs", None) and hasattr(layer, "layers"):
        inner = output_layers(layer)
        return inner[-1] if inner else None
    if kind(layer) in _SHAPE_ONLY:
        before = [one for node in layer._inbound_nodes for one in node.input_tensors]
        return _giver(getattr(before[0], "_keras_history", None)) if before else layer
    return layer


def last_weights(model: Any) -> set[int]:
    """Ids of the layers that give the outputs, and of the layers right before a mere activation at the end."""
    found: set[int] = set()
    for layer in output_layers(model):
        found.add(id(layer))
        while kind(layer) in _ACTIVATIONS:
            layer = next(iter(preceding(layer)), None)
            if layer is None:
                break
            found.add(id(layer))
    return found


def preceding(layer: Any) -> Iterator[Any]:
    """The layers whose outputs this layer is called on."""
    for node in getattr(layer, "_inbound_nodes", ()):
        for tensor in node.input_tensors:
            history = getattr(tensor, "_keras_history", None)
            if history is not None:
                yield history.operation


def following(layer: Any) -> Iterator[Any]:
    """The layers that are called on this layer's output."""
    for node in getattr(layer, "_outbound_nodes", ()):
        yield node.operation


def activated_later(layer: Any, depth: int = 4) -> bool:
    """Whether an activation layer follows, with at most normalisation, dropout and pooling between."""
    for one in following(layer):
        if kind(one) in _ACTIVATIONS:
            return True
        if depth and kind(one) in _BETWEEN and activated_later(one, depth - 1):
            return True
    return False


def activation_name(layer: Any) -> str | None:
    """The name of the layer's activation; None where it has none to be changed."""
    given = getattr(layer, "activation", None)
    if not callable(given):
        if kind(layer) != "Softmax":
            return None
        return "softmax over the batch" if layer.axis == 0 else "softmax"
    return str(getattr(given, "__name__", None) or type(given).__name__).lower()


def hidden_layers(arm: Arm) -> list[Any]:
    """Layers with an activation of their own that do not give an output; recurrent layers are not among them."""
    last = last_weights(arm.model)
    found = []
    for layer in flat_layers(arm.model):
        if id(layer) in last or activation_name(layer) is None or hasattr(layer, "cell"):
            continue
        if kind(layer) in ("EinsumDense", "MultiHeadAttention", "Softmax") or kind(layer).endswith("Cell"):
            continue
        found.append(layer)
    return found


def weighted(model: Any) -> list[Any]:
    """Layers with a kernel, in order."""
    return [one for one in flat_layers(model) if getattr(one, "kernel", None) is not None or hasattr(one, "cell")]
