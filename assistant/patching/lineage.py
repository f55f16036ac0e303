"""The way of an array through a program: which statements made it, and from which names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from assistant.patching.calls import argument
from assistant.patching.names import assignment_of, imported, last_name, parameters_of, targets_of
from assistant.patching.source import Source
from assistant.patching.values import assigned_value, parameter_value

_DEPTH = 40
_READERS = ("fit_transform", "transform", "inverse_transform", "predict", "map", "adapt")
"""Methods whose object holds a recipe, and whose argument holds the rows."""

_PAIRED = {"train_test_split": 2, "shuffle": 1, "resample": 1}
"""Functions that give so many results for each array that they are given."""


@dataclass(frozen=True)
class Read:
    """A name on the way, where it is read, and the statement that gave it the value it has there."""

    name: cst.Name
    statement: cst.CSTNode


@dataclass
class Lineage:
    """What an expression was made from."""

    reads: list[Read] = field(default_factory=list)

    @property
    def statements(self) -> set[cst.CSTNode]:
        """Every statement that had a part in it."""
        return {one.statement for one in self.reads}


def lineage(source: Source, node: cst.BaseExpression) -> Lineage:
    """Follow an expression back through assignments, parameters and the returns of functions of this file."""
    found = Lineage()
    seen: set[tuple[cst.CSTNode, str]] = set()

    def follow(node: cst.BaseExpression, depth: int) -> None:
        for name in row_names(source, node):
            statement = assignment_of(source, name.value, name)
            if statement is None:
                given = _of_caller(source, name)
                if given is not None and depth < _DEPTH:
                    follow(given, depth + 1)
                continue
            found.reads.append(Read(name, statement))
            if (statement, name.value) in seen or depth >= _DEPTH:
                continue
            seen.add((statement, name.value))
            for one in made_from(source, statement, name.value):
                follow(one, depth + 1)

    follow(node, 0)
    return found


def _of_caller(source: Source, name: cst.Name) -> cst.BaseExpression | None:
    function = source.function(name)
    if function is None or name.value in ("self", "cls") or name.value not in parameters_of(function):
        return None
    return parameter_value(source, function, name.value)


def row_names(source: Source, node: cst.CSTNode) -> list[cst.Name]:
    """The names in an expression whose rows its rows are: not those of indices, settings, modules and functions."""
    return list(_row_names(source, node))


def _row_names(source: Source, node: cst.CSTNode) -> Iterator[cst.Name]:
    match node:
        case cst.Name():
            yield node
        case cst.Subscript() | cst.Attribute() | cst.StarredElement():
            yield from _row_names(source, node.value)
        case cst.UnaryOperation():
            yield from _row_names(source, node.expression)
        case cst.BinaryOperation():
            yield from _row_names(source, node.left)
            yield from _row_names(source, node.right)
        case cst.Comparison():
            yield from _row_names(source, node.left)
        case cst.IfExp():
            yield from _row_names(source, node.body)
            yield from _row_names(source, node.orelse)
        case cst.Tuple() | cst.List():
            for one in node.elements:
                yield from _row_names(source, one.value)
        case cst.ListComp() | cst.GeneratorExp():
            yield from _row_names(source, node.for_in.iter)
        case cst.Call():
            yield from _of_call(source, node)


def _of_call(source: Source, call: cst.Call) -> Iterator[cst.Name]:
    given = [one.value for one in call.args if one.keyword is None and not one.star]
    if not isinstance(call.func, cst.Attribute) or _is_module(source, call.func.value):
        if given and last_name(call.func) not in ("range", "len"):
            yield from _row_names(source, given[0])
    elif call.func.attr.value in _READERS:
        for one in given[:1]:
            yield from _row_names(source, one)
    else:
        yield from _row_names(source, call.func.value)


def _is_module(source: Source, node: cst.BaseExpression) -> bool:
    """Whether an expression is an imported module or something of one, such as ``np.random``."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name) and any(one.local.split(".")[0] == node.value for one in imported(source, node))


