"""Weights of layers that the program wrote itself."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .case import Case
from .layers import layer_notes
from .overriding import overrides


def own_matrix(layer: Any) -> Any:
    """The matrix of a layer that maps vectors as a dense layer does.

    It is the only weight of two axes, beside a vector of as many numbers as it has columns.

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


def untracked(case: Case) -> dict[str, int]:
    """Numbers that layers of the program's own hold in TensorFlow's variables, by layer.

    Keras 3 trains `keras.Variable` alone, such as `add_weight` makes, and passes over a bare `tf.Variable` without a
    word. A training step of the program's own may train it by itself, and then none is counted.
    """
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or overrides(case.model):
        return {}
    made = [(case.model.name, case.model), *((note.path, note.layer) for note in layer_notes(case))]
    trained = {id(getattr(one, "_value", None)) for one in case.model.trainable_variables}
    found: dict[str, int] = {}
    for path, layer in made:
        if type(layer).__module__.startswith("keras."):
            continue
        held = [one for one in vars(layer).values() if isinstance(one, tensorflow.Variable) and one.trainable]
        held = [one for one in held if one.dtype.is_floating and len(one.shape) and id(one) not in trained]
        if held:
            found[path] = int(sum(np.prod(one.shape) for one in held))
    return found
