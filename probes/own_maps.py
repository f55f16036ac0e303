"""Layers of the program's own that map vectors as a dense layer does."""

from __future__ import annotations

from typing import Any


def own_matrix(layer: Any) -> Any:
    """The matrix of such a layer: the only weight of two axes, beside a vector of as many numbers as it has columns.

    Tables of positions, low-rank pairs and scores of attention have other weights and are not meant.

    Returns:
        The variable; None for layers of Keras, and for others.
    """
    if type(layer).__module__.startswith("keras."):
        return None
    own = list(getattr(layer, "_trainable_variables", ()))
    matrices = [one for one in own if len(one.shape) == 2 and min(one.shape) > 1]
    vectors = [one for one in own if len(one.shape) == 1]
    if len(matrices) != 1 or not vectors or len(own) != 1 + len(vectors):
        return None
    return matrices[0] if all(one.shape[0] == matrices[0].shape[1] for one in vectors) else None
