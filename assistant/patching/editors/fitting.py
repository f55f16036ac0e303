"""The settings of ``fit``: batch size, epochs, class weights."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from assistant.patching.calls import argument, keyword, remove_argument, set_argument
from assistant.patching.compiled import tidy
from assistant.patching.editing import Editing
from assistant.patching.model import CannotEditError
from assistant.patching.names import last_name
from assistant.patching.pipelines import made_by
from assistant.patching.registry import editor
from assistant.patching.values import literal, number, origin, quoted, set_value

_MOST_WRITTEN = 12
_STREAMS = ("dataset", "generator", "pydataset")


def fit_call(edit: Editing) -> cst.Call:
    """The call of ``fit``.

    Raises:
        CannotEditError: the program trains by a loop of its own, or elsewhere.
    """
    call = edit.call("fit")
    if last_name(call.func) != "fit":
        raise edit.refuse("Change the training loop by hand; the program does not call fit there", "fit")
    return call


@editor("split_full_batch", order=80)
@editor("set_batch_size", order=80)
def set_batch_size(edit: Editing) -> None:
    """Write the batch size: ``batch_size``; for a pipeline where it makes its batches."""
    size = number(int(edit.number("batch_size")))
    call = fit_call(edit)
    found = argument(call, "batch_size", 2)
    data = edit.case.data.get("x")
    if data is not None and data.kind in _STREAMS and (found is None or literal(edit.source, found.value) is None):
        _set_batches(edit, call, size)
    elif found is not None:
        set_value(edit.source, found.value, size, edit.case.facts.get("batch_size"))
    else:
        set_argument(edit.source, call, "batch_size", size)


def _set_batches(edit: Editing, call: cst.Call, size: str) -> None:
    x = argument(call, "x", 0)
    calls = made_by(edit.source, x.value) if x is not None else []
    batches = [one for one in calls if last_name(one.func) in ("batch", "padded_batch", "ragged_batch")]
    named = [one for one in calls if keyword(one, "batch_size") is not None]
    if len(batches) == 1:
        arg = argument(batches[0], "batch_size", 0)
        if arg is not None:
            set_value(edit.source, arg.value, size)
            return
    if len(named) == 1 and not batches:
        found = keyword(named[0], "batch_size")
        assert found is not None
        set_value(edit.source, found.value, size)
        return
    raise edit.refuse(f"Let the data come in batches of {size}", "fit.x" if "fit.x" in edit.case.places else "fit")


@editor("more_epochs", order=81)
def more_epochs(edit: Editing) -> None:
    """Write how many epochs to train: ``epochs``."""
    epochs = number(int(edit.number("epochs")))
    call = fit_call(edit)
    found = argument(call, "epochs", 3)
    loop = edit.source.around(call, cst.For)
    turns = loop.iter if loop is not None else None
    if found is not None and literal(edit.source, origin(edit.source, found.value)) != 1:
        set_value(edit.source, found.value, epochs, edit.case.facts.get("epochs"))
    elif isinstance(turns, cst.Call) and edit.source.code(turns.func) == "range" and len(turns.args) == 1:
        set_value(edit.source, turns.args[0].value, epochs)
    else:
        set_argument(edit.source, call, "epochs", epochs, 3)


@editor("more_patience", order=84)
def more_patience(edit: Editing) -> None:
    """Let early stopping wait longer, and for the right thing: ``patience``; ``monitor`` where it is to be another."""
    calls = [one for one in edit.source.all(cst.Call) if last_name(one.func) == "EarlyStopping"]
    if len(calls) != 1:
        raise edit.refuse("Give early stopping more patience", "fit.callbacks")
    start = edit.source.start(calls[0])

    def now() -> cst.Call:
        return next(one for one in edit.source.all(cst.Call) if edit.source.start(one) == start)

    set_argument(edit.source, now(), "patience", number(int(edit.given("patience", 10))), 2)
    if edit.given("monitor", None) is not None:
        set_argument(edit.source, now(), "monitor", quoted(edit.source, str(edit.given("monitor", ""))), 0)
    for name, index in (("mode", 4), ("min_delta", 1), ("baseline", 5)):
        found = keyword(now(), name)
        if found is not None:
            remove_argument(edit.source, now(), found)
        elif argument(now(), name, index) is not None:
            edit.note(f"Look at the {name} of early stopping, which is given by position.")


@editor("set_class_weight", order=82)
def set_class_weight(edit: Editing) -> None:
    """Write weights of the classes: ``class_weight``, as a mapping or as ``0: 0.5, 1: 50``."""
    weights = _weights(edit.parameters.get("class_weight"))
    if not weights or len(weights) >= _MOST_WRITTEN:
        raise edit.refuse("Give fit a class_weight, larger for the rarer classes", "fit")
    text = "{" + ", ".join(f"{key}: {number(float(f'{value:.4g}'))}" for key, value in weights) + "}"
    call = fit_call(edit)
    old = keyword(call, "class_weight")
    name = old.value.value if old is not None and isinstance(old.value, cst.Name) else None
    set_argument(edit.source, call, "class_weight", text)
    if name is not None:
        tidy(edit, name)
    _drop_loss_weights(edit)


def _weights(given: object) -> list[tuple[int, float]]:
    if isinstance(given, str):
        pairs = [one.partition(":") for one in given.split(",")]
        given = {key.strip(): value for key, _, value in pairs}
    if not isinstance(given, Mapping):
        return []
    return sorted((int(key), float(value)) for key, value in given.items())


@editor("drop_class_weight", order=83)
def drop_class_weight(edit: Editing) -> None:
    """Take weights out: those of classes, else those of losses, else those of samples.

    Weights of several losses go where it was these that were taken out in the trial: ``removed`` is "loss_weights".
    """
    call = fit_call(edit)
    found = keyword(call, "class_weight")
    if found is None and _drop_loss_weights(edit, several=edit.parameters.get("removed") == "loss_weights"):
        return
    call = fit_call(edit)
    found = keyword(call, "class_weight") or keyword(call, "sample_weight")
    if found is None:
        raise CannotEditError("Take out the weights by hand; fit is not given any by name.")
    name = found.value.value if isinstance(found.value, cst.Name) else None
    remove_argument(edit.source, call, found)
    if name is not None:
        tidy(edit, name)


def _drop_loss_weights(edit: Editing, *, several: bool = False) -> bool:
    """Take ``loss_weights`` out where the model has one loss: they weigh outputs, never classes."""
    compiled = edit.find_call("compile")
    found = keyword(compiled, "loss_weights") if compiled is not None else None
    loss = argument(compiled, "loss", 1) if compiled is not None else None
    if compiled is None or found is None:
        return False
    if loss is not None and isinstance(loss.value, (cst.Dict, cst.List)) and not several:
        return False
    name = found.value.value if isinstance(found.value, cst.Name) else None
    remove_argument(edit.source, compiled, found)
    if name is not None:
        tidy(edit, name)
    return True
