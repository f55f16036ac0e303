"""Trainable weights that the data reach by no gradient, though a weight penalty gives them one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .case import Case, fed
from .keeping import unchanged
from .overriding import overrides
from .watching import variable_path

ROWS = 8


def moved_by_penalty_alone(case: Case) -> tuple[str, ...]:
    """Paths of penalised weights whose loss without any penalty has no gradient (TensorFlow's `None`).

    A penalty pulls at its own weights wherever they stand, so that the step sees gradients behind a rounding or an
    argmax too. Empty where no weight is penalised, and for steps of the program's own, which may add other terms.
    """
    import tensorflow as tf

    model = case.model
    penalised = [one for one in model.trainable_variables if getattr(one, "regularizer", None) is not None]
    if not penalised or overrides(model) or getattr(model, "_compile_loss", None) is None:
        return ()
    batch = fed(case.train.head(ROWS), case)
    takes = getattr(model, "_call_has_training_arg", True)
    try:
        with unchanged(model, case.fit.callbacks), _without_penalty(penalised), tf.GradientTape() as tape:
            given = model(batch.x, training=True) if takes else model(batch.x)
            loss = model.compute_loss(x=batch.x, y=batch.y, y_pred=given, sample_weight=batch.weights)
        # A tape that recorded nothing knows no gradient of anything.
        found = tape.gradient(loss, [one.value for one in penalised])
    except Exception:  # noqa: BLE001 - what fails outside the program's own step tells nothing about it
        return ()
    return tuple(variable_path(one) for one, part in zip(penalised, found, strict=True) if part is None)


@contextlib.contextmanager
def _without_penalty(variables: list[Any]) -> Iterator[None]:
    held = [one.regularizer for one in variables]
    try:
        for one in variables:
            one._regularizer = None
        yield
    finally:
        for one, regularizer in zip(variables, held, strict=True):
            one._regularizer = regularizer


__all__ = ["moved_by_penalty_alone"]
