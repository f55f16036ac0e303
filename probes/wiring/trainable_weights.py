"""Which weights are trained: frozen layers, and what changed after `compile`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import probe
from ..layers import layer_notes, output_layers, own_weights
from ..own_maps import untracked
from ..trials.starting import alike, draw, initializer_of


@dataclass(frozen=True)
class TrainableWeights:
    """Which weights are trained."""

    parameters: int
    """Weights of the model, counted one by one."""
    trainable: int
    """Weights that are trained."""
    trainable_share: float
    """Share that is trained, in [0, 1]; weights that are never trained (moving averages) left out of account."""
    frozen_layers: tuple[str, ...]
    """Layers whose weights could be trained and are not."""
    frozen_share: float
    """Share of the layers with weights that are frozen, in [0, 1]."""
    output_frozen: bool
    """Whether an output's own last layer is frozen."""
    output_layer: str
    """Name of the last layer with weights."""
    frozen_untouched: bool
    """Whether frozen layers still look as an initialiser left them (zero biases), so that they never learnt."""
    changed_after_compile: bool
    """Whether the optimizer was built for other weights than are trainable now."""
    untracked: int = 0
    """Numbers that layers of the program's own hold in a bare `tf.Variable`, which Keras 3 does not train."""
    untracked_layer: str | None = None
    """First layer that does; null where there is none."""


@probe("trainable_weights", title="Which weights are trained", cost="instant", needs=("model",))
def measure(case: Case, budget: Budget) -> TrainableWeights:
    """Count weights, and look at frozen layers."""
    model = case.model
    notes = [one for one in layer_notes(case) if _could_train(one.layer)]
    frozen = [one for one in notes if not one.layer.trainable_weights]
    total = int(sum(np.prod(one.shape) for note in notes for one in own_weights(note.layer)))
    trained = int(sum(np.prod(one.shape) for one in model.trainable_variables))
    heads = output_layers(case)
    built = getattr(case.optimizer, "_trainable_variables", None) if getattr(case.optimizer, "built", False) else None
    now = {id(one) for one in model.trainable_variables}
    bare = untracked(case)
    return TrainableWeights(
        parameters=int(sum(np.prod(one.shape) for one in model.weights)),
        trainable=trained,
        trainable_share=min(1.0, trained / total) if total else 0.0,
        frozen_layers=tuple(one.path for one in frozen),
        frozen_share=len(frozen) / max(1, len(notes)),
        output_frozen=any(not one.layer.trainable_weights and _could_train(one.layer) for one in heads),
        output_layer=heads[0].path if heads else "",
        frozen_untouched=_all_untouched([one.layer for one in frozen]),
        changed_after_compile=built is not None and {id(one) for one in built} != now,
        untracked=sum(bare.values()),
        untracked_layer=next(iter(bare), None),
    )


def _could_train(layer: object) -> bool:
    return bool(own_weights(layer))


def _untouched(layer: Any) -> bool | None:
    """Whether weights are as initialisers leave them; None where neither a bias nor a kernel can tell.

    Biases are zeros, or ones for forget gates; a kernel is such as its initialiser draws.
    """
    biases = [one for one in own_weights(layer) if one.name.endswith("bias")]
    drawn = _as_drawn(layer)
    if not biases:
        return drawn
    return all(bool(np.isin(one.numpy(), (0.0, 1.0)).all()) for one in biases) and drawn is not False


def _as_drawn(layer: Any) -> bool | None:
    """Whether a kernel may have been drawn by the layer's initialiser; None where that cannot be told."""
    kernel, initializer = getattr(layer, "kernel", None), initializer_of(layer, "kernel")
    if kernel is None or initializer is None:
        return None
    return alike(np.asarray(kernel.numpy()), np.asarray(draw(initializer, kernel, 1)))


def _all_untouched(layers: list[Any]) -> bool:
    known = [one for one in map(_untouched, layers) if one is not None]
    return bool(known) and all(known)
