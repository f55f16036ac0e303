"""Whether the model can learn one batch by heart: the shortest test of wiring, capacity and step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..recording import Batch, Recorded
from ..running import Plan, run
from ..scoring import scores
from ..structures import map_leaves

ROWS = 32
STEPS = 240
FEWEST = 4
SECONDS = 12.0
EVENLY = 0.08
"""Share of the whole fall by which the second half of the last quarter lies below the first: 0.125 on a line."""

LEAST_FALL = 0.02
"""Fall over the final loss below which evenness says nothing."""


@dataclass(frozen=True)
class OneBatch:
    """What came of training on one batch over and over."""

    rows: int
    """Rows of the batch."""
    steps: int
    """Steps taken."""
    first_loss: float
    """Loss at the first step, without the penalty."""
    final_loss: float
    """Mean loss of the last tenth of the steps, without the penalty."""
    fall: float
    """Share of the first loss that went away, in (-inf, 1]."""
    skill: float | None
    """Share of the way from chance to perfect on that batch after it, in [-1, 1]; null without a task."""
    still_falling: bool
    """Whether the loss fell by more than a tenth over the last quarter of the steps, or evenly all along."""
    rises: bool
    """Whether the loss at the end lies above the first."""
    nonfinite: bool
    """Whether the loss became NaN or infinite."""
    penalty_share: float
    """Share of the final total loss that is regularisation penalty, in [0, 1]."""
    curve: tuple[float, ...]
    """Loss over the steps, at most 60 values."""


@probe("one_batch", title="Learning one batch by heart", cost="training", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> OneBatch:
    """Train on one small batch at the program's own settings."""
    from ..curves import thinned

    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled")
    if case.train.batches:
        batch = case.train.batches[0]
    else:
        batch = case.train.sample(min(ROWS, max(case.fit.batch_size, 8)))
    if batch.y is None or batch.rows < 2:
        raise Unanswerable("one batch holds no targets, or one row alone")
    # One epoch of many steps: the bookkeeping of an epoch costs more than the step of a small model.
    held = Recorded(case.train.kind, batch.x, batch.y, batch.weights, (fed_like(batch, case),), batch.rows, True)
    plan = Plan(held, epochs=1, steps_per_epoch=STEPS, watch="one_batch")
    ran = run(case, plan, Budget(min(SECONDS, budget.left)))
    if ran.error is not None and ran.steps < FEWEST:
        raise Unanswerable(f"training fails: {ran.error.type}")
    if ran.steps < FEWEST:
        raise Unanswerable("the budget did not allow four steps")
    data = np.asarray(ran.losses) - np.asarray(ran.penalties)
    tail = max(1, len(data) // 10)
    final = float(np.mean(data[-tail:]))
    first = float(data[0])
    late = data[-max(4, len(data) // 4) :]
    skills = [score.skill for _, score in scores(case, batch)]
    return OneBatch(
        rows=batch.rows,
        steps=ran.steps,
        first_loss=first,
        final_loss=final,
        fall=(first - final) / abs(first) if first else 0.0,
        skill=min(skills) if skills else None,
        still_falling=_still_falling(late, first - final),
        rises=bool(math.isfinite(final) and final > first * 1.02),
        nonfinite=not bool(np.isfinite(np.asarray(ran.losses)).all()),
        penalty_share=float(np.clip(ran.penalties[-1] / ran.losses[-1], 0, 1)) if ran.losses[-1] > 0 else 0.0,
        curve=tuple(thinned(data.tolist(), 60)),
    )


def _still_falling(late: NDArray[np.float64], fall: float) -> bool:
    """Of losses that fall on a straight line the halves of the last quarter lie an eighth of the whole fall apart."""
    if not np.isfinite(late).all():
        return False
    before, after = float(late[: len(late) // 2].mean()), float(late[len(late) // 2 :].mean())
    evenly = fall > LEAST_FALL * abs(before) and before - after > EVENLY * fall
    return after < before * 0.9 or evenly


def fed_like(batch: Batch, case: Case) -> Batch:
    """The batch with floats in the working precision, as Keras' adapter of arrays would feed it."""
    import keras

    kind = keras.config.floatx()
    turn = lambda one: one.astype(kind) if one.dtype.kind == "f" and not case.train.batches else one  # noqa: E731
    return Batch(*(None if part is None else map_leaves(turn, part) for part in (batch.x, batch.y, batch.weights)))
