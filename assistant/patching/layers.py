"""Which layers a treatment concerns, and setting one argument of all of them."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import add_keyword, argument, give_keyword, keyword, remove_argument, unpacked_in
from assistant.patching.compiled import replace_and_tidy
from assistant.patching.editing import Editing
from assistant.patching.model import LayerLike
from assistant.patching.names import reads
from assistant.patching.values import entry_of, is_literal, literal, origin

DENSE = ("Dense",)
CONVOLUTIONS = (
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "SeparableConv1D",
    "SeparableConv2D",
    "DepthwiseConv2D",
    "Conv1DTranspose",
    "Conv2DTranspose",
)
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
DROPOUTS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout")
ACTIVATIONS = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
HINDERING = (
    "linear",
    "softmax",
    "sigmoid",
    "hard_sigmoid",
    "exponential",
    "softplus",
    "softsign",
    "log_softmax",
)
RECTIFYING = ("relu", "relu6", "tanh", "leaky_relu")
NORMALIZATIONS = ("BatchNormalization", "LayerNormalization", "GroupNormalization")


def own_layers(edit: Editing) -> list[LayerLike]:
    """The layers of the case in order, without those that only bring inputs."""
    return [one for one in edit.case.layers if one.class_name != "InputLayer"]


def of_class(edit: Editing, *classes: str) -> list[LayerLike]:
    """The layers of some classes."""
    return [one for one in edit.case.layers if one.class_name in classes]


def weighted(edit: Editing) -> list[LayerLike]:
    """Dense and convolution layers, those that give an output left out."""
    last = all_output_weights(edit)
    return [one for one in of_class(edit, *DENSE, *CONVOLUTIONS) if one.name not in last]


def all_output_weights(edit: Editing) -> set[str]:
    """Names of the layers whose weights give an output; a model may have several."""
    every = str(edit.case.facts.get("output_layers") or "").split("\n")
    return {output_weights(edit), *(output_weights(edit, name) for name in every if name)}


def output_weights(edit: Editing, output: str | None = None) -> str:
    """Name of the layer whose weights give the output: the one before a trailing activation layer.

    Args:
        edit: the treatment at work.
        output: name of the layer that gives the output, where there are several.
    """
    name = output or edit.output_layer
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), len(layers) - 1)
    while index > 0 and layers[index].class_name in (*ACTIVATIONS, "Flatten", "Reshape", "Rescaling"):
        index -= 1
    return layers[index].name if layers else name


def hindered(edit: Editing) -> list[LayerLike]:
    """Hidden layers whose activation hinders gradients; where there are none, those that rectify or squash.

    A linear layer that an activation layer follows is left to that one.
    """
    layers = own_layers(edit)
    last, every = output_weights(edit), all_output_weights(edit)
    end = next((index for index, one in enumerate(layers) if one.name == last), len(layers))
    own = [
        (index, one)
        for index, one in enumerate(layers[:end])
        if one.class_name in (*DENSE, *CONVOLUTIONS, "Activation", "Softmax") and one.name not in every
    ]
    first = [
        one
        for index, one in own
        if one.activation in HINDERING or one.class_name == "Softmax"
        if not (one.activation == "linear" and _is_activated_later(layers[index + 1 :]))
    ]
    return first or [one for _, one in own if one.activation in RECTIFYING]


def _is_activated_later(behind: list[LayerLike]) -> bool:
    """Whether an activation layer comes before any weights."""
    for one in behind:
        if one.class_name in ACTIVATIONS:
            return True
        if one.class_name not in (*NORMALIZATIONS, *DROPOUTS) and not one.class_name.startswith(("Max", "Average")):
            return False
    return False


def set_in_layer(edit: Editing, layer: str, name: str, value: str, index: int | None = None) -> None:
    """Give an argument of a layer a value: where a name holds it for hidden layers alone, there; else in its call.

    Args:
        edit: the treatment at work.
        layer: name of the layer.
        name: name of the argument.
        value: text of the value.
        index: its position, where it may be given by position.
    """
    call = edit.layer_call(layer)
    found = argument(call, name, index)
    if found is None:
        _give(edit, call, name, value)
        return
    if edit.source.code(found.value) == value:
        return
    source = origin(edit.source, found.value)
    if source is not None and source is not found.value and is_literal(edit.source, source):
        if edit.source.code(source).strip("'\"") == value.strip("'\""):
            return
        if not _output_reads(edit, found.value):
            edit.source.replace(source, value)
            return
    replace_and_tidy(edit, found.value, value)


def _give(edit: Editing, call: cst.Call, name: str, value: str) -> None:
    """Give a layer an argument that its call does not name; where a dictionary that it alone reads holds it, there."""
    unpacked = unpacked_in(call)
    held = entry_of(edit.source, unpacked.value, name) if unpacked is not None else None
    if unpacked is not None and held is not None and edit.source.code(held) == value:
        return
    if unpacked is not None and held is not None and len(reads(edit.source, edit.source.code(unpacked.value))) == 1:
        edit.source.replace(held, value)
    elif unpacked is not None or name != "activation":
        give_keyword(edit.source, call, name, value)
    else:
        add_keyword(edit.source, call, f"{name}={value}")


def _output_reads(edit: Editing, value: cst.BaseExpression) -> bool:
    """Whether the output layer takes its value from the same name."""
    last = edit.find_layer_call(output_weights(edit))
    if last is None:
        return False
    wanted = edit.source.code(value)
    return any(edit.source.code(arg.value) == wanted for arg in last.args)


def drop_in_layer(edit: Editing, layer: str, name: str) -> bool:
    """Take a keyword out of a layer's call; whether it was there."""
    call = edit.layer_call(layer)
    found = keyword(call, name)
    if found is None:
        return False
    remove_argument(edit.source, call, found)
    return True


def integer(edit: Editing, value: cst.BaseExpression | None) -> int | None:
    """A whole number in the source; None for anything else."""
    plain = literal(edit.source, value)
    return plain if isinstance(plain, int) and not isinstance(plain, bool) else None
