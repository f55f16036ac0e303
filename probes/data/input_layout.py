"""Whether pictures and sequences lie on the axes that the first layer reads them on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import probe
from ..inputs import input_leaves, is_tokens
from ..layers import CONVOLUTIONAL, RECURRENT, layer_notes

ROWS = 300
_CHANNELS = 4
_SIDE = 8


@dataclass(frozen=True)
class InputLayout:
    """On which axes the inputs are smooth, and on which the first layers expect neighbours."""

    input: str | None
    """Name of the input looked at; null where none is a picture or a sequence, and nothing else then says anything."""
    shape: tuple[int, ...]
    """Shape of one sample."""
    roughness: tuple[float, ...]
    """For each axis of a sample, the mean squared step between neighbours over twice the variance: 0 smooth, 1 none."""
    convolutional: bool
    """Whether a convolution reads the input."""
    channels_first: bool
    """Whether a few channels stand before a square picture, and the convolution reads channels last."""
    reordered_roughness: float | None
    """Roughness of the picture read with channels first and then moved last, over that as given; null for one channel
    and for sequences. Far below 1 where a `reshape` stands in place of a transposition."""
    time_roughness: float | None
    """For sequences the roughness along the steps."""
    feature_roughness: float | None
    """For sequences the roughness along the features, over all features; null for fewer than 8."""
    one_step: bool
    """Whether a recurrent layer is given sequences of one step alone."""
    neighbours_roughness: float | None = None
    """For sequences of 2 or more features the mean squared step between numbers that stand side by side in memory, over
    that from a step to the next of one feature; of the rows' places the roughest counts. Below 1 where whole rows of
    one feature were cut into steps; null where nothing changes."""
    row_jump: float | None = None
    """The squared step where a row of as many numbers as there are steps ends and the next begins, over that at other
    steps between the same two features; three standard errors over the samples are taken off. Above 1 where (features,
    steps) were reshaped to (steps, features); null where no other such step is there to compare with."""


_NONE = InputLayout(None, (), (), False, False, None, None, None, False)


@probe("input_layout", title="The order of the inputs' axes", cost="instant", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> InputLayout:
    """Compare neighbours along every axis."""
    kinds = [note.kind for note in layer_notes(case)]
    for name, one in input_leaves(case, case.train.sample(ROWS)):
        array = np.asarray(one)
        if array.dtype.kind not in "fiu" or array.ndim not in (3, 4) or is_tokens(case, array):
            continue
        values = np.nan_to_num(array.astype("float64"), nan=0.0, posinf=0.0, neginf=0.0)
        if values.ndim == 4 and any("2D" in kind for kind in kinds if kind in CONVOLUTIONAL):
            return _picture(name, values, case)
        if values.ndim == 3 and any(kind in RECURRENT or kind in CONVOLUTIONAL for kind in kinds):
            return _sequence(name, values, kinds)
    return _NONE


def _picture(name: str, values: NDArray[Any], case: Case) -> InputLayout:
    shape = tuple(int(size) for size in values.shape[1:])
    first = next(note.layer for note in layer_notes(case) if note.kind in CONVOLUTIONAL and "2D" in note.kind)
    reads_last = getattr(first, "data_format", "channels_last") == "channels_last"
    rough = tuple(_roughness(values, axis) for axis in (1, 2, 3))
    ahead = shape[0] <= _CHANNELS < _SIDE <= min(shape[1:]) and shape[1] == shape[2]
    return InputLayout(
        input=name,
        shape=shape,
        roughness=rough,
        convolutional=True,
        channels_first=bool(reads_last and ahead),
        reordered_roughness=_reordered(values) if reads_last and 1 < shape[2] <= _CHANNELS else None,
        time_roughness=None,
        feature_roughness=None,
        one_step=False,
    )


def _sequence(name: str, values: NDArray[Any], kinds: list[str]) -> InputLayout:
    steps, features = int(values.shape[1]), int(values.shape[2])
    recurrent = any(kind in RECURRENT for kind in kinds)
    rough = (_roughness(values, 1), _roughness(values, 2))
    neighbours, jump = _torn_rows(values)
    return InputLayout(
        input=name,
        shape=(steps, features),
        roughness=rough,
        convolutional=any(kind in CONVOLUTIONAL for kind in kinds),
        channels_first=False,
        reordered_roughness=None,
        time_roughness=rough[0] if steps > 1 else None,
        feature_roughness=rough[1] if features >= _SIDE else None,
        one_step=bool(recurrent and steps == 1 and features > 1),
        neighbours_roughness=neighbours,
        row_jump=jump,
    )


def _torn_rows(values: NDArray[Any]) -> tuple[float | None, float | None]:
    """Roughness between neighbours in memory over that along the steps, and the jump where rows would end."""
    rows, steps, features = values.shape
    if features < 2 or steps < _SIDE:
        return None, None
    squared = np.diff(values.reshape(rows, steps * features), axis=1) ** 2
    apart = squared.mean(axis=0)
    ends = np.arange(1, features) * steps - 1
    inside = np.ones(len(apart), dtype=bool)
    inside[ends] = False
    places = np.arange(len(apart)) % features
    # Of features that differ in size or lie apart, some neighbours are alike and others are not: the least alike count.
    groups = [inside & (places == place) for place in range(features)]
    rough = max(float(apart[one].mean()) for one in groups if one.any())
    along = float(np.mean(np.diff(values, axis=1) ** 2))
    if rough <= 0 or along <= 0:
        return None, None
    compared = [end for end in ends if groups[end % features].any()]
    if not compared:
        return rough / along, None
    jumps = squared[:, compared].mean(axis=1)
    usual = np.mean([squared[:, groups[end % features]].mean(axis=1) for end in compared], axis=0)
    error = float((jumps - usual).std()) / math.sqrt(rows)
    return rough / along, float((jumps.mean() - 3.0 * error) / max(float(usual.mean()), 1e-12))


def _roughness(values: NDArray[Any], axis: int) -> float:
    if values.shape[axis] < 2:
        return 0.0
    # Over all other places at once: a constant offset between channels counts as a step between them.
    variance = float(values.var(axis=axis).mean())
    return float(np.mean(np.diff(values, axis=axis) ** 2) / (2 * variance)) if variance > 0 else 0.0


def _reordered(values: NDArray[Any]) -> float:
    rows, height, width, channels = values.shape
    moved = np.moveaxis(values.reshape(rows, channels, height, width), 1, -1)
    given = _roughness(values, 1) + _roughness(values, 2)
    return float((_roughness(moved, 1) + _roughness(moved, 2)) / given) if given > 0 else 1.0
