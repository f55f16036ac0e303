"""Rows that cannot be learned from, and their order."""

from __future__ import annotations

import libcst as cst

from assistant.patching.arrays import (
    FitData,
    Given,
    before_fit,
    change,
    fit_data,
    is_local,
    needs_arrays,
    operand,
    put_before_fit,
    root_names,
)
from assistant.patching.calls import argument, keyword, remove_argument
from assistant.patching.editing import Editing
from assistant.patching.model import CannotEditError
from assistant.patching.names import assignment_of, fresh, last_name, numpy_name
from assistant.patching.pipelines import made_by
from assistant.patching.registry import editor
from assistant.patching.statements import insert_before, statement_of
from assistant.patching.values import assigned_value, literal, set_value

_BY_HAND = "Take out the rows that are not finite by hand"
_SHUFFLE_BY_HAND = "Shuffle the samples by hand before they are split or batched"
_SMALL_BUFFER = 10_000


@editor("drop_bad_rows", order=60)
def drop_bad_rows(edit: Editing) -> None:
    """Leave rows out, or fill them: ``method`` (``drop rows``, or ``fill with the median``)."""
    _check_rows(edit)
    if "fill" in str(edit.given("method", "drop rows")):
        _fill(edit)
    else:
        for x, y in (("x", "y"), ("validation_x", "validation_y")):
            if getattr(fit_data(edit), x) is not None:
                _drop(edit, x, y)


@editor("impute_inputs", order=61)
def impute_inputs(edit: Editing) -> None:
    """Fill each missing input with the median of its column among the training rows."""
    _check_rows(edit)
    _fill(edit)


def _check_rows(edit: Editing) -> None:
    needs_arrays(edit, _BY_HAND, "x", "y")
    if keyword(edit.call("fit"), "validation_data") is not None and fit_data(edit).validation_x is None:
        raise edit.refuse(_BY_HAND, "fit.validation_data")
    if keyword(edit.call("fit"), "sample_weight") is not None:
        raise edit.refuse(_BY_HAND, "fit")


def _fill(edit: Editing) -> None:
    """Each value that is missing becomes the median of its column among the training rows."""
    numpy, median = numpy_name(edit.source), fresh(edit.source, "x_median")
    given = fit_data(edit).x
    if given is None:
        raise edit.refuse(_BY_HAND, "fit.x")
    code = operand(given)
    known = f"{numpy}.where({numpy}.isfinite({code}), {code}, {numpy}.nan)"
    line = f"{median} = {numpy}.nanmedian({known}, axis=0)"
    put_before_fit(edit, [line], *root_names(given.node, edit.source))
    for which in ("x", "validation_x"):
        change(edit, which, lambda old: f"{numpy}.where({numpy}.isfinite({old}), {old}, {median})")


def _drop(edit: Editing, x: str, y: str) -> None:
    source, numpy = edit.source, numpy_name(edit.source)
    wanted = "complete" if x == "x" else "complete_val"
    name = fresh(source, wanted)
    inputs, targets = _both(edit, x, y)
    condition = _finite(edit, numpy, operand(inputs), "x")
    if targets is not None and _is_float(edit):
        condition += f" & {_finite(edit, numpy, operand(targets), 'y')}"
    names = root_names(inputs.node, source)
    put_before_fit(edit, [f"{name} = {condition}"], *names)
    change(edit, x, lambda old: f"{old}[{name}]")
    if targets is not None:
        change(edit, y, lambda old: f"{old}[{name}]")


def _both(edit: Editing, x: str, y: str) -> tuple[Given, Given | None]:
    data: FitData = fit_data(edit)
    inputs, targets = getattr(data, x), getattr(data, y)
    if inputs is None:
        raise edit.refuse(_BY_HAND, "fit.x")
    return inputs, targets


def _finite(edit: Editing, numpy: str, code: str, which: str) -> str:
    """Code that is true for each row whose values are all finite."""
    data = edit.case.data.get(which)
    rank = len(data.shapes[0]) if data is not None and data.shapes else (2 if which == "x" else 1)
    finite = f"{numpy}.isfinite({code})"
    if rank <= 1:
        return finite
    return f"{finite}.all(axis={1 if rank == 2 else tuple(range(1, rank))})"


def _is_float(edit: Editing) -> bool:
    data = edit.case.data.get("y")
    return data is None or not data.dtypes or data.dtypes[0].startswith("float")


