"""The layers at a model's front that rescale its input by fixed numbers, and what they make of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .watching import layer_paths

FIXED = ("Rescaling", "Normalization")
"""Layers that rescale by numbers that training leaves alone."""
_PASSED_OVER = ("InputLayer", "Identity", "Resizing", "CenterCrop", "ZeroPadding2D", "Cropping2D")
_ADAPTS = ("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization")


def fixed_scaling(model: Any) -> tuple[Any, ...]:
    """Layers that rescale the one input of a sequential or functional model before any other layer sees it.

    Empty where there are none, and where a normalisation by the batch or the row follows at once: it undoes any scale.
    """
    if len(getattr(model, "inputs", None) or ()) != 1:
        return ()
    found: list[Any] = []
    for _, layer in layer_paths(model):
        kind = type(layer).__name__
        if kind in FIXED:
            found.append(layer)
        elif adapts(layer):
            return ()
        elif not leaves_scale(layer):
            break
    return tuple(found)


def leaves_scale(layer: Any) -> bool:
    """Whether a layer passes on numbers of the scale that it is given: it crops, pads, resizes or augments."""
    kind = type(layer).__name__
    return kind in _PASSED_OVER or kind.startswith("Random")


def adapts(layer: Any) -> bool:
    """Whether a layer brings whatever it is given to unit scale, by the batch or the row.

    A frozen batch normalisation does not: it applies the averages of the data that it was trained on.
    """
    kind = type(layer).__name__
    return kind in _ADAPTS and (layer.trainable or kind != "BatchNormalization")


def behind(layers: Sequence[Any], values: NDArray[Any]) -> NDArray[Any]:
    """What such layers make of values."""
    made: Any = np.asarray(values, dtype="float32")
    for layer in layers:
        made = layer(made)
    return np.asarray(made, dtype="float64")
