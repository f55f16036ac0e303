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
    model, other = _trained(edit, held), _next_of_another(edit, held)
    if model is None or other is None:
        raise edit.refuse("Make the model trainable before its own training, and not before that of the other", "fit")
    inserted = []
    for call, value in ((held, True), (other, False)):
        statement = statement_of(edit.source, call)
        start = edit.source.line_start(edit.source.start(statement))
        line = f"{indentation_of(edit.source, statement)}{model}.trainable = {value}\n"
        inserted.append((start, start, line))
    edit.source.splices(inserted)


def _trained(edit: Editing, call: cst.Call) -> str | None:
    return edit.source.code(call.func.value) if isinstance(call.func, cst.Attribute) else None


def _next_of_another(edit: Editing, held: cst.Call) -> cst.Call | None:
    """The first training of another model behind the held one, in the loop around it."""
    loop = next((one for one in edit.source.ancestors(held) if isinstance(one, (cst.For, cst.While))), None)
    if loop is None:
        return None
    calls = [one for one in edit.source.all(cst.Call, loop) if last_name(one.func) in TRAINING]
    behind = [one for one in calls if edit.source.start(one) > edit.source.start(held)]
    return next((one for one in behind if _trained(edit, one) not in (None, _trained(edit, held))), None)
