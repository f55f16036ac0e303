"""Batches: their size and the order of their rows."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ...recording import Recorded
from ...structures import leaves, stack
from ...tasks import class_ids, outputs
from ..arm import Arm
from ..reshaping import as_arrays, rows
from ..treating import NotApplicable, Parameters, treatment

USUAL = 32
SMALL, LARGE = 8, 128
FEW_ROWS = 300
MOST_OF_ALL = 0.5
"""A batch that holds this share of the rows gives one step or two an epoch."""


@treatment("set_batch_size", title="Batches of a usual size", stage="fit", yields_to=("set_learning_rate",))
def set_batch_size(arm: Arm, parameters: Parameters) -> Parameters:
    """Batches of 32 rows, of 16 where there are few; the number of epochs stays."""
    present = arm.fit.batch_size
    usual = USUAL if arm.train.rows >= 20 * USUAL else 16
    wanted = int(parameters.get("batch_size") or usual)
    if "batch_size" not in parameters and SMALL <= present <= LARGE:
        raise NotApplicable(f"batches of {present} are of a usual size")
    if wanted >= arm.train.rows:
        raise NotApplicable("there are fewer rows than one batch of usual size")
    streamed = bool(arm.train.batches)
    arm.set_data(as_arrays(arm.train), arm.validation)
    shuffle = arm.fit.shuffle and not streamed
    arm.fit = dataclasses.replace(arm.fit, batch_size=wanted, steps_per_epoch=None, shuffle=shuffle)
    return {"batch_size": wanted, "batch_size_before": present}


@treatment(
    "split_full_batch", title="Many batches instead of a few that hold nearly all rows", stage="fit", measured=True
)
def split_full_batch(arm: Arm, parameters: Parameters) -> Parameters:
    """As batches of a usual size, where one batch holds half of the rows or more and leaves few steps."""
    rows_known, size = arm.train.rows, arm.fit.batch_size
    if rows_known < FEW_ROWS or size <= LARGE or size < MOST_OF_ALL * rows_known:
        raise NotApplicable("no batch holds most of the rows")
    return set_batch_size(arm, parameters)


@treatment("shuffle_data", title="Rows in random order", stage="fit", yields_to=("set_learning_rate",))
def shuffle_data(arm: Arm, parameters: Parameters) -> Parameters:
    """Shuffle the training rows every epoch; where the split took the last rows, split at random instead."""
    split = _sorted_split(arm)
    if not split and arm.fit.shuffle and not arm.train.batches:
        raise NotApplicable("the rows are shuffled every epoch already")
    train, validation = as_arrays(arm.train), arm.validation
    if split and validation is not None:
        train, validation = _split_anew(train, as_arrays(validation))
    arm.set_data(train, validation)
    arm.fit = dataclasses.replace(arm.fit, shuffle=True, steps_per_epoch=None)
    return {"shuffle": True, "split": "random" if split else "unchanged"}


def _sorted_split(arm: Arm) -> bool:
    """Whether ``validation_split`` cut off rows whose classes are not those of the rest."""
    if not arm.held.fit.validation_split or arm.validation is None or arm.train.batches:
        return False
    for output in outputs(arm.derived()):
        if output.kind not in ("binary", "multiclass"):
            continue
        first, second = (
            class_ids(output, np.asarray(leaves(one.y)[output.position])) for one in (arm.train, arm.validation)
        )
        if _distance(first, second) > 0.2:
            return True
    return False


def _distance(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Total variation between the shares of the classes, in [0, 1]."""
    known = np.union1d(first, second)
    shares = [np.asarray([np.mean(one == name) for name in known]) for one in (first, second)]
    return float(0.5 * np.abs(shares[0] - shares[1]).sum())


def _split_anew(train: Recorded, validation: Recorded) -> tuple[Recorded, Recorded]:
    parts = [(one.x, one.y, one.weights) for one in (train, validation)]
    x, y, weights = (stack([first, second]) for first, second in zip(*parts, strict=True))
    whole = Recorded("arrays", x, y, weights, (), train.rows + validation.rows, True)
    order = np.random.default_rng(0).permutation(whole.rows)
    return rows(whole, np.sort(order[: train.rows])), rows(whole, np.sort(order[train.rows :]))
