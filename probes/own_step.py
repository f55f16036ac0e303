"""A training step of the program's own against the gradient of the loss that is compiled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Batch, Case, fed
from .keeping import unchanged
from .running import learning_rate
from .structures import leaves, map_leaves
from .watching import variable_path

ROWS = 32
LEAST_GRADIENT = 1e-7
LEAST_SHARE = 1e-3
"""Share of the whole gradient's norm from which that of one weight moves it in any step that is given it: of less than
a millionth nothing may be left in single precision."""


def has_gradient(case: Case) -> bool:
    """Whether the compiled loss of a few rows has a gradient that is not zero, at a learning rate above zero."""
    batch = fed(case.train.sample(ROWS), case)
    return learning_rate(case.optimizer) > 0 and _gradient(case, batch, training=False) is not None


def with_gradient(case: Case) -> frozenset[str]:
    """Paths of the weights of which the compiled loss of a few rows has a gradient worth a step."""
    parts = _gradients(case, fed(case.train.sample(ROWS), case), training=False) or []
    norms = [float(np.linalg.norm(one)) for one in parts]
    least = max(LEAST_GRADIENT, LEAST_SHARE * float(np.linalg.norm(norms)))
    known = zip(case.model.trainable_variables, norms, strict=False)
    return frozenset(variable_path(one) for one, norm in known if norm > least)


def uphill(case: Case) -> float | None:
    """Cosine between what one step adds to the weights and the gradient of the compiled loss; None without either.

    Weight decay, which shrinks weights wherever the gradient points, is left out. The step is run for real; whoever
    asks puts the case back.
    """
    batch = fed(case.train.head(max(1, case.fit.batch_size)), case)
    if not learning_rate(case.optimizer) > 0:
        return None
    # Dropout and augmentation must fall on the step as they fall on the gradient.
    with unchanged(case.model, case.fit.callbacks):
        gradient = _gradient(case, batch, training=True)
    if gradient is None:
        return None
    before = _weights(case)
    decay = getattr(case.optimizer, "weight_decay", None)
    try:
        if decay is not None:
            case.optimizer.weight_decay = None
        case.model.train_step(batch.as_fit_gives_it())
    except Exception:  # noqa: BLE001 - a step that needs the graph cannot be looked at by itself
        return None
    finally:
        if decay is not None:
            case.optimizer.weight_decay = decay
    added = _weights(case) - before
    size = float(np.linalg.norm(added)) * float(np.linalg.norm(gradient))
    return float(added @ gradient) / size if math.isfinite(size) and size > 0 else None


def mixed_rows(case: Case) -> float | None:
    """The loss that a step logs on its own predictions as targets, over that on the same dealt out to other rows.

    Near 0 where each row is compared with its own target; 1 where targets (N,) spread over predictions (N, 1), for then
    their order does not matter. None where the model is not of that kind. The step is run for real.
    """
    batch = fed(case.train.head(max(4, case.fit.batch_size)), case)
    if len(leaves(batch.y)) != 1 or np.ndim(leaves(batch.y)[0]) != 1:
        return None
    try:
        given = np.asarray(case.model(batch.x, training=False))
    except Exception:  # noqa: BLE001 - what the model gives is looked at elsewhere
        return None
    if given.ndim != 2 or given.shape[1] != 1 or not given.std() > 0:
        return None
    own, dealt = _logged(case, batch, given[:, 0]), _logged(case, batch, np.roll(given[:, 0], 1))
    return own / dealt if own is not None and dealt is not None and dealt > 0 else None


def _logged(case: Case, batch: Batch, targets: NDArray[Any]) -> float | None:
    """The loss that one step logs on these targets; the weights are put back."""
    import tensorflow as tf

    known = [one.numpy() for one in case.model.trainable_variables]
    y = map_leaves(lambda one: tf.cast(targets, one.dtype), batch.y)
    try:
        case.model.reset_metrics()
        logs = case.model.train_step(Batch(batch.x, y, batch.weights).as_fit_gives_it())
        found = float(np.asarray(logs["loss"]))
    except Exception:  # noqa: BLE001 - a step that needs the graph, or logs no loss, cannot be looked at so
        return None
    finally:
        for variable, value in zip(case.model.trainable_variables, known, strict=True):
            variable.assign(value)
    return found if math.isfinite(found) else None


def _weights(case: Case) -> NDArray[np.float64]:
    return _flat([one.numpy() for one in case.model.trainable_variables])


def _flat(parts: list[Any]) -> NDArray[np.float64]:
    return np.concatenate([np.asarray(one, dtype="float64").ravel() for one in parts])


def _gradient(case: Case, batch: Batch, *, training: bool) -> NDArray[np.float64] | None:
    """The gradient of the compiled loss at the weights as they are; None where there is none that is not zero."""
    parts = _gradients(case, batch, training=training)
    flat = None if parts is None else _flat(parts)
    return flat if flat is not None and float(np.linalg.norm(flat)) > LEAST_GRADIENT else None


def _gradients(case: Case, batch: Batch, *, training: bool) -> list[Any] | None:
    """The same weight by weight; None where it cannot be had, or is not finite."""
    import tensorflow as tf

    if getattr(case.model, "_compile_loss", None) is None:
        return None
    weights = [one.value for one in case.model.trainable_variables]
    try:
        with tf.GradientTape() as tape:
            given = case.model(batch.x, training=training)
            loss = case.model.compute_loss(x=batch.x, y=batch.y, y_pred=given, training=training)
        found = tape.gradient(loss, weights)
    except Exception:  # noqa: BLE001 - what fails outside the program's own step tells nothing about it
        return None
    dense = [np.zeros(one.shape) if part is None else _dense(part) for part, one in zip(found, weights, strict=True)]
    return dense if all(np.isfinite(one).all() for one in dense) else None


def _dense(part: Any) -> Any:
    import tensorflow as tf

    return tf.convert_to_tensor(part).numpy()
