"""Whether a program goes on training the same model behind a call: a first phase is no whole training."""

from __future__ import annotations

import ast
from typing import Any

from .places import Places, Trace
from .source_text import assigned_names, called_name, dotted_name, is_before, statements_of

TRAINING = ("fit", "train_on_batch")


def goes_on(places: Places, trace: Trace, method: str) -> bool:
    """Whether the function that holds a training call trains the same name again further down.

    Args:
        places: the registry, which knows the program's sources.
        trace: the user's frames behind the call, innermost first.
        method: ``fit`` or ``train_on_batch``.
    """
    if not trace:
        return False
    source = places.source(trace[0].code.co_filename)
    call = source.call_at(places.span(trace[0]), method)
    name = _receiver(call)
    if call is None or name is None:
        return False
    scope = source.enclosing_function(call) or source.tree
    later = [one for one in statements_of(scope) if hasattr(one, "lineno") and is_before(call, one)]
    for node in later:
        if name in assigned_names(node):
            return False
        if isinstance(node, ast.Call) and _receiver(node) == name:
            return True
    return False


def _receiver(node: Any) -> str | None:
    """The dotted name whose training a call asks for."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or called_name(node) not in TRAINING:
        return None
    return dotted_name(node.func.value)
