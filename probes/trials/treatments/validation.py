"""Validation inputs on the scale of the training inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...structures import leaves
from ..arm import Arm
from ..reshaping import map_inputs
from ..treating import NotApplicable, Parameters, treatment
from .inputs import FITTED_ROWS, is_tokens

FAR = 4.0
"""Spread in one set over that in the other, or distance of the means in training spreads, from which two sets were
prepared in different ways; sets of different sources differ by less."""

SHARE = 0.25
"""Share of the features that must lie that far apart; one feature is enough where it lies ten times as far."""

PIXELS = (255.0, 1 / 255.0)
"""What divides or multiplies pixels."""

Moments = tuple[NDArray[np.float64], NDArray[np.float64]]


@treatment(
    "align_validation", title="Validation inputs on the scale of the training inputs", stage="data", measured=True
)
def align_validation(arm: Arm, parameters: Parameters) -> Parameters:
    """Give the validation inputs the mean and spread of the training inputs, by feature; pixels a factor."""
    if arm.validation is None:
        raise NotApplicable("the program gives no validation data")
    ours = [np.asarray(one) for one in leaves(arm.train.sample(FITTED_ROWS).x)]
    theirs = [np.asarray(one) for one in leaves(arm.validation.sample(FITTED_ROWS).x)]
    changes = {
        place: (moments(a), moments(b), _factor(a, b))
        for place, (a, b) in enumerate(zip(ours, theirs, strict=False))
        if a.dtype.kind in "fiub" and a.shape[1:] == b.shape[1:] and not is_tokens(a, arm) and _is_far(a, b)
    }
    if not changes:
        raise NotApplicable("training and validation inputs are of one scale")

    def change(leaf: int, array: NDArray[Any]) -> NDArray[Any]:
        if leaf not in changes:
            return array
        (mean, spread), (own_mean, own_spread), factor = changes[leaf]
        if factor is not None:
            return np.asarray(array.astype("float64") * factor, dtype="float32")
        moved = (array.astype("float64") - own_mean) / own_spread * spread + mean
        return np.asarray(moved, dtype="float32")

    arm.set_data(arm.train, map_inputs(arm.validation, change))
    factor = changes[min(changes)][2]
    return {"method": "standardise"} if factor is None else {"method": "rescale", "factor": factor}


def moments(array: NDArray[Any]) -> Moments:
    """Mean and spread of every feature (of all values, where there are more than two axes); a spread is never 0."""
    values = np.where(np.isfinite(array.astype("float64")), array, np.nan)
    axes = (0,) if array.ndim == 2 else tuple(range(array.ndim))
    mean, spread = np.nan_to_num(np.nanmean(values, axis=axes)), np.nan_to_num(np.nanstd(values, axis=axes))
    return np.asarray(mean), np.where(spread > 0, spread, 1.0)


def _is_far(ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    (mean, spread), (own_mean, own_spread) = moments(ours), moments(theirs)
    ratio = own_spread / spread
    apart = np.atleast_1d(np.maximum(np.maximum(ratio, 1 / ratio), np.abs(own_mean - mean) / spread))
    if ours.ndim == 2:
        # What never varies in one of the two (a pixel at the edge) has no scale there.
        apart = apart[_varies(ours) & _varies(theirs)]
    return bool(apart.size) and bool(np.mean(apart > FAR) >= SHARE or np.max(apart) > 10 * FAR)


def _varies(array: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(np.nanmax(array, axis=0) > np.nanmin(array, axis=0))


def _factor(ours: NDArray[Any], theirs: NDArray[Any]) -> float | None:
    """What multiplies validation pixels; None where the two sets are not one factor apart."""
    if min(float(np.nanmin(ours)), float(np.nanmin(theirs))) < 0:
        return None
    found = float(np.nanmax(ours)) / max(float(np.nanmax(theirs)), 1e-12)
    return next((one for one in PIXELS if abs(found / one - 1) < 0.1), None)
