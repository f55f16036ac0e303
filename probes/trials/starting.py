"""Paired starts: arm i begins with the weights, the dropout seeds and the order of control i."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..watching import layer_paths

_INITIALIZERS = {
    "recurrent_kernel": "recurrent_initializer",
    "kernel": "kernel_initializer",
    "embeddings": "embeddings_initializer",
    "depthwise_kernel": "depthwise_initializer",
    "pointwise_kernel": "pointwise_initializer",
}
SPREAD_TOLERANCE = 0.03
"""A start whose spread differs from a fresh draw's by more than this share, and four standard errors, was not drawn."""


def seed_of(*parts: object) -> int:
    """A seed that depends on its parts alone, the same in every process."""
    return zlib.crc32("/".join(map(str, parts)).encode()) & 0x7FFFFFFF


class Starts:
    """The program's own start, and others drawn as the program drew it.

    Args:
        model: the live model as it stands at the held call.
    """

    def __init__(self, model: Any) -> None:
        self._own = {place: _values(variable) for place, variable, _, _ in weights_of(model)}
        self._seeds = {path: _values(state) for path, state in dropout_states(model)}
        self.trained_before = _iterations(model) > 0
        drawn = {place for place, variable, layer, name in weights_of(model) if self._was_drawn(variable, layer, name)}
        self._drawn: set[str] = set() if self.trained_before else drawn

    @property
    def varies(self) -> bool:
        """Whether starts can be drawn anew; where not, pairs differ in order and dropout alone."""
        return bool(self._drawn)

    def begin(self, model: Any, pair: int, initializer: Any = None) -> None:
        """Give the model its start of this pair; pair 0 is the program's own."""
        for place, variable, layer, name in weights_of(model):
            own = self._own.get(place)
            known = own is not None and own.shape == tuple(variable.shape)
            other = initializer(layer, name) if initializer is not None else None
            if other is not None:
                variable.assign(draw(other, variable, seed_of(pair, place)))
            elif known and (pair == 0 or place not in self._drawn):
                variable.assign(own)
            elif place in self._drawn or own is None or not known:
                found = initializer_of(layer, name)
                if found is not None:
                    variable.assign(draw(found, variable, seed_of(pair, place)))
        for path, state in dropout_states(model):
            own = self._seeds.get(path)
            fresh = np.asarray([seed_of(pair, path), 0], dtype="uint32")
            state.assign(own if pair == 0 and own is not None else fresh)

    def _was_drawn(self, variable: Any, layer: Any, name: str) -> bool:
        initializer = initializer_of(layer, name)
        if initializer is None:
            return False
        own, fresh = _values(variable), np.asarray(draw(initializer, variable, 1))
        return alike(own, fresh)


def alike(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two arrays could be draws from one distribution, by their spreads and their largest values."""
    first, second = float(np.std(one)), float(np.std(other))
    if not math.isfinite(first) or first < 1e-12 or second < 1e-12:
        return first < 1e-12 and second < 1e-12
    slack = SPREAD_TOLERANCE + 4.0 / math.sqrt(one.size)
    largest = float(np.abs(one).max()) / float(np.abs(other).max())
    return abs(math.log(first / second)) < slack and largest < 1.0 + 3.0 * slack


def initializer_of(layer: Any, name: str) -> Any:
    """The initialiser that the layer gives this variable; None where the layer does not say."""
    attribute = _INITIALIZERS.get(name.lstrip("_"))
    found = getattr(layer, attribute, None) if attribute else None
    return found if callable(found) else None


def draw(initializer: Any, variable: Any, seed: int) -> Any:
    """Fresh values of the variable; the initialiser's own seed is set aside."""
    config: Any = getattr(initializer, "get_config", dict)()
    if isinstance(config, dict) and "seed" in config:
        initializer = type(initializer).from_config({**config, "seed": seed})
    return initializer(tuple(variable.shape), dtype=variable.dtype)


def weights_of(model: Any) -> Iterator[tuple[str, Any, Any, str]]:
    """Place, variable, owner and attribute name of every variable of the layers; recurrent cells own theirs."""
    seen: set[int] = set()
    for path, layer in layer_paths(model):
        for owner, prefix in _owners(layer, path):
            for name, value in vars(owner).items():
                if _is_variable(value) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{prefix}/{name.lstrip('_')}", value, owner, name


def dropout_states(model: Any) -> Iterator[tuple[str, Any]]:
    """The states of the layers' own seed generators."""
    for path, layer in layer_paths(model):
        for owner, prefix in _owners(layer, path):
            for place, generator in enumerate(getattr(owner, "_seed_generators", ()) or ()):
                yield f"{prefix}/{place}", generator.state


def _owners(layer: Any, path: str) -> list[tuple[Any, str]]:
    owners = [(layer, path)]
    cell = getattr(layer, "cell", None)
    cells = getattr(cell, "cells", None) or ([cell] if cell is not None else [])
    known = {id(layer)}
    for place, one in enumerate(cells):
        if id(one) not in known and hasattr(one, "_flatten_layers"):
            owners.append((one, f"{path}/cell{place}"))
    return owners


def _is_variable(value: Any) -> bool:
    import keras

    return isinstance(value, keras.Variable) and value.dtype.startswith(("float", "bfloat"))


def _values(variable: Any) -> NDArray[Any]:
    return np.array(variable.numpy() if hasattr(variable, "numpy") else variable)


def _iterations(model: Any) -> int:
    optimizer = getattr(model, "optimizer", None)
    return 0 if optimizer is None else int(np.asarray(getattr(optimizer, "iterations", 0)))
