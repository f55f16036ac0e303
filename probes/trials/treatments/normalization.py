"""Batch normalisation: added, taken out, or with a momentum that settles in the steps there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..anatomy import flat_layers, following, hidden_layers, kind, names, preceding
from ..arm import Arm
from ..rebuilding import chain, copy_of, rebuild
from ..treating import NotApplicable, Parameters, treatment


def _normalizing(arm: Arm) -> list[Any]:
    return [one for one in flat_layers(arm.model) if kind(one) == "BatchNormalization"]


@treatment(
    "add_batch_normalization",
    title="Batch normalisation before the hidden activations",
    stage="architecture",
    broad=True,
    yields_to=("set_learning_rate",),
)
def add_batch_normalization(arm: Arm, parameters: Parameters) -> Parameters:
    """Rebuild the model with batch normalisation between every hidden layer and its activation."""
    import keras

    if _normalizing(arm):
        raise NotApplicable("the model has batch normalisation already")
    chosen = {id(one) for one in hidden_layers(arm) if kind(one).startswith(("Dense", "Conv"))}
    if not chosen:
        raise NotApplicable("the model has no hidden dense or convolutional layer")

    def edit(layer: Any) -> Any:
        if id(layer) not in chosen:
            return None
        bare = copy_of(layer, activation="linear", activity_regularizer=None)
        parts = [bare, keras.layers.BatchNormalization(), keras.layers.Activation(layer.activation)]
        return chain(parts, layer.name)

    rebuild(arm, edit)
    return {"layers": len(chosen)}


@treatment(
    "remove_batch_normalization", title="No batch normalisation", stage="layers", yields_to=("set_learning_rate",)
)
def remove_batch_normalization(arm: Arm, parameters: Parameters) -> Parameters:
    """Let every batch normalisation pass its input on unchanged."""
    found = _normalizing(arm)
    if not found:
        raise NotApplicable("the model has no batch normalisation")
    for layer in found:
        arm.set(layer, "call", lambda inputs, *_, **__: inputs)
    return {"removed": ", ".join(names(found))[:200]}


@treatment(
    "move_batch_normalization",
    title="Batch normalisation before the output layer, not after it",
    stage="architecture",
    measured=True,
)
def move_batch_normalization(arm: Arm, parameters: Parameters) -> Parameters:
    """Take batch normalisation away from behind the output layer and put it right before that."""
    import keras

    behind = {id(one): names([one])[0] for one in _normalizing(arm) if _is_behind_output(one)}
    if not behind:
        raise NotApplicable("no batch normalisation stands behind the output layer")
    givers = {id(one) for one in _givers(arm, behind)}
    if not givers:
        raise NotApplicable("it is not seen which layer the batch normalisation follows")

    def edit(layer: Any) -> Any:
        if id(layer) in behind:
            return keras.layers.Identity(name=layer.name)
        if id(layer) in givers:
            return chain([keras.layers.BatchNormalization(), copy_of(layer)], layer.name)
        return None

    rebuild(arm, edit)
    return {"moved": ", ".join(behind.values())[:200]}


def _is_behind_output(layer: Any) -> bool:
    """Whether nothing but activations and dropout follows."""
    after = list(following(layer))
    return all(
        kind(one) in ("Activation", "Softmax", "Dropout", "Identity") and _is_behind_output(one) for one in after
    )


def _givers(arm: Arm, behind: dict[int, str]) -> list[Any]:
    """The layers with weights that give batch normalisation behind the output its values."""
    found = []
    for layer in flat_layers(arm.model):
        if id(layer) not in behind:
            continue
        before = next(iter(preceding(layer)), None)
        while before is not None and getattr(before, "kernel", None) is None:
            before = next(iter(preceding(before)), None)
        found += [] if before is None else [before]
    return found


def _momenta(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    if "momentum" in parameters:
        return (parameters,)
    return [{**parameters, "momentum": one} for one in (0.9, 0.6)]


@treatment(
    "set_batch_normalization_momentum",
    title="Batch normalisation whose statistics settle",
    stage="layers",
    candidates=_momenta,
    yields_to=("set_learning_rate",),
)
def set_batch_normalization_momentum(arm: Arm, parameters: Parameters) -> Parameters:
    """A momentum of 0.9 or less, so that the moving statistics follow in the steps there are; frozen layers thaw."""
    momentum = float(parameters.get("momentum", 0.9))
    found = _normalizing(arm)
    slow = [one for one in found if float(one.momentum) > momentum + 1e-6 or float(one.momentum) < 0.3]
    frozen = [one for one in found if not one.trainable]
    if not slow and not frozen:
        raise NotApplicable("the model has no batch normalisation with a slow momentum and none that is frozen")
    for layer in slow:
        arm.set(layer, "momentum", momentum)
    for layer in frozen:
        arm.set(layer, "_trainable", True)
        for variable in (layer.gamma, layer.beta):
            if variable is not None:
                arm.set(variable, "_trainable", True)
    if frozen:
        arm.rebuild_optimizer()
    return {"momentum": momentum, "layers": len({*names(slow), *names(frozen)})}
