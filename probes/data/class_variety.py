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
LEAST_COMPARED, MOST_COMPARED = 8, 200
LEAST_SPREAD = 0.05
CLOSE = 0.33


@dataclass(frozen=True)
class ClassVariety:
    """How much the samples of one class differ from each other."""

    classes: int
    """Classes with at least four rows in the sample."""
    within: float
    """Mean over classes of the median over columns of the variance within the class over that of all rows, near 1
    where classes differ little and near 0 where the samples of a class are alike; of the columns that vary."""
    least_varied: float
    """The same for the class in which it is smallest."""
    within_validation: float | None
    """The same as `within`, of the validation rows; null without them."""
    to_validation: float | None
    """The same over that of validation, for the classes that both have; far below 1 where training shows less of each
    class than validation does. Null where they have none in common."""
    crowding: float | None = None
    """Distance of a training row from the nearest other of its class, over the same of validation with as many rows and
    without exact copies, medians over rows and classes; far below 1 where training rows are near-copies. Null where no
    class has eight rows on both sides."""
    sources: float | None = None
    """Of the training rows of a class, the share that is left where of rows that lie close together, at less than a
    third of what is usual in validation, one alone is kept; median over classes. Null where `crowding` is."""


@probe("class_variety", title="How varied each class is", cost="instant", needs=("training_data",))
def measure(case: Case, budget: Budget) -> ClassVariety:
    """Compare spreads within classes with that of all rows."""
    output = next((one for one in outputs(case) if one.kind in ("binary", "multiclass")), None)
    if output is None:
        raise Unanswerable("no output names one class a row")
    rows, ids = _matrix(case, case.train.sample(ROWS), output)
    found = _within(rows, ids)
    if not found:
        raise Unanswerable("no class has four rows")
    shares = list(found.values())
    other, alike, crowding, sources = None, None, None, None
    if case.validation is not None and case.validation.y is not None:
        theirs = _matrix(case, case.validation.sample(ROWS), output)
        held = _within(*theirs)
        crowding, sources = _crowding((rows, ids), theirs) or (None, None)
        other = float(np.mean(list(held.values()))) if held else None
        # Classes that one side lacks may be more or less varied than the others by nature.
        both = [one for one in found if held.get(one)]
        if both:
            alike = float(np.mean([found[one] for one in both]) / np.mean([held[one] for one in both]))
    within = float(np.mean(shares))
    return ClassVariety(
        classes=len(shares),
        within=within,
        least_varied=min(shares),
        within_validation=other,
        to_validation=alike,
        crowding=crowding,
        sources=sources,
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


def _within(rows: NDArray[Any], ids: NDArray[np.int64]) -> dict[int, float]:
    # The median: edges of pictures hold nothing but grain, which is as large within a class as between classes.
    groups = _groups(rows, ids)
    return {one: float(np.median(group.var(axis=0))) for one, group in groups.items() if len(group) >= _FEWEST}


def _groups(rows: NDArray[Any], ids: NDArray[np.int64]) -> dict[int, NDArray[Any]]:
    """The rows of each class, in units of the spread of all rows."""
    spread = rows.std(axis=0)
    varies = spread > 1e-9 * (1 + np.abs(rows.mean(axis=0)))
    if not varies.any() or len(ids) != len(rows):
        return {}
    scaled = rows[:, varies] / spread[varies]
    return {int(one): scaled[ids == one] for one in np.unique(ids)}


def _crowding(
    training: tuple[NDArray[Any], NDArray[np.int64]], validation: tuple[NDArray[Any], NDArray[np.int64]]
) -> tuple[float, float] | None:
    """`crowding` and `sources`.

    Both sides are in units of the spread of validation, where noise on a column that hardly varies is no distance. None
    where one side spreads twice as far as the other: then they are scaled differently.
    """
    unit, own = validation[0].std(axis=0), training[0].std(axis=0)
    varies = unit > LEAST_SPREAD * np.median(unit[unit > 0]) if (unit > 0).any() else unit > 0
    if not varies.any() or not 0.5 < np.median(own[varies] / unit[varies]) < 2:
        return None
    ours, theirs = (rows[:, varies] / unit[varies] for rows, _ in (training, validation))
    ratios, sources = [], []
    for one in np.intersect1d(training[1], validation[1]):
        pair = [np.unique(side[ids == one], axis=0) for side, (_, ids) in ((ours, training), (theirs, validation))]
        count = min(MOST_COMPARED, *map(len, pair))
        if count < LEAST_COMPARED:
            continue
        random = np.random.default_rng(0)
        near, far = (_apart(side[random.choice(len(side), count, replace=False)]) for side in pair)
        usual = float(np.median(far.min(axis=1)))
        if usual > 0:
            ratios.append(float(np.median(near.min(axis=1))) / usual)
            sources.append(_leaders(near < CLOSE * usual) / count)
    return (float(np.median(ratios)), float(np.median(sources))) if ratios else None


def _apart(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Distances of all rows from each other; infinite from itself."""
    squares = (rows**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0.0))
    np.fill_diagonal(apart, np.inf)
    return np.asarray(apart)


def _leaders(close: NDArray[np.bool_]) -> int:
    """How many rows are left where each row that is left takes those close to it away."""
    left, count = np.ones(len(close), dtype=bool), 0
    for place in range(len(close)):
        if left[place]:
            count += 1
            left &= ~close[place]
    return count
