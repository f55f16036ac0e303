"""Statements that bring the rows of one array into another order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import libcst as cst

from assistant.patching.calls import keyword, positional
from assistant.patching.lineage import Lineage, held_at
from assistant.patching.names import assignment_of, dotted, last_name, path_of
from assistant.patching.source import Source
from assistant.patching.values import assigned_value, is_literal

Kind = Literal["in_place", "shuffled", "permuted", "indexed", "drawn", "sampled", "sorted", "sorted_in_place", "split"]

_INDICES = ("permutation", "argsort", "shuffle", "choice", "sample")
"""Functions that give an order of rows."""


@dataclass(frozen=True)
class Move:
    """One array brought into another order.

    Attributes:
        kind: ``in_place``: ``np.random.shuffle(x)``; ``shuffled``: ``x = shuffle(x)``; ``permuted``: ``x =
            rng.permutation(x)``; ``indexed``: ``x = x[order]``; ``drawn``: the order stands in the brackets itself;
            ``sampled``: ``x = x.sample(frac=1)``; ``sorted`` and ``sorted_in_place``: ``np.sort(x)``, ``x.sort()``;
            ``split``: ``a, b = train_test_split(x)``, of one array or more.
        statement: that does it.
        name: of the array as it is afterwards; of a split, that of the first array which is split.
        node: the call or the subscript.
        order: name of the index, where there is one.
    """

    kind: Kind
    statement: cst.BaseSmallStatement
    name: str
    node: cst.Call | cst.Subscript
    order: str = ""


def moves_of(source: Source, line: Lineage) -> list[Move]:
    """Every move on the way of an array, in the order of the text."""
    found = []
    made = line.statements
    for statement in source.small_statements():
        move = _in_place(source, statement, line) if isinstance(statement, cst.Expr) else None
        if move is None and statement in made:
            move = _assigned(source, statement)
        if move is not None:
            found.append(move)
    return found


def _in_place(source: Source, statement: cst.Expr, line: Lineage) -> Move | None:
    call = statement.value
    if not isinstance(call, cst.Call):
        return None
    if last_name(call.func) == "shuffle":
        given = positional(call, 0)
        kind: Kind = "in_place"
        name = dotted(given.value) if given is not None else None
    elif last_name(call.func) == "sort" and isinstance(call.func, cst.Attribute) and not call.args:
        kind, name = "sorted_in_place", dotted(call.func.value)
    else:
        return None
    return Move(kind, statement, name, call) if name is not None and name in held_at(source, line, statement) else None


def _assigned(source: Source, statement: cst.BaseSmallStatement) -> Move | None:
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    target, value = statement.targets[0].target, statement.value
    if isinstance(value, cst.Call) and last_name(value.func) == "train_test_split":
        return _split(source, statement, value)
    if not isinstance(target, cst.Name):
        return None
    if isinstance(value, cst.Call):
        kind = _kind_of_call(source, value)
        return Move(kind, statement, target.value, value) if kind is not None else None
    if isinstance(value, cst.Subscript) and len(value.slice) == 1 and isinstance(value.slice[0].slice, cst.Index):
        index = value.slice[0].slice.value
        if isinstance(index, cst.Call) and last_name(index.func) in _INDICES:
            return Move("drawn", statement, target.value, value)
        if isinstance(index, cst.Name) and _is_order(source, index):
            return Move("indexed", statement, target.value, value, index.value)
    return None


def _split(source: Source, statement: cst.Assign, call: cst.Call) -> Move | None:
    given = positional(call, 0)
    known = keyword(call, "shuffle")
    stays = known is not None and source.code(known.value) == "False"
    name = dotted(given.value) if given is not None else None
    return None if name is None or stays else Move("split", statement, name, call)


def _kind_of_call(source: Source, call: cst.Call) -> Kind | None:
    given, axis = positional(call, 0), keyword(call, "axis")
    if axis is not None and source.code(axis.value) != "0":
        return None
    if last_name(call.func) == "sample" and isinstance(call.func, cst.Attribute) and keyword(call, "frac") is not None:
        return "sampled"
    if given is None or isinstance(given.value, cst.Call) or is_literal(source, given.value):
        return None
    if positional(call, 1) is not None:
        return None
    if last_name(call.func) == "shuffle" and path_of(source, call.func).startswith("sklearn"):
        return "shuffled"
    if last_name(call.func) == "permutation" and isinstance(given.value, cst.Name):
        return "permuted"
    if path_of(source, call.func) == "numpy.sort":
        return "sorted"
    return None


def _is_order(source: Source, index: cst.Name) -> bool:
    """Whether a name holds an order of rows: drawn as one, or shuffled in place."""
    statement = assignment_of(source, index.value, index)
    value = assigned_value(statement, index.value) if statement is not None else None
    if isinstance(value, cst.Call) and last_name(value.func) in _INDICES:
        return True
    shuffled = [one for one in source.all(cst.Call) if last_name(one.func) == "shuffle"]
    given = [positional(one, 0) for one in shuffled]
    return any(one is not None and dotted(one.value) == index.value for one in given)


def moved_apart(source: Source, x: Lineage, y: Lineage) -> tuple[list[Move], list[Move]]:
    """The moves of inputs that targets do not go along with, and those of targets."""
    of_x, of_y = moves_of(source, x), moves_of(source, y)
    both = {one.statement for one in of_x} & {one.statement for one in of_y}
    of_x, of_y = ([one for one in moves if one.statement not in both] for moves in (of_x, of_y))
    return _without(source, of_x, of_y), _without(source, of_y, of_x)


def _without(source: Source, moves: Sequence[Move], others: Sequence[Move]) -> list[Move]:
    """Moves that none of the others is the counterpart of."""
    return [one for one in moves if not any(_alike(source, one, other) for other in others)]


def _alike(source: Source, one: Move, other: Move) -> bool:
    """Whether two moves bring their arrays into the same order."""
    if one.kind != other.kind:
        return False
    if one.kind == "indexed":
        made = (assignment_of(source, one.order, one.node), assignment_of(source, other.order, other.node))
        return one.order == other.order and made[0] is made[1]
    return _seed(source, one) is not None and _seed(source, one) == _seed(source, other)


def _seed(source: Source, move: Move) -> str | None:
    """What the order is drawn from, where that is written down: the move's own seed, or one set on the line before."""
    if isinstance(move.node, cst.Call):
        own, strata = keyword(move.node, "random_state"), keyword(move.node, "stratify")
        if own is not None:
            return source.code(own.value) + (f", {source.code(strata.value)}" if strata is not None else "")
    line = source.parent(move.statement)
    block = source.parent(line) if line is not None else None
    body = list(getattr(block, "body", ()))
    before = body[body.index(line) - 1] if line in body and body.index(line) > 0 else None
    if isinstance(before, cst.SimpleStatementLine) and isinstance(before.body[0], cst.Expr):
        call = before.body[0].value
        if isinstance(call, cst.Call) and last_name(call.func) == "seed":
            return source.code(call)
    return None
