"""How much the samples of one class differ from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..inputs import input_leaves, is_tokens
from ..recording import Batch
from ..tasks import Output, class_ids, outputs, target_of

ROWS = 1200
_FEWEST = 4


@dataclass(frozen=True)
class ClassVariety:
    """How much the samples of one class differ from each other."""

    classes: int
    """Classes with at least four rows in the sample."""
    within: float
    """Mean variance within a class over the variance of all rows, in [0, 1]; of the columns that vary."""
    least_varied: float
    """The same for the class in which it is smallest."""
    within_validation: float | None
    """The same as `within`, of the validation rows; null without them."""
    to_validation: float | None
    """`within` over `within_validation`; far below 1 where training shows less of each class than validation does."""
    near_twins: float
    """Share of rows with another of their class nearer than a fiftieth of a typical distance, in [0, 1]; exact
    repeats are left out."""


@probe("class_variety", title="How varied each class is", cost="instant", needs=("training_data",))
def measure(case: Case, budget: Budget) -> ClassVariety:
    """Compare spreads within classes with that of all rows."""
    output = next((one for one in outputs(case) if one.kind in ("binary", "multiclass")), None)
    if output is None:
        raise Unanswerable("no output names one class a row")
    rows, ids = _matrix(case, case.train.sample(ROWS), output)
    shares = _within(rows, ids)
    if not shares:
        raise Unanswerable("no class has four rows")
    other = None
    if case.validation is not None and case.validation.y is not None:
        # Both are measured against the spread of the validation rows, so that the two can be compared.
        held = _within(*_matrix(case, case.validation.sample(ROWS), output))
        other = float(np.mean(held)) if held else None
    within = float(np.mean(shares))
    return ClassVariety(
        classes=len(shares),
        within=within,
        least_varied=min(shares),
        within_validation=other,
        to_validation=within / other if other else None,
        near_twins=_near_twins(rows, ids),
    )


def _matrix(case: Case, batch: Batch, output: Output) -> tuple[NDArray[Any], NDArray[np.int64]]:
    parts = []
    for _, one in input_leaves(case, batch):
        array = np.asarray(one)
        if array.dtype.kind in "fiub" and not is_tokens(case, array):
            parts.append(np.nan_to_num(array.reshape(len(array), -1).astype("float64"), posinf=0.0, neginf=0.0))
    if not parts:
        raise Unanswerable("the inputs are words or texts, whose variety distances do not tell")
    rows = np.concatenate(parts, axis=1)
    if rows.shape[1] > 1500:
        rows = rows[:, np.random.default_rng(0).choice(rows.shape[1], 1500, replace=False)]
    return rows, class_ids(output, target_of(output, batch))


def _within(rows: NDArray[Any], ids: NDArray[np.int64]) -> list[float]:
    spread = rows.std(axis=0)
    varies = spread > 1e-9 * (1 + np.abs(rows.mean(axis=0)))
    if not varies.any() or len(ids) != len(rows):
        return []
    scaled = rows[:, varies] / spread[varies]
    groups = [scaled[ids == one] for one in np.unique(ids)]
    return [float(group.var(axis=0).mean()) for group in groups if len(group) >= _FEWEST]


def _near_twins(rows: NDArray[Any], ids: NDArray[np.int64]) -> float:
    few = slice(0, 600)
    rows, ids = rows[few], ids[few]
    squares = (rows**2).sum(axis=1)
    distance = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0.0))
    typical = float(np.median(distance))
    if typical <= 0:
        return 0.0
    near = (distance < 0.02 * typical) & (distance > 1e-6 * typical) & (ids[:, None] == ids[None, :])
    return float(near.any(axis=1).mean())
