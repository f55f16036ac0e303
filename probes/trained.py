"""What a model gives once it is trained, on rows that it knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .case import Case, fed
from .recording import Batch, Recorded
from .scoring import SCORED_ROWS, Score, predict, scores
from .step_balance import names_steps
from .structures import cut, stack
from .tasks import Output, class_ids, outputs, target_of

PARTS = 24
"""A single epoch is read in so many parts, the last of which tells the loss at the end (`epoch_means`)."""
ERRORS = ("squared_error", "absolute_error", "relative_error")
"""Losses of Keras' own that compare number with number, and spread the one over the other where shapes differ."""


def inference_to_training(case: Case, final: float | None) -> float | None:
    """The data loss in inference mode over that logged last; None where the model computes its loss by itself."""
    batch = _last_rows(case)
    if batch.y is None or final is None or not math.isfinite(final) or final <= 0 or case.fit.class_weight is not None:
        return None
    fed_batch = fed(batch, case)
    try:
        given = case.model(fed_batch.x, training=False)
        loss = case.model.compute_loss(fed_batch.x, fed_batch.y, given, fed_batch.weights, training=False)
    except Exception:  # noqa: BLE001 - a loss that wants more than inputs and targets is not comparable
        return None
    penalty = sum(float(np.asarray(one).sum()) for one in case.model.losses)
    return (float(np.asarray(loss)) - penalty) / final


def _last_rows(case: Case) -> Batch:
    """Rows that the loss logged last is about: of a single epoch of batches the last ones, else any.

    What comes once may change on the way, as targets that a program makes with the model itself do.
    """
    batches = case.train.batches
    if case.fit.planned_epochs > 1 or len(batches) < PARTS or case.train.ragged:
        return case.train.sample(512)
    late = Recorded(case.train.kind, *_joined(batches[-(len(batches) // PARTS) :]), (), None, False)
    return late.sample(512)


def _joined(batches: Sequence[Batch]) -> tuple[Any, Any, Any]:
    parts = ([getattr(one, name) for one in batches] for name in ("x", "y", "weights"))
    x, y, weights = (None if one[0] is None else stack(one) for one in parts)
    return x, y, weights


def inputs_used(case: Case, training: list[tuple[Output, Score]]) -> float | None:
    """Training skill that is lost when inputs are dealt out to other rows, over the skill; None of little skill."""
    if not training or min(score.skill for _, score in training) < 0.2:
        return None
    batch = case.train.sample(SCORED_ROWS)
    order = np.random.default_rng(1).permutation(batch.rows)
    mixed = Batch(cut(batch.x, order), batch.y, batch.weights)
    after = {output.name: score.skill for output, score in scores(case, mixed)}
    return min((score.skill - max(after[output.name], 0.0)) / score.skill for output, score in training)


def numbers_per_target(case: Case) -> float:
    """How many numbers the output gives for each number of its target under an error of Keras' own; 1 elsewhere."""
    sample = case.train.sample(8)
    known = [one for one in outputs(case) if one.kind == "regression" and one.family in ERRORS]
    if not known:
        return 1.0
    given = predict(case, sample)
    ratios = [
        given[one.position].size / max(1, target_of(one, sample).size) for one in known if one.position < len(given)
    ]
    return max(ratios, default=1.0)


def target_majority(case: Case) -> float:
    """Share of the most frequent class among the training targets, of steps where these are classed; 0 for others."""
    sample = case.train.sample(SCORED_ROWS)
    shares = []
    for output in outputs(case):
        if output.kind in ("binary", "multiclass") or names_steps(output, target_of(output, sample)):
            counts = np.unique(class_ids(output, target_of(output, sample)), return_counts=True)[1]
            shares.append(float(counts.max() / counts.sum()))
    return max(shares, default=0.0)
