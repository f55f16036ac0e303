"""Whether a program compares settings: a loop that makes the model anew from values of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FrameType
from typing import Any

from .loops import loops_at, within
from .places import Places

SIMPLE = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return, ast.AugAssign)


def compared(places: Places, model: Any, start: FrameType | None) -> tuple[str, ...]:
    """The names of a loop from which the program makes a model and its settings anew in each round.

    Folds and repetitions are no such names: the rows of a fold do not make the model, and a plain `range` counts.

    Args:
        places: the registry, which knows where the model was made.
        model: the model that is trained.
        start: the frame that asks for the training.
    """
    made = places.trace_of(model) or ()
    frame = start
    while frame is not None:
        if frame.f_code.co_filename in places.user_code:
            around = [one for one in loops_at(places, frame) if within(made, one, frame)]
            if around:
                lines = {raw.line for raw in made if raw.code is frame.f_code}
                return tuple(dict.fromkeys(_used(around, lines)))
        frame = frame.f_back
    return ()


def _used(around: list[Any], lines: set[int]) -> Iterator[str]:
    known = [name for loop in around if isinstance(loop, ast.For) and not _counts(loop.iter) for name in _names(loop)]
    for statement in ast.walk(around[0]):
        if isinstance(statement, SIMPLE) and (_compiles(statement) or _spans(statement, lines)):
            given = set(_arguments(statement))
            yield from (name for name in known if name in given)


def _names(loop: ast.For) -> list[str]:
    return [one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)]


def _counts(iterable: ast.expr) -> bool:
    return isinstance(iterable, ast.Call) and getattr(iterable.func, "id", "") == "range" and len(iterable.args) == 1


def _compiles(statement: ast.stmt) -> bool:
    calls = (one for one in ast.walk(statement) if isinstance(one, ast.Call))
    return any(isinstance(one.func, ast.Attribute) and one.func.attr == "compile" for one in calls)


def _spans(statement: ast.stmt, lines: set[int]) -> bool:
    return any(statement.lineno <= line <= (statement.end_lineno or statement.lineno) for line in lines)


def _arguments(statement: ast.stmt) -> Iterator[str]:
    """Names that are arguments of calls, themselves or with an item or attribute; not those that choose an item."""
    for call in (one for one in ast.walk(statement) if isinstance(one, ast.Call)):
        given = [*call.args, *(one.value for one in call.keywords if one.arg != "name")]
        for one in given:
            while isinstance(one, (ast.Attribute, ast.Subscript, ast.Starred)):
                one = one.value
            if isinstance(one, ast.Name):
                yield one.id
