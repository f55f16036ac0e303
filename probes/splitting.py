"""Inputs and targets that the program splits by separate draws, so that their rows no longer belong together."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .case import Case

SPLIT = "train_test_split"


def split_apart(case: Case) -> tuple[int, ...]:
    """Lines of the separate splits whose parts go into the held `fit` side by side; none where the same draws did.

    Told is only what is beyond doubt: draws of one seed, of settings that are handed on, or behind seeds that are set
    again and again, may give the same rows.
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
    scope = _scope_of(tree, fit_line)
    calls = [one for one in _within(scope) if isinstance(one, ast.Call) and one.lineno == fit_line]
    fit = next((one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "fit"), None)
    seeds = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and _called(one).endswith("seed")]
    if fit is None or len(seeds) > 1:
        return ()
    made = _made_by(scope, fit.lineno)
    draws = [
        {made[one.id] for one in ast.walk(part) if isinstance(one, ast.Name) and one.id in made} for part in _parts(fit)
    ]
    draws = [one for one in draws if one]
    calls_of = {call for one in draws for call in one}
    if len(draws) < 2 or all(one == draws[0] for one in draws) or not _surely_apart(list(calls_of)):
        return ()
    return tuple(sorted(one.lineno for one in calls_of))


def _parts(fit: ast.Call) -> Iterator[ast.expr]:
    """Inputs and targets side by side; several inputs each by itself."""
    given = [*fit.args[:2], *(one.value for one in fit.keywords if one.arg in ("x", "y"))]
    for one in given:
        if isinstance(one, (ast.List, ast.Tuple)):
            yield from one.elts
        elif isinstance(one, ast.Dict):
            yield from one.values
        else:
            yield one


def _scope_of(tree: ast.AST, line: int) -> ast.AST:
    """The innermost function around a line, else the whole program."""
    around = [
        one
        for one in ast.walk(tree)
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.lineno <= line <= (one.end_lineno or 0)
    ]
    return max(around, key=lambda one: one.lineno, default=tree)


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    """Every node of a scope, functions and classes inside it left out."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _within(child)


def _made_by(scope: ast.AST, before: int) -> dict[str, ast.Call]:
    """By name the split that its rows come from, at a line; what a name is given anew without itself is another's."""
    statements = [one for one in _within(scope) if isinstance(one, ast.Assign) and one.lineno < before]
    made: dict[str, ast.Call] = {}
    for one in sorted(statements, key=lambda one: one.lineno):
        names = [part.id for target in one.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        read = {part.id for part in ast.walk(one.value) if isinstance(part, ast.Name)}
        call = one.value if isinstance(one.value, ast.Call) and _called(one.value) == SPLIT else None
        for name in names:
            if call is not None and not _keeps_order(call):
                made[name] = call
            elif name not in read:
                made.pop(name, None)
    return made


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else str(getattr(call.func, "id", ""))


def _keeps_order(call: ast.Call) -> bool:
    return any(one.arg == "shuffle" and getattr(one.value, "value", True) is False for one in call.keywords)


def _surely_apart(calls: list[ast.Call]) -> bool:
    """Whether no two of these draws can be the same."""
    seeds = [_seed(one) for one in calls]
    return None not in seeds and len(set(seeds)) == len(seeds)


def _seed(call: ast.Call) -> str | None:
    """What a draw is drawn from, as text; without a seed its line; None where it is handed on in `**settings`."""
    if any(one.arg is None for one in call.keywords):
        return None
    given = next((ast.unparse(one.value) for one in call.keywords if one.arg == "random_state"), "None")
    return f"line {call.lineno}" if given == "None" else given
