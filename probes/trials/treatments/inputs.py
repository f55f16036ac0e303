"""Inputs of unit scale, fitted on training rows and applied to validation rows too."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...front_scaling import behind, fixed_scaling
from ...inputs import is_image, looks_up
from ...structures import leaves
from ...trunk import BYTES, ROWS, difference, ranges, trunk
from ..anatomy import flat_layers, kind, names
from ..arm import Arm
from ..reshaping import map_inputs
from ..treating import NotApplicable, Parameters, treatment

FITTED_ROWS = 5000
LARGEST, SMALLEST = 4.0, 0.05
"""Root mean squares between these count as unit scale; standardised data have 1, pixels in [0, 1] about 0.4."""

UNEVEN = 30.0
"""Spread of the widest feature over that of the narrowest from which features are of different scales."""

FAINT = 0.2
"""Pictures within which values differ by less than this share of the largest value are faint."""

UNMOVED, MOVED = 0.2, 3.0
"""Frozen layers whose outputs differ by less than the one share of their size, and by the other times as much with
pixels as large as bytes, were trained on such."""

SCALING_LAYERS = ("Rescaling", "Normalization")


@treatment("scale_inputs", title="Inputs of unit scale", stage="data", measured=True)
def scale_inputs(arm: Arm, parameters: Parameters) -> Parameters:
    """Bring every numeric input to zero mean and unit spread, pixels to [0, 1]; constant features become 0.

    Assumes that numbers are quantities: token ids and strings are left alone. Inputs that are of unit scale, and that
    layers at the front take out of it, are given to the first layer that learns as they are; frozen layers get pixels
    of the usual range to which they answer best.
    """
    changed = _for_frozen_layers(arm) or _undo(arm)
    if changed is not None:
        return changed
    scales = _scales(arm)
    if not scales:
        raise NotApplicable(_why_none(arm))

    def change(leaf: int, array: NDArray[Any]) -> NDArray[Any]:
        if leaf not in scales:
            return array
        mean, spread = scales[leaf]
        scaled = (array.astype("float64") - mean) / spread
        return np.asarray(scaled, dtype="float32")

    train, validation = map_inputs(arm.train, change), map_inputs(arm.validation, change)
    assert train is not None
    arm.set_data(train, validation)
    if all(np.ndim(mean) == 0 for mean, _ in scales.values()):
        return {"method": "rescale", "factor": float(1 / scales[min(scales)][1])}
    return {"method": "standardise"}


def _for_frozen_layers(arm: Arm) -> Parameters | None:
    """Pixels of the range that frozen layers were trained on; None where there are none, or they have it."""
    arrays = [np.asarray(one) for one in leaves(arm.train.sample(ROWS).x)]
    front = trunk(arm.model)
    if front is None or len(arrays) != 1 or arrays[0].dtype.kind != "f" or not is_image(arrays[0]):
        return None
    given = difference(front, arrays[0])
    found = ranges(arrays[0])
    if not found or given > UNMOVED or difference(front, BYTES * arrays[0]) < MOVED * given:
        return None
    wanted = max(found, key=lambda one: difference(front, one.of(arrays[0])))

    def change(leaf: int, array: NDArray[Any]) -> NDArray[Any]:
        return wanted.of(array)

    train, validation = map_inputs(arm.train, change), map_inputs(arm.validation, change)
    assert train is not None
    arm.set_data(train, validation)
    return {"method": "rescale", "factor": wanted.factor, "offset": wanted.offset}


def _undo(arm: Arm) -> Parameters | None:
    """Inputs that layers at the front scale a second time, undone; None where these do no harm."""
    front = fixed_scaling(arm.model)
    arrays = [np.asarray(one) for one in leaves(arm.train.sample(FITTED_ROWS).x)]
    if not front or len(arrays) != 1 or arrays[0].dtype.kind not in "fiub" or is_unscaled(arrays[0]):
        return None
    if not is_unscaled(behind(front, arrays[0][:400])):
        return None
    offset, factor = 0.0, 1 / BYTES
    if all(kind(one) == "Rescaling" for one in front):
        # What affine layers make of 0 and 1 is all there is to know of them.
        offset, at_one = (float(np.mean(behind(front, np.full((1, 1), value)))) for value in (0.0, 1.0))
        factor = at_one - offset
    elif is_unscaled(behind(front, arrays[0][:400] * BYTES)):
        return None

    def change(leaf: int, array: NDArray[Any]) -> NDArray[Any]:
        return np.asarray((array.astype("float64") - offset) / factor, dtype="float32")

    train, validation = map_inputs(arm.train, change), map_inputs(arm.validation, change)
    assert train is not None
    arm.set_data(train, validation)
    if all(kind(one) == "Rescaling" for one in front):
        return {"method": "unscale", "layers": names(front)}
    return {"method": "rescale", "factor": BYTES}


def _scales(arm: Arm) -> dict[int, tuple[Any, Any]]:
    sample = arm.train.sample(FITTED_ROWS)
    arrays = [np.asarray(one) for one in leaves(sample.x)]
    if _scales_itself(arm, arrays):
        return {}
    return {
        place: scale_of(array)
        for place, array in enumerate(arrays)
        if not is_tokens(array, arm) and array.dtype.kind in "fiub" and is_unscaled(array)
    }


def _scales_itself(arm: Arm, arrays: list[NDArray[Any]]) -> bool:
    """Whether layers of the model bring its inputs to unit scale; one that changes nothing, never adapted, does not."""
    if not any(kind(one) in SCALING_LAYERS for one in flat_layers(arm.model)):
        return False
    front = fixed_scaling(arm.model)
    if not front or len(arrays) != 1 or arrays[0].dtype.kind not in "fiub":
        return True
    made = behind(front, arrays[0][:400])
    return not np.allclose(made, arrays[0][:400], rtol=1e-3)


def _why_none(arm: Arm) -> str:
    if any(kind(one) in SCALING_LAYERS for one in flat_layers(arm.model)):
        return "the model scales its inputs itself"
    return "the inputs are of unit scale already, or they are token ids"


def is_tokens(array: NDArray[Any], arm: Arm) -> bool:
    """Whether whole numbers of an input are looked up, in an embedding or by code of the program's own."""
    if array.dtype.kind not in "iuf" or not looks_up(arm.held):
        return False
    with np.errstate(invalid="ignore"):
        return array.ndim <= 2 and bool(np.all(array == np.round(array))) and bool(array.min() >= 0)


