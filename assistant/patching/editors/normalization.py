"""Batch normalisation and dropout."""

from __future__ import annotations

from assistant.patching.editing import Editing
from assistant.patching.layers import (
    ACTIVATIONS,
    CONVOLUTIONS,
    DENSE,
    DROPOUTS,
    RECURRENT,
    drop_in_layer,
    of_class,
    own_layers,
    set_in_layer,
    weighted,
)
from assistant.patching.model import CannotEditError, LayerLike
from assistant.patching.names import spell
from assistant.patching.registry import editor
from assistant.patching.structure import insert_layer_after, insert_layer_before, remove_layer
from assistant.patching.values import number


@editor("add_batch_normalization", order=54)
def add_batch_normalization(edit: Editing) -> None:
    """Put batch normalisation behind hidden layers: ``layers``."""
    for layer in edit.shared_calls(edit.layers_named(weighted(edit))):
        code = spell(edit.source, "keras.layers.BatchNormalization", edit.layer_call(layer))
        insert_layer_after(edit, layer, f"{code}()")


@editor("remove_batch_normalization", order=53)
def remove_batch_normalization(edit: Editing) -> None:
    """Take batch normalisation out: ``layers``."""
    for layer in edit.shared_calls(edit.layers_named(_present(edit, "BatchNormalization"))):
        remove_layer(edit, layer)


@editor("set_batch_normalization_momentum", order=52)
def set_batch_normalization_momentum(edit: Editing) -> None:
    """Write how fast the moving averages follow: ``momentum`` (0.9 by default), ``layers``."""
    momentum = number(float(edit.given("momentum", 0.9)))
    for layer in edit.shared_calls(edit.layers_named(_present(edit, "BatchNormalization"))):
        set_in_layer(edit, layer, "momentum", momentum, 1)


@editor("less_dropout", order=56)
def less_dropout(edit: Editing) -> None:
    """Write a lower dropout rate, or take dropout out where it is 0: ``rate``, ``layers``."""
    rate = float(edit.given("rate", 0.2))
    default = [*of_class(edit, *DROPOUTS), *of_class(edit, *RECURRENT)]
    layers = edit.layers_named(default)
    dropouts = [one for one in layers if one.class_name in DROPOUTS]
    if not layers:
        raise CannotEditError("Lower the dropout by hand; no dropout layer is seen in the program.")
    for layer in edit.shared_calls(dropouts) if dropouts else []:
        if rate > 0 or not _removed(edit, layer):
            set_in_layer(edit, layer, "rate", number(rate), 0)
    for one in layers:
        if one.class_name in RECURRENT and edit.find_layer_call(one.name) is not None:
            for name in ("dropout", "recurrent_dropout"):
                if drop_in_layer(edit, one.name, name) and rate > 0:
                    set_in_layer(edit, one.name, name, number(rate))


@editor("move_dropout", order=55)
def move_dropout(edit: Editing) -> None:
    """Put dropout behind the normalisation that follows it, else before the layer that it follows: ``layers``."""
    names = [one.name for one in edit.layers_named(of_class(edit, *DROPOUTS))]
    if not names:
        raise CannotEditError("Move the dropout by hand; no dropout layer is seen in the program.")
    moved = 0
    for name in names:
        after = _normalization_behind(edit, name)
        before = _weights_before(edit, name) if after is None else None
        if after is None and before is None:
            continue
        code = edit.source.code(edit.layer_call(name))
        remove_layer(edit, name)
        if after is not None:
            insert_layer_after(edit, after, code)
        elif before is not None:
            insert_layer_before(edit, before, code)
        moved += 1
    if not moved:
        raise edit.refuse("Move the dropout by hand", f"layer:{names[0]}")


def _removed(edit: Editing, layer: str) -> bool:
    """Take a layer out; whether that could be done."""
    try:
        remove_layer(edit, layer)
    except CannotEditError:
        return False
    return True


def _present(edit: Editing, kind: str) -> list[LayerLike]:
    found = of_class(edit, kind)
    if not found:
        raise CannotEditError(f"Change {kind} by hand; no such layer is seen in the program.")
    return found


def _normalization_behind(edit: Editing, name: str) -> str | None:
    """The normalisation right behind a layer, or the activation that belongs to it."""
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), len(layers))
    behind = layers[index + 1 : index + 4]
    for position, one in enumerate(behind):
        if one.class_name == "BatchNormalization":
            last = behind[position + 1] if position + 1 < len(behind) else one
            return last.name if last.class_name in ACTIVATIONS else one.name
        if one.class_name not in (*DENSE, *CONVOLUTIONS, *ACTIVATIONS):
            return None
    return None


def _weights_before(edit: Editing, name: str) -> str | None:
    """The layer with weights that a layer follows, unless it is the first of the model."""
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), 0)
    found = [one for one in layers[:index] if one.class_name in (*DENSE, *CONVOLUTIONS, *RECURRENT)]
    return found[-1].name if len(found) > 1 else None
