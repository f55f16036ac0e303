"""What layers hand on to each other, by the numbers of one eager pass: code between layers shows in no list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case, fed
from .layers import LayerNote, layer_notes, output_layers
from .recording import Batch
from .replacing import replaced
from .structures import cut, leaves, map_leaves

ROWS = 32
_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Passed:
    """What one layer was given and what it gave, in inference mode; None where it was not called on one tensor."""

    given: NDArray[Any] | None
    gave: NDArray[Any] | None


def passes(case: Case) -> dict[str, Passed]:
    """Every layer's numbers on a few rows, by path; empty where the model cannot be called on them."""
    return case.once("handed_on", lambda: _passes(case, case.train.sample(ROWS)))


def is_handed_on(case: Case, first: LayerNote, second: LayerNote) -> bool | None:
    """Whether the second layer is given what the first one gave, in whatever shape; None where it is not known."""
    known = passes(case)
    gave = known[first.path].gave if first.path in known else None
    given = known[second.path].given if second.path in known else None
    if gave is None or given is None:
        return None
    return gave.size == given.size and bool(np.array_equal(gave.ravel(), given.ravel()))


def is_affine(case: Case) -> bool | None:
    """Whether what the first output layer is given is an affine function of the inputs; None where that is not known.

    The mean of two inputs must give the mean of what both give.
    """
    batch, head = case.train.sample(ROWS), output_layers(case)
    half = batch.rows // 2
    if half < 2 or not head or not _measures(batch):
        return None
    one = Batch(cut(batch.x, np.arange(half)))
    other = Batch(cut(batch.x, np.arange(half, 2 * half)))
    rest = iter(_leaves(other.x))
    middle = Batch(map_leaves(lambda array: (array + next(rest)) / 2, one.x))
    found = [_passes(case, part).get(head[0].path, Passed(None, None)).given for part in (one, other, middle)]
    if any(part is None or not np.isfinite(part).all() for part in found):
        return None
    a, b, between = (np.asarray(part, "float64") for part in found)
    scale = float(np.abs(a - b).max()) or 1.0
    return bool(np.abs(between - (a + b) / 2).max() <= _TOLERANCE * scale)


def _leaves(structure: Any) -> list[NDArray[Any]]:
    return [np.asarray(one) for one in leaves(structure)]


def _measures(batch: Batch) -> bool:
    return all(one.dtype.kind == "f" and bool(np.isfinite(one).all()) for one in _leaves(batch.x))


def _passes(case: Case, batch: Batch) -> dict[str, Passed]:
    import keras

    wanted = {id(note.layer): note.path for note in layer_notes(case)}
    found: dict[str, Passed] = {}

    def make(original: Any) -> Any:
        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            gave = original(layer, *args, **kwargs)
            path = wanted.get(id(layer))
            if path is not None and path not in found:
                found[path] = Passed(_numbers(args[0]) if args else None, _numbers(gave))
            return gave

        return call

    given, arguments = fed(batch, case).x, {}
    if getattr(case.model, "_call_has_training_arg", True):
        arguments["training"] = False
    try:
        with replaced(keras.Layer, "__call__", make):
            case.model(given, **arguments)
    except Exception:  # noqa: BLE001 - a model that fails on a few rows tells nothing here
        return {}
    return found


def _numbers(tensor: Any) -> NDArray[Any] | None:
    if isinstance(tensor, (list, tuple, dict)):
        return None
    try:
        return np.asarray(tensor)
    except (TypeError, ValueError, NotImplementedError):
        return None
