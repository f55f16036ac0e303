"""Batch normalisation and dropout."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import argument, keyword, remove_argument
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
from assistant.patching.values import literal, number, origin


@editor("add_batch_normalization", order=54)
def add_batch_normalization(edit: Editing) -> None:
    """Put batch normalisation between hidden layers and their activations: ``layers``."""
    for layer in edit.shared_calls(edit.layers_named(weighted(edit))):
        normalization = spell(edit.source, "keras.layers.BatchNormalization", edit.layer_call(layer))
        given = keyword(edit.layer_call(layer), "activation")
        if given is not None:
            activation = spell(edit.source, "keras.layers.Activation", edit.layer_call(layer))
            given = keyword(edit.layer_call(layer), "activation")
            assert given is not None
            code = f"{activation}({edit.source.code(given.value)})"
            remove_argument(edit.source, edit.layer_call(layer), given)
            insert_layer_after(edit, layer, code)
        insert_layer_after(edit, layer, f"{normalization}()")


@editor("remove_batch_normalization", order=53)
def remove_batch_normalization(edit: Editing) -> None:
    """Take batch normalisation out: ``layers``."""
    for layer in edit.shared_calls(edit.layers_named(_present(edit, "BatchNormalization"))):
        remove_layer(edit, layer)


@editor("move_batch_normalization", order=51)
def move_batch_normalization(edit: Editing) -> None:
    """Put batch normalisation from behind the output layer right before it: ``moved``."""
    chosen = edit.names("moved") or [one.name for one in _present(edit, "BatchNormalization")]
    for name in chosen:
        output = _output_before(edit, name)
        if output is None:
            raise edit.refuse("Move the batch normalisation by hand to before the output layer", f"layer:{name}")
        code = edit.source.code(edit.layer_call(name))
        remove_layer(edit, name)
        insert_layer_before(edit, output, code)


def _output_before(edit: Editing, name: str) -> str | None:
    """The last layer with weights, where a layer stands behind it; None where it does not."""
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), 0)
    with_weights = [place for place, one in enumerate(layers) if one.class_name in (*DENSE, *CONVOLUTIONS, *RECURRENT)]
    return layers[with_weights[-1]].name if with_weights and with_weights[-1] < index else None


@editor("set_batch_normalization_momentum", order=52)
def set_batch_normalization_momentum(edit: Editing) -> None:
    """Write how fast the moving averages follow: ``momentum`` (0.9 by default), ``layers``."""
    momentum = number(float(edit.given("momentum", 0.9)))
    for layer in edit.shared_calls(edit.layers_named(_present(edit, "BatchNormalization"))):
        set_in_layer(edit, layer, "momentum", momentum, 1)
        drop_in_layer(edit, layer, "trainable")


@editor("less_dropout", order=56)
def less_dropout(edit: Editing) -> None:
    """Write a lower rate where more is dropped, or take dropout out where it is 0: ``dropout``, ``layers``."""
    rate = float(edit.given("dropout", 0.2))
    default = [*of_class(edit, *DROPOUTS), *of_class(edit, *RECURRENT)]
    layers = edit.layers_named(default)
    dropouts = [one for one in layers if one.class_name in DROPOUTS]
    if not layers:
        raise CannotEditError("Lower the dropout by hand; no dropout layer is seen in the program.")
    for layer in edit.shared_calls(dropouts) if dropouts else []:
        if _is_low(edit, argument(edit.layer_call(layer), "rate", 0), rate):
            continue
        if rate > 0 or not _removed(edit, layer):
            set_in_layer(edit, layer, "rate", number(rate), 0)
    for one in layers:
        if one.class_name in RECURRENT and edit.find_layer_call(one.name) is not None:
            for name in ("dropout", "recurrent_dropout"):
                if _is_low(edit, keyword(edit.layer_call(one.name), name), rate):
                    continue
                if drop_in_layer(edit, one.name, name) and rate > 0:
                    set_in_layer(edit, one.name, name, number(rate))


@editor("move_dropout", order=55)
def move_dropout(edit: Editing) -> None:
    """Put dropout behind the batch normalisation that follows it, and take it away from the output: ``moved``."""
    chosen = edit.names("moved")
    names = [one.name for one in of_class(edit, *DROPOUTS) if not chosen or one.name in chosen]
    moved = 0
    for name in names:
        after = _normalization_behind(edit, name)
        if after is None and not _is_last(edit, name):
            continue
        code = edit.source.code(edit.layer_call(name))
        remove_layer(edit, name)
        if after is not None:
            insert_layer_after(edit, after, code)
        moved += 1
    if not moved:
        raise CannotEditError("Move the dropout by hand; none is seen before a normalisation or behind the output.")


def _is_low(edit: Editing, given: cst.Arg | None, rate: float) -> bool:
    """Whether a rate is written and not above the one that is wanted."""
    value = literal(edit.source, origin(edit.source, given.value)) if given is not None else None
    return isinstance(value, (int, float)) and value <= rate * 1.25


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
    """The batch normalisation that a layer stands before, with nothing but a hidden layer between."""
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), len(layers))
    for one in layers[index + 1 : index + 4]:
        if one.class_name == "BatchNormalization":
            return one.name
        if one.class_name not in (*DENSE, *CONVOLUTIONS, *ACTIVATIONS):
            return None
    return None


def _is_last(edit: Editing, name: str) -> bool:
    """Whether no layer with weights comes behind a layer."""
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), -1)
    return index >= 0 and all(one.class_name in (*DROPOUTS, *ACTIVATIONS) for one in layers[index:])
