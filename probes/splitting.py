"""Inputs and targets that the program splits by separate draws, so that their rows no longer belong together."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .case import Case

SPLIT = "train_test_split"


def split_apart(case: Case) -> tuple[int, ...]:
    """Lines of the separate splits whose parts go into the held `fit` together; none where one draw made them all.

    Splits with the same written `random_state`, of rows that are as many, draw the same rows, and such as do not
    shuffle keep the order.
    """
    if case.places is None:
        return ()
    try:
        tree = case.places.source(case.places.user_code.program).tree
    except (SyntaxError, ValueError, OSError):
        return ()
    place = case.places.call(case.model, "fit")
    return lines_of_splits(tree, place.line) if place is not None else ()


def lines_of_splits(tree: ast.AST, fit_line: int) -> tuple[int, ...]:
    """The same of a program's syntax tree and the line on which its `fit` begins."""
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and one.lineno == fit_line]
    fit = next((one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "fit"), None)
    if fit is None:
        return ()
    given = [*fit.args[:2], *(one.value for one in fit.keywords if one.arg in ("x", "y"))]
    names = {one.id for part in given for one in ast.walk(part) if isinstance(one, ast.Name)}
    made: dict[str, ast.Call] = {}
    for name, call, line in _splits(tree):
        if line < fit.lineno and name in names:
            made[name] = call
    apart = {_draw(one): one.lineno for one in made.values()}
    return tuple(sorted(apart.values())) if len(apart) > 1 else ()


def _splits(tree: ast.AST) -> Iterator[tuple[str, ast.Call, int]]:
    """Each name that a shuffling split gives, the call, and its line, in the order of the text."""
    statements = [one for one in ast.walk(tree) if isinstance(one, ast.Assign)]
    for one in sorted(statements, key=lambda one: one.lineno):
        names = [part.id for target in one.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        call = one.value
        if isinstance(call, ast.Call) and _called(call) == SPLIT and not _keeps_order(call):
            yield from ((name, call, one.lineno) for name in names)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _keeps_order(call: ast.Call) -> bool:
    return any(one.arg == "shuffle" and getattr(one.value, "value", True) is False for one in call.keywords)


def _draw(call: ast.Call) -> str:
    """What tells one draw from another: the seed with the sizes where it is written, else the call itself."""
    settings = {one.arg or "": ast.unparse(one.value) for one in call.keywords}
    if settings.get("random_state", "None") == "None":
        return f"line {call.lineno}"
    return ", ".join(f"{name}={settings[name]}" for name in sorted(settings) if name != "stratify")
