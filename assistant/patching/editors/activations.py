"""Hidden activations and initial weights."""

from __future__ import annotations

from assistant.patching.calls import argument, keyword, remove_argument
from assistant.patching.editing import Editing
from assistant.patching.editors.output import set_activation
from assistant.patching.layers import CONVOLUTIONS, DENSE, hidden_with_activation, set_in_layer, weighted
from assistant.patching.model import LayerLike
from assistant.patching.names import spell
from assistant.patching.registry import editor
from assistant.patching.values import quoted


@editor("set_hidden_activation", order=45)
def set_hidden_activation(edit: Editing) -> None:
    """Write the activation of hidden layers: ``activation``, ``layers``."""
    wanted = str(edit.given("activation", "relu"))
    default = [one for one in hidden_with_activation(edit) if one.activation != wanted]
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


@editor("set_initializer", order=46)
def set_initializer(edit: Editing) -> None:
    """Write how weights begin: ``initializer`` (none for Keras' own), ``layers``; odd biases begin at zero again."""
    wanted = edit.parameters.get("initializer", "he_normal")
    for layer in edit.shared_calls(edit.layers_named(_odd_ones(edit))):
        known = edit.layer(layer)
        if wanted is not None and (known is None or known.class_name in (*DENSE, *CONVOLUTIONS)):
            text = quoted(edit.source, str(wanted), edit.layer_call(layer))
            set_in_layer(edit, layer, "kernel_initializer", text)
        else:
            _drop(edit, layer, "kernel_initializer")
        _drop(edit, layer, "bias_initializer")


def _drop(edit: Editing, layer: str, name: str) -> None:
    call = edit.layer_call(layer)
    found = keyword(call, name)
    if found is not None:
        remove_argument(edit.source, call, found)


def _odd_ones(edit: Editing) -> list[LayerLike]:
    layers = [one for one in edit.case.layers if edit.find_layer_call(one.name) is not None]
    given = [one for one in layers if keyword(edit.layer_call(one.name), "kernel_initializer") is not None]
    return given or weighted(edit)
