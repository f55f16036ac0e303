"""What each row counts in the loss, by the weights that `fit` is given for rows and classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .recording import Batch
from .structures import first_leaf
from .tasks import outputs, target_of


def sample_weights(batch: Batch) -> NDArray[np.float64] | None:
    """The weights of the batch's rows; None where none are given."""
    return None if batch.weights is None else np.asarray(first_leaf(batch.weights), dtype="float64").ravel()


def negative_share(case: Case, batch: Batch) -> float:
    """Share of the batch's rows that are to be made less likely, in [0, 1]: of negative weight, or whose class has one.

    Policy gradients give the reward as a weight, or multiply the one-hot row by it.
    """
    weights = sample_weights(batch)
    shares = [float((weights < 0).mean()) if weights is not None and weights.size else 0.0]
    for output in outputs(case):
        if output.kind == "none" and output.family == "crossentropy":
            shares.append(float((target_of(output, batch) < 0).any(axis=-1).mean()))
    return max(shares)


def row_weights(case: Case, batch: Batch, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Class weight times sample weight of each row, with its class; 1 where nothing is given."""
    given = case.fit.class_weight or {}
    of_class = np.array([float(given.get(int(one), 1.0)) for one in ids])
    of_row = sample_weights(batch)
    return of_class * of_row if of_row is not None and len(of_row) == len(ids) else of_class