def is_unscaled(array: NDArray[Any]) -> bool:
    """Whether values lie far from unit scale, features differ much in spread, or pictures are faint."""
    spread, size = _spreads(array), _size(array)
    known = spread[spread > 1e-12 * max(1.0, size)]
    if not math.isfinite(size) or not len(known):
        return math.isfinite(size) and size > LARGEST
    uneven = array.ndim == 2 and float(known.max() / np.quantile(known, 0.05)) > UNEVEN and float(known.max()) > 2.0
    return bool(size > LARGEST or size < SMALLEST or uneven) or _is_faint(array)


def _is_faint(array: NDArray[Any]) -> bool:
    if array.ndim != 4:
        return False
    values = np.nan_to_num(array[:400].astype("float64"), nan=0.0, posinf=0.0, neginf=0.0)
    contrast = np.median(np.ptp(values, axis=(1, 2)).max(axis=-1))
    return bool(0 < contrast < FAINT * np.abs(values).max())


def _size(array: NDArray[Any]) -> float:
    values = array.astype("float64")
    values = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(values**2))) if values.size else math.nan


def _axes(array: NDArray[Any]) -> tuple[int, ...]:
    return tuple(range(array.ndim - 1)) if array.ndim > 1 else (0,)


def _spreads(array: NDArray[Any]) -> NDArray[np.float64]:
    values = np.where(np.isfinite(array.astype("float64")), array, np.nan)
    return np.asarray(np.nan_to_num(np.atleast_1d(np.nanstd(values, axis=_axes(array)))))


def scale_of(array: NDArray[Any]) -> tuple[Any, Any]:
    """What is taken off and what is divided by: 0 and 255 for pixels, else mean and spread of every feature."""
    values = np.where(np.isfinite(array.astype("float64")), array, np.nan)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if array.ndim >= 3 and low >= 0 and 64 < high <= 255 and bool(np.nanmax(np.abs(values - np.round(values))) == 0):
        return 0.0, 255.0
    mean, spread = np.nan_to_num(np.nanmean(values, axis=_axes(array))), _spreads(array)
    if array.ndim == 1:
        return mean, float(spread[0]) or 1.0
    # A feature that hardly varies would be blown up: it is divided by no less than a hundredth of the typical spread.
    floor = max(1e-12, 1e-6 * float(np.max(spread)))
    return mean, np.where(spread > floor, spread, 1.0)
