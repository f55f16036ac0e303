"""How far one step moves the weights, layer by layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..first_steps import first_steps
from ..overriding import overrides
from ..own_step import has_gradient, mixed_rows, uphill, with_gradient


@dataclass(frozen=True)
class WeightUpdate:
    """The updates of one trainable weight."""

    weight: str
    """Path of the weight."""
    ratio: float
    """Median over the first steps of the update's norm over the weight's norm."""


@dataclass(frozen=True)
class WeightUpdates:
    """How far one step moves the weights."""

    weights: tuple[WeightUpdate, ...]
    """Every trainable weight, at most 200."""
    median_ratio: float
    """Median ratio over kernels; 1e-3 is customary."""
    largest_ratio: float
    """Largest ratio of a kernel."""
    smallest_ratio: float
    """Smallest ratio of a kernel."""
    still: int
    """Trainable weights that never moved."""
    first_still: str | None
    """First of them."""
    all_still: bool
    """Whether no weight moved at all."""
    nonfinite: bool
    """Whether an update was NaN or infinite."""
    idle_step: bool = False
    """Whether a training step of the program's own moves no weight, though the compiled loss has a gradient."""
    uphill: float | None = None
    """Cosine between what a step of the program's own adds to the weights and the gradient of the compiled loss, in
    [-1, 1]; above 0 where it climbs, null where the step is Keras' own or has no such gradient."""
    at_once: float = 0.0
    """Median over kernels of the largest ratio of a single step."""
    mixed_rows: float | None = None
    """Loss that a step of the program's own logs on its own predictions as targets, over that on the same dealt out to
    other rows: near 0 where every row has its own target, 1 where targets spread over all rows; null elsewhere."""
    left_out: int = 0
    """Weights that a training step of the program's own never moves, while it moves others, though the compiled loss
    has a gradient for them."""
    first_left_out: str | None = None
    """First of them."""


@probe("weight_updates", title="How far one step moves the weights", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> WeightUpdates:
    """Watch the first steps of the planned training."""
    seen = first_steps(case)
    paths = list(seen.seen[0].updates)
    if not paths:
        raise Unanswerable("the model has no trainable weights")
    rows = [WeightUpdate(path, seen.update(path)) for path in paths]
    finite = [row for row in rows if math.isfinite(row.ratio)]
    read = [row for row in finite if row.weight.endswith(("kernel", "embeddings"))] or finite
    kernels = [row.ratio for row in read] or [math.nan]
    still = [row.weight for row in rows if not seen.moves(row.weight)]
    all_still = len(still) == len(rows)
    due = with_gradient(case) if still and not all_still and overrides(case.model) else frozenset()
    left = [one for one in still if one in due]
    return WeightUpdates(
        weights=tuple(rows[:200]),
        median_ratio=float(np.median(kernels)),
        largest_ratio=max(kernels),
        smallest_ratio=min(kernels),
        still=len(still),
        first_still=still[0] if still else None,
        all_still=all_still,
        nonfinite=any(float(one.updates[path][2]) < 1 for one in seen.seen for path in one.updates),
        at_once=float(np.median([seen.longest(row.weight) for row in read])) if read else 0.0,
        idle_step=all_still and overrides(case.model) and has_gradient(case),
        mixed_rows=mixed_rows(case) if overrides(case.model) else None,
        left_out=len(left),
        first_left_out=left[0] if left else None,
        uphill=uphill(case) if overrides(case.model) and not all_still else None,
    )