def made_from(source: Source, statement: cst.CSTNode, name: str) -> list[cst.BaseExpression]:
    """The expressions that a statement makes a name from; of a call with several results, those that belong to it."""
    plain = assigned_value(statement, name)
    if plain is not None:
        return _returned(source, plain, ())
    if isinstance(statement, cst.AugAssign):
        return [statement.target, statement.value]
    if not isinstance(statement, cst.Assign):
        return []
    path = next((found for one in statement.targets if (found := _path(one.target, name)) is not None), None)
    if path is None:
        return []
    paired = _PAIRED.get(last_name(statement.value.func)) if isinstance(statement.value, cst.Call) else None
    if paired is not None and isinstance(statement.value, cst.Call):
        given = [one.value for one in statement.value.args if one.keyword is None and not one.star]
        place = path[0] // paired
        return [given[place]] if place < len(given) else [statement.value]
    return _returned(source, statement.value, path)


def _path(target: cst.BaseExpression, name: str) -> tuple[int, ...] | None:
    """Where a name stands in a target such as ``(a, b), c``."""
    if isinstance(target, cst.Name):
        return () if target.value == name else None
    if isinstance(target, (cst.Tuple, cst.List)):
        for place, one in enumerate(target.elements):
            inner = _path(one.value, name)
            if inner is not None:
                return (place, *inner)
    return None


def _returned(source: Source, value: cst.BaseExpression, path: tuple[int, ...]) -> list[cst.BaseExpression]:
    """What a call of a function of this file returns at that place; the expression itself where it is none."""
    function = _own_function(source, value)
    if function is not None:
        returns = [one.value for one in source.all(cst.Return, function) if source.function(one) is function]
        return [_at(one, path) for one in returns if one is not None]
    return [_at(value, path)]


def _own_function(source: Source, value: cst.BaseExpression) -> cst.FunctionDef | None:
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Name):
        return None
    named = [one for one in source.all(cst.FunctionDef) if one.name.value == value.func.value]
    return named[0] if len(named) == 1 else None


def _at(value: cst.BaseExpression, path: tuple[int, ...]) -> cst.BaseExpression:
    for place in path:
        if not isinstance(value, (cst.Tuple, cst.List)) or place >= len(value.elements):
            return value
        value = value.elements[place].value
    return value


def held_at(source: Source, line: Lineage, place: cst.CSTNode) -> set[str]:
    """The names that hold the rows when a statement runs: given their value before it, read after it."""
    scope = source.function(place)
    return {
        one.name.value
        for one in line.reads
        if source.function(one.statement) is scope
        and source.function(one.name) is scope
        and source.end(one.statement) <= source.start(place)
        and source.end(place) <= source.start(one.name)
    }


def fit_pair(source: Source, call: cst.Call) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Inputs and targets as expressions: the arguments of ``fit``, or what the data that it is given are made from."""
    x, y = argument(call, "x", 0), argument(call, "y", 1)
    if x is None:
        return None
    if y is not None:
        return x.value, y.value
    waiting, seen = [x.value], 0
    while waiting and seen < _DEPTH:
        node, seen = waiting.pop(0), seen + 1
        for one in [node, *source.all(cst.Call, node)]:
            pair = _pair_of(one)
            if pair is not None:
                return pair
        for name in row_names(source, node):
            statement = assignment_of(source, name.value, name)
            if statement is not None and name.value in targets_of(statement):
                waiting += made_from(source, statement, name.value)
    return None


def _pair_of(node: cst.CSTNode) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """``x, y`` of ``from_tensor_slices((x, y))``, of ``zip((x, y))``, and of a class of batches that is given both."""
    if not isinstance(node, cst.Call):
        return None
    given = [one.value for one in node.args if one.keyword is None and not one.star]
    if last_name(node.func) in ("from_tensor_slices", "zip", "from_tensors") and given:
        pair = given[0]
        if isinstance(pair, (cst.Tuple, cst.List)) and len(pair.elements) == 2:
            return pair.elements[0].value, pair.elements[1].value
        return None
    of_a_class = last_name(node.func)[:1].isupper() and len(given) >= 2
    return (given[0], given[1]) if of_a_class and all(isinstance(one, cst.Name) for one in given[:2]) else None
