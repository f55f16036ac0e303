"""How targets are written: ids, one-hot rows, shares, signs, quantities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_CLASSES = 1000
SUMS_APART = 0.05
"""Rows of which the middle one sums to something no further from 1 than this, and none to twice that, are shares of a
whole: they may have been rounded."""


def encoding_of(target: NDArray[Any]) -> tuple[str, int]:
    """How targets are written, and how many classes that names (0 where they are measured quantities)."""
    if target.dtype.kind == "b":
        target = target.astype(np.int64)
    if target.dtype.kind in "OUS":
        return "text", len(np.unique(target))
    known = target[np.isfinite(target)] if target.dtype.kind == "f" else target
    values = np.unique(known[:200_000].ravel() if known.ndim == 1 else known.ravel()[:200_000])
    width = target.shape[-1] if target.ndim > 1 else 1
    binary = set(values.tolist()) <= {0, 1}
    if width > 1 and binary:
        sums = target.reshape(-1, width).sum(axis=1)
        return ("one_hot", width) if bool(np.all(sums == 1)) else ("many_hot", width)
    if binary:
        return "zero_one", 2
    if width > 1 and target.dtype.kind == "f" and _are_shares(target):
        return "shares", width
    if set(values.tolist()) == {-1, 1}:
        return "minus_plus_one", 2
    whole = bool(np.all(values == np.round(values))) if len(values) else False
    if whole and len(values) <= MAX_CLASSES and values.min() >= 0:
        return "integers", int(values.max()) + 1
    return "floats", 0


def _are_shares(target: NDArray[Any]) -> bool:
    """Whether each row shares out one whole among its columns."""
    rows = target.reshape(-1, target.shape[-1])
    known = rows[np.isfinite(rows).all(axis=1)]
    if not len(known) or known.min() < 0:
        return False
    apart = np.abs(known.sum(axis=1) - 1.0)
    return bool(np.median(apart) < SUMS_APART and apart.max() < 2 * SUMS_APART)
