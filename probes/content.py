"""What the validation rows teach, and whether the training inputs still hold it, whatever their labels say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .features import FeatureShaper
from .reference import ROWS, one_hot_models
from .tasks import Output, class_ids, target_of

ROWS_A_CLASS = 8
"""Validation rows a class on average below which simple models learn too little from them."""


def content_left(case: Case, output: Output) -> float | None:
    """How far simple models of different kinds, fitted to the validation rows, agree on what the training rows are.

    They agree where the training inputs hold what the classes of the validation rows differ by. Where something has
    taken it away, they agree no more than on rows whose every feature is another row's. Labels of training have no say.

    Args:
        case: the case.
        output: one that names classes.

    Returns:
        The share of training rows on which two kinds agree, from 0 (as on features dealt out anew) to 1, the median
        over pairs of kinds; None for other tasks and where there are few validation rows.
    """
    held = case.validation
    if output.kind not in ("binary", "multiclass") or held is None or held.y is None:
        return None
    ours, theirs = case.train.sample(ROWS), held.sample(ROWS)
    shaper = FeatureShaper.of(case, theirs)
    named = class_ids(output, target_of(output, theirs))
    known = np.unique(named)
    if len(known) < 2 or len(named) < ROWS_A_CLASS * len(known):
        return None
    x, other = shaper.features(theirs), shaper.features(ours)
    one_hot = np.asarray(named[:, None] == known[None, :], dtype="float64")
    random = np.random.default_rng(0)
    dealt = np.stack([random.permutation(column) for column in other.T], axis=1)
    models = one_hot_models(x.shape[1], len(x))
    agreed, by_chance = (_agreement([model(x, one_hot, rows) for model in models]) for rows in (other, dealt))
    return float(np.median((agreed - by_chance) / np.maximum(1.0 - by_chance, 1e-6)))


def _agreement(answers: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """For each pair of answers, one row of scores a row, the share of rows for which both name the same class."""
    named = [one.argmax(axis=1) for one in answers]
    pairs = [(first, second) for place, first in enumerate(named) for second in named[place + 1 :]]
    return np.array([float(np.mean(first == second)) for first, second in pairs])
