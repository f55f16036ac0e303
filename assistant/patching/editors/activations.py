"""Hidden activations and initial weights."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import argument, keyword, remove_argument
from assistant.patching.editing import Editing
from assistant.patching.editors.output import set_activation
from assistant.patching.layers import (
    ACTIVATIONS,
    CONVOLUTIONS,
    DENSE,
    NORMALIZATIONS,
    RECURRENT,
    hindered,
    of_class,
    own_layers,
    set_in_layer,
    weighted,
)
from assistant.patching.model import LayerLike
from assistant.patching.names import last_name, spell
from assistant.patching.registry import editor
from assistant.patching.values import quoted

_RECTIFIERS = ("relu", "relu6", "leaky_relu", "leakyrelu", "prelu", "elu", "gelu", "silu", "swish")


@editor("replace_hidden_softmax", order=45)
@editor("set_hidden_activation", order=45)
def set_hidden_activation(edit: Editing) -> None:
    """Write the activation of hidden layers that hinders: ``hidden_activation``, ``layers``; ``tanh`` for recurrent
    layers."""
    wanted = str(edit.given("hidden_activation", "relu"))
    default = [one for one in hindered(edit) if one.activation != wanted]
    for one in of_class(edit, *RECURRENT):
        if one.activation not in ("tanh", None) and not edit.names("layers"):
            set_activation(edit, one.name, "tanh")
    if not default and not edit.names("layers"):
        return
    for layer in edit.shared_calls(edit.layers_named(default)):
        known = edit.layer(layer)
        kind = known.class_name if known is not None else "Dense"
        call = edit.layer_call(layer)
        text = quoted(edit.source, wanted, call)
        if kind == "Activation":
            found = argument(call, "activation", 0)
            if found is not None:
                set_in_layer(edit, layer, "activation", text, 0)
        elif kind in ("Softmax", "ReLU", "LeakyReLU", "ELU", "PReLU"):
            spelled = spell(edit.source, "keras.layers.Activation", call)
            edit.source.replace(edit.layer_call(layer), f"{spelled}({text})")
        elif argument(call, "activation", 1 if kind == "Dense" else None) is None or wanted == "linear":
            set_activation(edit, layer, wanted)
        else:
            set_in_layer(edit, layer, "activation", text, 1 if kind == "Dense" else None)


@editor("softmax_over_steps", order=44)
def softmax_over_steps(edit: Editing) -> None:
    """Let the softmax of ``layer`` run over the axis behind the rows."""
    name = edit.word("layer")
    call, known = edit.layer_call(name), edit.layer(name)
    kind = known.class_name if known is not None else ""
    if kind == "Softmax":
        set_in_layer(edit, name, "axis", "1", 0)
        return
    place = {"Activation": 0, "Dense": 1}.get(kind)
    if argument(call, "activation", place) is None:
        raise edit.refuse("Take the softmax over the steps, axis 1, by hand", f"layer:{name}")
    softmax = spell(edit.source, "keras.ops.softmax", call)
    set_in_layer(edit, name, "activation", f"lambda scores: {softmax}(scores, axis=1)", place)


@editor("set_initializer", order=46)
def set_initializer(edit: Editing) -> None:
    """Write how weights begin: He's way under rectifiers, Keras' own elsewhere; ``layers`` of them, by number.

    In layers of the program's own, the initialiser of each matrix that gives one becomes Glorot's. The layers that
    ``biases`` names begin with biases of zero, as Keras has it.
    """
    shut = edit.names("biases")
    for layer in edit.shared_calls([one for one in edit.case.layers if one.name in shut]):
        _drop(edit, layer, "bias_initializer")
    if not edit.given("layers", 1):
        return
    own = _own_matrices(edit)
    odd = _odd_ones(edit, own)
    edit.source.splices([(*edit.source.span(one), quoted(edit.source, "glorot_uniform", one)) for one in own])
    for layer in edit.shared_calls(edit.layers_named(odd)):
        known = edit.layer(layer)
        if known is not None and _is_rectified(edit, known):
            text = quoted(edit.source, "he_normal", edit.layer_call(layer))
            set_in_layer(edit, layer, "kernel_initializer", text)
        else:
            _drop(edit, layer, "kernel_initializer")
            _drop(edit, layer, "recurrent_initializer")


def _drop(edit: Editing, layer: str, name: str) -> None:
    call = edit.layer_call(layer)
    found = keyword(call, name)
    if found is not None:
        remove_argument(edit.source, call, found)


def _is_rectified(edit: Editing, layer: LayerLike) -> bool:
    """Whether a layer's values pass a rectifier: its own, or that of an activation layer right behind."""
    layers = own_layers(edit)
    index = next((index for index, one in enumerate(layers) if one is layer), len(layers))
    if layer.class_name not in (*DENSE, *CONVOLUTIONS):
        return False
    behind = [one for one in layers[index + 1 : index + 3] if one.class_name not in NORMALIZATIONS]
    own = layer.activation if layer.activation not in (None, "linear") else None
    next_one = behind[0] if behind and behind[0].class_name in ACTIVATIONS else None
    name = own or (next_one.activation or next_one.class_name.lower() if next_one is not None else None)
    return name in _RECTIFIERS


def _odd_ones(edit: Editing, own: list[cst.BaseExpression]) -> list[LayerLike]:
    layers = [one for one in edit.case.layers if edit.find_layer_call(one.name) is not None]
    given = [one for one in layers if keyword(edit.layer_call(one.name), "kernel_initializer") is not None]
    return given or ([] if own else weighted(edit))


def _own_matrices(edit: Editing) -> list[cst.BaseExpression]:
    """The initialisers that classes of the layers at hand give to weights of two axes."""
    made = {one.class_name for one in edit.case.layers}
    classes = [one for one in edit.source.all(cst.ClassDef) if one.name.value in made]
    calls = [one for within in classes for one in edit.source.all(cst.Call, within)]
    found = []
    for call in calls:
        shape, start = argument(call, "shape", 0), argument(call, "initializer", 1)
        if last_name(call.func) != "add_weight" or shape is None or start is None:
            continue
        if isinstance(shape.value, (cst.Tuple, cst.List)) and len(shape.value.elements) == 2:
            found.append(start.value)
    return found
