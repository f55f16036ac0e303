"""The width of an output, from the model itself."""

from __future__ import annotations

from ..tasks import Output, outputs
from .anatomy import output_layers
from .arm import Arm


def output_width(arm: Arm, output: Output) -> int | None:
    """Units of the output; None where the model does not say."""
    shapes = _shapes(arm)
    place = [one.position for one in outputs(arm.derived())].index(output.position)
    return shapes[place] if place < len(shapes) else None


def _shapes(arm: Arm) -> list[int | None]:
    tensors = getattr(arm.model, "outputs", None)
    if tensors:
        return [one.shape[-1] if len(one.shape) > 1 else 1 for one in tensors]
    return [int(layer.units) for layer in output_layers(arm.model)]
