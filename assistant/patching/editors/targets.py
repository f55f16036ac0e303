"""Targets on one scale.

Where the optimizer does not care for the size of the loss (Adam and its kin divide it away), a last layer that gives
predictions their own units is enough, and nothing else in the program has to know. Otherwise steps would grow with the
square of that scale, so the targets themselves are standardised before ``fit``.
"""

from __future__ import annotations

import math

import libcst as cst

from assistant.patching.arrays import Given, change, fit_data, needs_arrays, operand, put_before_fit, root_names
from assistant.patching.calls import keyword
from assistant.patching.compiled import optimizer_call, setting
from assistant.patching.editing import Editing
from assistant.patching.editors.inputs import is_ready
from assistant.patching.front import own_class
from assistant.patching.layers import all_output_weights
from assistant.patching.model import CannotEditError
from assistant.patching.names import fresh, last_name, numpy_name, spell
from assistant.patching.registry import editor
from assistant.patching.structure import insert_layer_after
from assistant.patching.values import literal, number

_SCALE_FREE = ("adam", "adamw", "adamax", "nadam", "rmsprop", "lion")
_LARGEST = 1e8
_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


@editor("scale_targets", order=66)
def scale_targets(edit: Editing) -> None:
    """Scale targets: ``target_mean`` and ``target_spread`` where they are known, else from the training targets.

    Of several outputs those of ``target_output``, the ``target_place``-th among them.
    """
    before = edit.source.text
    try:
        if _may_rescale_output(edit):
            _rescale_output(edit)
            return
    except CannotEditError:
        if edit.source.text != before:
            raise
    if not _standardise_one_of_several(edit):
        _standardise(edit)


def _standardise_one_of_several(edit: Editing) -> bool:
    """Standardise what a literal of several targets holds for one output; whether they are written as such literals."""
    given = fit_data(edit)
    wanted = [given.y] if keyword(edit.call("fit"), "validation_data") is None else [given.y, given.validation_y]
    found = [_for_one_output(edit, one) for one in wanted]
    if not edit.parameters.get("target_output") or None in found:
        return False
    mean, spread = fresh(edit.source, "y_mean"), fresh(edit.source, "y_std")
    lines = [
        f"# predictions come out standardised: * {spread} + {mean} gives them their own units again",
        f"{mean}, {spread} = {_written(edit, 'target_mean')}, {_written(edit, 'target_spread')}",
    ]
    put_before_fit(edit, lines)
    for which in ("y", "validation_y")[: len(found)]:
        part = _for_one_output(edit, getattr(fit_data(edit), which))
        assert part is not None
        edit.source.replace(part.node, f"({operand(part)} - {mean}) / {spread}")
    edit.note(f"Predictions come out standardised: multiply them by {spread} and add {mean} to have their own units.")
    return True


def _for_one_output(edit: Editing, given: Given | None) -> Given | None:
    """The part of a mapping, list or tuple written out that is for the output in question."""
    node = given.node if given is not None else None
    name, place = edit.parameters.get("target_output"), edit.parameters.get("target_place")
    part: cst.BaseExpression | None = None
    if isinstance(node, cst.Dict):
        keyed = [one for one in node.elements if isinstance(one, cst.DictElement)]
        part = next((one.value for one in keyed if literal(edit.source, one.key) == name), None)
    elif isinstance(node, (cst.List, cst.Tuple)) and isinstance(place, int) and place < len(node.elements):
        part = node.elements[place].value
    return Given(part, edit.source.code(part)) if part is not None and not isinstance(part, cst.List) else None


def _may_rescale_output(edit: Editing) -> bool:
    output = edit.layer(edit.output_layer)
    spread = edit.parameters.get("target_spread")
    if output is None or output.activation not in (None, "linear") or own_class(edit) is not None:
        return False
    # Beside the loss of another output, the size of this one's counts under any optimizer.
    if len(all_output_weights(edit)) > 1:
        return False
    if isinstance(spread, (int, float)) and not 0 < spread < _LARGEST:
        return False
    value = setting(edit, "optimizer", 0)
    if value is None:
        return True
    if isinstance(value, cst.Call):
        clipped = any(keyword(optimizer_call(edit), name) is not None for name in _CLIPPING)
        return last_name(value.func).lower() in _SCALE_FREE and not clipped
    return str(literal(edit.source, value)).lower() in _SCALE_FREE


def _rescale_output(edit: Editing) -> None:
    given = fit_data(edit).y
    if given is not None and is_ready(edit, given.node) and _is_plain(edit):
        mean, spread = _moments(edit, given)
    else:
        mean, spread = _written(edit, "target_mean"), _written(edit, "target_spread")
    spelled = spell(edit.source, "keras.layers.Rescaling", edit.layer_call(edit.output_layer))
    insert_layer_after(edit, edit.output_layer, f"{spelled}({spread}, offset={mean})")


def _is_plain(edit: Editing) -> bool:
    data = edit.case.data.get("y")
    return data is None or (data.kind in ("array", "frame", "list") and len(data.shapes) <= 1)


def _moments(edit: Editing, given: Given) -> tuple[str, str]:
    """Code for the mean and the standard deviation; by column where there are several."""
    data = edit.case.data.get("y")
    shape = data.shapes[0] if data is not None and data.shapes else ()
    code = operand(given)
    if data is not None and data.kind == "list":
        code = f"{numpy_name(edit.source)}.array({code})"
    elif data is not None and data.kind == "frame":
        code = f"{code}.to_numpy()"
    if len(shape) > 1 and shape[-1] not in (1, None):
        return f"{code}.mean(axis=0)", f"{code}.std(axis=0)"
    return f"float({code}.mean())", f"float({code}.std())"


def _written(edit: Editing, name: str) -> str:
    value = edit.parameters.get(name)
    if isinstance(value, (int, float)) and math.isfinite(value):
        return number(float(value))
    if isinstance(value, (list, tuple)) and value:
        return "[" + ", ".join(number(float(one)) for one in value) + "]"
    raise edit.refuse("Standardise the targets by hand before fit", "fit.y")


def _standardise(edit: Editing) -> None:
    by_hand = "Standardise the targets by hand before fit"
    needs_arrays(edit, by_hand, "y")
    given, data = fit_data(edit).y, edit.case.data.get("y")
    if given is None or (data is not None and data.kind == "list"):
        raise edit.refuse(by_hand, "fit.y")
    if keyword(edit.call("fit"), "validation_data") is not None and fit_data(edit).validation_y is None:
        raise edit.refuse(by_hand, "fit.validation_data")
    mean, spread = fresh(edit.source, "y_mean"), fresh(edit.source, "y_std")
    shape = data.shapes[0] if data is not None and data.shapes else ()
    axis = "axis=0" if len(shape) > 1 and shape[-1] not in (1, None) else ""
    code = operand(given)
    lines = [
        f"# predictions come out standardised: * {spread} + {mean} gives them their own units again",
        f"{mean}, {spread} = {code}.mean({axis}), {code}.std({axis})",
    ]
    put_before_fit(edit, lines, *root_names(given.node, edit.source))
    for which in ("y", "validation_y"):
        change(edit, which, lambda old: f"({old} - {mean}) / {spread}")
    edit.note(f"Predictions come out standardised: multiply them by {spread} and add {mean} to have their own units.")
