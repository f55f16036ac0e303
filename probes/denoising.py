"""What a linear model makes of the inputs of an autoencoder that is to give back more than it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .recording import Batch
from .structures import leaves

Model = Callable[[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Takes features and targets of some rows and features of others, and gives the targets of the latter."""

MOST_COLUMNS = 512
"""Columns of a target that are predicted, evenly chosen; the rest tells no more."""
SAME = 1e-6
"""Mean difference, in standard deviations of the target, below which an input is the target itself."""


def is_shown(target: NDArray[Any], batch: Batch) -> bool:
    """Whether one of the inputs is the target itself, with no noise on it."""
    flat = target.reshape(len(target), -1).astype("float64")
    same_size = [np.asarray(one) for one in leaves(batch.x) if np.size(one) == target.size]
    spread = float(np.nanstd(flat)) or 1.0
    return any(float(np.nanmean(np.abs(one.reshape(flat.shape) - flat))) < SAME * spread for one in same_size)


def cleaned(features: NDArray[np.float64], target: NDArray[Any], models: Iterable[Model]) -> float:
    """R2 of the best of these models of the target from the features, on a quarter of the rows that it did not see."""
    flat = target.reshape(len(target), -1).astype("float64")
    chosen = np.unique(np.linspace(0, flat.shape[1] - 1, min(MOST_COLUMNS, flat.shape[1])).astype(int))
    flat = flat[:, chosen]
    order = np.random.default_rng(0).permutation(len(flat))
    held, kept = order[: len(flat) // 4], order[len(flat) // 4 :]
    spread = float(((flat[held] - flat[held].mean(axis=0)) ** 2).sum())
    if spread == 0:
        return 0.0
    guesses = (model(features[kept], flat[kept], features[held]) for model in models)
    return max(1.0 - float(((flat[held] - guess) ** 2).sum()) / spread for guess in guesses)
