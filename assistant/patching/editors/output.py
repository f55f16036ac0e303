"""The output layer: its activation and its units."""

from __future__ import annotations

from assistant.patching.calls import add_keyword, argument, remove_argument
from assistant.patching.editing import Editing
from assistant.patching.editors.loss import loss_name, reads_scores, write_loss
from assistant.patching.layers import (
    ACTIVATIONS,
    CONVOLUTIONS,
    DENSE,
    RECURRENT,
    output_weights,
    own_layers,
)
from assistant.patching.model import CannotEditError
from assistant.patching.names import spell
from assistant.patching.registry import editor
from assistant.patching.structure import insert_layer_after, remove_layer
from assistant.patching.values import number, quoted


@editor("set_output_activation", order=44)
def set_output_activation(edit: Editing) -> None:
    """Write the activation of the output: ``output_activation`` (``linear`` for none), ``layer``."""
    wanted = str(edit.given("output_activation", "") or _fitting(edit))
    if "," in wanted:
        raise edit.refuse(f"Give the outputs the activations {wanted}", "output_layer")
    write_output_activation(edit, wanted)


def _fitting(edit: Editing) -> str:
    """The activation that goes with a loss of Keras.

    Raises:
        CannotEditError: the loss does not tell.
    """
    loss = loss_name(edit)
    known = {"mean_squared_error": "linear", "mean_absolute_error": "linear", "huber": "linear"}
    known |= {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}
    known |= {"sparse_categorical_crossentropy": "softmax"}
    if loss not in known:
        raise edit.refuse("Give the output the activation that its loss expects", "output_layer")
    return "linear" if reads_scores(edit) else known[loss]


def write_output_activation(edit: Editing, wanted: str) -> None:
    """Write the activation of the output, ``linear`` for none, whichever way the output is written."""
    layer = edit.output_layer
    _not_shared(edit, layer)
    known = edit.layer(layer)
    kind = known.class_name if known is not None else "Dense"
    if kind in ACTIVATIONS:
        _set_activation_layer(edit, layer, kind, wanted)
    elif kind in (*DENSE, *CONVOLUTIONS, *RECURRENT, "EinsumDense"):
        set_activation(edit, layer, wanted)
    elif wanted != "linear":
        spelled = spell(edit.source, "keras.layers.Activation", edit.layer_call(layer))
        insert_layer_after(edit, layer, f"{spelled}({quoted(edit.source, wanted)})")


@editor("set_output_units", order=43)
def set_output_units(edit: Editing) -> None:
    """Write how many units the output has, with the activation and the loss that go with them: ``output_units``,
    ``output_activation`` and ``loss`` (both by default what goes with the targets as they are given), ``layer``."""
    count = int(edit.number("output_units"))
    units = number(count)
    layer = output_weights(edit)
    _not_shared(edit, layer)
    call = edit.layer_call(layer)
    known = edit.layer(layer)
    name = "filters" if known is not None and known.class_name in CONVOLUTIONS else "units"
    found = argument(call, name, 0)
    if found is None:
        raise edit.refuse(f"Give the layer {layer} {units} units", f"layer:{layer}")
    edit.source.replace(found.value, units)
    activation = edit.given("output_activation")
    if activation is None:
        _fit_loss(edit, count)
        return
    write_output_activation(edit, str(activation))
    loss = edit.given("loss")
    if loss is not None:
        write_loss(edit, str(loss), logits=False)


def _fit_loss(edit: Editing, units: int) -> None:
    """Activation and loss for another number of units."""
    loss, data = loss_name(edit), edit.case.data.get("y")
    shape = data.shapes[0] if data is not None and len(data.shapes) == 1 else ()
    ids = len(shape) == 1 or (len(shape) == 2 and shape[-1] == 1)
    whole = data is not None and bool(data.dtypes) and data.dtypes[0].startswith(("int", "uint", "bool"))
    classes = (loss is not None and "crossentropy" in loss) or (whole and ids and units > 1)
    if not classes:
        activation, wanted = "linear", None
    elif units == 1:
        activation, wanted = "sigmoid", "binary_crossentropy"
    elif ids:
        activation, wanted = "softmax", "sparse_categorical_crossentropy"
    elif loss == "binary_crossentropy":
        activation, wanted = "sigmoid", "binary_crossentropy"
    else:
        activation, wanted = "softmax", "categorical_crossentropy"
    write_output_activation(edit, activation)
    if wanted is not None and wanted != loss:
        write_loss(edit, wanted, logits=False)


def set_activation(edit: Editing, layer: str, wanted: str) -> None:
    """Write the activation into the call of one layer, wherever its present value comes from."""
    call = edit.layer_call(layer)
    known = edit.layer(layer)
    index = 1 if known is None or known.class_name == "Dense" else None
    found = argument(call, "activation", index)
    if found is not None and wanted == "linear" and found.keyword is not None:
        remove_argument(edit.source, call, found)
    elif found is not None:
        text = "None" if wanted == "linear" else quoted(edit.source, wanted, call)
        edit.source.replace(found.value, text)
    elif wanted != "linear":
        add_keyword(edit.source, call, f"activation={quoted(edit.source, wanted, call)}")


def _set_activation_layer(edit: Editing, layer: str, kind: str, wanted: str) -> None:
    if wanted == "linear":
        remove_layer(edit, layer)
        return
    call = edit.layer_call(layer)
    found = argument(call, "activation", 0) if kind == "Activation" else None
    if found is not None:
        edit.source.replace(found.value, quoted(edit.source, wanted, call))
        return
    spelled = spell(edit.source, "keras.layers.Activation", call)
    call = edit.layer_call(layer)
    edit.source.replace(call, f"{spelled}({quoted(edit.source, wanted)})")


def _not_shared(edit: Editing, layer: str) -> None:
    """Refuse where the call that makes the output layer makes hidden layers too."""
    anchor = edit.source.anchors.get(f"layer:{layer}")
    others = [one.name for one in own_layers(edit) if one.name != layer]
    if anchor is not None and any(edit.source.anchors.get(f"layer:{name}") == anchor for name in others):
        raise CannotEditError(
            f"Give the output layer a line of its own and change it there{edit.where(f'layer:{layer}')}; "
            "the same line makes other layers too."
        )
