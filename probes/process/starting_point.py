"""The state of a model before the first batch of a ``train_on_batch`` loop, and copies of its batches."""

from __future__ import annotations

from typing import Any

import numpy as np


class StartingPoint:
    """Weights, optimizer state and metrics of a model, taken before its first batch, built as that batch builds it.

    Args:
        model: the live model.
        batch: the first ``(x, y, sample_weight)``.
    """

    def __init__(self, model: Any, batch: tuple[Any, Any, Any]) -> None:
        model._assert_compile_called("train_on_batch")
        model._maybe_symbolic_build(data_batch=batch)
        variables = [*model.variables, *(model.optimizer.variables if model.optimizer is not None else ())]
        self._kept = [(one, np.array(one)) for one in {id(one): one for one in variables}.values()]

    def restore(self) -> None:
        """Give every variable the value it had."""
        for variable, value in self._kept:
            variable.assign(value)


def copied(value: Any) -> Any:
    """A copy of a batch's part, because loops like to fill one buffer again and again."""
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)) and value and hasattr(value[0], "shape"):
        return type(value)(copied(one) for one in value)
    return np.array(value)


def size_of(value: Any) -> int:
    """Bytes of a copied batch."""
    if isinstance(value, dict):
        return sum(size_of(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return sum(size_of(one) for one in value)
    return int(getattr(value, "nbytes", 0))
