"""The symptom a user sees in the curves of a run; rough, for the record: the judging does not use it."""

from __future__ import annotations

import itertools
import math
from statistics import median

from .forked_runs import Run


def symptom(run: Run, base_score: float) -> str:
    """The id of the symptom that the run's curves show, beside the score of the healthy program."""
    loss = run.curves.get("loss", [])
    if run.error is not None or not loss:
        return "crashes"
    if not all(math.isfinite(value) for value in loss):
        return "loss_nan"
    return _of_loss(loss) or _of_result(run, base_score) or "loss_plateau"


def _of_loss(loss: list[float]) -> str | None:
    first, last = loss[0], loss[-1]
    scale = max(abs(first), 1e-9)
    if len(loss) > 1 and last > first + 0.2 * scale:
        return "loss_diverges"
    rises = [b - a for a, b in itertools.pairwise(loss) if b > a]
    if len(rises) > len(loss) / 3 and median(rises) > 0.1 * scale:
        return "loss_oscillates"
    if len(loss) > 1 and abs(first - last) < 0.03 * scale:
        return "loss_flat"
    return None


def _of_result(run: Run, base_score: float) -> str | None:
    score = run.score if run.score is not None else -1.0
    if run.train_score is not None and run.train_score > score + 0.5 * (base_score - score):
        return "overfit"
    if run.variety < 0.02:
        return "predicts_one_class"
    loss = run.curves["loss"]
    if len(loss) > 4 and loss[-3] - loss[-1] > 0.02 * abs(loss[0]):
        return "loss_slow"
    return None
