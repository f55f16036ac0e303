"""Which layers a treatment concerns, and setting one argument of all of them."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import argument, insert_argument, keyword, remove_argument
from assistant.patching.compiled import replace_and_tidy
from assistant.patching.editing import Editing
from assistant.patching.model import LayerLike
from assistant.patching.values import is_literal, literal, origin

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
NORMALIZATIONS = ("BatchNormalization", "LayerNormalization", "GroupNormalization")


def own_layers(edit: Editing) -> list[LayerLike]:
    """The layers of the case in order, without those that only bring inputs."""
    return [one for one in edit.case.layers if one.class_name != "InputLayer"]


def of_class(edit: Editing, *classes: str) -> list[LayerLike]:
    """The layers of some classes."""
    return [one for one in edit.case.layers if one.class_name in classes]


def weighted(edit: Editing) -> list[LayerLike]:
    """Dense and convolution layers, the output layer left out."""
    found = of_class(edit, *DENSE, *CONVOLUTIONS)
    last = output_weights(edit)
    return [one for one in found if one.name != last]


def output_weights(edit: Editing) -> str:
    """Name of the layer whose weights give the output: the one before a trailing activation layer."""
    name = edit.output_layer
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one.name == name), len(layers) - 1)
    while index > 0 and layers[index].class_name in (*ACTIVATIONS, "Flatten", "Reshape", "Rescaling"):
        index -= 1
    return layers[index].name if layers else name


def hidden_with_activation(edit: Editing) -> list[LayerLike]:
    """Hidden layers that have an activation of their own or are one, each once: a linear layer that an activation
    layer follows is left to that one."""
    layers = own_layers(edit)
    last = output_weights(edit)
    end = next((index for index, one in enumerate(layers) if one.name == last), len(layers))
    found = []
    for index, layer in enumerate(layers[:end]):
        if layer.class_name in ("Activation", "Softmax"):
            found.append(layer)
        elif layer.class_name in (*DENSE, *CONVOLUTIONS):
            after = [one.class_name for one in layers[index + 1 : index + 3]]
            followed = after[:1] and after[0] in ACTIVATIONS
            followed = followed or (len(after) > 1 and after[0] in NORMALIZATIONS and after[1] in ACTIVATIONS)
            if layer.activation not in (None, "linear") or not followed:
                found.append(layer)
    return found


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
        insert_argument(
            edit.source, call, 1 if call.args and call.args[0].keyword is None else len(call.args), f"{name}={value}"
        )
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
