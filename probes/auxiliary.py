"""Outputs that help another one: trained towards the same targets, and counted less.

An auxiliary head that stands earlier, or sees part of the inputs, is there to pass gradients on; what it lacks is no
fault of the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .case import Case
from .loss_weights import loss_weights
from .scoring import Score
from .tasks import Output, outputs, target_of

ROWS = 512

Scored = list[tuple[Output, Score]]


def without_auxiliary(case: Case, training: Scored, validation: Scored) -> tuple[Scored, Scored]:
    """Both lists without the outputs that `compile` weighs less than another one with the same targets."""
    weights = loss_weights(case.model)
    names = [one.name for one in outputs(case)]
    if len(weights) != len(names):
        return training, validation
    counts = dict(zip(names, weights, strict=True))
    kept = {
        one for group in sharing_targets(case) for one in group if counts[one] >= max(counts[each] for each in group)
    }
    return [one for one in training if one[0].name in kept], [one for one in validation if one[0].name in kept]


def sharing_targets(case: Case) -> list[Sequence[str]]:
    """Names of the outputs, those together whose targets are the same numbers."""
    known = outputs(case)
    if len(known) < 2:
        return [[one.name] for one in known]
    sample, groups = case.train.sample(ROWS), list[tuple[np.ndarray, list[str]]]()
    for output in known:
        target = target_of(output, sample)
        mine = next((names for other, names in groups if np.array_equal(other, target)), None)
        if mine is None:
            groups.append((target, [output.name]))
        else:
            mine.append(output.name)
    return [names for _, names in groups]