@editor("shuffle_data", order=64)
def shuffle_data(edit: Editing) -> None:
    """Bring the samples into a random order before they are split or batched."""
    source, call = edit.source, edit.call("fit")
    data = edit.case.data.get("x")
    if data is not None and data.kind == "dataset":
        _shuffle_pipeline(edit)
        return
    before = source.text
    ordered = keyword(call, "shuffle")
    if ordered is not None and last_name(ordered.value) == "False":
        remove_argument(source, call, ordered)
    _shuffle_in_split(edit)
    split = keyword(edit.call("fit"), "validation_split")
    if source.text == before or split is not None:
        _permute(edit)


def _shuffle_in_split(edit: Editing) -> None:
    """``train_test_split(..., shuffle=False)`` keeps the order of the file."""
    for call in edit.source.all(cst.Call):
        found = keyword(call, "shuffle")
        if last_name(call.func) == "train_test_split" and found is not None and last_name(found.value) == "False":
            remove_argument(edit.source, call, found)
            return


def _shuffle_pipeline(edit: Editing) -> None:
    source = edit.source
    x = argument(edit.call("fit"), "x", 0)
    size = edit.case.facts.get("n_train") or _SMALL_BUFFER
    calls = made_by(source, x.value) if x is not None else []
    shuffles = [one for one in calls if last_name(one.func) == "shuffle"]
    if shuffles:
        arg = argument(shuffles[0], "buffer_size", 0)
        if arg is not None and literal(source, arg.value) != size:
            set_value(source, arg.value, str(size))
            return
        raise edit.refuse(_SHUFFLE_BY_HAND, "fit.x")
    batches = [one for one in calls if last_name(one.func) in ("batch", "padded_batch")]
    if len(batches) != 1 or not isinstance(batches[0].func, cst.Attribute):
        raise edit.refuse(_SHUFFLE_BY_HAND, "fit.x")
    source.insert(source.end(batches[0].func.value), f".shuffle({size})")


def _permute(edit: Editing) -> None:
    """One order for inputs and targets, before the rows that they are taken from are split."""
    needs_arrays(edit, _SHUFFLE_BY_HAND, "x", "y")
    data = fit_data(edit)
    if data.x is None or data.y is None or keyword(edit.call("fit"), "sample_weight") is not None:
        raise edit.refuse(_SHUFFLE_BY_HAND, "fit.x")
    source = edit.source
    split = keyword(edit.call("fit"), "validation_split") is not None
    x, y = (data.x.node, data.y.node) if split else (_whole(edit, data.x.node), _whole(edit, data.y.node))
    if not isinstance(x, cst.Name) or not isinstance(y, cst.Name) or not is_local(edit, x):
        raise edit.refuse(_SHUFFLE_BY_HAND, "fit.x")
    names = (x.value, y.value)
    moved = not split and (x is not data.x.node)
    numpy = numpy_name(source)
    order = fresh(source, "order")
    frame = ".iloc" if getattr(edit.case.data.get("x"), "kind", "") == "frame" else ""
    frame_y = ".iloc" if getattr(edit.case.data.get("y"), "kind", "") == "frame" else ""
    lines = [
        f"{order} = {numpy}.random.default_rng(0).permutation(len({names[0]}))",
        f"{names[0]}, {names[1]} = {names[0]}{frame}[{order}], {names[1]}{frame_y}[{order}]",
    ]
    place = _first_split(edit, names) if moved else before_fit(edit, *names)
    insert_before(source, place, lines)


def _whole(edit: Editing, node: cst.BaseExpression) -> cst.BaseExpression:
    """The name of the whole array that a part was sliced from; the node itself where it is no part."""
    if isinstance(node, cst.Subscript) and isinstance(node.value, cst.Name):
        return node.value
    if isinstance(node, cst.Name):
        statement = assignment_of(edit.source, node.value, node)
        value = assigned_value(statement, node.value) if statement is not None else None
        if isinstance(value, cst.Subscript) and isinstance(value.value, cst.Name):
            return value.value
    return node


def _first_split(edit: Editing, names: tuple[str, str]) -> cst.CSTNode:
    """The first statement that takes a part of either array."""
    source = edit.source
    parts = [
        one
        for one in source.all(cst.Subscript)
        if isinstance(one.value, cst.Name) and one.value.value in names and _is_slice(one)
    ]
    if not parts:
        raise CannotEditError(f"{_SHUFFLE_BY_HAND}{edit.where('fit')}.")
    return statement_of(source, parts[0])


def _is_slice(node: cst.Subscript) -> bool:
    return isinstance(node.slice[0].slice, cst.Slice) and not isinstance(node.value, cst.Call)
