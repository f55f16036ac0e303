"""The layer and the width of an output, from the model itself."""

from __future__ import annotations

from typing import Any

from ..tasks import Output
from .anatomy import output_layers
from .arm import Arm


def output_width(arm: Arm, output: Output) -> int | None:
    """Units of the output; None where the model does not say."""
    shapes, place = _shapes(arm), arm.place_of(output)
    return shapes[place] if place < len(shapes) else None


def output_layer(arm: Arm, output: Output) -> Any:
    """The layer that gives this output its values; None where the model does not say."""
    layers, place = output_layers(arm.model), arm.place_of(output)
    return layers[place] if place < len(layers) else None


def _shapes(arm: Arm) -> list[int | None]:
    tensors = getattr(arm.model, "outputs", None)
    if tensors:
        return [one.shape[-1] if len(one.shape) > 1 else 1 for one in tensors]
    return [int(layer.units) for layer in output_layers(arm.model)]
