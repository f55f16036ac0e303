"""Whether training and validation data are of one kind: range, shift, classes, samples on both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..inputs import input_leaves
from ..overlap import among_training, identified, keys, near_share
from ..recording import Batch
from ..structures import map_leaves, size_in_bytes
from ..tasks import class_ids, outputs, target_of
from ..together import counted_rows

ROWS = 2000
LARGEST_DEALT = 16_000_000
"""Bytes of rows that are dealt out anew; larger ones are pictures and the like, which no chance makes equal."""
DEALS = 4
OVERLAPPING = 0.1
"""Share of validation rows among the training rows from which chance is asked for; the least that a question tells."""


@dataclass(frozen=True)
class TrainValidation:
    """How training and validation data compare."""

    training_rows: int
    """Rows of training data known of."""
    validation_rows: int
    """Rows of validation data known of."""
    overlap: float
    """Share of the validation rows whose inputs stand among the training rows too, in [0, 1]."""
    distinct_training: float
    """Share of training rows that are distinct; an overlap among data of few distinct rows says nothing."""
    scale_ratio: float
    """Spread of the inputs in training over that in validation, or its inverse: 1 or more."""
    mean_shift: float
    """Median over features of the difference of means, in training standard deviations."""
    range_ratio: float
    """Largest absolute input in training over that in validation, or its inverse: 1 or more."""
    told_apart: float
    """Balanced accuracy with which a linear model tells validation from training rows, 0.5 to 1."""
    target_shift: float
    """Largest difference of a class share between the two, in [0, 1]."""
    target_range_ratio: float
    """Spread of quantity targets in one over that in the other: 1 or more."""
    new_classes: int
    """Classes of the validation data that training never shows."""
    shape_differs: bool
    """Whether samples have another shape or type in validation."""
    identified: bool = False
    """Whether a single measured number tells the distinct training rows apart, so that equal rows are copies."""
    near_overlap: float = 0.0
    """Share of the validation rows that nearly equal a training row, in [0, 1]; measured for inputs of numbers."""
    target_mean_shift: float = 0.0
    """Largest difference of the mean of quantity targets between the two, in training standard deviations."""
    overlap_beyond_chance: float = 1.0
    """Share of the validation rows that chance would leave out, and that stand among the training rows, less twice its
    standard error, at most 1. Chance is the overlap of rows whose columns are dealt out anew, each for itself: rows of
    ids and categories meet without ever having been copied. `overlap` itself where chance makes none."""
    varied: bool = False
    """Whether a pipeline varies the training rows from epoch to epoch, which nobody does with validation rows."""


@probe(
    "train_validation",
    title="Whether training and validation data are of one kind",
    cost="instant",
    needs=("training_data", "validation_data"),
)
def measure(case: Case, budget: Budget) -> TrainValidation:
    """Compare samples of both."""
    if case.validation is None:
        raise Unanswerable("the program gives `fit` no validation data")
    ours, theirs = (counted_rows(case, one.sample(ROWS)) for one in (case.train, case.validation))
    mine = [np.asarray(one) for _, one in input_leaves(case, ours)]
    other = [np.asarray(one) for _, one in input_leaves(case, theirs)]
    differs = any(a.shape[1:] != b.shape[1:] for a, b in zip(mine, other, strict=False))
    numeric = _numeric(mine, other)
    scale, shift, reach = _differences(numeric)
    classes, moved, mean_moved, spread = _targets(case, ours, theirs)
    overlap = _overlap(case, theirs)
    return TrainValidation(
        training_rows=case.train.total_rows or case.train.rows,
        validation_rows=case.validation.total_rows or case.validation.rows,
        overlap=overlap,
        overlap_beyond_chance=_beyond_chance(case, theirs, overlap),
        distinct_training=_distinct(mine),
        identified=identified(mine),
        near_overlap=near_share(case),
        scale_ratio=scale,
        mean_shift=shift,
        range_ratio=reach,
        told_apart=told_apart(case),
        target_shift=moved,
        target_range_ratio=spread,
        new_classes=classes,
        shape_differs=differs,
        target_mean_shift=mean_moved,
        varied=case.train.varied,
    )


def _overlap(case: Case, batch: Batch) -> float:
    seen = among_training(case, batch)
    return 0.0 if seen is None else float(seen.mean())


def _beyond_chance(case: Case, batch: Batch, overlap: float) -> float:
    """The overlap less that of rows that nobody has seen: of the same columns, put together at random."""
    if overlap <= OVERLAPPING or size_in_bytes(batch.x) > LARGEST_DEALT:
        return overlap
    draws = np.random.default_rng(0)

    def dealt(one: Any) -> NDArray[Any]:
        array = np.asarray(one)
        return draws.permuted(array.reshape(len(array), -1), axis=0).reshape(array.shape)

    chance = float(np.mean([_overlap(case, replace(batch, x=map_leaves(dealt, batch.x))) for _ in range(DEALS)]))
    if chance == 0:
        return overlap
    error = float(np.sqrt(overlap * (1 - overlap) / max(1, batch.rows)))
    return (overlap - chance - 2 * error) / max(1 - chance, 1e-3)


def _distinct(arrays: list[NDArray[Any]]) -> float:
    if any(one.dtype.kind in "OUS" for one in arrays):
        return 1.0
    return len(set(keys(arrays))) / max(1, len(arrays[0]))


def _ratio(a: float, b: float) -> float:
    low, high = sorted((abs(a), abs(b)))
    return high / low if low > 0 else (1.0 if high == 0 else 1e12)


def _differences(pairs: list[tuple[NDArray[Any], NDArray[Any]]]) -> tuple[float, float, float]:
    scale, shift, reach = 1.0, 0.0, 1.0
    for ours, theirs in pairs:
        a = np.ma.masked_invalid(ours.reshape(len(ours), -1).astype("float64"))
        b = np.ma.masked_invalid(theirs.reshape(len(theirs), -1).astype("float64"))
        std = np.asarray(a.std(axis=0).filled(0.0))
        known = std > 0
        if not known.any():
            continue
        other = np.asarray(b.std(axis=0).filled(0.0))
        middle = np.asarray(np.abs(a.mean(axis=0) - b.mean(axis=0)).filled(0.0))
        scale = max(scale, _ratio(float(np.median(std[known])), float(np.median(other[known])) or 1e-12))
        shift = max(shift, float(np.median(middle[known] / std[known])))
        reach = max(reach, _ratio(float(np.abs(a).max()), float(np.abs(b).max())))
    return scale, shift, reach


def told_apart(case: Case) -> float:
    """Balanced accuracy with which a linear model tells validation from training rows by their inputs, 0.5 to 1."""
    held = case.validation
    if held is None:
        return 0.5

    def tell() -> float:
        sides = ([np.asarray(one) for _, one in input_leaves(case, side.sample(ROWS))] for side in (case.train, held))
        return _told_apart(_numeric(*sides))

    return case.once("told_apart", tell)


def _numeric(mine: list[NDArray[Any]], other: list[NDArray[Any]]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    return [(a, b) for a, b in zip(mine, other, strict=False) if a.dtype.kind in "fiub" and a.shape[1:] == b.shape[1:]]


def _told_apart(pairs: list[tuple[NDArray[Any], NDArray[Any]]]) -> float:
    if not pairs:
        return 0.5
    a, b = (
        np.concatenate([one[side].reshape(len(one[side]), -1).astype("float64") for one in pairs], axis=1)
        for side in (0, 1)
    )
    a, b = np.nan_to_num(a), np.nan_to_num(b)
    if min(len(a), len(b)) < 30:
        return 0.5
    if a.shape[1] > 300:
        draws = np.random.default_rng(0).standard_normal((a.shape[1], 300)) / np.sqrt(a.shape[1])
        a, b = a @ draws, b @ draws
    random = np.random.default_rng(0)
    a, b = a[random.permutation(len(a))], b[random.permutation(len(b))]
    mean, std = a.mean(axis=0), a.std(axis=0) + 1e-12
    a, b = np.clip((a - mean) / std, -10, 10), np.clip((b - mean) / std, -10, 10)
    half_a, half_b = len(a) // 2, len(b) // 2
    design = np.concatenate([a[:half_a], b[:half_b]])
    wanted = np.concatenate([np.full(half_a, -1.0), np.full(half_b, 1.0)])
    weights = np.sqrt(np.concatenate([np.full(half_a, 1 / half_a), np.full(half_b, 1 / half_b)]))[:, None]
    design = np.concatenate([design, np.ones((len(design), 1))], axis=1) * weights
    solved = np.linalg.solve(design.T @ design + 0.02 * np.eye(design.shape[1]), design.T @ (wanted[:, None] * weights))

    def judge(rows: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.concatenate([rows, np.ones((len(rows), 1))], axis=1) @ solved).ravel()

    return max(0.5, float(0.5 * ((judge(a[half_a:]) < 0).mean() + (judge(b[half_b:]) > 0).mean())))


def _targets(case: Case, ours: Any, theirs: Any) -> tuple[int, float, float, float]:
    fresh, moved, mean_moved, spread = 0, 0.0, 0.0, 1.0
    if ours.y is None or theirs.y is None:
        return fresh, moved, mean_moved, spread
    for output in outputs(case):
        a, b = target_of(output, ours), target_of(output, theirs)
        if output.kind in ("binary", "multiclass"):
            first, second = class_ids(output, a), class_ids(output, b)
            names = sorted(set(first.tolist()) | set(second.tolist()))
            shares = [abs(float((first == one).mean() - (second == one).mean())) for one in names]
            moved = max(moved, *shares)
            whole = set(class_ids(output, target_of(output, case.train.head(200_000))).tolist())
            fresh = max(fresh, len(set(second.tolist()) - whole))
        elif output.kind == "regression" and a.dtype.kind in "fiu":
            std = float(np.nanstd(a)) or 1.0
            mean_moved = max(mean_moved, abs(float(np.nanmean(a) - np.nanmean(b))) / std)
            spread = max(spread, _ratio(float(np.nanstd(a)), float(np.nanstd(b)) or 1e-12))
    return fresh, moved, mean_moved, spread
