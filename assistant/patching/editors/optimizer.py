"""The optimizer, its settings and its clipping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import libcst as cst

from assistant.patching.calls import keyword, remove_argument, set_argument
from assistant.patching.compiled import OPTIMIZERS, optimizer_call, optimizer_class, setting, written_optimizer
from assistant.patching.editing import Editing
from assistant.patching.editors.learning_rate import rate_argument
from assistant.patching.names import spell
from assistant.patching.registry import editor
from assistant.patching.values import literal, number, quoted

_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")


@editor("set_optimizer", order=30)
def set_optimizer(edit: Editing) -> None:
    """Write another optimizer: ``optimizer``, ``learning_rate``, ``settings``."""
    name = optimizer_class(edit.word("optimizer"))
    arguments = [*_rate(edit), *(f"{key}={_written(edit, value)}" for key, value in _settings(edit).items())]
    current = setting(edit, "optimizer", 0)
    is_name = current is not None and isinstance(literal(edit.source, current), str)
    if is_name and not arguments and name in OPTIMIZERS.values():
        assert current is not None
        edit.source.replace(current, quoted(edit.source, name.lower(), edit.find_call("compile")))
        return
    optimizer_call(edit)
    spelled = spell(edit.source, f"keras.optimizers.{name}", optimizer_call(edit))
    edit.source.replace(optimizer_call(edit), f"{spelled}({', '.join(arguments)})")


@editor("reset_optimizer_settings", order=31)
def reset_optimizer_settings(edit: Editing) -> None:
    """Leave the optimizer its class, its learning rate and its clipping: all else is as Keras has it."""
    if written_optimizer(edit) is None:
        raise edit.refuse("Take the settings of the optimizer out by hand; they are not seen here", "optimizer")
    for _ in range(20):
        call = optimizer_call(edit)
        rate = rate_argument(call)
        kept = [one for one in call.args if one is rate or one.star or _is_kept(one)]
        gone = next((one for one in reversed(call.args) if one not in kept), None)
        if gone is None:
            break
        remove_argument(edit.source, call, gone)


@editor("clip_gradients", order=36)
def clip_gradients(edit: Editing) -> None:
    """Clip gradients: ``global_clipnorm`` (1.0 by default), ``clipnorm`` or ``clipvalue``."""
    wanted = next((name for name in _CLIPPING if edit.parameters.get(name) is not None), "global_clipnorm")
    _drop_clipping(edit, keep=wanted)
    value = number(float(edit.given(wanted, 1.0)))
    set_argument(edit.source, optimizer_call(edit), wanted, value)


@editor("unclip_gradients", order=35)
def unclip_gradients(edit: Editing) -> None:
    """Take clipping out of the optimizer."""
    if written_optimizer(edit) is None or not _drop_clipping(edit):
        raise edit.refuse("Take out by hand what clips the gradients; the optimizer does not", "optimizer")


def _is_kept(arg: cst.Arg) -> bool:
    return arg.keyword is not None and arg.keyword.value in (*_CLIPPING, "name", "loss_scale_factor")


def _drop_clipping(edit: Editing, keep: str | None = None) -> bool:
    dropped = False
    for name in _CLIPPING:
        call = optimizer_call(edit)
        arg = keyword(call, name)
        if arg is not None and name != keep:
            remove_argument(edit.source, call, arg)
            dropped = True
    return dropped


def _rate(edit: Editing) -> list[str]:
    rate = edit.parameters.get("learning_rate")
    return [] if rate is None else [f"learning_rate={number(float(rate))}"]


def _settings(edit: Editing) -> dict[str, Any]:
    given = edit.parameters.get("settings")
    found = dict(given) if isinstance(given, Mapping) else {}
    return {key: value for key, value in found.items() if key not in ("learning_rate", "name")}


def _written(edit: Editing, value: Any) -> str:
    if isinstance(value, str):
        return quoted(edit.source, value, edit.find_call("compile"))
    return repr(value) if isinstance(value, bool) or value is None else number(value)
