"""What holds the model back on purpose: dropout, weight penalties, noise; how strong, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..describing import learning_rate
from ..layers import DROPPING, PARAMETRIC, LayerNote, adds_losses, layer_notes, output_layers, own_weights
from ..losses import losses_of
from ..overriding import overrides
from .paths import kept_on_best_path


@dataclass(frozen=True)
class Regularisation:
    """What holds the model back on purpose."""

    dropouts: int
    """Dropout layers."""
    highest_rate: float
    """Highest rate of a dropout, recurrent ones included, in [0, 1]."""
    highest_layer: str | None
    """Layer with that rate."""
    kept: float
    """Product of 1 - rate over the dropouts in a row: share of a signal's units that pass all of them. Of several
    paths that counts which keeps most: a branch that is added to its own input drops nothing."""
    after_output: str | None
    """Dropout that follows the last layer with weights of an output that has a loss."""
    before_norm: str | None
    """Dropout directly before a batch normalisation."""
    penalised_layers: int
    """Layers with a weight or activity penalty."""
    strongest_factor: float
    """Largest factor of an L1 or L2 penalty; 0 without."""
    strongest_layer: str | None
    """Layer with that factor."""
    penalty: float
    """Penalty on the weights as they start (activity penalties left out), in units of the loss."""
    weight_decay: float
    """Decoupled weight decay of the optimizer; 0 without."""
    constrained: bool
    """Whether a layer constrains its weights."""
    noise: float
    """Largest standard deviation of a Gaussian noise layer; 0 without."""
    any_means: bool
    """Whether dropout, penalty, weight decay, augmentation or early stopping is in place."""
    augmenting: int
    """Augmenting layers in the model."""
    early_stopping: bool
    """Whether an early-stopping callback is there."""
    own_terms: bool = False
    """Whether the program may add terms of its own to the loss: a layer or the model calls `add_loss`, or the training
    step or the loss computation is its own."""
    decay_a_step: float = 0.0
    """Share of every weight that the weight decay takes at each step, at the rate that training starts with."""


@probe("regularisation", title="What holds the model back on purpose", cost="instant", needs=("model",))
def measure(case: Case, budget: Budget) -> Regularisation:
    """Read rates and factors."""
    notes = layer_notes(case)
    if not notes:
        raise Unanswerable("the model shows no layers")
    rates = [(_rate(one.layer), one.path) for one in notes if _rate(one.layer) > 0]
    factors = [(factor, one.path) for one in notes for factor in _factors(one.layer)]
    highest, strongest = max(rates, default=(0.0, None)), max(factors, default=(0.0, None))
    given = getattr(case.optimizer, "weight_decay", None)
    decay = float(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else 0.0
    augmenting = sum(one.kind.startswith("Random") for one in notes)
    stopping = any(type(one).__name__ == "EarlyStopping" for one in case.fit.callbacks)
    return Regularisation(
        dropouts=len(rates),
        highest_rate=highest[0],
        highest_layer=highest[1],
        kept=_kept(case, [rate for rate, _ in rates]),
        after_output=_after_output(case),
        before_norm=_before_norm(notes),
        penalised_layers=len({path for _, path in factors}),
        strongest_factor=strongest[0],
        strongest_layer=strongest[1],
        penalty=_penalty(notes),
        weight_decay=decay,
        decay_a_step=decay * (learning_rate(case.optimizer) or 0.0),
        constrained=any(getattr(one.layer, "kernel_constraint", None) is not None for one in notes),
        noise=max(
            (float(getattr(one.layer, "stddev", 0.0)) for one in notes if one.kind == "GaussianNoise"), default=0.0
        ),
        any_means=bool(rates or factors or augmenting or stopping or decay),
        augmenting=augmenting,
        early_stopping=stopping,
        own_terms=overrides(case.model) or overrides(case.model, "compute_loss") or adds_losses(case),
    )


def _kept(case: Case, rates: list[float]) -> float:
    along = kept_on_best_path(case.model, _rate)
    return along if along is not None else float(np.prod([1 - rate for rate in rates]))


def _rate(layer: Any) -> float:
    kind = type(layer).__name__
    if kind in DROPPING:
        return float(getattr(layer, "rate", 0.0) or 0.0)
    # Of a layer that reads both ways, and of cells that the program chose, the rates are within.
    holders = (layer, getattr(layer, "forward_layer", None), getattr(layer, "cell", None))
    rates = [getattr(one, name, 0.0) for one in holders for name in ("dropout", "recurrent_dropout")]
    return max((float(one) for one in rates if isinstance(one, (int, float))), default=0.0)


def _factors(layer: Any) -> list[float]:
    found = []
    for name in (
        "kernel_regularizer",
        "bias_regularizer",
        "recurrent_regularizer",
        "activity_regularizer",
        "embeddings_regularizer",
    ):
        one = getattr(layer, name, None)
        for kind in ("l1", "l2"):
            value = getattr(one, kind, None)
            if value is not None and float(np.asarray(value)) > 0:
                found.append(float(np.asarray(value)))
    return found


def _penalty(notes: Any) -> float:
    total = 0.0
    for note in notes:
        for weight in own_weights(note.layer):
            regularizer = getattr(weight, "regularizer", None)
            if regularizer is not None:
                total += float(np.asarray(regularizer(weight)))
    return total


def _after_output(case: Case) -> str | None:
    notes, heads = list(layer_notes(case)), {one.path for one in _judged(case)}
    for place, note in enumerate(notes):
        if note.path in heads:
            for other in notes[place + 1 :]:
                if other.kind in PARAMETRIC:
                    break
                if other.kind in DROPPING and _rate(other.layer) > 0:
                    return str(other.path)
    return None


def _judged(case: Case) -> list[LayerNote]:
    """The output layers that a compiled loss judges; all where it is not known which.

    What has no loss is shown and not trained: features, say, from which another output is made.
    """
    heads, names = output_layers(case), list(getattr(case.model, "output_names", None) or ())
    if len(names) != len(heads):
        return heads
    losses = losses_of(case.model, names)
    return [head for head, loss in zip(heads, losses, strict=True) if loss is not None] or heads


def _before_norm(notes: Any) -> str | None:
    for place in range(len(notes) - 1):
        if (
            notes[place].kind in DROPPING
            and _rate(notes[place].layer) > 0
            and notes[place + 1].kind == "BatchNormalization"
        ):
            return str(notes[place].path)
    return None
