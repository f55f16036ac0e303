"""How much of an input one place of the last feature map can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .layers import ATTENDING, CONVOLUTIONAL, RECURRENT, LayerNote

LOCAL = ("AveragePooling", "MaxPooling")
OVER_ALL_PLACES = ("GlobalAveragePooling", "GlobalMaxPooling")
ENLARGING = ("UpSampling", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")


@dataclass(frozen=True)
class ReceptiveField:
    """What one value of the last map depends on, before all places are pooled.

    Attributes:
        field: places of the input along each spatial axis, at most: branches are counted as if they stood one after the
            other, so that it never comes out too small.
        share: smallest share of an axis that is seen, in (0, 1].
        layer: path of the layer that gives the last map.
    """

    field: tuple[int, ...]
    share: float
    layer: str


def receptive_field(notes: Sequence[LayerNote], extent: tuple[int, ...]) -> ReceptiveField | None:
    """Of a model that reads places ``extent`` through convolutions and pools over all of them.

    Adds up kernels, dilations and strides (Araujo et al., Computing Receptive Fields of CNNs, Distill 2019).
    None where a layer reads all places together, or enlarges the maps again.
    """
    kinds = {one.kind for one in notes}
    if not kinds & set(CONVOLUTIONAL) or not any(one.startswith(OVER_ALL_PLACES) for one in kinds):
        return None
    if kinds & {*RECURRENT, *ATTENDING, *ENLARGING, "Flatten"}:
        return None
    field, apart = np.ones(len(extent), dtype=int), np.ones(len(extent), dtype=int)
    last = ""
    for path, kernel, stride in _steps(notes, len(extent)):
        field += (kernel - 1) * apart
        apart *= stride
        last = path
    seen = np.minimum(field, extent)
    return ReceptiveField(tuple(int(one) for one in seen), float((seen / extent).min()), last)


def _steps(notes: Sequence[LayerNote], axes: int) -> Iterator[tuple[str, Any, Any]]:
    """Path, reach and stride along the axes of each layer that looks at neighbours."""
    for one in notes:
        if one.kind in CONVOLUTIONAL:
            size, dilation = one.layer.kernel_size, getattr(one.layer, "dilation_rate", 1)
        elif one.kind.startswith(LOCAL):
            size, dilation = one.layer.pool_size, 1
        else:
            continue
        reach = 1 + (_along(size, axes) - 1) * _along(dilation, axes)
        yield one.path, reach, _along(one.layer.strides, axes)


def _along(value: Any, axes: int) -> Any:
    return np.broadcast_to(np.asarray(value, dtype=int), (axes,))
