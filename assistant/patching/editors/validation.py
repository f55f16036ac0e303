"""Validation inputs prepared as the training inputs are."""

from __future__ import annotations

import libcst as cst

from assistant.patching.arrays import change, fit_data, needs_arrays, operand, put_before_fit, root_names
from assistant.patching.editing import Editing
from assistant.patching.names import assignment_of, fresh
from assistant.patching.registry import editor
from assistant.patching.values import assigned_value, number

_BY_HAND = "Prepare the validation inputs by the same code as the training inputs"


@editor("align_validation", order=64)
def align_validation(edit: Editing) -> None:
    """Prepare validation inputs like training inputs: ``method`` (``standardise`` or ``rescale``), ``factor``.

    A scaler that was fitted on the training rows is used for the validation rows too; where none is to be seen, they
    are given the mean and the spread of the training rows.
    """
    needs_arrays(edit, _BY_HAND, "x")
    data = fit_data(edit)
    if data.x is None or data.validation_x is None:
        raise edit.refuse(_BY_HAND, "fit.validation_data")
    if edit.given("method", "standardise") == "rescale":
        factor = float(edit.given("factor", 1 / 255))
        by = f"/ {number(round(1 / factor))}" if factor < 1 else f"* {number(round(factor))}"
        change(edit, "validation_x", lambda old: f"{old} {by}")
        return
    scaler = _scaler(edit, data.x.node)
    if scaler is not None:
        change(edit, "validation_x", lambda old: f"{scaler}.transform({old})")
        return
    mean, spread = fresh(edit.source, "val_mean"), fresh(edit.source, "val_std")
    ours, theirs = operand(data.x), operand(data.validation_x)
    names = [*root_names(data.x.node, edit.source), *root_names(data.validation_x.node, edit.source)]
    line = f"{mean}, {spread} = {theirs}.mean(axis=0), {theirs}.std(axis=0) + 1e-7"
    put_before_fit(edit, [line], *names)
    change(
        edit,
        "validation_x",
        lambda old: f"({old} - {mean}) / {spread} * {ours}.std(axis=0) + {ours}.mean(axis=0)",
    )
    edit.note("Better still: send the validation inputs through the code that prepares the training inputs.")


def _scaler(edit: Editing, x: cst.BaseExpression) -> str | None:
    """The name of what training inputs were scaled with by ``fit_transform``, where it still has one."""
    if not isinstance(x, cst.Name):
        return None
    statement = assignment_of(edit.source, x.value, x)
    value = assigned_value(statement, x.value) if statement is not None else None
    while isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and value.func.attr.value == "astype":
        value = value.func.value
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        return None
    if value.func.attr.value not in ("fit_transform", "transform") or not isinstance(value.func.value, cst.Name):
        return None
    return value.func.value.value
