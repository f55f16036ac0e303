"""The score that decides whether a fault bites: balanced accuracy for classes, R2 for numbers.

It follows the targets, whatever loss and metrics the program chose.
NumPy alone; `keras` is handed over by the process that trains.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

ROWS = 3000
Batches = list[tuple[Any, Any]]


def _head(data: Any, start: int) -> Any:
    """The rows of nested arrays from `start`, at most `ROWS` of them."""
    if isinstance(data, dict):
        return {name: np.asarray(one)[start:][:ROWS] for name, one in data.items()}
    if isinstance(data, list | tuple):
        return [np.asarray(one)[start:][:ROWS] for one in data]
    return np.asarray(data)[start:][:ROWS]


def _from_iterable(data: Any, flatten: Any) -> Batches:
    batches: Batches = []
    seen = 0
    for batch in data:
        if not isinstance(batch, list | tuple) or len(batch) < 2:
            return []
        batches.append((batch[0], batch[1]))
        seen += len(np.asarray(flatten(batch[1])[0]))
        if seen >= ROWS:
            break
    return batches


def judged_rows(x: Any, y: Any, split: float | None, validation: Any, flatten: Any) -> Batches:
    """Validation rows where there are any, else training rows, as (inputs, targets) batches."""
    if isinstance(validation, list | tuple):
        x, y, split = validation[0], validation[1], None
    elif validation is not None:
        x, y = validation, None
    if y is None and not (hasattr(x, "shape") or isinstance(x, dict)):
        return _from_iterable(x, flatten)
    start = int(len(flatten(x)[0]) * (1 - split)) if split else 0
    return [(_head(x, start), _head(x if y is None else y, start))]


def _classes(outputs: npt.NDArray[Any], targets: npt.NDArray[Any]) -> tuple[Any, Any] | None:
    """True and chosen classes, or None where the targets are numbers."""
    width = outputs.shape[-1] if outputs.ndim > 1 else 1
    known = np.unique(targets)
    one_hot = targets.shape == outputs.shape and set(known.tolist()) <= {0, 1} and np.allclose(targets.sum(-1), 1)
    if width > 1 and one_hot:
        return targets.argmax(-1).ravel(), outputs.argmax(-1).ravel()
    if width > 1 and targets.size * width == outputs.size and np.allclose(targets, np.round(targets)):
        return targets.ravel().astype(int), outputs.argmax(-1).ravel()
    if width == 1 and len(known) == 2 and targets.size == outputs.size:
        probabilities = outputs.min() >= 0 and outputs.max() <= 1
        middle = known.mean() if known[0] < 0 or probabilities else 0.0
        return (targets.ravel() == known[1]).astype(int), (outputs.ravel() > middle).astype(int)
    return None


def score(outputs: npt.NDArray[Any], targets: npt.NDArray[Any]) -> float:
    """Balanced accuracy in [0, 1] for classes, R2 in [-1, 1] for numbers; the worst value for outputs not finite."""
    outputs, targets = np.asarray(outputs, "float64"), np.asarray(targets)
    if targets.dtype.kind == "b":
        targets = targets.astype(int)
    pair = _classes(outputs, targets)
    if pair is not None:
        if not np.isfinite(outputs).all():
            return 0.0
        wanted, chosen = pair
        return float(np.mean([np.mean(chosen[wanted == one] == one) for one in np.unique(wanted)]))
    if targets.size != outputs.size or not np.isfinite(outputs).all():
        return -1.0
    flat_targets = targets.reshape(len(targets), -1).astype("float64")
    flat_outputs = outputs.reshape(len(targets), -1)
    finite = np.isfinite(flat_targets).all(axis=1)
    flat_targets, flat_outputs = flat_targets[finite], flat_outputs[finite]
    spread = ((flat_targets - flat_targets.mean(0)) ** 2).sum()
    return float(max(-1.0, 1 - ((flat_targets - flat_outputs) ** 2).sum() / spread)) if spread else -1.0


def model_score(model: Any, batches: Batches, flatten: Any) -> tuple[float, float]:
    """Mean score over the model's outputs, and the variety of the first (0: one answer for all)."""
    outputs, targets = [], []
    for inputs, wanted in batches:
        small = len(flatten(inputs)[0]) <= 512
        outputs.append(flatten(model.predict_on_batch(inputs) if small else model.predict(inputs, verbose=0)))
        targets.append(flatten(wanted))
    heads = [np.concatenate([np.asarray(o) for o in head]) for head in zip(*outputs, strict=True)]
    wants = [np.concatenate([np.asarray(t) for t in head]) for head in zip(*targets, strict=True)]
    mean = float(np.mean([score(o, t) for o, t in zip(heads, wants, strict=True)]))
    return mean, _variety(heads[0])


def _variety(outputs: npt.NDArray[Any]) -> float:
    """How much the first output differs from row to row: for classes the share of rows outside the commonest class."""
    outputs = np.asarray(outputs, "float64")
    if outputs.ndim > 1 and outputs.shape[-1] > 1:
        chosen = outputs.argmax(-1).ravel()
        return 1.0 - float(np.bincount(chosen).max() / len(chosen))
    spread = float(np.std(outputs))
    return spread / (abs(float(np.mean(outputs))) + spread + 1e-12)
