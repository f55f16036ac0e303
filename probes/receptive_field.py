"""How much of an input one place of the last feature map can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .inputs import input_leaves, is_tokens
from .layers import ATTENDING, CONVOLUTIONAL, RECURRENT, LayerNote, layer_notes

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


def sight(case: Case) -> ReceptiveField | None:
    """What one value of the last map sees of the one input; None where that has no places, or nothing tells."""
    arrays = [np.asarray(one) for _, one in input_leaves(case, case.train.sample(200))]
    if len(arrays) != 1 or arrays[0].ndim < 3 or is_tokens(case, arrays[0]):
        return None
    return receptive_field(layer_notes(case), tuple(arrays[0].shape[1:-1]))


def receptive_field(notes: Sequence[LayerNote], extent: tuple[int, ...]) -> ReceptiveField | None:
    """Of a model that reads places ``extent`` through convolutions and pools over all of them.

    Adds up kernels, dilations and strides (Araujo et al., Computing Receptive Fields of CNNs, Distill 2019).
    None where a layer reads all places together, enlarges the maps again, or moves along other axes than those of the
    input: one by one over the pictures of a pair or of a film, say, or behind a change of shape.
    """
    kinds = {one.kind for one in notes}
    if not kinds & set(CONVOLUTIONAL) or not any(one.startswith(OVER_ALL_PLACES) for one in kinds):
        return None
    if kinds & {*RECURRENT, *ATTENDING, *ENLARGING, "Flatten"}:
        return None
    steps = list(_steps(notes))
    if any(len(size) != len(extent) for _, *sizes in steps for size in sizes):
        return None
    field, apart = np.ones(len(extent), dtype=int), np.ones(len(extent), dtype=int)
    last = ""
    for path, kernel, stride in steps:
        field += (kernel - 1) * apart
        apart *= stride
        last = path
    seen = np.minimum(field, extent)
    return ReceptiveField(tuple(int(one) for one in seen), float((seen / extent).min()), last)


def _steps(notes: Sequence[LayerNote]) -> Iterator[tuple[str, NDArray[Any], NDArray[Any]]]:
    """Path, reach and stride along its own axes of each layer that looks at neighbours."""
    for one in notes:
        if one.kind in CONVOLUTIONAL:
            size, dilation = one.layer.kernel_size, getattr(one.layer, "dilation_rate", 1)
        elif one.kind.startswith(LOCAL):
            size, dilation = one.layer.pool_size, 1
        else:
            continue
        size = np.atleast_1d(np.asarray(size, dtype=int))
        yield one.path, 1 + (size - 1) * np.asarray(dilation), np.broadcast_to(one.layer.strides, size.shape)
