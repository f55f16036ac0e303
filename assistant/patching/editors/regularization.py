"""Weight penalties."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import argument, keyword, remove_argument, set_argument
from assistant.patching.compiled import followed, tidy, written_optimizer
from assistant.patching.editing import Editing
from assistant.patching.layers import drop_in_layer, of_class, output_weights, own_layers, set_in_layer, weighted
from assistant.patching.model import CannotEditError
from assistant.patching.names import last_name, spell
from assistant.patching.registry import editor
from assistant.patching.structure import insert_layer_before, remove_layer
from assistant.patching.values import is_literal, literal, number, origin, set_value

_PENALTIES = (
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "recurrent_regularizer",
    "embeddings_regularizer",
    "depthwise_regularizer",
    "pointwise_regularizer",
)
_CONSTRAINTS = ("kernel_constraint", "bias_constraint", "recurrent_constraint", "embeddings_constraint")
_STRONG_DECAY = 5e-3
_MILD_DECAY = 1e-3


@editor("less_regularization", order=57)
def less_regularization(edit: Editing) -> None:
    """Write smaller penalties, or take them out where the factor is 0: ``l2`` (1e-4 by default), ``layers``."""
    factor = float(edit.given("l2", 1e-4))
    before = edit.source.text
    for layer in edit.layers_named(own_layers(edit)):
        if edit.find_layer_call(layer.name) is None:
            continue
        for name in _PENALTIES:
            _lessen(edit, layer.name, name, factor)
        for name in _CONSTRAINTS:
            drop_in_layer(edit, layer.name, name)
    for layer in of_class(edit, "ActivityRegularization"):
        remove_layer(edit, layer.name)
    _lessen_decay(edit)
    if edit.source.text == before:
        raise CannotEditError("Lower the weight penalties by hand; none is seen in the program.")


@editor("more_regularization", order=58)
def more_regularization(edit: Editing) -> None:
    """Put a penalty on hidden layers that have none: ``l2`` (1e-3 by default), ``layers``."""
    factor = float(edit.given("l2", 1e-3))
    for layer in edit.shared_calls(edit.layers_named(weighted(edit))):
        if keyword(edit.layer_call(layer), "kernel_regularizer") is not None:
            continue
        spelled = spell(edit.source, "keras.regularizers.L2", edit.layer_call(layer))
        set_in_layer(edit, layer, "kernel_regularizer", f"{spelled}({number(factor)})")


@editor("add_dropout", order=59)
def add_dropout(edit: Editing) -> None:
    """Put dropout before the output layer: ``dropout`` (0.3 by default)."""
    last = output_weights(edit)
    spelled = spell(edit.source, "keras.layers.Dropout", edit.layer_call(last))
    insert_layer_before(edit, last, f"{spelled}({number(float(edit.given('dropout', 0.3)))})")


def _lessen(edit: Editing, layer: str, name: str, factor: float) -> None:
    arg = keyword(edit.layer_call(layer), name)
    if arg is None or last_name(arg.value) == "None":
        return
    if factor <= 0 or name == "activity_regularizer":
        used = arg.value.value if isinstance(arg.value, cst.Name) else None
        remove_argument(edit.source, edit.layer_call(layer), arg)
        if used is not None:
            tidy(edit, used)
        return
    penalty = followed(edit, arg.value)
    if isinstance(penalty, cst.Call):
        _set_factors(edit, penalty, factor)
    elif is_literal(edit.source, penalty):
        spelled = spell(edit.source, "keras.regularizers.L2", edit.layer_call(layer))
        again = keyword(edit.layer_call(layer), name)
        assert again is not None
        edit.source.replace(followed(edit, again.value), f"{spelled}({number(factor)})")
    else:
        edit.note(f"Lower the {name.replace('_', ' ')} of {layer} by hand{edit.where(f'layer:{layer}')}.")


def _set_factors(edit: Editing, penalty: cst.Call, factor: float) -> None:
    """Lower each factor of ``L2(1.0)``, ``L1L2(l1=..., l2=...)``; without any, give it one."""
    if not penalty.args:
        name = "l1" if last_name(penalty.func).lower() == "l1" else "l2"
        set_argument(edit.source, penalty, name, number(factor))
        return
    start = edit.source.start(penalty)
    for index in range(len(penalty.args)):
        now = next((one for one in edit.source.all(cst.Call) if edit.source.start(one) == start), None)
        if now is None or index >= len(now.args):
            return
        value = now.args[index].value
        plain = literal(edit.source, origin(edit.source, value))
        if not isinstance(plain, (int, float)) or plain > factor:
            set_value(edit.source, value, number(factor))


def _lessen_decay(edit: Editing) -> None:
    """Lower a weight decay of the optimizer that is far beyond what is usual."""
    call = written_optimizer(edit)
    arg = argument(call, "weight_decay") if call is not None else None
    plain = literal(edit.source, origin(edit.source, arg.value)) if arg is not None else None
    if arg is not None and isinstance(plain, (int, float)) and plain > _STRONG_DECAY:
        set_value(edit.source, arg.value, number(_MILD_DECAY))
