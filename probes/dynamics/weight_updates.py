"""How far one step moves the weights, layer by layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case, fed
from ..catalogue import Unanswerable, probe
from ..first_steps import first_steps
from ..running import learning_rate

ROWS = 32


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


@probe("weight_updates", title="How far one step moves the weights", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> WeightUpdates:
    """Watch the first steps of the planned training."""
    seen = first_steps(case)
    paths = list(seen.seen[0].updates)
    if not paths:
        raise Unanswerable("the model has no trainable weights")
    rows = [WeightUpdate(path, seen.update(path)) for path in paths]
    kernels = [row.ratio for row in rows if row.weight.endswith(("kernel", "embeddings")) and math.isfinite(row.ratio)]
    kernels = kernels or [row.ratio for row in rows if math.isfinite(row.ratio)] or [math.nan]
    still = [row.weight for row in rows if not seen.moves(row.weight)]
    all_still = len(still) == len(rows)
    return WeightUpdates(
        weights=tuple(rows[:200]),
        median_ratio=float(np.median(kernels)),
        largest_ratio=max(kernels),
        smallest_ratio=min(kernels),
        still=len(still),
        first_still=still[0] if still else None,
        all_still=all_still,
        nonfinite=any(float(one.updates[path][2]) < 1 for one in seen.seen for path in one.updates),
        idle_step=all_still and _has_own_step(case) and _has_gradient(case),
    )


def _has_own_step(case: Case) -> bool:
    import keras

    return type(case.model).train_step is not keras.Model.train_step


def _has_gradient(case: Case) -> bool:
    """Whether the compiled loss of a few rows has a gradient that is not zero, at a learning rate above zero."""
    import tensorflow as tf

    batch = fed(case.train.sample(ROWS), case)
    if not learning_rate(case.optimizer) > 0 or getattr(case.model, "_compile_loss", None) is None:
        return False
    try:
        with tf.GradientTape() as tape:
            given = case.model(batch.x, training=False)
            loss = case.model.compute_loss(x=batch.x, y=batch.y, y_pred=given, training=False)
        found = tape.gradient(loss, [one.value for one in case.model.trainable_variables])
    except Exception:  # noqa: BLE001 - what fails outside the program's own step tells nothing about it
        return False
    norms = [float(np.linalg.norm(np.asarray(tf.convert_to_tensor(one)))) for one in found if one is not None]
    return any(math.isfinite(one) and one > 1e-7 for one in norms)
