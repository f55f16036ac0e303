"""Whether a reshape tore the samples apart, where a transposition was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import probe
from ..recording import Batch
from ..reference import references, skills_on
from ..structures import cut, leaves, map_leaves

ROWS = 2000
LARGEST = 128 * 2**20
"""Bytes above which an array is not copied into another order."""

TAUGHT = 0.3
"""Skill of simple models from which the rows are whole, and nothing is tried."""


@dataclass(frozen=True)
class TornRows:
    """How well simple models predict the targets, from inputs as given and from the same numbers in another order."""

    skill: float
    """Skill on training rows left out, on the inputs as given; of the output predicted worst, in [-1, 1]."""
    transposed_skill: float
    """The same where a reshape between features by samples and samples by features is undone, the better of both ways;
    that of the inputs as given where these teach something, or are not one array of several numbers a row."""
    gain: float
    """The second minus the first."""


@probe("torn_rows", title="Whether a reshape tore the samples apart", cost="seconds", needs=("training_data",))
def measure(case: Case, budget: Budget) -> TornRows:
    """Read the numbers in the other order, and try the simple models again."""
    worst = min(references(case), key=lambda one: one.training.skill)
    skill, best = worst.training.skill, worst.training.skill
    if skill < TAUGHT:
        for batch in _transposed(case):
            best = max(best, skills_on(case, batch).get(worst.output.name, best))
    return TornRows(skill=skill, transposed_skill=best, gain=best - skill)


def _transposed(case: Case) -> Iterator[Batch]:
    """A sample of the rows as they would be: of the training data alone, and of them with the validation data."""
    train = case.train
    in_one_piece = train.kind == "arrays" and train.y is not None and train.rows == train.total_rows
    if not in_one_piece or len(leaves(train.x)) != 1:
        return
    array = np.asarray(leaves(train.x)[0])
    if array.ndim < 2 or array.nbytes > LARGEST:
        return
    held, wholes = case.validation, [(train.x, train.y)]
    if held is not None and held.y is not None and held.kind == "arrays" and held.rows == held.total_rows:
        wholes.append((_joined(train.x, held.x), _joined(train.y, held.y)))
    for x, y in wholes:
        for turn in (_samples_last, _samples_first):
            yield _sampled(turn(np.asarray(leaves(x)[0])), y)


def _samples_last(array: NDArray[Any]) -> NDArray[Any]:
    """What stood with its samples last and was reshaped to have them first."""
    return np.moveaxis(array.reshape(*array.shape[1:], len(array)), -1, 0)


def _samples_first(array: NDArray[Any]) -> NDArray[Any]:
    """What stood with its samples first, was reshaped as if they were last, and then moved."""
    return np.moveaxis(array, 0, -1).reshape(array.shape)


def _joined(one: Any, other: Any) -> Any:
    rest = iter(leaves(other))
    return map_leaves(lambda array: np.concatenate([np.asarray(array), np.asarray(next(rest))]), one)


def _sampled(x: Any, y: Any) -> Batch:
    rows = len(leaves(x)[0])
    chosen = np.sort(np.random.default_rng(0).permutation(rows)[:ROWS])
    return Batch(cut(x, chosen), cut(map_leaves(np.asarray, y), chosen))
