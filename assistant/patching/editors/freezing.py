"""Layers that must be trainable."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import keyword, remove_argument
from assistant.patching.editing import Editing
from assistant.patching.editors.in_turn import train_in_turn
from assistant.patching.names import last_name
from assistant.patching.registry import editor
from assistant.patching.statements import delete, insert_before, statement_of


@editor("unfreeze", order=50)
def unfreeze(edit: Editing) -> None:
    """Make layers trainable: ``layers``; all of them by default. ``compile`` comes after, so that it takes effect.

    A model that is trained in turn with one around it is frozen for the other's sake, and is freed for its own training
    alone.
    """
    if edit.case.facts.get("in_turn"):
        train_in_turn(edit)
        return
    names = edit.names("layers")
    if names and any(one.name not in names for one in edit.case.layers if _is_frozen(one)):
        _unfreeze_some(edit, names)
        return
    before = edit.source.text
    _drop_arguments(edit)
    _drop_statements(edit)
    if edit.source.text == before:
        call = edit.call("compile")
        if not isinstance(call.func, cst.Attribute):
            raise edit.refuse("Make the model trainable before it is compiled", "compile")
        insert_before(edit.source, call, [f"{edit.source.code(call.func.value)}.trainable = True"])


def _is_frozen(layer: object) -> bool:
    """Whether a layer holds weights that are not trained."""
    return not getattr(layer, "trainable", True) and bool(getattr(layer, "parameters", 1))


def _unfreeze_some(edit: Editing, names: list[str]) -> None:
    """Some layers alone: whatever froze them stays, and a loop before ``compile`` frees those."""
    call = edit.call("compile")
    if not isinstance(call.func, cst.Attribute):
        raise edit.refuse(f"Make {', '.join(names)} trainable before the model is compiled", "compile")
    model = edit.source.code(call.func.value)
    listed = ", ".join(f'"{one}"' for one in names) + ("," if len(names) == 1 else "")
    lines = [f"for name in ({listed}):", f"    {model}.get_layer(name).trainable = True"]
    insert_before(edit.source, call, lines)


def _drop_arguments(edit: Editing) -> None:
    for layer in edit.case.layers:
        call = edit.find_layer_call(layer.name)
        found = keyword(call, "trainable") if call is not None else None
        if call is not None and found is not None and last_name(found.value) == "False":
            remove_argument(edit.source, call, found)


def _drop_statements(edit: Editing) -> None:
    """Take out every ``x.trainable = False``, and the loop around it where it does nothing else."""
    while True:
        found = next((one for one in edit.source.all(cst.Assign) if _freezes(one)), None)
        if found is None:
            return
        gone: cst.CSTNode = statement_of(edit.source, found)
        block = edit.source.parent(gone)
        while isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
            outer = edit.source.parent(block)
            if not isinstance(outer, (cst.For, cst.If)) or outer.orelse is not None:
                break
            if isinstance(outer, cst.If) and not isinstance(edit.source.parent(outer), cst.IndentedBlock):
                break
            gone, block = outer, edit.source.parent(outer)
        delete(edit.source, gone)


def _freezes(statement: cst.Assign) -> bool:
    target = statement.targets[0].target
    return (
        isinstance(target, cst.Attribute) and target.attr.value == "trainable" and last_name(statement.value) == "False"
    )
