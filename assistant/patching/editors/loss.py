"""The loss and whether it expects raw scores."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import keyword, remove_argument, set_argument
from assistant.patching.compiled import LOSSES, followed, replace_and_tidy, setting
from assistant.patching.editing import Editing
from assistant.patching.names import last_name, path_of, spell
from assistant.patching.registry import editor
from assistant.patching.values import literal, quoted

_BY_CLASS = {name: text for text, name in reversed(LOSSES.items())}
_CLASS_METRICS = ("sparse_categorical_accuracy", "categorical_accuracy", "binary_accuracy")


@editor("set_loss", order=10)
def set_loss(edit: Editing) -> None:
    """Write another loss: ``loss`` (its name or class, perhaps ``of logits``), ``from_logits``."""
    wanted, _, logits_said = edit.word("loss").partition(" of ")
    if "," in wanted:
        raise edit.refuse(f"Change the losses by hand to {wanted}", "loss")
    write_loss(edit, wanted, logits=bool(edit.given("from_logits", logits_said == "logits")))


def write_loss(edit: Editing, wanted: str, *, logits: bool) -> None:
    """Write a loss of Keras, given by its name or class, as an object where there was one and as a name else."""
    name = LOSSES.get(wanted.lower(), wanted)
    text = _BY_CLASS.get(name, wanted)
    value = _single(edit)
    if value is not None and isinstance(value, cst.Call):
        if name in LOSSES.values():
            spelled = spell(edit.source, f"keras.losses.{name}", value)
            put_loss(edit, f"{spelled}({'from_logits=True' if logits else ''})")
        else:
            put_loss(edit, quoted(edit.source, text, edit.find_call("compile")))
    elif logits:
        spelled = spell(edit.source, f"keras.losses.{name}", edit.call("compile"))
        put_loss(edit, f"{spelled}(from_logits=True)")
    else:
        put_loss(edit, quoted(edit.source, text, edit.find_call("compile")))
    _plain_accuracy(edit)


@editor("set_from_logits", order=11)
def set_from_logits(edit: Editing) -> None:
    """Tell the loss whether it gets raw scores: ``from_logits``; by default what the output layer gives."""
    wanted = bool(edit.given("from_logits", edit.case.facts.get("output_activation") in (None, "linear")))
    value = _single(edit)
    if value is None:
        raise edit.refuse(f"Give the loss from_logits={wanted}", "compile")
    text = literal(edit.source, value)
    if isinstance(text, str) or _is_function(edit, value):
        name = LOSSES.get(str(text if isinstance(text, str) else last_name(value)).lower())
        if name is None or not name.endswith("Crossentropy"):
            raise edit.refuse(f"Give the loss from_logits={wanted}", "loss")
        if wanted:
            spelled = spell(edit.source, f"keras.losses.{name}", value)
            put_loss(edit, f"{spelled}(from_logits=True)")
        return
    call = _crossentropy_call(edit, value)
    if call is None:
        raise edit.refuse(f"Give the loss from_logits={wanted}", "loss")
    arg = keyword(call, "from_logits")
    if wanted:
        set_argument(edit.source, call, "from_logits", "True", 0 if isinstance(value, cst.Call) else None)
    elif arg is not None:
        remove_argument(edit.source, call, arg)
    elif call.args and literal(edit.source, call.args[0].value) is True:
        edit.source.replace(call.args[0].value, "False")


def loss_name(edit: Editing) -> str | None:
    """The loss as Keras names it, where it is one of Keras' own: ``categorical_crossentropy``."""
    value = _single(edit)
    if value is None:
        return None
    text = literal(edit.source, value)
    name = text if isinstance(text, str) else last_name(value.func if isinstance(value, cst.Call) else value)
    return _BY_CLASS.get(LOSSES.get(name.lower(), name))


def reads_scores(edit: Editing) -> bool:
    """Whether the loss is told to expect raw scores."""
    value = _single(edit)
    arg = keyword(value, "from_logits") if isinstance(value, cst.Call) else None
    return arg is not None and last_name(arg.value) == "True"


def _single(edit: Editing) -> cst.BaseExpression | None:
    """The loss where there is one; a list or dictionary with one entry counts as that entry."""
    value = setting(edit, "loss", 1)
    if isinstance(value, (cst.Dict, cst.List, cst.Tuple)):
        entries = [one.value for one in value.elements]
        if len(entries) != 1:
            raise edit.refuse("Change the loss of the output concerned by hand; there are several", "loss")
        return followed(edit, entries[0])
    return value


def put_loss(edit: Editing, text: str) -> None:
    """Write the loss, given as code."""
    value = _single(edit)
    if value is None:
        set_argument(edit.source, edit.call("compile"), "loss", text, 1)
        return
    # A name whose value came from nowhere in this file is replaced where it is used.
    replace_and_tidy(edit, value, text)


def _is_function(edit: Editing, value: cst.BaseExpression) -> bool:
    return path_of(edit.source, value).startswith(("keras.losses.", "keras.metrics.")) and last_name(value).islower()


def _crossentropy_call(edit: Editing, value: cst.BaseExpression) -> cst.Call | None:
    """The call that takes ``from_logits``: the loss object, or the one call inside a function or lambda."""
    if isinstance(value, cst.Call) and "rossentropy" in last_name(value.func):
        return value
    scope: cst.CSTNode | None = value if isinstance(value, cst.Lambda) else None
    if isinstance(value, cst.Name):
        functions = [one for one in edit.source.all(cst.FunctionDef) if one.name.value == value.value]
        scope = functions[0] if len(functions) == 1 else None
    if scope is None:
        return None
    calls = [one for one in edit.source.all(cst.Call, scope) if "rossentropy" in last_name(one.func)]
    return calls[0] if len(calls) == 1 else None


def _plain_accuracy(edit: Editing) -> None:
    """``accuracy`` fits whatever loss stands beside it; its three kinds by name fit one each."""
    compiled = edit.find_call("compile")
    arg = keyword(compiled, "metrics") if compiled is not None else None
    if arg is None:
        return
    edits = []
    for one in edit.source.all(cst.SimpleString, arg):
        if literal(edit.source, one) in _CLASS_METRICS:
            edits.append((*edit.source.span(one), quoted(edit.source, "accuracy", arg)))
    edit.source.splices(edits)
