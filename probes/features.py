"""Inputs as a matrix of standardised columns, which simple models can read; NumPy alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .catalogue import Unanswerable
from .inputs import looks_up
from .recording import Batch
from .structures import leaves

MAX_FEATURES = 800
LONGEST = 512
FEWEST_NAMES, MOST_NAMES = 8, 5000

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class FeatureShaper:
    """Turns inputs into a matrix of standardised columns, fitted on training rows.

    Attributes:
        tokens: for each input leaf, the size of its vocabulary where it holds token ids, else 0.
    """

    tokens: tuple[int, ...]
    mean: Matrix
    scale: Matrix
    kept: NDArray[np.bool_]
    projection: Matrix | None

    @classmethod
    def of(cls, case: Case, sample: Batch, *, names: bool = False) -> FeatureShaper:
        """Fit on a sample of the training rows; with ``names`` whole numbers count as token ids in any model."""
        tokens = tuple(_vocabulary(np.asarray(one), case, names) for one in leaves(sample.x))
        raw = _raw(sample, tokens)
        known = np.ma.masked_invalid(raw)
        mean, scale = known.mean(axis=0).filled(0.0), known.std(axis=0).filled(0.0)
        kept = scale > 1e-12 * (1 + np.abs(mean))
        projection = None
        if kept.sum() > MAX_FEATURES:
            draws = np.random.default_rng(0).standard_normal((int(kept.sum()), MAX_FEATURES))
            projection = draws / math.sqrt(kept.sum())
        return cls(tokens, mean, np.where(kept, scale, 1.0), kept, projection)

    def features(self, batch: Batch) -> Matrix:
        """Columns of zero mean and unit spread, at most 800; values that are not finite count as the mean."""
        with np.errstate(invalid="ignore", over="ignore"):
            raw = _raw(batch, self.tokens)
            columns = ((raw - self.mean) / self.scale)[:, self.kept]
        columns = np.clip(np.nan_to_num(columns, nan=0.0, posinf=0.0, neginf=0.0), -10, 10)
        if self.projection is not None:
            columns = columns @ self.projection
        return columns if columns.shape[1] else np.zeros((len(raw), 1))


def may_name_things(sample: Batch, case: Case) -> bool:
    """Whether some input is rows of whole numbers of a common range that no layer looks up, and may be ids."""
    return not looks_up(case) and any(_common_range(np.asarray(one)) for one in leaves(sample.x))


def _common_range(array: NDArray[Any]) -> bool:
    if array.ndim != 2 or array.dtype.kind not in "iuf" or not 4 <= array.shape[1] <= LONGEST or not array.size:
        return False
    if not np.all(array == np.round(array)) or array.min() < 0:
        return False
    used = np.unique(array)
    return bool(FEWEST_NAMES <= len(used) <= MOST_NAMES and np.median(array.max(axis=0)) > 0.8 * array.max())


def _vocabulary(array: NDArray[Any], case: Case, names: bool) -> int:
    if names:
        return int(array.max()) + 1 if _common_range(array) else 0
    if not looks_up(case):
        return 0
    if array.dtype.kind not in "iuf" or array.ndim > 2 or not np.all(array == np.round(array)) or array.min() < 0:
        return 0
    return int(array.max()) + 1 if array.max() > 1 else 0


def _raw(batch: Batch, tokens: tuple[int, ...]) -> Matrix:
    parts = []
    for one, size in zip(leaves(batch.x), tokens, strict=True):
        array = np.asarray(one)
        if array.dtype.kind in "OUS":
            continue
        if array.dtype.kind == "b":
            array = array.astype("float64")
        parts.append(_token_features(array, size) if size else array.reshape(len(array), -1).astype("float64"))
    if not parts:
        raise Unanswerable("the inputs are texts, which the reference models cannot read")
    return np.concatenate(parts, axis=1)


def _token_features(array: NDArray[Any], size: int) -> Matrix:
    ids = array.reshape(len(array), -1).astype(np.int64)
    buckets = min(size, 400)
    counts = np.zeros((len(ids), buckets))
    np.add.at(counts, (np.arange(len(ids))[:, None], np.minimum(ids, size - 1) % buckets), 1.0)
    if ids.shape[1] * buckets <= 400:
        placed = np.zeros((len(ids), ids.shape[1], buckets))
        np.put_along_axis(placed, (np.minimum(ids, size - 1) % buckets)[:, :, None], 1.0, axis=2)
        counts = np.concatenate([counts, placed.reshape(len(ids), -1)], axis=1)
    return np.sqrt(counts)
