"""Biases that start so far out that a whole layer of rectified units is shut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .case import Case
from .layers import LayerNote, followed_by, hidden_layers, is_normalised

SHUTS = -3.0
"""The bias from which on rectified units are shut. What reaches a unit from inputs of customary size under He's start
varies by 1.4, so that one sample in sixty comes through."""

LEAKING = ("LeakyReLU", "PReLU", "ELU")
"""Layers that rectify and leave a slope below zero."""


def shut_layers(case: Case) -> Iterator[tuple[LayerNote, float]]:
    """Hidden layers of which every bias shuts its rectified unit, and of each the bias that is nearest zero."""
    for note in hidden_layers(case):
        found = [np.asarray(one.numpy()) for one in note.layer.weights if one.name.endswith("bias")]
        if len(found) == 1 and found[0].size and found[0].max() <= SHUTS and _is_rectified(case, note):
            yield note, float(found[0].max())


def _is_rectified(case: Case, note: LayerNote) -> bool:
    bending = next((one for one in (note, *followed_by(case, note)) if one.shape not in ("linear", "none")), None)
    if bending is None or bending.shape != "rectifying" or bending.kind in LEAKING:
        return False
    # A normalisation in between takes the bias off again.
    return bending is note or not is_normalised(case, note)
