"""The layers of a model as a description lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .describing_data import shape_of


def walk_layers(model: Any, inside: str | None = None) -> Iterator[tuple[Any, str | None]]:
    """Every layer with the name of what holds it: models and the user's own layers are entered, Keras' are not."""
    for layer in _held(model):
        yield layer, inside
        if hasattr(layer, "layers") or not type(layer).__module__.startswith("keras."):
            yield from walk_layers(layer, str(layer.name))


def _held(layer: Any) -> list[Any]:
    if hasattr(layer, "layers"):
        return list(layer.layers)
    return [one for one in layer._flatten_layers(include_self=False, recursive=False) if one is not layer]


def output_shape(layer: Any) -> Any:
    """The shape that a layer gives, as Keras knows it from building the model; None where it does not."""
    try:
        output = layer.output
    except Exception:  # noqa: BLE001 - a layer that was never called symbolically has no output, and says so in many ways
        return None
    return shape_of(output)


def size_of_weights(weights: Any) -> int:
    """Numbers held by some weights."""
    total = 0
    for weight in weights:
        size = 1
        for axis in weight.shape:
            size *= int(axis or 0)
        total += size
    return total


def activation_of(layer: Any) -> str | None:
    """The name of a layer's activation; None where it has none."""
    activation = getattr(layer, "activation", None)
    if activation is None and ".layers.activations." in type(layer).__module__:
        return {"ReLU": "relu", "ELU": "elu", "PReLU": "prelu"}.get(type(layer).__name__, _snake(type(layer).__name__))
    if activation is None or not callable(activation):
        return None
    return str(getattr(activation, "__name__", None) or getattr(activation, "name", type(activation).__name__))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def output_layers(model: Any) -> list[Any]:
    """The layers that give the model's outputs; for a subclassed model the last one that was made."""
    given = getattr(model, "_operations_by_depth", None)
    outputs = getattr(model, "outputs", None) or []
    found = [history.operation for history in (getattr(one, "_keras_history", None) for one in outputs) if history]
    # A softmax written as a layer of its own still belongs to the layer before it only by its units, not by its place.
    if found and given is not None:
        return list({id(one): one for one in found}.values())
    layers = [layer for layer, _ in walk_layers(model) if layer.weights or activation_of(layer)]
    return layers[-1:]


def first_layer(model: Any) -> Any | None:
    """The first layer with weights."""
    return next((layer for layer, _ in walk_layers(model) if layer.weights and not hasattr(layer, "layers")), None)
