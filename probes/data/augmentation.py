"""Whether pictures are varied at random in training, by how much, and whether that also happens in inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case, fed
from ..catalogue import probe
from ..inputs import input_leaves, is_image
from ..layers import LayerNote, layer_notes
from ..recording import Batch
from ..scoring import predict

ROWS = 96
_MOVING = ("Translation", "Rotation", "Zoom", "Crop", "Shear", "Perspective", "Affine", "Erasing")
_LEAST_AREA = 0.4


@dataclass(frozen=True)
class Augmentation:
    """Whether pictures are varied at random."""

    pictures: bool
    """Whether an input holds pictures."""
    layers: int
    """Layers of the model that vary their input at random in training, dropout left out."""
    first_layer: str | None
    """The first of them."""
    in_pipeline: bool
    """Whether pictures come from a pipeline, which may vary them itself without showing it."""
    rows: int
    """Rows of training data known of."""
    resemblance: float | None
    """Median correlation of a picture with what these layers make of it, in [-1, 1]; null without such layers."""
    lost_share: float | None
    """Share of pictures that are left with less than two fifths of their area, or a quarter of their variance, behind
    these layers; null without them."""
    varies_in_inference: bool
    """Whether, in a model with such layers, the same rows get other predictions the second time in inference mode."""


@probe("augmentation", title="How pictures are varied at random", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> Augmentation:
    """Pass some pictures through the varying layers, and some rows through the model twice."""
    sample = case.train.sample(ROWS)
    pictures = next(
        (
            np.asarray(one)
            for _, one in input_leaves(case, sample)
            if np.asarray(one).dtype.kind in "fiu" and np.asarray(one).ndim == 4 and is_image(np.asarray(one))
        ),
        None,
    )
    varying = [note for note in layer_notes(case) if note.kind.startswith("Random") or note.kind == "GaussianNoise"]
    resemblance, lost = _effect(case, pictures, varying) if pictures is not None else (None, None)
    return Augmentation(
        pictures=pictures is not None,
        layers=len(varying),
        first_layer=varying[0].path if varying else None,
        in_pipeline=bool(case.train.batches) and pictures is not None,
        rows=case.train.total_rows or case.train.rows,
        resemblance=resemblance,
        lost_share=lost,
        varies_in_inference=bool(varying) and _varies(case, sample),
    )


def _effect(case: Case, pictures: NDArray[Any], varying: list[LayerNote]) -> tuple[float | None, float | None]:
    changed = _through(case, pictures, [note.layer for note in varying])
    if changed is None:
        return None, None
    # What is pushed out of the frame is seen by moving a sheet of ones: the fill is zero where the picture ended.
    moving = [note.layer for note in varying if any(kind in note.kind for kind in _MOVING)]
    sheet = _through(case, np.ones_like(pictures, dtype="float32"), moving)
    area = np.ones(len(pictures)) if sheet is None else sheet.reshape(len(sheet), -1).mean(axis=1)
    return _compared(pictures, changed, area)


def _through(case: Case, pictures: NDArray[Any], layers: list[Any]) -> NDArray[Any] | None:
    """The pictures behind those of the layers that keep their shape, one after the other, in training mode."""
    if not layers:
        return None
    given = fed(Batch(pictures), case).x
    passed = 0
    for layer in layers:
        try:
            made = layer(given, training=True)
        except (ValueError, TypeError):
            continue
        if tuple(made.shape) == tuple(given.shape):
            given, passed = made, passed + 1
    return np.asarray(given, dtype="float64") if passed else None


def _compared(pictures: NDArray[Any], changed: NDArray[Any], area: NDArray[Any]) -> tuple[float, float]:
    a = pictures.reshape(len(pictures), -1).astype("float64")
    b = changed.reshape(len(changed), -1)
    before, after = a.std(axis=1), b.std(axis=1)
    shown = before > 0
    if not shown.any():
        return 1.0, 0.0
    centred = (a - a.mean(axis=1, keepdims=True)) * (b - b.mean(axis=1, keepdims=True))
    alike = centred.mean(axis=1)[shown] / np.maximum(before * after, 1e-12)[shown]
    lost = (after < 0.5 * before) | (area < _LEAST_AREA)
    return float(np.median(alike)), float(np.mean(lost[shown]))


def _varies(case: Case, sample: Batch) -> bool:
    first, second = predict(case, sample), predict(case, sample)
    return any(
        one.shape == other.shape and bool(np.any(np.abs(one - other) > 1e-3 * (np.nanstd(one) + 1e-9)))
        for one, other in zip(first, second, strict=True)
    )
