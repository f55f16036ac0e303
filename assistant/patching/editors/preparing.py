"""How inputs are prepared: axes moved rather than renumbered, and pixels divided as fractions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import libcst as cst

from assistant.patching.arrays import fit_data
from assistant.patching.editing import Editing
from assistant.patching.lineage import fit_pair, lineage
from assistant.patching.names import dotted, last_name, path_of
from assistant.patching.registry import editor
from assistant.patching.source import Source
from assistant.patching.values import literal

Kind = TypeVar("Kind", bound=cst.CSTNode)

_AXES_BY_HAND = "Move the axes of the inputs by hand, with np.transpose in place of reshape"
_DIVIDE_BY_HAND = "Divide the inputs as fractions by hand"
_WHOLE = ("int", "uint8", "int8", "int16", "int32", "int64")
_MOVED = {2: ((1, 0), ".T"), 3: ((0, 2, 1), ".transpose(0, 2, 1)"), 4: ((0, 3, 1, 2), ".transpose(0, 2, 3, 1)")}
"""By rank: in which order the sizes of a reshape are read before the axes are moved, and the move."""


@editor("move_axes", order=48)
def move_axes(edit: Editing) -> None:
    """Where rows are renumbered by a reshape, read them as they lie in memory and move the axes."""
    source = edit.source
    wanted = {source.span(call): code for call in _calls(edit, "reshape") if (code := _moved(source, call)) is not None}
    if not wanted:
        raise edit.refuse(_AXES_BY_HAND, "fit.x")
    source.splices((*span, code) for span, code in wanted.items())


def _moved(source: Source, call: cst.Call) -> str | None:
    """The call with its axes moved; None where it has none to move, or only one that is not of size 1."""
    given = [one.value for one in call.args if one.keyword is None and not one.star]
    if len(given) != len(call.args) or not isinstance(call.func, cst.Attribute):
        return None
    code = source.code(call.func.value)
    if path_of(source, call.func) == "numpy.reshape" and len(given) == 2:
        code, given = source.code(given[0]), given[1:]
    elif path_of(source, call.func).startswith(("tensorflow", "keras")):
        return None
    if len(given) == 1 and isinstance(given[0], (cst.Tuple, cst.List)):
        given = [one.value for one in given[0].elements]
    known = _MOVED.get(len(given))
    if known is None or sum(literal(source, one) != 1 for one in given[1:]) < len(given) - 1:
        return None
    order, move = known
    return f"{code}.reshape({', '.join(source.code(given[one]) for one in order)}){move}"


@editor("divide_as_fractions", order=49)
def divide_as_fractions(edit: Editing) -> None:
    """A division of the inputs that gives whole numbers gives fractions."""
    source = edit.source
    edits: dict[tuple[int, int], str] = {}
    for statement in _statements(edit):
        if isinstance(statement, cst.AugAssign) and isinstance(statement.operator, cst.FloorDivideAssign):
            name = dotted(statement.target)
            if name is not None:
                edits[source.span(statement)] = f"{name} = {name} / {source.code(statement.value)}"
    for node in _within(edit, cst.BinaryOperation):
        if isinstance(node.operator, cst.FloorDivide) and isinstance(literal(source, node.right), (int, float)):
            edits[source.span(node.operator)] = source.code(node.operator).replace("//", "/")
    for call in _calls(edit, "astype"):
        if _cuts_fractions(source, call):
            edits[source.span(call.args[0].value)] = '"float32"'
    if not edits:
        raise edit.refuse(_DIVIDE_BY_HAND, "fit.x")
    source.splices((*span, code) for span, code in edits.items())


def _cuts_fractions(source: Source, call: cst.Call) -> bool:
    """``(x / 255).astype("uint8")``."""
    if not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
        return False
    kind = call.args[0].value
    name = literal(source, kind) if isinstance(kind, cst.SimpleString) else last_name(kind)
    divided = call.func.value
    return name in _WHOLE and isinstance(divided, cst.BinaryOperation) and isinstance(divided.operator, cst.Divide)


def _calls(edit: Editing, name: str) -> list[cst.Call]:
    return [one for one in _within(edit, cst.Call) if last_name(one.func) == name]


def _within(edit: Editing, kind: type[Kind]) -> list[Kind]:
    """Every node of a kind on the way of the inputs: in the statements that made them, and in what ``fit`` is given."""
    found: dict[Kind, None] = {}
    for one in (*_statements(edit), *_inputs(edit)):
        if isinstance(one, kind):
            found[one] = None
        found |= dict.fromkeys(edit.source.all(kind, one))
    return list(found)


def _statements(edit: Editing) -> list[cst.CSTNode]:
    made = {one for node in _inputs(edit) for one in lineage(edit.source, node).statements}
    return sorted(made, key=edit.source.start)


def _inputs(edit: Editing) -> Iterator[cst.BaseExpression]:
    """The expressions of training and validation inputs."""
    pair = fit_pair(edit.source, edit.call("fit"))
    if pair is not None:
        yield pair[0]
    held = fit_data(edit).validation_x
    if held is not None:
        yield held.node
