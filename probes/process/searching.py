"""What the program itself tries, one value after the other: ``for rate in [1e-4, 1e-3]: model = build(rate); fit``."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from .loops import is_plain, value_of
from .places import Places

MOST_VALUES = 1000
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
PASSING_ON = {"enumerate", "list", "product", "reversed", "sorted", "tqdm", "tuple", "zip", "items", "ParameterGrid"}


def tried_values(places: Places, start: FrameType | None) -> tuple[tuple[float, ...], ...]:
    """The lists of numbers that the loops around a call go through, each of at least two; innermost first.

    Of tuples and mappings in a list every place and key is a list of its own.

    Args:
        places: the registry, which knows the program's source.
        start: the frame that asks for the training.
    """
    found: list[tuple[float, ...]] = []
    frame = start
    while frame is not None:
        if frame.f_code.co_filename in places.user_code:
            for node in _iterated(places, frame):
                found += _numbers(node, frame)
        frame = frame.f_back
    return tuple(dict.fromkeys(found))


def _iterated(places: Places, frame: FrameType) -> Iterator[ast.expr]:
    """What the loops and comprehensions around the frame's line go through."""
    tree, line = places.source(frame.f_code.co_filename).tree, frame.f_lineno
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.AsyncFor)):
            last = node.body[-1].end_lineno or node.body[-1].lineno
            own = frame.f_code.co_name == "<module>" or node.lineno >= frame.f_code.co_firstlineno
            if own and node.body[0].lineno <= line <= last:
                yield node.iter
        elif isinstance(node, COMPREHENSIONS) and node.lineno <= line <= (node.end_lineno or node.lineno):
            yield from (one.iter for one in node.generators)


def _numbers(node: ast.expr, frame: FrameType) -> list[tuple[float, ...]]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in PASSING_ON:
            return []
        owner = [node.func.value] if isinstance(node.func, ast.Attribute) and name == "items" else []
        return [found for one in (*owner, *node.args) for found in _numbers(one, frame)]
    if not is_plain(node):
        return []
    try:
        return list(columns(value_of(node, frame)))
    except Exception:  # noqa: BLE001 - looking into the program's own objects is the program's own code
        return []


def columns(value: Any) -> Iterator[tuple[float, ...]]:
    """The lists of numbers in a value that is gone through: itself, or those of its tuples' places and keys."""
    if isinstance(value, Mapping):
        yield from columns(list(value.keys()))
        yield from columns(list(value.values()))
        for one in value.values():
            if isinstance(one, (list, tuple)):
                yield from columns(one)
        return
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= MOST_VALUES:
        return
    if all(isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) for one in value):
        yield tuple(map(float, value))
    elif all(isinstance(one, (list, tuple)) and len(one) == len(value[0]) for one in value):
        for column in zip(*value, strict=True):
            yield from columns(column)
    elif all(isinstance(one, Mapping) for one in value):
        for key in dict.fromkeys(key for one in value for key in one):
            yield from columns([one[key] for one in value if key in one])
