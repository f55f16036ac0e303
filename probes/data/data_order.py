"""In which order samples arrive: runs of one class, batches that hold one class only, a split of sorted rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..splitting import split_apart
from ..tasks import Output, class_ids, outputs, target_of


@dataclass(frozen=True)
class DataOrder:
    """In which order samples arrive."""

    shuffled_by_fit: bool
    """Whether `fit` itself shuffles the rows (arrays with `shuffle=True`)."""
    stream: bool
    """Whether the data come as batches whose order `fit` does not change."""
    run_ratio: float
    """Mean length of runs of one class as stored, over what a random order would give; 1 for random."""
    arriving_run_ratio: float
    """The same as the training step meets them: 1 where `fit` shuffles."""
    one_class_batches: float
    """Share of batches, as they arrive, whose targets are all of one class, in [0, 1]."""
    expected_one_class_batches: float
    """The share that a random order would give."""
    neighbours_alike: float
    """Correlation of a quantity target with that of the next row as stored, in [-1, 1]; 0 for classes."""
    missing_in_training: int
    """Classes that stand in the validation data and never in the training data."""
    missing_in_validation: int
    """Classes that stand in the training data and never in the validation data."""
    split_by_fit: bool
    """Whether `validation_split` took the last rows."""
    split_apart: tuple[int, ...] = ()
    """Lines of the program that split inputs and targets of this `fit` by separate draws; none where one draw does."""


@probe("data_order", title="The order in which samples arrive", cost="instant", needs=("training_data",))
def measure(case: Case, budget: Budget) -> DataOrder:
    """Read the targets in stored order."""
    held = case.train
    output = next((one for one in outputs(case) if one.kind in ("binary", "multiclass", "regression")), None)
    if output is None or held.y is None:
        raise Unanswerable("no output has one class or quantity a row")
    target = target_of(output, held.head(200_000))
    shuffled = not held.batches and case.fit.shuffle
    classed = output.kind != "regression"
    ratio = _run_ratio(class_ids(output, target)) if classed else 1.0
    alike = 0.0 if classed else _next_alike(target)
    ours, expected = _one_class(output, target, case) if classed and not shuffled else (0.0, 0.0)
    missing = _missing(output, target, case) if classed else (0, 0)
    return DataOrder(
        shuffled_by_fit=shuffled,
        stream=bool(held.batches),
        run_ratio=ratio,
        arriving_run_ratio=1.0 if shuffled else ratio,
        one_class_batches=ours,
        expected_one_class_batches=expected,
        neighbours_alike=alike,
        missing_in_training=missing[0],
        missing_in_validation=missing[1],
        split_by_fit=case.fit.validation_split > 0 and case.validation is not None,
        split_apart=split_apart(case),
    )


def _run_ratio(ids: NDArray[np.int64]) -> float:
    if len(ids) < 8:
        return 1.0
    shares = np.unique(ids, return_counts=True)[1] / len(ids)
    runs = 1 + int((ids[1:] != ids[:-1]).sum())
    expected = 1 + (len(ids) - 1) * (1 - float((shares**2).sum()))
    return expected / runs


def _next_alike(target: NDArray[Any]) -> float:
    flat = target.reshape(len(target), -1)[:, 0].astype("float64")
    if len(flat) < 8 or not np.isfinite(flat).all() or flat.std() == 0:
        return 0.0
    return float(np.corrcoef(flat[1:], flat[:-1])[0, 1])


def _one_class(output: Output, target: NDArray[Any], case: Case) -> tuple[float, float]:
    ids = class_ids(output, target)
    shares = np.unique(ids, return_counts=True)[1] / len(ids)
    size = case.fit.batch_size
    batches = [ids[start : start + size] for start in range(0, len(ids), size)]
    batches = [one for one in batches if len(one) > 1]
    if not batches:
        return 0.0, 0.0
    return float(np.mean([len(np.unique(one)) == 1 for one in batches])), float((shares**size).sum())


def _missing(output: Output, target: NDArray[Any], case: Case) -> tuple[int, int]:
    if case.validation is None or case.validation.y is None:
        return 0, 0
    ours = set(class_ids(output, target).tolist())
    theirs = set(class_ids(output, target_of(output, case.validation.head(200_000))).tolist())
    return len(theirs - ours), len(ours - theirs)
