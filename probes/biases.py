"""Biases that start so far out that the activation of a whole layer stands still."""

from __future__ import annotations

from typing import Any

import numpy as np

SHUTS = {"rectifying": -3.0, "saturating": 3.0}
"""Biases from which on an activation stands still: below this one for rectifying units, beyond it on either side for
saturating ones. What reaches a unit from inputs of customary size under He's start varies by 1.4, so that one sample in
sixty comes through; the slope of tanh is 1 % there, that of a sigmoid a fifth of its largest."""


def shut_by(bias: Any, shape: str) -> float | None:
    """The bias nearest zero, where all of them leave the activation no slope; None else.

    Args:
        bias: the biases of a layer, of shape (units,); others, as those of recurrent layers, give None.
        shape: of the activation that follows, as ``layers.activation_shape`` names it.
    """
    values, limit = np.asarray(bias), SHUTS.get(shape)
    if limit is None or values.ndim != 1 or not values.size:
        return None
    openness = values if limit < 0 else -np.abs(values)
    return float(values[int(np.argmax(openness))]) if openness.max() <= -abs(limit) else None
