"""Labels as the loss expects them."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from assistant.patching.arrays import change, fit_data, needs_arrays, operand, put_before_fit, root_names
from assistant.patching.compiled import LOSSES, setting
from assistant.patching.editing import Editing
from assistant.patching.editors.loss import loss_name, put_loss
from assistant.patching.names import fresh, numpy_name, spell
from assistant.patching.registry import editor
from assistant.patching.statements import delete
from assistant.patching.values import is_literal, quoted

_BY_HAND = "Encode the labels by hand as the loss expects them"


@editor("encode_labels", order=62)
def encode_labels(edit: Editing) -> None:
    """Encode labels: ``encoding`` (``ids from 0``, ``ids from one-hot``, ``one-hot``, ``0 and 1``, ``1 and 0``,
    ``-1 and +1``),
    ``classes``."""
    encoding = edit.word("encoding")
    if _other_loss(edit, encoding):
        return
    if encoding == "ids from 0" and _drop_division(edit):
        return
    needs_arrays(edit, _BY_HAND, "y")
    write = _writer(edit, encoding)
    if write is None or fit_data(edit).y is None:
        raise edit.refuse(_BY_HAND, "fit.y")
    for which in ("validation_y", "y"):
        change(edit, which, write)


def _other_loss(edit: Editing, encoding: str) -> bool:
    """Class numbers against one-hot rows: the loss for the other kind does as well, and nothing is computed twice."""
    pairs = {
        "one-hot": ("categorical_crossentropy", "sparse_categorical_crossentropy"),
        "ids from one-hot": ("sparse_categorical_crossentropy", "categorical_crossentropy"),
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
    """Code that encodes an array of labels; what it goes by is taken from the training labels before ``fit``."""
    if encoding == "ids from one-hot":
        return lambda old: f"{old}.argmax(axis=-1)"
    if encoding == "one-hot":
        classes = edit.parameters.get("classes") or edit.case.facts.get("output_units")
        spelled = spell(edit.source, "keras.utils.to_categorical")
        return lambda old: f"{spelled}({old}{f', {int(classes)}' if classes else ''})"
    if encoding == "-1 and +1":
        return lambda old: f"2 * {old} - 1"
    if encoding == "1 and 0":
        return lambda old: f"1 - {old}"
    if encoding == "0 and 1":
        middle = _prepared(edit, "middle", lambda old: f"({old}.min() + {old}.max()) / 2")
        return lambda old: f'({old} > {middle}).astype("float32")'
    if encoding == "ids from 0":
        numpy = numpy_name(edit.source)
        known = _prepared(edit, "classes", lambda old: f"{numpy}.unique({old})")
        return lambda old: f"{numpy}.searchsorted({known}, {old})"
    return None


def _prepared(edit: Editing, wanted: str, write: Callable[[str], str]) -> str:
    """A new name for something that is computed from the training labels before they change."""
    given = fit_data(edit).y
    if given is None:
        raise edit.refuse(_BY_HAND, "fit.y")
    name = fresh(edit.source, wanted)
    put_before_fit(edit, [f"{name} = {write(operand(given))}"], *root_names(given.node, edit.source))
    return name


def _drop_division(edit: Editing) -> bool:
    """Take out the line that divides class numbers, such as ``y_train = y_train / 255``."""
    data = fit_data(edit)
    names = {one for given in (data.y, data.validation_y) if given for one in root_names(given.node, edit.source)}
    dropped = False
    while True:
        found = next((one for one in _divisions(edit) if one[1] in names), None)
        if found is None:
            return dropped
        delete(edit.source, found[0])
        dropped = True


def _divisions(edit: Editing) -> list[tuple[cst.CSTNode, str]]:
    source = edit.source
    found: list[tuple[cst.CSTNode, str]] = []
    for one in source.all(cst.AugAssign):
        if isinstance(one.operator, cst.DivideAssign) and is_literal(source, one.value):
            found.append((one, source.code(one.target)))
    for plain in source.all(cst.Assign):
        value, target = plain.value, source.code(plain.targets[0].target)
        if (
            isinstance(value, cst.BinaryOperation)
            and isinstance(value.operator, cst.Divide)
            and source.code(value.left) == target
            and is_literal(source, value.right)
        ):
            found.append((plain, target))
    return found
