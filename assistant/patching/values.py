"""Plain values in a program: how they are written, and where the one that an expression stands for was written."""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from assistant.patching.calls import argument, keyword
from assistant.patching.names import assignment_of, assignments, dotted, last_name, parameters_of
from assistant.patching.source import Source

_DEPTH = 6
_UNKNOWN = object()


def number(value: float) -> str:
    """A number as people write it: ``0.001``, ``1e-5``, ``32``."""
    if isinstance(value, bool) or value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"{value} is no setting")
    if isinstance(value, int):
        return str(value)
    text = repr(float(f"{value:.6g}"))
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def quoted(source: Source, text: str, near: cst.CSTNode | None = None) -> str:
    """A string in the quotes that the program prefers."""
    strings = [source.code(one) for one in source.all(cst.SimpleString, near)] or [
        source.code(one) for one in source.all(cst.SimpleString)
    ]
    single = sum(one.startswith("'") for one in strings)
    quote = "'" if single * 2 > len(strings) else '"'
    return f"{quote}{text}{quote}"


def literal(source: Source, node: cst.CSTNode | None) -> Any:
    """The value of a literal; ``is_literal`` tells None from no value."""
    if not isinstance(node, cst.BaseExpression):
        return None
    try:
        return ast.literal_eval(source.code(node))
    except (ValueError, SyntaxError, TypeError, MemoryError):
        return None


def is_literal(source: Source, node: cst.CSTNode | None) -> bool:
    """Whether a node is a plain value."""
    if not isinstance(node, cst.BaseExpression):
        return False
    try:
        ast.literal_eval(source.code(node))
    except (ValueError, SyntaxError, TypeError, MemoryError):
        return False
    return True


def origin(source: Source, node: cst.BaseExpression, depth: int = 0) -> cst.BaseExpression | None:
    """The expression that gave a value, followed through names, parameters, options and dictionaries of this file.

    None where the value comes from elsewhere, or where the name has several sources so that none can be changed alone.
    """
    if depth > _DEPTH:
        return None
    if isinstance(node, cst.Name) and node.value not in ("None", "True", "False"):
        found = _of_name(source, node)
    elif isinstance(node, cst.Attribute):
        found = _of_attribute(source, node)
    elif isinstance(node, cst.Subscript):
        found = _of_entry(source, node)
    else:
        return node
    return origin(source, found, depth + 1) if found is not None else None


def _of_name(source: Source, node: cst.Name) -> cst.BaseExpression | None:
    statement = assignment_of(source, node.value, node)
    if statement is not None:
        if len(assignments(source, node.value)) > 1:
            return None
        return assigned_value(statement, node.value)
    function = source.function(node)
    while function is not None:
        if node.value in parameters_of(function):
            return parameter_value(source, function, node.value)
        function = source.function(function)
    return None


def assigned_value(statement: cst.CSTNode, name: str) -> cst.BaseExpression | None:
    """What a statement assigns to a name, also as one of several: ``rate, size = 0.1, 32``."""
    if isinstance(statement, cst.AnnAssign):
        return statement.value if dotted(statement.target) == name else None
    if not isinstance(statement, cst.Assign):
        return None
    for target in statement.targets:
        if dotted(target.target) == name:
            return statement.value
        pair = target.target
        if isinstance(pair, (cst.Tuple, cst.List)) and isinstance(statement.value, (cst.Tuple, cst.List)):
            for left, right in zip(pair.elements, statement.value.elements, strict=False):
                if dotted(left.value) == name and isinstance(right, cst.Element):
                    return right.value
    return None


def parameter_value(source: Source, function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    """A parameter's value: what the only call of the function gives, else its default."""
    names = parameters_of(function)
    index = names.index(name)
    is_method = bool(names) and names[0] in ("self", "cls")
    calls = [
        one
        for one in source.all(cst.Call)
        if last_name(one.func) == _called_as(source, function) and not source.inside(one, function)
    ]
    if len(calls) > 1:
        return None
    if calls:
        given = argument(calls[0], name, index - 1 if is_method else index)
        if given is not None:
            return given.value
        if any(one.star for one in calls[0].args):
            return None
    own = function.params
    every = [*own.posonly_params, *own.params, *own.kwonly_params]
    return next((one.default for one in every if one.name.value == name), None)


def _called_as(source: Source, function: cst.FunctionDef) -> str:
    if function.name.value != "__init__":
        return function.name.value
    owner = source.around(function, cst.ClassDef)
    return owner.name.value if owner is not None else ""


def _of_attribute(source: Source, node: cst.Attribute) -> cst.BaseExpression | None:
    """``args.rate``: the option's default; ``Config.rate`` and ``self.rate``: the only assignment of that attribute."""
    wanted = node.attr.value
    for call in source.all(cst.Call):
        if last_name(call.func) == "add_argument" and wanted in _option_names(source, call):
            default = keyword(call, "default")
            return default.value if default is not None else None
    found = []
    for statement in source.small_statements():
        owner = source.around(statement, cst.ClassDef)
        in_body = owner is not None and source.function(statement) is None
        value = assigned_value(statement, wanted) if in_body else None
        value = value or assigned_value(statement, f"self.{wanted}") or assigned_value(statement, dotted(node) or "")
        if value is not None:
            found.append(value)
    return found[0] if len(found) == 1 else None


def _option_names(source: Source, call: cst.Call) -> set[str]:
    target = keyword(call, "dest")
    if target is not None:
        return {str(literal(source, target.value))}
    flags = [literal(source, one.value) for one in call.args if one.keyword is None]
    return {flag.lstrip("-").replace("-", "_") for flag in flags if isinstance(flag, str)}


def _of_entry(source: Source, node: cst.Subscript) -> cst.BaseExpression | None:
    """``settings["rate"]``: the entry of the dictionary that the name was given."""
    index = node.slice[0].slice if len(node.slice) == 1 else None
    key = literal(source, index.value) if isinstance(index, cst.Index) else None
    if not isinstance(key, str):
        return None
    changed = [
        one
        for one in source.all(cst.AssignTarget)
        if isinstance(one.target, cst.Subscript) and source.code(one.target) == source.code(node)
    ]
    return None if changed else entry_of(source, node.value, key)


def entry_of(source: Source, node: cst.BaseExpression, key: str) -> cst.BaseExpression | None:
    """What a dictionary that an expression stands for holds under a name; None where that was not written down."""
    base = origin(source, node)
    if isinstance(base, cst.Dict):
        for entry in base.elements:
            if isinstance(entry, cst.DictElement) and literal(source, entry.key) == key:
                return entry.value
    if isinstance(base, cst.Call) and last_name(base.func) == "dict":
        found = keyword(base, key)
        return found.value if found is not None else None
    return None


def set_value(source: Source, node: cst.BaseExpression, new: str, current: Any = None) -> None:
    """Give a value to what an expression stands for: at its origin if that is a literal of one use, else right here.

    Args:
        source: the program.
        node: the expression.
        new: text of the new value.
        current: the value that the case had, where it is known; an origin with another value is not what was used.
    """
    found = origin(source, node)
    if found is not None and found is not node and is_literal(source, found):
        value = literal(source, found)
        if current is None or value == current or (isinstance(value, float) and _close(value, current)):
            source.replace(found, new)
            return
    source.replace(node, new)


def _close(value: float, other: Any) -> bool:
    return isinstance(other, (int, float)) and abs(value - other) <= 1e-5 * max(abs(value), abs(other))
