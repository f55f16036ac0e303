"""Whether the metrics measure the task, or hide that it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..tasks import Output, class_ids, metrics_of, outputs, target_of

_COUNTING = ("acc", "accuracy")


@dataclass(frozen=True)
class MetricMatch:
    """Which metrics are watched, and whether they fit."""

    metrics: tuple[str, ...]
    """Names of the metrics that the program compiled."""
    accuracy: bool
    """Whether an accuracy is among them."""
    accuracy_on_quantities: bool
    """Whether an accuracy is watched on targets that are quantities."""
    only_accuracy: bool
    """Whether accuracies are the only metrics."""
    majority: float
    """Share of the most frequent class: the accuracy of a model that always says it; 0 for quantities."""
    hides_failure: bool
    """Whether only accuracies are watched while one class holds at least four fifths of the rows."""
    error_on_classes: bool
    """Whether only errors of quantities are watched on class targets."""
    class_accuracy_mismatch: bool
    """Whether a named accuracy reads targets in another form than they are written in."""
    never_right: bool = False
    """Whether an accuracy holds rounded predictions against targets of which none is 0 or 1: no row is right."""


@probe("metric_match", title="Whether the metrics measure the task", cost="instant", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> MetricMatch:
    """Compare the compiled metrics with the task of the outputs."""
    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled")
    names = tuple(metric_names(case.model))
    known = outputs(case)
    accurate = [one for one in names if any(word in one.lower() for word in _COUNTING)]
    quantities = any(one.kind in ("regression",) and one.encoding == "floats" for one in known)
    majority = _majority(case)
    classes = any(one.kind in ("binary", "multiclass") for one in known)
    return MetricMatch(
        metrics=names,
        accuracy=bool(accurate),
        accuracy_on_quantities=bool(accurate) and quantities and not classes,
        only_accuracy=bool(names) and len(accurate) == len(names),
        majority=majority,
        hides_failure=classes and 0.8 <= majority < 0.9999 and (not names or len(accurate) == len(names)),
        error_on_classes=bool(names) and classes and all(_is_error(one) for one in names),
        class_accuracy_mismatch=any(_mismatch(one, known) for one in names),
        never_right=any(_equal_to_none(case, place, one) for place, one in enumerate(known)),
    )


def _equal_to_none(case: Case, place: int, output: Output) -> bool:
    """Whether Keras' accuracy is held against targets of two classes that are smoothed throughout, as 0.05 and 0.95."""
    if output.kind != "binary" or output.encoding != "shares":
        return False
    given = metrics_of(case.model, output.name, place)
    each = given if isinstance(given, (list, tuple)) else [given]
    if not any(one in (*_COUNTING, "binary_accuracy") or type(one).__name__ == "BinaryAccuracy" for one in each):
        return False
    wanted = target_of(output, case.train.sample(20_000))
    return not ((wanted == 0) | (wanted == 1)).any()


def metric_names(model: Any) -> list[str]:
    """Names of the compiled metrics as the program gave them."""
    given = getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None)
    weighted = getattr(getattr(model, "_compile_metrics", None), "_user_weighted_metrics", None)
    return [*_flat(given), *_flat(weighted)]


def _flat(given: Any) -> list[str]:
    if given is None:
        return []
    if isinstance(given, dict):
        return [name for one in given.values() for name in _flat(one)]
    if isinstance(given, (list, tuple)):
        return [name for one in given for name in _flat(one)]
    return [
        given
        if isinstance(given, str)
        else str(getattr(given, "name", None) or getattr(given, "__name__", type(given).__name__))
    ]


def _majority(case: Case) -> float:
    import numpy as np

    shares = [0.0]
    sample = case.train.sample(20_000)
    for output in outputs(case):
        if output.kind in ("binary", "multiclass"):
            counts = np.unique(class_ids(output, target_of(output, sample)), return_counts=True)[1]
            shares.append(float(counts.max() / counts.sum()))
    return max(shares)


def _is_error(name: str) -> bool:
    return any(word in name.lower() for word in ("mse", "mae", "mape", "error", "rmse", "squared", "absolute"))


def _mismatch(name: str, known: Any) -> bool:
    if name == "categorical_accuracy":
        return any(one.encoding in ("integers", "zero_one") and one.kind == "multiclass" for one in known)
    if name == "sparse_categorical_accuracy":
        return any(one.encoding in ("one_hot", "shares") for one in known)
    if name == "binary_accuracy":
        return any(one.kind == "multiclass" and one.classes > 2 for one in known)
    return False
