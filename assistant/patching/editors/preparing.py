"""How inputs are prepared: axes moved rather than renumbered, and pixels divided as fractions."""

from __future__ import annotations

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
LARGEST = (127.0, 256.0)
"""Between these lie the numbers that pixels are divided by."""

_MOVED = {2: ((1, 0), ".T"), 3: ((0, 2, 1), ".transpose(0, 2, 1)"), 4: ((0, 3, 1, 2), ".transpose(0, 2, 3, 1)")}
"""By rank: in which order the sizes of a reshape are read before the axes are moved, and the move."""


@editor("move_axes", order=48)
def move_axes(edit: Editing) -> None:
    """Where rows are renumbered by a reshape, read them as they lie in memory and move the axes."""
    source = edit.source
    wanted: dict[tuple[int, int], str] = {}
    for node in _inputs(edit):
        # What was reshaped before is laid out anew by the last one.
        calls = [one for one in _within(edit, cst.Call, node) if last_name(one.func) == "reshape"]
        last = max(calls, key=source.start, default=None)
        code = _moved(source, last) if last is not None else None
        if last is not None and code is not None:
            wanted[source.span(last)] = code
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
    worked_out = [place for place, one in enumerate(given) if literal(source, one) == -1]
    if worked_out and (len(given) == 2 or worked_out != [0]):
        # So rows are flattened, each by itself.
        return None
    if known is None or sum(literal(source, one) != 1 for one in given[1:]) < len(given) - 1:
        return None
    order, move = known
    return f"{code}.reshape({', '.join(source.code(given[one]) for one in order)}){move}"


@editor("divide_as_fractions", order=49)
def divide_as_fractions(edit: Editing) -> None:
    """A division of the inputs that gives whole numbers gives fractions."""
    source = edit.source
    edits: dict[tuple[int, int], str] = {}
    for statement in {one for node in _inputs(edit) for one in lineage(source, node).statements}:
        if isinstance(statement, cst.AugAssign) and isinstance(statement.operator, cst.FloorDivideAssign):
            name = dotted(statement.target)
            if name is not None and _is_largest(source, statement.value):
                edits[source.span(statement)] = f"{name} = {name} / {source.code(statement.value)}"
    for node in _all_within(edit, cst.BinaryOperation):
        if isinstance(node.operator, cst.FloorDivide) and _is_largest(source, node.right) and not _counts(source, node):
            edits[source.span(node.operator)] = source.code(node.operator).replace("//", "/")
    for call in _all_within(edit, cst.Call):
        if last_name(call.func) == "astype" and _cuts_fractions(source, call):
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


def _is_largest(source: Source, node: cst.BaseExpression) -> bool:
    """Whether a number is one that pixels are divided by."""
    value = literal(source, node)
    return isinstance(value, (int, float)) and LARGEST[0] <= value <= LARGEST[1]


def _counts(source: Source, node: cst.CSTNode) -> bool:
    """Whether a division tells a place or a size."""
    for one in source.ancestors(node):
        if isinstance(one, (cst.SubscriptElement, cst.Index, cst.Slice)):
            return True
        if isinstance(one, cst.Call) and last_name(one.func) in ("reshape", "range", "arange", "len"):
            return True
    return False


def _all_within(edit: Editing, kind: type[Kind]) -> list[Kind]:
    """Every node of a kind on the way of training and validation inputs."""
    return list(dict.fromkeys(found for node in _inputs(edit) for found in _within(edit, kind, node)))


def _within(edit: Editing, kind: type[Kind], node: cst.BaseExpression) -> list[Kind]:
    """Every node of a kind on the way of an expression: in the statements that made it, and in itself."""
    found: dict[Kind, None] = {}
    for one in (*lineage(edit.source, node).statements, node):
        if isinstance(one, kind):
            found[one] = None
        found |= dict.fromkeys(edit.source.all(kind, one))
    return list(found)


def _inputs(edit: Editing) -> list[cst.BaseExpression]:
    """The expressions of training and validation inputs."""
    pair, held = fit_pair(edit.source, edit.call("fit")), fit_data(edit).validation_x
    return [*([pair[0]] if pair is not None else []), *([held.node] if held is not None else [])]
