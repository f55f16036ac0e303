"""Pixels divided as whole numbers: `x // 255` leaves 0 of everything but the very brightest."""

from __future__ import annotations

import ast

import numpy as np

from .case import Case
from .structures import leaves

ROWS = 500
LARGEST_PIXEL = 255
"""256 is left out: `len(x) // 256` counts batches."""

LEFT = {-1, 0, 1}


def divided_whole(case: Case) -> bool:
    """Whether the program divides something by the largest pixel as whole numbers, and an input holds nothing but what
    that leaves: 0 and 1, or -1 and 0 where there were values below zero."""
    return case.once("divided_whole", lambda: _zeros_and_ones(case) and _divides(case))


def _zeros_and_ones(case: Case) -> bool:
    arrays = [np.asarray(one) for one in leaves(case.train.sample(ROWS).x)]
    numbers = [one for one in arrays if one.dtype.kind in "fiu" and one.size]
    return any(set(np.unique(one).tolist()) <= LEFT for one in numbers)


def _divides(case: Case) -> bool:
    if case.places is None:
        return False
    try:
        tree = ast.parse(case.places.source(case.places.user_code.program).text)
    except (SyntaxError, ValueError, OSError):
        return False
    return any(_by_largest_pixel(one) for one in ast.walk(tree))


def _by_largest_pixel(node: ast.AST) -> bool:
    if not isinstance(node, (ast.BinOp, ast.AugAssign)) or not isinstance(node.op, ast.FloorDiv):
        return False
    divisor = node.right if isinstance(node, ast.BinOp) else node.value
    return isinstance(divisor, ast.Constant) and divisor.value == LARGEST_PIXEL
