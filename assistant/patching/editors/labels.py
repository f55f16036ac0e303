"""Labels as the loss expects them."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from assistant.patching.arrays import change, fit_data, needs_arrays, put_before_fit, root_names
from assistant.patching.compiled import LOSSES, setting
from assistant.patching.editing import Editing
from assistant.patching.editors.loss import loss_name, put_loss
from assistant.patching.names import fresh, numpy_name, spell
from assistant.patching.registry import editor
from assistant.patching.statements import delete
from assistant.patching.values import literal, number, quoted

_BY_HAND = "Encode the labels by hand as the loss expects them"


@editor("encode_labels", order=62)
def encode_labels(edit: Editing) -> None:
    """Encode labels: ``encoding`` (``zero_one``, ``shift``, ``one_hot``, ``integers``, ``rank``, ``times``),
    ``classes``, ``offset``, ``factor``."""
    encoding = edit.word("encoding")
    if _other_loss(edit, encoding):
        return
    if encoding == "times" and _drop_division(edit):
        return
    needs_arrays(edit, _BY_HAND, "y")
    if encoding == "rank":
        _rank(edit)
        return
    write = _writer(edit, encoding)
    if write is None:
        raise edit.refuse(_BY_HAND, "fit.y")
    if encoding != "times":
        change(edit, "validation_y", write)
    elif fit_data(edit).validation_y is not None:
        edit.note(f"See whether the validation labels need the same as the training labels{edit.where('fit')}.")
    change(edit, "y", write)


def _other_loss(edit: Editing, encoding: str) -> bool:
    """Class numbers against one-hot rows: the loss for the other kind does as well, and nothing is computed twice."""
    pairs = {
        "one_hot": ("categorical_crossentropy", "sparse_categorical_crossentropy"),
        "integers": ("sparse_categorical_crossentropy", "categorical_crossentropy"),
    }
    if encoding not in pairs or loss_name(edit) != pairs[encoding][0]:
        return False
    other = pairs[encoding][1]
    value = setting(edit, "loss", 1)
    if isinstance(value, cst.Call):
        edit.source.replace(value.func, spell(edit.source, f"keras.losses.{LOSSES[other]}", value))
    else:
        put_loss(edit, quoted(edit.source, other, edit.find_call("compile")))
    return True


def _writer(edit: Editing, encoding: str) -> Callable[[str], str] | None:
    offset, factor = edit.parameters.get("offset"), edit.parameters.get("factor")
    if encoding in ("zero_one", "shift") and (offset is not None or factor is not None):
        shift = f"{{}} - {number(offset)}" if offset and offset > 0 else f"{{}} + {number(-offset)}" if offset else "{}"
        scale = number(factor) if factor is not None and factor != 1 else None
        return lambda old: f"({shift.format(old)}) * {scale}" if scale else shift.format(old)
    if encoding == "zero_one":
        return lambda old: f'({old} > 0).astype("float32")'
    if encoding == "integers":
        return lambda old: f"{old}.argmax(axis=-1)"
    if encoding == "one_hot":
        classes = edit.parameters.get("classes")
        spelled = spell(edit.source, "keras.utils.to_categorical")
        return lambda old: f"{spelled}({old}{f', {int(classes)}' if classes else ''})"
    if encoding == "times" and factor is not None:
        numpy = numpy_name(edit.source)
        return lambda old: f'{numpy}.round({old} * {number(factor)}).astype("int32")'
    return None


def _rank(edit: Editing) -> None:
    """Any values become their rank among the training labels."""
    given = fit_data(edit).y
    if given is None:
        raise edit.refuse(_BY_HAND, "fit.y")
    numpy, classes = numpy_name(edit.source), fresh(edit.source, "classes")
    given = fit_data(edit).y
    assert given is not None
    put_before_fit(edit, [f"{classes} = {numpy}.unique({given.code})"], *root_names(given.node, edit.source))
    for which in ("validation_y", "y"):
        change(edit, which, lambda old: f"{numpy}.searchsorted({classes}, {old})")


def _drop_division(edit: Editing) -> bool:
    """Take out the line that divides class numbers, such as ``y_train = y_train / 255``."""
    factor, data = edit.parameters.get("factor"), fit_data(edit)
    names = {one for given in (data.y, data.validation_y) if given for one in root_names(given.node, edit.source)}
    dropped = False
    while True:
        found = next((one for one in _divisions(edit, factor) if one[1] in names), None)
        if found is None:
            return dropped
        delete(edit.source, found[0])
        dropped = True


def _divisions(edit: Editing, factor: object) -> list[tuple[cst.CSTNode, str]]:
    source = edit.source
    found: list[tuple[cst.CSTNode, str]] = []
    for one in source.all(cst.AugAssign):
        if isinstance(one.operator, cst.DivideAssign) and literal(source, one.value) == factor:
            found.append((one, source.code(one.target)))
    for plain in source.all(cst.Assign):
        value, target = plain.value, source.code(plain.targets[0].target)
        if (
            isinstance(value, cst.BinaryOperation)
            and isinstance(value.operator, cst.Divide)
            and source.code(value.left) == target
            and literal(source, value.right) == factor
        ):
            found.append((plain, target))
    return found
