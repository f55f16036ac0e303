"""Two nets that are trained in turn: each is trainable while it is trained, and stands still while the other is."""

from __future__ import annotations

import libcst as cst

from assistant.patching.editing import Editing
from assistant.patching.names import last_name
from assistant.patching.statements import indentation_of, statement_of

TRAINING = ("train_on_batch", "fit")


def train_in_turn(edit: Editing) -> None:
    """Put ``trainable = True`` before the training of the held model, ``False`` before that of the model around it.

    Raises:
        CannotEditError: what trains the other model is not seen in the same loop.
    """
    held = edit.call("fit")
    model, others = _trained(edit, held), _of_another(edit, held)
    if model is None or not others:
        raise edit.refuse("Make the model trainable before its own training, and not before that of the other", "fit")
    inserted = []
    for call, value in ((held, True), *((one, False) for one in others)):
        statement = statement_of(edit.source, call)
        start = edit.source.line_start(edit.source.start(statement))
        line = f"{indentation_of(edit.source, statement)}{model}.trainable = {value}\n"
        inserted.append((start, start, line))
    edit.source.splices(inserted)


def _trained(edit: Editing, call: cst.Call) -> str | None:
    return edit.source.code(call.func.value) if isinstance(call.func, cst.Attribute) else None


def _of_another(edit: Editing, held: cst.Call) -> list[cst.Call]:
    """The trainings of the next other model behind the held one, in the loop around it; one of each run of them."""
    loop = next((one for one in edit.source.ancestors(held) if isinstance(one, (cst.For, cst.While))), None)
    if loop is None:
        return []
    calls = [one for one in edit.source.all(cst.Call, loop) if last_name(one.func) in TRAINING]
    behind = [one for one in calls if edit.source.start(one) > edit.source.start(held)]
    others = [one for one in behind if _trained(edit, one) not in (None, _trained(edit, held))]
    return [one for one in others if _trained(edit, one) == _trained(edit, others[0])]
