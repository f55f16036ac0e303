"""The calls that made a value: the chain ``Dataset.from_tensor_slices(...).shuffle(...).batch(...)`` and its names."""

from __future__ import annotations

import libcst as cst

from assistant.patching.names import assigned_everywhere
from assistant.patching.source import Source


def made_by(source: Source, node: cst.BaseExpression) -> list[cst.Call]:
    """Every call on the way to a value: the chain that ends in it, and those behind the name it starts from."""
    return _made_by(source, node, set())


def _made_by(source: Source, node: cst.BaseExpression, seen: set[str]) -> list[cst.Call]:
    found: list[cst.Call] = []
    base: cst.BaseExpression = node
    while isinstance(base, (cst.Call, cst.Attribute)):
        if isinstance(base, cst.Call):
            found.append(base)
            base = base.func
        else:
            base = base.value
    if not isinstance(base, cst.Name) or base.value in seen:
        return found
    seen.add(base.value)
    plain_call = bool(found) and not isinstance(found[-1].func, cst.Attribute)
    values = _returned(source, base.value) if plain_call else assigned_everywhere(source, base.value)
    for value in values:
        found += _made_by(source, value, seen)
    return found


def _returned(source: Source, function: str) -> list[cst.BaseExpression]:
    """What the functions of a name return."""
    functions = [one for one in source.all(cst.FunctionDef) if one.name.value == function]
    returns = [statement for one in functions for statement in source.all(cst.Return, one)]
    return [one.value for one in returns if one.value is not None]
