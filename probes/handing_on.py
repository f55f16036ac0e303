"""What layers hand on to each other, by the numbers of one eager pass: code between layers shows in no list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case, fed
from .layers import PARAMETRIC, LayerNote, layer_notes, output_layers
from .recording import Batch
from .replacing import replaced
from .structures import cut, leaves, map_leaves

ROWS = 32
_TOLERANCE = 1e-4
_ROUNDING = 1e-6
"""Of single precision, 6e-8 a number, over the sums of a few layers."""


@dataclass(frozen=True)
class Passed:
    """What one layer was given and what it gave, in inference mode; None where it was not called on one tensor."""

    given: NDArray[Any] | None
    gave: NDArray[Any] | None


@dataclass(frozen=True)
class Pass:
    """One eager pass in inference mode: the numbers of every layer by path, and what the model gave."""

    layers: dict[str, Passed]
    outputs: tuple[NDArray[Any], ...]


def passes(case: Case) -> dict[str, Passed]:
    """Every layer's numbers on a few rows, by path; empty where the model cannot be called on them."""
    return _one_pass(case).layers


def _one_pass(case: Case) -> Pass:
    return case.once("handed_on", lambda: _passes(case, case.train.sample(ROWS)))


def givers(case: Case) -> list[LayerNote]:
    """The layer with weights of a linear map that gives each output as it is, in order of outputs.

    Empty where one of the outputs is not to be found among what such layers give.
    """
    return case.once("givers", lambda: _givers(case))


def _givers(case: Case) -> list[LayerNote]:
    seen = _one_pass(case)
    notes = [note for note in layer_notes(case) if note.kind in PARAMETRIC and note.path in seen.layers]
    found = []
    for output in seen.outputs:
        gave = ((note, seen.layers[note.path].gave) for note in notes)
        given = [note for note, one in gave if one is not None and one.shape == output.shape and (one == output).all()]
        found += given[-1:]
    return found if len(found) == len(seen.outputs) else []


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

    The mean of two inputs must give the mean of what both give, also where one is the mirror image of the other: far
    from zero, where unscaled inputs lie, rectified units that are all open or all shut give a straight line.
    """
    batch, head = case.train.sample(ROWS), output_layers(case)
    half = batch.rows // 2
    if half < 2 or not head or not _measures(batch):
        return None
    one, other = cut(batch.x, np.arange(half)), cut(batch.x, np.arange(half, 2 * half))
    rest = iter(_leaves(other))

    def given(x: Any) -> NDArray[Any] | None:
        found = _passes(case, Batch(x)).layers.get(head[0].path, Passed(None, None)).given
        return None if found is None or not np.isfinite(found).all() else np.asarray(found, "float64")

    here = given(one)
    near = _is_mean(here, given(other), given(map_leaves(lambda array: (array + next(rest)) / 2, one)))
    if near is not True:
        return near
    mirrored = map_leaves(lambda array: -array, one)
    return _is_mean(here, given(mirrored), given(map_leaves(np.zeros_like, one))) is not False


def _is_mean(a: NDArray[Any] | None, b: NDArray[Any] | None, between: NDArray[Any] | None) -> bool | None:
    """Whether the third is the mean of the others, but for rounding; None where one is not known."""
    if a is None or b is None or between is None:
        return None
    scale = float(np.abs(a - b).max()) or 1.0
    rounding = _ROUNDING * float(max(np.abs(a).max(), np.abs(b).max()))
    return bool(np.abs(between - (a + b) / 2).max() <= _TOLERANCE * scale + rounding)


def _leaves(structure: Any) -> list[NDArray[Any]]:
    return [np.asarray(one) for one in leaves(structure)]


def _measures(batch: Batch) -> bool:
    return all(one.dtype.kind == "f" and bool(np.isfinite(one).all()) for one in _leaves(batch.x))


def _passes(case: Case, batch: Batch) -> Pass:
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
            result = case.model(given, **arguments)
    except Exception:  # noqa: BLE001 - a model that fails on a few rows tells nothing here
        return Pass({}, ())
    numbers = [_numbers(one) for one in leaves(result)]
    known = tuple(one for one in numbers if one is not None)
    return Pass(found, known if len(known) == len(numbers) else ())


def _numbers(tensor: Any) -> NDArray[Any] | None:
    if isinstance(tensor, (list, tuple, dict)):
        return None
    try:
        return np.asarray(tensor)
    except (TypeError, ValueError, NotImplementedError):
        return None
