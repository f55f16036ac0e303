"""How often the program's own loops go round a training call: ``for epoch in range(50): model.fit(..., epochs=1)``."""

from __future__ import annotations

import ast
from types import FrameType
from typing import Any

from .places import Places, Trace

PASSING_ON = {"enumerate", "list", "reversed", "sorted", "tqdm", "tuple"}
COUNTING = {"range", "trange"}
HARMLESS = {"abs", "ceil", "float", "floor", "int", "len", "max", "min", "round"}
Loop = (ast.For, ast.AsyncFor, ast.While)


def rounds(places: Places, model: Any, start: FrameType | None) -> tuple[int | None, ...]:
    """The lengths of the loops around a call in which one model is trained on, innermost first.

    A loop that makes the model anew in each round (folds, a search) trains many models, not one for longer, and ends
    the list. A length is None where it cannot be told without running code of the program.

    Args:
        places: the registry, which knows where the model was made.
        model: the model that is trained.
        start: the frame that asks for the training.
    """
    made = places.trace_of(model) or ()
    found: list[int | None] = []
    frame = start
    while frame is not None:
        if frame.f_code.co_filename in places.user_code:
            for loop in loops_at(places, frame):
                if within(made, loop, frame):
                    return tuple(found)
                found.append(_length(loop, frame))
        frame = frame.f_back
    return tuple(found)


def loops_at(places: Places, frame: FrameType) -> list[Any]:
    """The loops of the frame's own function around the line that it is at, innermost first."""
    source, line = places.source(frame.f_code.co_filename), frame.f_lineno
    around = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, Loop) and _spans(node.body, line) and _of_frame(node, frame)
    ]
    return sorted(around, key=lambda one: -one.lineno)


def _spans(body: list[ast.stmt], line: int) -> bool:
    return body[0].lineno <= line <= (body[-1].end_lineno or body[-1].lineno)


def _of_frame(node: Any, frame: FrameType) -> bool:
    # A loop around the definition of a function is no loop around its calls.
    return bool(frame.f_code.co_name == "<module>" or node.lineno >= frame.f_code.co_firstlineno)


def within(made: Trace, loop: Any, frame: FrameType) -> bool:
    """Whether something with this trace was made in the loop of this frame."""
    return any(
        raw.code.co_filename == frame.f_code.co_filename and _spans(loop.body, raw.line) and raw.code is frame.f_code
        for raw in made
    )


def _length(loop: Any, frame: FrameType) -> int | None:
    if isinstance(loop, ast.While):
        return None
    try:
        return _count(loop.iter, frame)
    except Exception:  # noqa: BLE001 - the length of the program's own objects is the program's own code
        return None


def _count(node: ast.expr, frame: FrameType) -> int | None:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in COUNTING and all(is_plain(one) for one in node.args):
            return len(range(*(int(value_of(one, frame)) for one in node.args)))
        if name in PASSING_ON and node.args:
            return _count(node.args[0], frame)
        if name == "zip" and node.args:
            counts = [_count(one, frame) for one in node.args]
            return None if None in counts else min(one for one in counts if one is not None)
        return None
    if not is_plain(node):
        return None
    value = value_of(node, frame)
    return len(value) if hasattr(value, "__len__") and not hasattr(value, "__next__") else None


def is_plain(node: ast.expr) -> bool:
    """Whether an expression only looks things up and reckons."""
    return all(
        not isinstance(one, (ast.Call, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom))
        or (isinstance(one, ast.Call) and _called(one) in HARMLESS)
        for one in ast.walk(node)
    )


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def value_of(node: ast.expr, frame: FrameType) -> Any:
    """What an expression that is plain gives in a frame."""
    code = compile(ast.Expression(node), frame.f_code.co_filename, "eval")
    return eval(code, frame.f_globals, dict(frame.f_locals))
