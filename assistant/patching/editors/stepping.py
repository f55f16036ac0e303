"""The training step, and the shape of what it compares."""

from __future__ import annotations

import libcst as cst

from assistant.patching.arrays import change, fit_data
from assistant.patching.editing import Editing
from assistant.patching.front import method
from assistant.patching.names import last_name
from assistant.patching.registry import editor
from assistant.patching.statements import delete

_BY_HAND = "Give the targets the shape of the predictions"
_MAPPED = "{old}.map(lambda x, y, *rest: (x, y[..., {index}], *rest))"


@editor("use_keras_step", order=8)
def use_keras_step(edit: Editing) -> None:
    """Take the hand-written ``train_step`` out of the model's class."""
    name = getattr(edit.case.model, "class_name", None)
    owners = [one for one in edit.source.all(cst.ClassDef) if one.name.value == name]
    step = method(owners[0], "train_step") if len(owners) == 1 else None
    if step is None:
        raise edit.refuse("Take the hand-written train_step out, so that Keras takes its own steps", "fit")
    delete(edit.source, step)
    edit.note("If the step did more than forward, loss, gradient and update, write it anew beside the one of Keras.")


@editor("match_target_shape", order=63)
def match_target_shape(edit: Editing) -> None:
    """Give targets one axis more, or one less: ``axis`` (``added`` or ``taken``)."""
    adds = edit.given("axis", "added") == "added"
    data, given = edit.case.data.get("x"), fit_data(edit)
    if data is not None and data.kind == "dataset" and given.x is not None:
        index = "None" if adds else "0"
        change(edit, "x", lambda old: _MAPPED.format(old=old, index=index))
        if given.validation_x is None:
            _validation_dataset(edit, index)
        return
    targets = edit.case.data.get("y")
    kind = targets.kind if targets is not None else "array"
    if given.y is None or kind not in ("array", "frame", "tensor") or (targets is not None and len(targets.shapes) > 1):
        raise edit.refuse(_BY_HAND, "fit.y")
    for which in ("y", "validation_y"):
        change(edit, which, lambda old: _reshaped(old, kind, adds=adds))


def _reshaped(old: str, kind: str, *, adds: bool) -> str:
    array = f"{old}.to_numpy()" if kind == "frame" else old
    return f"{array}[..., {'None' if adds else '0'}]"


def _validation_dataset(edit: Editing, index: str) -> None:
    call = edit.call("fit")
    held = next((one for one in call.args if one.keyword is not None and one.keyword.value == "validation_data"), None)
    if held is None or isinstance(held.value, (cst.Tuple, cst.List)):
        return
    edit.source.replace(held.value, _MAPPED.format(old=edit.source.code(held.value), index=index))


@editor("drop_stop_gradient", order=9)
def drop_stop_gradient(edit: Editing) -> None:
    """Put what is handed to ``stop_gradient`` in place of the call."""
    before = edit.source.text
    while True:
        calls = [
            one for one in edit.source.all(cst.Call) if last_name(one.func) == "stop_gradient" and len(one.args) == 1
        ]
        if not calls:
            break
        edit.source.replace(calls[0], edit.source.code(calls[0].args[0].value))
    if edit.source.text == before:
        raise edit.refuse("Take stop_gradient out where features pass through it", "fit")
