"""The arrays that ``fit`` is given, and statements that change them on the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

from assistant.patching.calls import argument, keyword
from assistant.patching.editing import Editing
from assistant.patching.names import assignment_of, parameters_of, reads
from assistant.patching.source import Source
from assistant.patching.statements import insert_before, statement_of
from assistant.patching.values import assigned_value

ARRAYS = ("array", "frame", "tensor", "list")


@dataclass(frozen=True)
class Given:
    """One array on its way into ``fit``; nodes are of the tree as it is now.

    Attributes:
        node: the expression in the call, or in the pair that is the validation data.
        code: its text.
    """

    node: cst.BaseExpression
    code: str


@dataclass(frozen=True)
class FitData:
    """The data that ``fit`` is given."""

    x: Given | None
    y: Given | None
    validation_x: Given | None
    validation_y: Given | None


def fit_data(edit: Editing) -> FitData:
    """What ``fit`` is given now; None for what is not given or not written as an array of its own."""
    source, call = edit.source, edit.call("fit")
    pair = keyword(call, "validation_data")
    values: list[cst.BaseExpression] = []
    if pair is not None:
        node = pair.value
        if isinstance(node, cst.Name):
            statement = assignment_of(source, node.value, node)
            held = assigned_value(statement, node.value) if statement is not None else None
            node = held if held is not None else node
        if isinstance(node, (cst.Tuple, cst.List)):
            values = [one.value for one in node.elements]
    x, y = argument(call, "x", 0), argument(call, "y", 1)
    return FitData(
        _given(source, x.value if x is not None else None),
        _given(source, y.value if y is not None else None),
        _given(source, values[0] if values else None),
        _given(source, values[1] if len(values) > 1 else None),
    )


def _given(source: Source, node: cst.BaseExpression | None) -> Given | None:
    return None if node is None else Given(node, source.code(node))


def needs_arrays(edit: Editing, what: str, *arguments: str) -> None:
    """Refuse where data come as a stream, or as several arrays at once.

    Raises:
        CannotEditError: with ``what`` as the thing to do by hand.
    """
    for name in arguments:
        data = edit.case.data.get(name)
        if data is not None and (data.kind not in ARRAYS or len(data.shapes) > 1):
            raise edit.refuse(what, f"fit.{name}" if f"fit.{name}" in edit.case.places else "fit")


def change(edit: Editing, which: str, write: Callable[[str], str]) -> str | None:
    """Let one array be changed before ``fit``; the name or expression that ``fit`` gets then.

    A name of the same scope is assigned anew. Any other name, and any expression that reads like a part of an array,
    gets a new name, so that what else uses it stays as it was.

    Args:
        edit: the treatment at work.
        which: ``x``, ``y``, ``validation_x`` or ``validation_y``.
        write: the code of the new array, made from the code of the old one.
    """
    given: Given | None = getattr(fit_data(edit), which)
    if given is None:
        return None
    if isinstance(given.node, cst.Name) and is_local(edit, given.node):
        put_before_fit(edit, [f"{given.code} = {write(given.code)}"], given.node.value)
        return given.code
    edit.source.replace(given.node, write(_bracketed(given)))
    return None


def _bracketed(given: Given) -> str:
    simple = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
    return given.code if isinstance(given.node, simple) or given.node.lpar else f"({given.code})"


def operand(given: Given) -> str:
    """The text of an array as a term of a larger expression."""
    return _bracketed(given)


def is_local(edit: Editing, name: cst.Name) -> bool:
    """Whether a name belongs to the function, or the module, that calls ``fit``: only then may it be assigned there."""
    function = edit.source.function(edit.call("fit"))
    if function is None:
        return True
    if name.value in parameters_of(function):
        return True
    statement = assignment_of(edit.source, name.value, name)
    return statement is not None and edit.source.function(statement) is function


def put_before_fit(edit: Editing, lines: list[str], *names: str) -> None:
    """Put statements before ``fit``; before the loop around it where the names do not change inside that loop."""
    insert_before(edit.source, before_fit(edit, *names), lines)


def before_fit(edit: Editing, *names: str) -> cst.CSTNode:
    """The statement to put preparations before: that of ``fit``, or the outermost loop that leaves the names alone."""
    source, call = edit.source, edit.call("fit")
    chosen: cst.CSTNode = statement_of(source, call)
    function = source.function(call)
    for outer in source.ancestors(call):
        if outer is function:
            break
        if isinstance(outer, (cst.For, cst.While)):
            if any(_is_assigned(source, outer, name) for name in names):
                break
            chosen = outer
    return chosen


def _is_assigned(source: Source, within: cst.CSTNode, name: str) -> bool:
    """Whether a name gets a value inside a block, be it by the loop itself."""
    read = {id(one) for one in reads(source, name, within)}
    plain = [one for one in source.all(cst.Name, within) if one.value == name]
    held = {id(one) for one in plain if _is_attribute(source, one) or _is_keyword(source, one)}
    return any(id(one) not in read and id(one) not in held for one in plain)


def _is_attribute(source: Source, node: cst.Name) -> bool:
    parent = source.parent(node)
    return isinstance(parent, cst.Attribute) and parent.attr is node


def _is_keyword(source: Source, node: cst.Name) -> bool:
    parent = source.parent(node)
    return isinstance(parent, cst.Arg) and parent.keyword is node


def root_names(node: cst.BaseExpression, source: Source) -> list[str]:
    """The plain names that an expression reads, modules and functions left out."""
    called = {id(one.func) for one in source.all(cst.Call, node)}
    if isinstance(node, cst.Call):
        called.add(id(node.func))
    found = [node] if isinstance(node, cst.Name) else source.all(cst.Name, node)
    names = []
    for one in found:
        if id(one) in called or _is_attribute(source, one) or _is_keyword(source, one):
            continue
        names.append(one.value)
    return list(dict.fromkeys(names))
