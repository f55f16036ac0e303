"""What structure the inputs have of their own, whatever their labels."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..features import FeatureShaper
from ..structures import leaves


def distinct(case: Case) -> float:
    """Distinct rows of inputs over rows, in a sample."""
    sample = case.train.sample(1000)
    parts = [np.asarray(one).reshape(sample.rows, -1) for one in leaves(sample.x)]
    return len({tuple(part[row].tobytes() for part in parts) for row in range(sample.rows)}) / max(1, sample.rows)


def input_structure(case: Case) -> float:
    """How far the inputs' largest correlation eigenvalue exceeds that of the same columns permuted one by one.

    Parallel analysis (Horn, 1965): about 1 where columns are independent of each other.
    """
    sample = case.train.sample(1000)
    columns = FeatureShaper.of(case, sample).features(sample)[:, :200]
    if columns.shape[1] < 2:
        return math.inf
    random = np.random.default_rng(0)
    shuffled = np.stack([random.permutation(one) for one in columns.T], axis=1)
    return _largest(columns) / max(_largest(shuffled), 1e-12)


def _largest(columns: NDArray[np.float64]) -> float:
    centred = columns - columns.mean(axis=0)
    return float(np.linalg.svd(centred, compute_uv=False)[0] ** 2)
