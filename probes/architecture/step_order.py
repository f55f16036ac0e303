"""Whether the network sees the order of steps, where the targets depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..inputs import input_leaves, is_image, is_tokens
from ..recording import Batch
from ..reference import references, skills
from ..scoring import predict
from ..structures import map_leaves

ROWS = 64

ALIKE = 1e-4
"""Spread of an output from row to row, over its size, below which rounding (1e-7 of the size) would hide any order."""


@dataclass(frozen=True)
class StepOrder:
    """What the order of steps means to the targets, and to the network."""

    seen: float
    """Largest change of an output when the steps of its sequences are dealt out anew, over its spread from row to row;
    0 where the network gives the same in any order."""
    ordered_skill: float
    """Skill on training rows left out of the best simple model that knows which step is where, in [-1, 1]."""
    unordered_skill: float
    """The same of the best that knows the steps alone."""
    gain: float
    """The first minus the second: what the order tells of the targets."""


@probe(
    "step_order",
    title="Whether the network sees the order of steps",
    cost="seconds",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> StepOrder:
    """Deal out the steps anew: before the network, and before simple models."""
    sample = case.train.sample(ROWS)
    if not any(_is_sequence(case, np.asarray(one)) for _, one in input_leaves(case, sample)):
        raise Unanswerable("no input is a sequence")
    ordered = {one.output.name: one.training.skill for one in references(case) if one.steps is None}
    if not ordered:
        raise Unanswerable("every output has a target for each step")
    sort = skills(case, lambda one: np.sort(one, axis=1) if _is_sequence(case, one) else one)
    unordered = {name: skill for name, skill in sort.items() if name in ordered}
    most = max(unordered, key=lambda name: ordered[name] - unordered[name])
    return StepOrder(
        seen=_change(case, sample),
        ordered_skill=ordered[most],
        unordered_skill=unordered[most],
        gain=ordered[most] - unordered[most],
    )


def _change(case: Case, sample: Batch) -> float:
    orders: dict[int, NDArray[np.int64]] = {}

    def dealt_out(one: Any) -> Any:
        array = np.asarray(one)
        if not _is_sequence(case, array):
            return one
        steps = array.shape[1]
        # Inputs that run side by side, such as words and their kinds, stay side by side.
        order = orders.setdefault(steps, np.random.default_rng(0).permutation(steps))
        return array[:, order]

    before = predict(case, sample)
    after = predict(case, Batch(map_leaves(dealt_out, sample.x), sample.y, sample.weights))
    changes = [
        float(np.abs(one - other).max()) / spread
        for one, other in zip(before, after, strict=True)
        if one.size and (spread := float(one.std(axis=0).max())) > ALIKE * float(np.abs(one).max())
    ]
    if not changes:
        raise Unanswerable("the network gives the same whatever goes in")
    return max(changes)


def _is_sequence(case: Case, array: NDArray[Any]) -> bool:
    if is_tokens(case, array):
        return array.ndim == 2 and array.shape[1] > 2
    return array.ndim == 3 and array.shape[1] > 2 and not is_image(array)
