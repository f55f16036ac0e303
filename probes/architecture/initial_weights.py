"""How the weights start: zero, constant, or of a scale that suits neither the fan-in nor the activation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..biases import shut_layers
from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..layers import PARAMETRIC, LayerNote, effective_shape, is_normalised, layer_notes, output_layers
from ..own_maps import own_matrix


@dataclass(frozen=True)
class LayerStart:
    """The kernel of one layer as training starts."""

    layer: str
    """Name of the layer."""
    std: float
    """Standard deviation of the kernel."""
    gain: float
    """Root mean square over that of a variance-keeping start: sqrt(1 / fan-in), times sqrt(2) if rectifying."""
    zero: bool
    """Whether every weight is zero."""
    constant: bool
    """Whether every weight is the same number."""
    twins: bool
    """Whether all units of the layer start alike, so that they can never differ."""


@dataclass(frozen=True)
class InitialWeights:
    """How the weights start."""

    layers: tuple[LayerStart, ...]
    """Layers with a kernel, in order, at most 100."""
    zero_layers: int
    """Layers whose kernel is all zero."""
    twin_layers: int
    """Layers whose units all start alike (constant or zero kernels) and that have two units or more."""
    first_odd: str | None
    """First layer whose units all start alike, or whose gain is furthest from 1 where none does."""
    hidden_twins: int
    """Of the layers whose units start alike, those that are hidden."""
    smallest_gain: float
    """Smallest gain of a layer that is not all zero; 1 where every one is."""
    largest_gain: float
    """Largest gain of such a layer; 1 where there is none."""
    total_gain: float
    """Product of all gains along the model: how signals grow from input to output; below 1 they die out. Layers whose
    output is normalised are left out."""
    nonfinite: bool
    """Whether a weight is NaN or infinite before training."""
    zero_factors: str | None = None
    """First layer of the program's own that has several matrices, all of them zero; null where there is none."""
    shut_layer: str | None = None
    """First hidden layer whose biases start so far out that its rectified units are shut; null where there is none."""
    shut_bias: float = 0.0
    """The bias of that layer that is nearest zero."""


@probe("initial_weights", title="How the weights start", cost="instant", needs=("model",))
def measure(case: Case, budget: Budget) -> InitialWeights:
    """Look at every kernel before the first step."""
    notes = [one for one in layer_notes(case) if _kernel(one) is not None]
    if not notes:
        raise Unanswerable("the model has no layer with a kernel that its own attributes show")
    rows = [_start(case, one) for one in notes]
    heads = {one.path for one in output_layers(case)}
    if notes[-1].kind not in PARAMETRIC:
        heads.add(notes[-1].path)
    twins = [row for row, note in zip(rows, notes, strict=True) if row.twins and (note.units or 2) > 1]
    gains = {row.layer: row.gain for row in rows if not row.zero and math.isfinite(row.gain) and row.gain > 0}
    carried = [gains[one.path] for one in notes if one.path in gains and not is_normalised(case, one)]
    furthest = max(rows, key=lambda row: abs(math.log(row.gain)) if row.gain > 0 and math.isfinite(row.gain) else 0.0)
    shut, bias = next(shut_layers(case), (None, 0.0))
    values = [np.asarray(one.numpy()) for one in case.model.weights if np.asarray(one.numpy()).dtype.kind == "f"]
    return InitialWeights(
        layers=tuple(rows[:100]),
        zero_layers=sum(row.zero for row in rows),
        twin_layers=len(twins),
        first_odd=twins[0].layer if twins else furthest.layer,
        hidden_twins=sum(row.layer not in heads for row in twins),
        smallest_gain=min(gains.values(), default=1.0),
        largest_gain=max(gains.values(), default=1.0),
        total_gain=float(np.prod(carried)),
        nonfinite=any(not np.isfinite(one).all() for one in values),
        zero_factors=next((one.path for one in layer_notes(case) if _of_zeros(one.layer)), None),
        shut_layer=shut.path if shut else None,
        shut_bias=bias,
    )


def _of_zeros(layer: Any) -> bool:
    own = [] if type(layer).__module__.startswith("keras.") else layer._trainable_variables
    matrices = [np.asarray(one.numpy()) for one in own if len(one.shape) > 1]
    return len(matrices) > 1 and not any(one.any() for one in matrices)


def _kernel(note: LayerNote) -> np.ndarray | None:
    found = [one for one in note.layer.weights if one.name.endswith("kernel")] if note.kind in PARAMETRIC else []
    own = found[0] if found else own_matrix(note.layer)
    return None if own is None else np.asarray(own.numpy(), dtype="float64")


def _start(case: Case, note: LayerNote) -> LayerStart:
    kernel = _kernel(note)
    assert kernel is not None
    fan_in = max(1, int(np.prod(kernel.shape[:-1])))
    # He et al. 2015 for rectifying layers, Glorot and Bengio 2010 (fan-in part) for the others.
    wanted = math.sqrt((2.0 if effective_shape(case, note) == "rectifying" else 1.0) / fan_in)
    # The second moment, not the spread: what passes through the layer is moved by the mean of the weights as well.
    size = float(np.sqrt(np.mean(kernel**2)))
    flat = kernel.reshape(-1, kernel.shape[-1])
    alike = bool(np.allclose(flat, flat[:, :1])) and flat.shape[1] > 1 and not _biases_differ(note.layer)
    return LayerStart(
        layer=note.path,
        std=float(kernel.std()),
        gain=size / wanted,
        zero=not kernel.any(),
        constant=bool(np.all(kernel == kernel.flat[0])),
        twins=alike,
    )


def _biases_differ(layer: Any) -> bool:
    """Whether biases tell the units apart from the start, as where a layer of zeros begins by giving the identity."""
    biases = [np.asarray(one.numpy()) for one in layer.weights if one.name.endswith("bias")]
    return any(one.size > 1 and not np.allclose(one, one.flat[0]) for one in biases)
