"""Dropout: less of it, or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...case import Case
from ...layers import DROPPING
from ..anatomy import flat_layers, following, kind, last_weights, names, output_layers, preceding
from ..arm import Arm
from ..rebuilding import chain, copy_of, rebuild
from ..treating import NotApplicable, Parameters, treatment

MILD = 0.2
NEXT_TO_NOTHING = 0.1
"""Share that passes all dropouts in a row; three layers of 0.5, the most that is customary, let an eighth pass."""


def _rates(layer: Any) -> list[tuple[Any, str, float]]:
    """Owner, attribute and value of every dropout rate of a layer, those of recurrent cells among them."""
    owner = getattr(layer, "cell", layer)
    wanted = ("rate",) if kind(layer) in DROPPING else ("dropout", "recurrent_dropout")
    found = []
    for name in wanted:
        value = vars(owner).get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found.append((owner, name, float(value)))
    if kind(layer) == "GaussianNoise":
        found.append((layer, "stddev", float(layer.stddev)))
    return found


def _lets_next_to_nothing_pass(case: Case) -> bool:
    rates = [
        value
        for layer in flat_layers(case.model)
        if kind(layer) in DROPPING
        for _, name, value in _rates(layer)
        if name == "rate"
    ]
    return bool(np.prod([1 - one for one in rates]) < NEXT_TO_NOTHING)


@treatment(
    "less_dropout",
    title="Less dropout",
    stage="layers",
    yields_to=("set_learning_rate",),
    measured_where=_lets_next_to_nothing_pass,
)
def less_dropout(arm: Arm, parameters: Parameters) -> Parameters:
    """Bring every dropout rate above 0.2 down to it."""
    rate = float(parameters.get("dropout", MILD))
    found = [one for layer in flat_layers(arm.model) for one in _rates(layer) if one[2] > rate * 1.25]
    if not found:
        raise NotApplicable("no layer drops much")
    for owner, name, _ in found:
        arm.set(owner, name, rate)
    return {"dropout": rate, "dropout_before": max(value for _, _, value in found), "layers": len(found)}


@treatment(
    "move_dropout", title="Dropout where it does not harm", stage="architecture", yields_to=("set_learning_rate",)
)
def move_dropout(arm: Arm, parameters: Parameters) -> Parameters:
    """Take dropout away from the output and from before a batch normalisation, and put it after the latter."""
    import keras

    moved, placed = _misplaced(arm)
    if not moved:
        raise NotApplicable("no dropout stands after the output layer or before a batch normalisation")

    def edit(layer: Any) -> Any:
        if id(layer) in moved:
            return keras.layers.Identity(name=layer.name)
        if id(layer) in placed:
            return chain([copy_of(layer), keras.layers.Dropout(placed[id(layer)])], layer.name)
        return None

    rebuild(arm, edit)
    return {"moved": ", ".join(names(one for one in flat_layers(arm.held.model) if id(one) in moved))[:200]}


def _misplaced(arm: Arm) -> tuple[set[int], dict[int, float]]:
    last, moved, placed = last_weights(arm.model), set(), {}
    for layer in flat_layers(arm.model):
        if kind(layer) not in DROPPING or not layer.rate:
            continue
        after = next(iter(following(layer)), None)
        while after is not None and kind(after) in ("Activation", "ReLU", "Dense", "Conv2D") and id(after) not in last:
            if kind(after) in ("Dense", "Conv2D") and kind(next(iter(following(after)), None)) != "BatchNormalization":
                break
            after = next(iter(following(after)), None)
        if after is None:
            moved.add(id(layer))
        elif kind(after) == "BatchNormalization":
            moved.add(id(layer))
            placed[id(after)] = float(layer.rate)
    return moved, placed


def _more(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    if "dropout" in parameters:
        return (parameters,)
    return [{**parameters, "dropout": one} for one in (0.3, 0.5)]


@treatment(
    "add_dropout",
    title="Dropout before the output layer",
    stage="architecture",
    yields_to=("set_learning_rate",),
    candidates=_more,
)
def add_dropout(arm: Arm, parameters: Parameters) -> Parameters:
    """Rebuild the model with dropout right before each output layer."""
    import keras

    rate = float(parameters.get("dropout", 0.3))
    chosen = {id(one) for one in output_layers(arm.model) if getattr(one, "kernel", None) is not None}
    if not chosen:
        raise NotApplicable("no layer with weights gives the output")
    if any(kind(one) in DROPPING and one.rate >= rate for one in _before(arm, chosen)):
        raise NotApplicable("as much is dropped before the output already")

    def edit(layer: Any) -> Any:
        return chain([keras.layers.Dropout(rate), copy_of(layer)], layer.name) if id(layer) in chosen else None

    rebuild(arm, edit)
    return {"dropout": rate}


def _before(arm: Arm, chosen: set[int]) -> list[Any]:
    return [before for one in flat_layers(arm.model) if id(one) in chosen for before in preceding(one)]
