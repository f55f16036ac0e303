"""What a linear model makes of the inputs of an autoencoder that is to give back more than it is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .recording import Batch
from .structures import leaves

MOST_COLUMNS = 512
"""Columns of a target that are predicted, evenly chosen; the rest tells no more."""
PENALTIES = (1e-3, 1e-1, 10.0)
SAME = 1e-6
"""Mean difference, in standard deviations of the target, below which an input is the target itself."""


def is_shown(target: NDArray[Any], batch: Batch) -> bool:
    """Whether one of the inputs is the target itself, with no noise on it."""
    flat = target.reshape(len(target), -1).astype("float64")
    same_size = [np.asarray(one) for one in leaves(batch.x) if np.size(one) == target.size]
    spread = float(np.nanstd(flat)) or 1.0
    return any(float(np.nanmean(np.abs(one.reshape(flat.shape) - flat))) < SAME * spread for one in same_size)


def cleaned(features: NDArray[np.float64], target: NDArray[Any]) -> float:
    """R2 of the best ridge regression of the target on the features, on a quarter of the rows that it did not see."""
    flat = target.reshape(len(target), -1).astype("float64")
    chosen = np.unique(np.linspace(0, flat.shape[1] - 1, min(MOST_COLUMNS, flat.shape[1])).astype(int))
    flat = flat[:, chosen]
    order = np.random.default_rng(0).permutation(len(flat))
    held, kept = order[: len(flat) // 4], order[len(flat) // 4 :]
    mean, middle = features[kept].mean(axis=0), flat[kept].mean(axis=0)
    left, sizes, right = np.linalg.svd(features[kept] - mean, full_matrices=False)
    shown, wanted = left.T @ (flat[kept] - middle), flat[held] - flat[held].mean(axis=0)
    spread = float((wanted**2).sum())
    found = []
    for penalty in PENALTIES:
        weights = right.T @ ((sizes / (sizes**2 + penalty * len(kept) / 100))[:, None] * shown)
        guessed = (features[held] - mean) @ weights + middle
        found.append(1.0 - float(((flat[held] - guessed) ** 2).sum()) / spread if spread else 0.0)
    return max(found)
