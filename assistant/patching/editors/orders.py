"""Inputs and labels brought into one and the same order."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import keyword, positional
from assistant.patching.editing import Editing
from assistant.patching.lineage import Lineage, fit_pair, held_at, lineage, row_names
from assistant.patching.model import CannotEditError
from assistant.patching.moves import Move, moved_apart, moves_of
from assistant.patching.names import assignment_of, dotted, fresh, last_name, numpy_name, path_of, reads
from assistant.patching.registry import editor
from assistant.patching.source import Source
from assistant.patching.statements import delete, insert_after, insert_before, statement_of
from assistant.patching.values import assigned_value

_BY_HAND = "Move inputs and labels with one and the same index by hand"
_LISTS = ("list", "sorted", "glob", "listdir", "tolist", "split", "splitlines")


@editor("move_together", order=50)
def move_together(edit: Editing) -> None:
    """Let the labels go along where the inputs alone are moved, and the other way round."""
    if keyword(edit.call("fit"), "sample_weight") is not None:
        # Weights belong to their rows as labels do.
        raise edit.refuse(_BY_HAND, "fit")
    x, y = _lines(edit)
    of_x, of_y = moved_apart(edit.source, x, y)
    if len(of_x) > 1 or len(of_y) > 1 or not (of_x or of_y):
        raise edit.refuse(_BY_HAND, "fit")
    if _sorts(of_x) or (_sorts(of_y) and not _is_flat(edit)):
        # Numbers within a row may be sorted on purpose.
        raise edit.refuse(_BY_HAND, "fit")
    if of_x and of_y:
        first, second = sorted((of_x[0], of_y[0]), key=lambda one: edit.source.start(one.statement))
        if first.kind == second.kind == "split":
            _split_together(edit, first, second)
            return
        if first.kind == second.kind == "indexed":
            _use_order(edit, first, second)
            return
        _undo(edit, second)
        move_together(edit)
        return
    move, own, other = (of_x[0], x, y) if of_x else (of_y[0], y, x)
    if move.kind == "split":
        _join_split(edit, move, [one for one in moves_of(edit.source, other) if one.kind == "split"])
        return
    if _sorts([move]):
        _undo(edit, move)
        return
    _take_along(edit, move, _partner(edit, move, own, other))


def _lines(edit: Editing) -> tuple[Lineage, Lineage]:
    pair = fit_pair(edit.source, edit.call("fit"))
    if pair is None:
        raise edit.refuse(_BY_HAND, "fit")
    x, y = pair
    return lineage(edit.source, x), lineage(edit.source, y)


def _sorts(moves: list[Move]) -> bool:
    return any(one.kind in ("sorted", "sorted_in_place") for one in moves)


def _partner(edit: Editing, move: Move, own: Lineage, other: Lineage) -> str:
    """The one name that holds the rows which have to go along."""
    source = edit.source
    held = held_at(source, other, move.statement) - held_at(source, own, move.statement) - {move.name}
    if len(held) != 1:
        raise edit.refuse(_BY_HAND, "fit")
    return held.pop()


def _use_order(edit: Editing, first: Move, second: Move) -> None:
    assert isinstance(second.node, cst.Subscript)
    index = second.node.slice[0].slice
    assert isinstance(index, cst.Index)
    if len(reads(edit.source, second.order)) > 1:
        raise edit.refuse(_BY_HAND, "fit")
    edit.source.replace(index.value, first.order)


def _join_split(edit: Editing, move: Move, others: list[Move]) -> None:
    """Let the only other split take the array along."""
    if len(others) != 1:
        raise edit.refuse(_BY_HAND, "fit")
    first, second = sorted((others[0], move), key=lambda one: edit.source.start(one.statement))
    _split_together(edit, first, second)


def _split_together(edit: Editing, first: Move, second: Move) -> None:
    """One call of ``train_test_split`` for both."""
    source = edit.source
    assert isinstance(first.statement, cst.Assign)
    assert isinstance(second.statement, cst.Assign)
    target, more = first.statement.targets[0].target, second.statement.targets[0].target
    arrays = [source.code(one) for one in _arrays(second)]
    names = [one.split(".")[0] for one in arrays]
    made = [
        (assignment_of(source, one, first.statement), assignment_of(source, one, second.statement)) for one in names
    ]
    if any(early is None or early is not late for early, late in made):
        # It is not there yet, or is changed between the two.
        raise edit.refuse(_BY_HAND, "fit")
    end = source.end(_arrays(first)[-1])
    edits = [(*source.span(target), f"{_plain(source, target)}, {_plain(source, more)}")]
    edits.append((end, end, "".join(f", {one}" for one in arrays)))
    delete(source, second.statement)
    source.splices(edits)


def _arrays(move: Move) -> list[cst.BaseExpression]:
    """What a split is given by position."""
    assert isinstance(move.node, cst.Call)
    return [one.value for one in move.node.args if one.keyword is None and not one.star]


def _plain(source: Source, target: cst.BaseExpression) -> str:
    return source.code(target).strip("()[] ")


def _undo(edit: Editing, move: Move) -> None:
    """Leave an array in the order that it has."""
    source, node = edit.source, move.node
    if move.kind in ("in_place", "sorted_in_place"):
        delete(source, move.statement)
        return
    if move.kind == "split":
        raise edit.refuse(_BY_HAND, "fit")
    if isinstance(node, cst.Subscript):
        kept = node.value
    elif move.kind == "sampled":
        assert isinstance(node.func, cst.Attribute)
        kept = node.func.value
    else:
        given = positional(node, 0)
        assert given is not None
        kept = given.value
    if dotted(kept) == move.name:
        delete(source, move.statement)
    else:
        source.replace(node, source.code(kept))


def _take_along(edit: Editing, move: Move, other: str) -> None:
    source, node = edit.source, move.node
    if _is_needed_as_it_was(source, move):
        raise edit.refuse(_BY_HAND, "fit")
    match move.kind:
        case "shuffled":
            assert isinstance(node, cst.Call)
            given = positional(node, 0)
            assert given is not None
            assert isinstance(move.statement, cst.Assign)
            target = move.statement.targets[0].target
            end = source.end(given.value)
            source.splices([(source.end(target), source.end(target), f", {other}"), (end, end, f", {other}")])
        case "in_place":
            assert isinstance(node, cst.Call)
            order = fresh(source, "order")
            picked = f"{_picked(source, move, move.name, order)}, {_picked(source, move, other, order)}"
            line = f"{move.name}, {other} = {picked}"
            drawn = f"{order} = {_generator(source, node)}.permutation(len({move.name}))"
            _replaced(source, move, [drawn, line])
        case "permuted":
            assert isinstance(node, cst.Call)
            given = positional(node, 0)
            assert given is not None
            order, code = fresh(source, "order"), source.code(given.value)
            drawn = f"{order} = {_generator(source, node)}.permutation(len({code}))"
            line = f"{move.name}, {other} = {code}[{order}], {_picked(source, move, other, order)}"
            _replaced(source, move, [drawn, line])
        case "drawn":
            assert isinstance(node, cst.Subscript)
            index = node.slice[0].slice
            assert isinstance(index, cst.Index)
            order = fresh(source, "order")
            drawn = f"{order} = {source.code(index.value)}"
            line = f"{move.name}, {other} = {source.code(node.value)}[{order}], {_picked(source, move, other, order)}"
            _replaced(source, move, [drawn, line])
        case "indexed":
            insert_after(source, move.statement, [f"{other} = {_picked(source, move, other, move.order)}"])
        case "sampled":
            if _is_array(source, move, other):
                raise edit.refuse(_BY_HAND, "fit")
            insert_after(source, move.statement, [f"{other} = {other}.loc[{move.name}.index]"])
        case _:
            raise edit.refuse(_BY_HAND, "fit")


def _is_needed_as_it_was(source: Source, move: Move) -> bool:
    """Whether the array is read behind its move under the name that it had before, beside what has to go along."""
    before = {one.value for one in row_names(source, move.node)} - {move.name}
    end = source.end(move.statement)
    return any(source.start(one) > end for name in before for one in reads(source, name))


def _is_flat(edit: Editing) -> bool:
    """Whether there is one number a row of the targets."""
    data = edit.case.data.get("y")
    return data is None or not data.shapes or len(data.shapes[0]) == 1


def _replaced(source: Source, move: Move, lines: list[str]) -> None:
    """Statements in the place of the one that moves."""
    whole = statement_of(source, move.statement)
    if isinstance(whole, cst.SimpleStatementLine) and len(whole.body) > 1:
        raise CannotEditError(f"Line {source.line(whole)} holds several statements; give each a line of its own.")
    *before, last = lines
    start, end = source.span(move.statement)
    source.splice(start, end, last)
    found = next(one for one in source.small_statements() if source.start(one) == start)
    insert_before(source, found, before)


def _generator(source: Source, call: cst.Call) -> str:
    """What draws the order: the program's own generator, else NumPy's."""
    if isinstance(call.func, cst.Attribute) and not path_of(source, call.func.value).startswith(
        ("random", "tensorflow")
    ):
        return source.code(call.func.value)
    return f"{numpy_name(source)}.random"


def _value(source: Source, move: Move, name: str) -> cst.BaseExpression | None:
    statement = assignment_of(source, name, move.statement)
    return assigned_value(statement, name) if statement is not None else None


def _picked(source: Source, move: Move, name: str, order: str) -> str:
    """Rows of an array, or of a list, in an order."""
    value = _value(source, move, name)
    is_list = isinstance(value, (cst.List, cst.ListComp)) or (
        isinstance(value, cst.Call) and last_name(value.func) in _LISTS
    )
    # What `random` shuffles is a list, and what belongs to it is likely another.
    if is_list or (isinstance(move.node, cst.Call) and path_of(source, move.node.func) == "random.shuffle"):
        return f"[{name}[i] for i in {order}]"
    if isinstance(move.node, cst.Subscript) and last_name(move.node.value) == "iloc":
        return f"{name}.iloc[{order}]"
    if _is_of_a_table(value):
        return f"{numpy_name(source)}.asarray({name})[{order}]"
    return f"{name}[{order}]"


def _is_of_a_table(value: cst.BaseExpression | None) -> bool:
    """Whether a value is taken by a column's name, or by several: numbers in brackets then mean labels."""
    if not isinstance(value, cst.Subscript) or len(value.slice) != 1:
        return False
    index = value.slice[0].slice
    return isinstance(index, cst.Index) and isinstance(index.value, (cst.SimpleString, cst.List))


def _is_array(source: Source, move: Move, name: str) -> bool:
    """Whether a name is given an array rather than a column of a table."""
    value = _value(source, move, name)
    if isinstance(value, cst.Attribute):
        return value.attr.value == "values"
    return isinstance(value, cst.Call) and last_name(value.func) in ("to_numpy", "array", "asarray", "astype")
