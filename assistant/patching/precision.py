"""The precision that the program sets for its model."""

from __future__ import annotations

import libcst as cst

from assistant.patching.editing import Editing
from assistant.patching.names import last_name
from assistant.patching.values import literal

HALF = ("float16", "mixed_float16", "bfloat16", "mixed_bfloat16")
"""Policies under which layers compute with half the bits."""

_POLICY = ("set_global_policy", "set_dtype_policy", "set_floatx", "set_policy")


def computes_in_half(edit: Editing) -> bool:
    """Whether a line of the program sets such a policy for all layers."""
    return any(is_half_policy(edit, one) for one in edit.source.all(cst.Call))


def is_half_policy(edit: Editing, call: cst.Call) -> bool:
    """Whether a call is a statement that sets such a policy."""
    if last_name(call.func) not in _POLICY or not call.args:
        return False
    if not isinstance(edit.source.parent(call), cst.Expr):
        return False
    given = call.args[0].value
    strings = [given, *edit.source.all(cst.SimpleString, given)]
    if isinstance(given, cst.Name):
        for one in edit.source.all(cst.Assign):
            if last_name(one.targets[0].target) == given.value:
                strings += [one.value, *edit.source.all(cst.SimpleString, one.value)]
    return any(literal(edit.source, one) in HALF for one in strings)
