"""What the validation rows teach, and whether the training inputs still hold it, whatever their labels say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .features import FeatureShaper
from .reference import ROWS, one_hot_models, windows_of
from .steps import STEPS
from .tasks import Output, class_ids, target_of

ROWS_A_CLASS = 8
"""Validation rows a class on average below which simple models learn too little from them."""


def content_left(case: Case, output: Output) -> float | None:
    """How far simple models of different kinds, fitted to the validation rows, agree on what the training rows are.

    Of targets a step the rows are steps with their neighbours. They agree where the training inputs hold what the
    classes of the validation rows differ by. Where something has taken it away, they agree no more than on rows whose
    every feature is another row's. Labels of training have no say.

    Args:
        case: the case.
        output: one that names classes.

    Returns:
        The share of training rows on which two kinds agree, of steps the correlation of what they say, from 0 (as on
        features dealt out anew) to 1, the median over pairs of kinds; None for other tasks and where there are few
        validation rows.
    """
    held = case.validation
    if held is None or held.y is None:
        return None
    ours, theirs = case.train.sample(ROWS), held.sample(ROWS)
    a_step, our_steps = windows_of(case, output, theirs, STEPS), windows_of(case, output, ours, STEPS)
    if a_step is not None and our_steps is not None:
        output, theirs, ours = a_step[0], a_step[1], our_steps[1]
    if output.kind not in ("binary", "multiclass"):
        return None
    shaper = FeatureShaper.of(case, theirs)
    named = class_ids(output, np.asarray(theirs.y) if a_step is not None else target_of(output, theirs))
    known = np.unique(named)
    if len(known) < 2 or len(named) < ROWS_A_CLASS * len(known):
        return None
    x, other = shaper.features(theirs), shaper.features(ours)
    one_hot = np.asarray(named[:, None] == known[None, :], dtype="float64")
    random = np.random.default_rng(0)
    dealt = np.stack([random.permutation(column) for column in other.T], axis=1)
    models = one_hot_models(x.shape[1], len(x))
    # Of steps nearly all may be of one class, and models that say it always agree.
    alike = _agreement if a_step is None else _correlation
    agreed, by_chance = (alike([model(x, one_hot, rows) for model in models]) for rows in (other, dealt))
    return float(np.median((agreed - by_chance) / np.maximum(1.0 - by_chance, 1e-6)))


def _agreement(answers: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """For each pair of answers, one row of scores a row, the share of rows for which both name the same class."""
    named = [one.argmax(axis=1) for one in answers]
    return np.array([float(np.mean(first == second)) for first, second in combinations(named, 2)])


def _correlation(answers: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """For each pair of answers, one row of scores a row, the correlation of the scores over rows and classes."""
    centred = [(one - one.mean(axis=0)).ravel() for one in answers]
    units = [one / max(float(np.linalg.norm(one)), 1e-12) for one in centred]
    return np.array([float(first @ second) for first, second in combinations(units, 2)])
