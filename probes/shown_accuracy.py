"""The accuracy that the program shows, against how often the model is right by the task."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .scoring import Score
from .tasks import Output

ACCURACIES = ("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")


def shown_accuracy(epochs: Sequence[Mapping[str, float]], *, validation: bool) -> float | None:
    """The accuracy logged last, of validation rows where there are any; None where none is logged."""
    logs = epochs[-1] if epochs else {}
    prefix = "val_" if validation else ""
    found = (logs[prefix + name] for name in ACCURACIES if prefix + name in logs)
    return next((float(one) for one in found if math.isfinite(one)), None)


def untold(shown: float | None, scored: Sequence[tuple[Output, Score]]) -> float | None:
    """By how much the shown accuracy stays below the share of rows that are right, or below R2 for quantities.

    Args:
        shown: the accuracy that is logged.
        scored: every output with its score, on the rows of that accuracy.

    Returns:
        None where none is shown, and where there are several outputs or another task.
    """
    if shown is None or len(scored) != 1:
        return None
    output, score = scored[0]
    if output.kind in ("binary", "multiclass"):
        return 1.0 - score.wrong - shown if math.isfinite(score.wrong) else None
    return score.value - shown if output.kind == "regression" else None
