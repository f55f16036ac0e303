"""Labels that out-of-fold predictions contradict with confidence, as confident learning finds them.

Northcutt, Jiang, Chuang: Confident Learning, 2021; the model here is the nearest neighbours in standardised inputs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..features import FeatureShaper
from ..tasks import class_ids, outputs, target_of
from .treating import NotApplicable

ROWS = 4000
NEIGHBOURS = 15


def contradicted(case: Case) -> NDArray[np.int64]:
    """Rows of the training data whose class another class beats, with more than that class's usual share of votes.

    Raises:
        NotApplicable: the task is not to tell classes apart, or there are too many rows or too few.
    """
    tasks = [one for one in outputs(case) if one.kind in ("binary", "multiclass")]
    if len(tasks) != 1 or not 40 <= case.train.rows <= ROWS:
        raise NotApplicable("labels can be contradicted only where classes are told apart, on 40 to 4,000 rows")
    sample = case.train.sample(ROWS)
    ids = class_ids(tasks[0], target_of(tasks[0], sample))
    known, places = np.unique(ids, return_inverse=True)
    votes = _votes(FeatureShaper.of(case, sample).features(sample), places, len(known))
    usual = np.asarray([votes[places == one, one].mean() for one in range(len(known))])
    confident = np.where(votes >= usual, votes, 0.0)
    best = confident.argmax(axis=1)
    other = (confident.max(axis=1) > 0) & (best != places)
    return np.flatnonzero(other & (votes[np.arange(len(votes)), best] > votes[np.arange(len(votes)), places]))


def _votes(columns: NDArray[np.float64], places: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """For every row the share of each class among its nearest other rows, weighed by how common classes are."""
    votes = np.zeros((len(columns), classes))
    size = (columns**2).sum(axis=1)
    for start in range(0, len(columns), 500):
        part = slice(start, start + 500)
        distance = size[part, None] + size[None, :] - 2 * columns[part] @ columns.T
        distance[np.arange(distance.shape[0]), np.arange(start, start + distance.shape[0])] = np.inf
        near = np.argpartition(distance, min(NEIGHBOURS, len(columns) - 2), axis=1)[:, :NEIGHBOURS]
        for one in range(classes):
            votes[part, one] = (places[near] == one).mean(axis=1)
    balanced = votes / np.maximum(np.bincount(places, minlength=classes) / len(places), 1e-12)
    return np.asarray(balanced / balanced.sum(axis=1, keepdims=True))
