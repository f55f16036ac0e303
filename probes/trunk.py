"""The frozen layers in front of those that are trained, and the range of inputs to which they answer best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .layers import own_weights

ROWS = 24

CAFFE_MEAN = 116.8
"""Mean over the three channels of what the preprocessing of the VGG and ResNet networks takes off."""


@dataclass(frozen=True)
class Range:
    """A way to prepare pictures: ``factor * pixel + offset``."""

    name: str
    factor: float
    offset: float

    def of(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """The pixels prepared in this way."""
        return np.asarray(pixels, dtype="float32") * np.float32(self.factor) + np.float32(self.offset)


BYTES = 255.0
"""How many times larger bytes are than pixels of [0, 1]."""

FROM_UNIT = (
    Range("0 to 255", 255.0, 0.0),
    Range("-117 to 138", 255.0, -CAFFE_MEAN),
    Range("-1 to 1", 2.0, -1.0),
)
FROM_SIGNED = (
    Range("0 to 255", 127.5, 127.5),
    Range("-117 to 138", 127.5, 127.5 - CAFFE_MEAN),
    Range("0 to 1", 0.5, 0.5),
)


def first_trained(model: Any) -> Any:
    """The first trained layer behind layers that could learn and are frozen; None where the model is not so made."""
    layers = getattr(model, "layers", ())
    place = next((number for number, one in enumerate(layers) if one.trainable_weights), None)
    if place is None or not any(own_weights(below) for one in layers[:place] for below in one._flatten_layers()):
        return None
    return layers[place]


def trunk(model: Any) -> Any:
    """A model of the one input up to the first trained layer, where frozen layers stand before it; else None."""
    import keras

    inputs, layer = getattr(model, "inputs", None), first_trained(model)
    if not inputs or len(inputs) != 1 or layer is None:
        return None
    try:
        tensor = layer.input
        return None if isinstance(tensor, (list, tuple, dict)) else keras.Model(inputs[0], tensor)
    except (AttributeError, ValueError):
        return None


def ranges(pixels: NDArray[Any]) -> tuple[Range, ...]:
    """The other ranges in which networks for pictures are trained, for pixels in [0, 1] or [-1, 1]; else none."""
    low, high = float(np.nanmin(pixels)), float(np.nanmax(pixels))
    if low >= -1e-3 and 0.3 < high <= 1.001:
        return FROM_UNIT
    if -1.001 <= low < -0.3 and 0.3 < high <= 1.001:
        return FROM_SIGNED
    return ()


def difference(model: Any, pixels: NDArray[Any]) -> float:
    """How far what the layers give differs between rows: root mean square deviation over root mean square size.

    Layers without constants of their own give the same for pixels of any size; biases and moving averages that were
    learnt on large pixels drown small ones. Centred pixels differ more in any case, so that they are no test.
    """
    given = np.asarray(model(pixels.astype("float32"), training=False), dtype="float64")
    flat = given.reshape(len(given), -1) if given.ndim != 4 else given.mean(axis=(1, 2))
    size = float((flat**2).mean(axis=0).sum())
    return math.sqrt(float(flat.var(axis=0).sum()) / size) if size > 0 else 0.0
