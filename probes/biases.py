"""Biases that start so far out that a whole layer of rectified units is shut."""

from __future__ import annotations

from typing import Any

import numpy as np

SHUTS = -3.0
"""The bias from which on rectified units are shut. What reaches a unit from inputs of customary size under He's start
varies by 1.4, so that one sample in sixty comes through."""

LEAKING = ("LeakyReLU", "PReLU", "ELU")
"""Layers that rectify and leave a slope below zero."""


def shut_by(bias: Any) -> float | None:
    """The bias nearest zero, where all of them shut rectified units; None else.

    Args:
        bias: the biases of a layer, of shape (units,); others, as those of recurrent layers, give None.
    """
    values = np.asarray(bias)
    return float(values.max()) if values.ndim == 1 and values.size and values.max() <= SHUTS else None
