"""Padding that the model is told to pass over."""

from __future__ import annotations

import numpy as np

from ...structures import leaves
from ..anatomy import flat_layers, kind, names
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment
from .inputs import is_tokens

DROWNED = 0.2
"""Share of padding from which it matters."""


@treatment("mask_padding", title="Padding masked", stage="layers", yields_to=("set_learning_rate",))
def mask_padding(arm: Arm, parameters: Parameters) -> Parameters:
    """Let the embeddings mask id 0. Assumes that 0 is padding: it must fill a fifth of all places, at one end."""
    shares = [_padding(np.asarray(one)) for one in leaves(arm.train.sample(500).x) if is_tokens(np.asarray(one), arm)]
    embeddings = [one for one in flat_layers(arm.model) if kind(one) == "Embedding" and not one.mask_zero]
    if not embeddings or max(shares, default=0.0) < DROWNED:
        raise NotApplicable("no embedding reads padded sequences without a mask")
    for layer in embeddings:
        arm.set(layer, "mask_zero", True)
        arm.set(layer, "supports_masking", True)
    return {"mask_zero": True, "layers": ", ".join(names(embeddings)), "padding": max(shares)}


def _padding(ids: np.ndarray) -> float:
    if ids.ndim != 2:
        return 0.0
    zero = ids == 0
    return float(max(np.logical_and.accumulate(side, axis=1).mean() for side in (zero, zero[:, ::-1])))
