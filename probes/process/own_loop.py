"""What to write in the place of a loop by hand, which nothing can hold, so that the rest can be examined."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any


def advice(values: Mapping[str, Any]) -> str:
    """The lines in which the program would hand its model over to ``fit``, with its own names where they are known.

    Args:
        values: the program's global names, as they are when it ends.
    """
    keras = sys.modules.get("keras")
    if keras is None:
        return _lines("model", "...", "...", "x, y")
    optimizer = _only(values, lambda one: isinstance(one, keras.optimizers.Optimizer)) or "..."
    loss = _only(values, lambda one: isinstance(one, keras.losses.Loss)) or "..."
    return _lines(_model(values, keras), optimizer, loss, _data(values))


def _lines(model: str, optimizer: str, loss: str, data: str) -> str:
    compiling, fitting = f"{model}.compile(optimizer={optimizer}, loss={loss})", f"{model}.fit({data}, epochs=...)"
    return (
        f"Write `{compiling}` and `{fitting}` in front of the loop, and check again: data, model, loss and optimizer "
        "are then examined as the loop is given them. What the loop itself does is examined too, where it is moved "
        "into the `train_step` of a `keras.Model`."
    )


def _only(values: Mapping[str, Any], fits: Callable[[Any], bool]) -> str | None:
    """The name of the one object that fits; None where there are several, or none."""
    found = {id(value): name for name, value in values.items() if not name.startswith("_") and fits(value)}
    return next(iter(found.values())) if len(found) == 1 else None


def _model(values: Mapping[str, Any], keras: Any) -> str:
    """The name of the one model that is no part of another."""
    models = [one for one in values.values() if isinstance(one, keras.Model)]
    parts = {id(part) for one in models for part in one._flatten_layers(include_self=False)}
    return _only(values, lambda one: isinstance(one, keras.Model) and id(one) not in parts) or "model"


def _data(values: Mapping[str, Any]) -> str:
    """The name of the data set that is trained on: the only one, or the only one that is called so."""

    def streams(one: Any) -> bool:
        return any(kind.__name__ == "DatasetV2" for kind in type(one).__mro__)

    training = {name: value for name, value in values.items() if "train" in name.lower()}
    return _only(values, streams) or _only(training, streams) or "x, y"
