"""Whether pictures show anything: contrast, sharpness, grain, darkness, blank ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import probe
from ..inputs import input_leaves, is_image

ROWS = 400
_SMALLEST = 12
_NOTHING = 1e-12


@dataclass(frozen=True)
class ImageQuality:
    """Whether pictures show anything; of the input that is worst, judged by its contrast."""

    pictures: int
    """Pictures looked at; 0 where no input holds pictures, and the other numbers then say nothing."""
    input: str | None
    """Name of the input."""
    height: int
    """Rows of a picture."""
    width: int
    """Columns of a picture."""
    contrast: float
    """Median over pictures of their brightest minus their darkest value, over the largest absolute value of all."""
    blank_share: float
    """Share of pictures whose values spread by less than a hundredth of the whole range, in [0, 1]."""
    clipped_share: float
    """Share of values at the very end, top or bottom, that holds more of them, in [0, 1]; high for drawings too."""
    dark_share: float
    """Share of pictures whose brightest hundredth stays below a tenth of what their type can hold, in [0, 1]."""
    sharpness: float | None
    """Median variance of the Laplacian over that of the picture; near 0 where blurred; null below 12 pixels a side."""
    grain: float
    """Median share of a picture's variance that neighbouring pixels do not share: 0 smooth, 1 pure noise."""


@probe("image_quality", title="Whether the pictures show anything", cost="instant", needs=("training_data",))
def measure(case: Case, budget: Budget) -> ImageQuality:
    """Look at 400 pictures at most."""
    return image_quality(case)


def image_quality(case: Case) -> ImageQuality:
    """The same, once for all that ask."""
    return case.once("image_quality", lambda: _worst(case))


def _worst(case: Case) -> ImageQuality:
    found = [
        _quality(name, np.asarray(array))
        for name, array in input_leaves(case, case.train.sample(ROWS))
        if np.asarray(array).dtype.kind in "fiu" and is_image(np.asarray(array))
    ]
    if not found:
        return ImageQuality(0, None, 0, 0, 0.0, 0.0, 0.0, 0.0, None, 0.0)
    return min(found, key=lambda one: one.contrast)


def _quality(name: str, array: NDArray[Any]) -> ImageQuality:
    grey = _grey(np.nan_to_num(array.astype("float64"), nan=0.0, posinf=0.0, neginf=0.0))
    spread = grey.std(axis=(1, 2))
    low, high = float(grey.min()), float(grey.max())
    largest = max(abs(low), abs(high), _NOTHING)
    shown = spread > 0.01 * (high - low) + _NOTHING
    seen = grey[shown] if shown.any() else grey
    ends = (float(np.mean(grey >= high)), float(np.mean(grey <= low)))
    return ImageQuality(
        pictures=len(grey),
        input=name,
        height=grey.shape[1],
        width=grey.shape[2],
        contrast=float(np.median(grey.max(axis=(1, 2)) - grey.min(axis=(1, 2))) / largest),
        blank_share=float(1 - shown.mean()),
        clipped_share=max(ends) if high > low else 1.0,
        dark_share=_dark_share(grey, array),
        sharpness=_sharpness(seen) if min(grey.shape[1:]) >= _SMALLEST else None,
        grain=_grain(seen),
    )


def _grey(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim == 3:
        return array
    # Channels stand on the shorter of the two places that Keras knows.
    return np.asarray(array.mean(axis=1 if array.shape[1] < array.shape[3] and array.shape[1] <= 4 else 3))


def _dark_share(grey: NDArray[Any], array: NDArray[Any]) -> float:
    largest = float(np.nanmax(array)) if array.size else 0.0
    if float(np.nanmin(array)) < 0 or largest > 255:
        return 0.0
    full = 255.0 if array.dtype.kind in "iu" or largest > 1 else 1.0
    if full == 255.0 and largest <= 32:
        return 0.0
    bright = np.percentile(grey, 99, axis=(1, 2))
    return float(np.mean(bright < 0.1 * full))


def _sharpness(grey: NDArray[Any]) -> float:
    inside = grey[:, 1:-1, 1:-1]
    laplacian = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:] - 4 * inside
    return float(np.median(laplacian.var(axis=(1, 2)) / (grey.var(axis=(1, 2)) + _NOTHING)))


def _grain(grey: NDArray[Any]) -> float:
    variance = grey.var(axis=(1, 2)) + _NOTHING
    steps = (np.diff(grey, axis=1) ** 2).mean(axis=(1, 2)), (np.diff(grey, axis=2) ** 2).mean(axis=(1, 2))
    return float(np.median(np.clip(np.minimum(*steps) / (2 * variance), 0.0, 1.0)))
