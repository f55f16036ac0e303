"""Whether frozen layers answer to the range of inputs that they are given, or to that of their own training."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..inputs import input_leaves, is_image
from ..trunk import BYTES, ROWS, difference, ranges, trunk

_SECONDS = 10.0
_FEWEST = 8


@dataclass(frozen=True)
class FrozenRange:
    """How far what the frozen layers give differs from picture to picture, by the range of the pixels."""

    frozen_front: bool
    """Whether learnt layers stand frozen before the first trained one, and read pictures of [0, 1] or [-1, 1]."""
    given: float | None
    """Root mean square deviation over root mean square size of what they give, for pixels as they are; null without."""
    enlarged: float | None
    """The same for pixels 255 times as large; null without."""
    best_range: str | None
    """The usual range of pixels, in words, at which it is largest; null without."""
    gain: float
    """`enlarged` over `given`; 1 without frozen layers at the front."""


@probe(
    "frozen_range",
    title="The range that frozen layers were trained on",
    cost="seconds",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> FrozenRange:
    """Pass two dozen pictures through the frozen layers, in their own range and in the usual others."""
    front, leaves = trunk(case.model), input_leaves(case, case.train.sample(ROWS))
    pixels: Any = np.asarray(leaves[0][1]) if len(leaves) == 1 else None
    if front is None or pixels is None or pixels.dtype.kind != "f" or not is_image(pixels):
        return FrozenRange(False, None, None, None, 1.0)
    others = ranges(pixels)
    if not others or len(pixels) < _FEWEST:
        return FrozenRange(False, None, None, None, 1.0)
    began = time.monotonic()
    difference(front, pixels[:2])
    each = (time.monotonic() - began) / 2
    rows = min(len(pixels), int(_SECONDS / max(each, 1e-6) / (2 + len(others))))
    if rows < _FEWEST:
        raise Unanswerable("a pass through the frozen layers takes too long")
    pixels = pixels[:rows]
    given, enlarged = difference(front, pixels), difference(front, BYTES * pixels)
    _, name = max((difference(front, one.of(pixels)), one.name) for one in others)
    return FrozenRange(True, given, enlarged, name, enlarged / max(given, 1e-9))
