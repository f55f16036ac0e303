"""Rows that stand more than once: within the training data, and on both sides of the split."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .inputs import input_leaves
from .recording import Batch
from .scoring import predict, score_predictions
from .structures import cut, leaves
from .together import counted_rows

KNOWN_ROWS = 20_000
SCORED = 1500
LEAST_ROWS = 30
MOST_COLUMNS = 100
MOST_NUMBERS = 500
NEAR = 0.02
TENTH = 10
MOST_AXES = 64
NEAR_ROWS, AMONG_ROWS = 300, 5000


def keys(arrays: list[NDArray[Any]]) -> list[bytes]:
    """What tells rows apart, one a row: all numbers of a small row, evenly spaced ones of a large one."""
    parts = [thinned(one) for one in arrays]
    return [b"".join(one[place].tobytes() for one in parts) for place in range(len(arrays[0]))]


def thinned(array: NDArray[Any]) -> NDArray[Any]:
    """Rows of at most 500 to 999 numbers, evenly spaced ones of a large row."""
    columns = array.reshape(len(array), -1)
    return columns[:, :: max(1, columns.shape[1] // MOST_NUMBERS)]


def identified(arrays: list[NDArray[Any]]) -> bool:
    """Whether a single measured number tells the distinct rows apart; rows of a few categories repeat by nature."""
    first: dict[bytes, int] = {}
    for place, key in enumerate(keys(arrays)):
        first.setdefault(key, place)
    return any(_identifies(one, list(first.values())) for one in arrays)


def _identifies(array: NDArray[Any], rows: list[int]) -> bool:
    if array.dtype.kind != "f" or len(rows) < 4:
        return False
    columns = array.reshape(len(array), -1)[:, :MOST_COLUMNS][rows]
    return any(len(np.unique(one)) == len(rows) and (one != np.round(one)).any() for one in columns.T)


def among_training(case: Case, batch: Batch) -> NDArray[np.bool_] | None:
    """Which of these rows have the inputs of a training row; None where the inputs are texts."""
    ours = [np.asarray(one) for one in leaves(counted_rows(case, case.train.head(KNOWN_ROWS)).x)]
    theirs = [np.asarray(one) for one in leaves(batch.x)]
    if any(one.dtype.kind in "OUS" for one in (*ours, *theirs)):
        return None
    known = set(keys(ours))
    return np.array([key in known for key in keys(theirs)])


def near_copies(rows: NDArray[Any], among: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of these rows, shape (rows, numbers), nearly equal one of the others without being equal to it.

    A row does where its nearest lies within a fiftieth of the distance of its tenth nearest. Of rows that are drawn
    independently 0.4 % do where two numbers tell them apart, 17 % where one does, and fewer the more there are: with m
    such numbers the share is 1 - (1 - 0.02^m)^9, as of points that are spread evenly.
    """
    if len(among) < 3 * TENTH:
        return np.zeros(len(rows), dtype=bool)
    middle, spread = among.mean(axis=0), among.std(axis=0)
    a, b = ((one[:, spread > 0] - middle[spread > 0]) / spread[spread > 0] for one in (rows, among))
    if a.shape[1] > MOST_AXES:
        draws = np.random.default_rng(0).standard_normal((a.shape[1], MOST_AXES)) / np.sqrt(MOST_AXES)
        a, b = a @ draws, b @ draws
    squares = np.maximum((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T, 0.0)
    nearest = np.sqrt(np.partition(squares, (0, TENTH - 1), axis=1)[:, [0, TENTH - 1]])
    # Differences of squares are exact to about 1e-7 of the squares in double precision.
    equal = nearest[:, 0] < 1e-6 * np.sqrt(1 + (a**2).sum(axis=1))
    return np.asarray(~equal & (nearest[:, 0] < NEAR * nearest[:, 1]))


def near_share(case: Case) -> float:
    """Share of the validation rows that nearly equal a training row, in [0, 1]; 0 for inputs that are not numbers."""
    return case.once("near_share", lambda: _near_share(case))


def _near_share(case: Case) -> float:
    if case.validation is None:
        return 0.0
    batches = (counted_rows(case, one) for one in (case.validation.sample(NEAR_ROWS), case.train.head(AMONG_ROWS)))
    theirs, ours = ([np.asarray(array) for _, array in input_leaves(case, one)] for one in batches)
    alike = [one.shape[1:] for one in theirs] == [one.shape[1:] for one in ours]
    if not alike or any(one.dtype.kind != "f" for one in (*theirs, *ours)):
        return 0.0
    rows, among = (np.concatenate([thinned(one) for one in side], axis=1).astype("float64") for side in (theirs, ours))
    rows, among = rows[np.isfinite(rows).all(axis=1)], among[np.isfinite(among).all(axis=1)]
    return float(near_copies(rows, among).mean()) if len(rows) else 0.0


def known_share(case: Case) -> float | None:
    """Share of the validation rows that equal or nearly equal a training row, in [0, 1].

    None without validation rows, for texts, and where rows repeat by nature.
    """
    if case.validation is None:
        return None
    seen = among_training(case, counted_rows(case, case.validation.sample(SCORED)))
    if seen is None or not identified([np.asarray(one) for _, one in input_leaves(case, case.train.sample(SCORED))]):
        return None
    return min(1.0, float(seen.mean()) + near_share(case))


def seen_ahead(case: Case) -> float | None:
    """By how much the skill on validation rows that were trained on is above that on the others, as the model is now.

    None where either kind has too few rows, or where rows repeat by nature; the largest over outputs.
    """
    if case.validation is None or case.validation.y is None:
        return None
    batch = case.validation.sample(SCORED)
    # What takes its rows together cannot be given those that stand on one side alone.
    seen = None if case.train.together else among_training(case, batch)
    if seen is None or min(seen.sum(), (~seen).sum()) < LEAST_ROWS:
        return None
    if not identified([np.asarray(one) for _, one in input_leaves(case, case.train.sample(SCORED))]):
        return None
    predicted = predict(case, batch)
    parts = []
    for mask in (seen, ~seen):
        rows = Batch(*(None if one is None else cut(one, mask) for one in (batch.x, batch.y, batch.weights)))
        scored = score_predictions(case, [one[mask] for one in predicted], rows)
        parts.append({output.name: score.skill for output, score in scored})
    ahead = [parts[0][name] - parts[1][name] for name in parts[0] if name in parts[1]]
    return max(ahead, default=None)
