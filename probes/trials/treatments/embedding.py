"""Embeddings with a row for every id."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...structures import leaves
from ..anatomy import flat_layers, kind
from ..arm import Arm
from ..rebuilding import copy_of, rebuild
from ..treating import NotApplicable, Parameters, treatment

KNOWN_ROWS = 200_000


@treatment("widen_embedding", title="An embedding with a row for every id", stage="architecture", measured=True)
def widen_embedding(arm: Arm, parameters: Parameters) -> Parameters:
    """Give the embeddings as many rows as the largest id wants, of training and validation data."""
    embeddings = [one for one in flat_layers(arm.model) if kind(one) == "Embedding"]
    held = [arm.train, *([] if arm.validation is None else [arm.validation])]
    ids = [np.asarray(one) for part in held for one in leaves(part.head(KNOWN_ROWS).x)]
    highest = max((int(one.max()) for one in ids if one.dtype.kind in "iu" and one.size), default=-1)
    narrow = {id(one) for one in embeddings if one.input_dim <= highest}
    if not narrow:
        raise NotApplicable("every id has a row in the embedding")
    if len(embeddings) > 1:
        raise NotApplicable("there are several embeddings, and which of them the ids are for cannot be told")

    def edit(layer: Any) -> Any:
        return copy_of(layer, input_dim=highest + 1) if id(layer) in narrow else None

    rebuild(arm, edit)
    return {"input_dim": highest + 1}
