"""Whether the program's own training step lets batch normalisation see the batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .case import Case, fed
from .keeping import unchanged
from .layers import layer_notes
from .overriding import overrides


def normalisation_active(case: Case) -> bool | None:
    """Whether a batch normalisation moves its averages in a step of the program's own.

    None where the step is Keras' own, no such layer is there that could move them, or calling the model in training
    mode moves none either, as where a part of it is called in inference mode on purpose.
    """
    if not overrides(case.model):
        return None
    layers = [note.layer for note in layer_notes(case) if note.kind == "BatchNormalization"]
    called = [one for one in layers if one.built and one.moving_variance is not None]
    moving = [one.moving_variance for one in called if one.trainable and one.momentum < 1]
    if not moving:
        return None
    batch = fed(case.train.head(max(2, case.fit.batch_size)), case)
    if not _moves(case, moving, lambda: case.model(batch.x, training=True)):
        return None
    return _moves(case, moving, lambda: case.model.train_step(batch.as_fit_gives_it()))


def _moves(case: Case, averages: list[Any], does: Callable[[], object]) -> bool | None:
    with unchanged(case.model, case.fit.callbacks):
        before = [one.numpy() for one in averages]
        try:
            does()
        except Exception:  # noqa: BLE001 - a step that needs the graph, or other inputs, cannot be looked at so
            return None
        return any(not np.array_equal(one, each.numpy()) for one, each in zip(before, averages, strict=True))
