"""Facts of the data and the plan that the code of remedies is filled with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .case import Case
from .inputs import input_leaves, is_tokens
from .tasks import class_ids, outputs, target_of
from .wiring.optimizer_settings import TYPICAL_RATES

ROWS = 2000


def data_facts(case: Case) -> dict[str, Any]:
    """Ranges of inputs and targets, classes and balancing weights, and customary settings, to three digits."""
    sample = case.train.sample(ROWS)
    found: dict[str, Any] = {
        "n_validation": case.validation.rows if case.validation else None,
        "suggested_learning_rate": TYPICAL_RATES.get(type(case.optimizer).__name__),
        "suggested_batch_size": 32,
        "suggested_epochs": 3 * max(1, case.fit.planned_epochs),
    }
    for _, one in input_leaves(case, sample):
        array = np.asarray(one)
        if array.dtype.kind in "fiu" and not is_tokens(case, array):
            found |= _range("input", array)
            break
    if sample.y is None:
        return found
    for output in outputs(case)[:1]:
        target = target_of(output, sample)
        if output.kind in ("binary", "multiclass"):
            known, counts = np.unique(class_ids(output, target), return_counts=True)
            weights = counts.sum() / (len(known) * counts)
            found["classes"] = output.classes
            if len(known) <= 50:
                pairs = (f"{int(name)}: {weight:.3g}" for name, weight in zip(known, weights, strict=True))
                found["class_weight"] = "{" + ", ".join(pairs) + "}"
        elif target.dtype.kind in "fiu":
            found |= _range("target", target)
    return found


def _range(name: str, array: Any) -> dict[str, float]:
    values = array[np.isfinite(array)].astype("float64")
    if not values.size:
        return {}
    numbers = {"min": values.min(), "max": values.max(), "mean": values.mean(), "std": values.std()}
    return {f"{name}_{key}": _short(float(one)) for key, one in numbers.items()}


def _short(number: float) -> float:
    return float(f"{number:.3g}") if math.isfinite(number) else number
