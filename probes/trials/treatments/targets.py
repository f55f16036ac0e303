"""Targets: quantities of unit scale, labels as the loss reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...scoring import is_distance, predict, with_large_inputs
from ...tasks import Output, outputs, target_of
from ..arm import Arm
from ..output_shape import output_width
from ..reshaping import map_targets
from ..treating import NotApplicable, Parameters, treatment

LARGEST, SMALLEST = 5.0, 0.1
"""A mean or spread of targets above the first, or a spread below the second, is far from unit scale."""

ROWS = 64
"""Rows by which it is seen what an output can reach."""

Encode = Callable[[NDArray[Any]], NDArray[Any]]


@treatment("scale_targets", title="Targets of unit scale", stage="data", measured=True)
def scale_targets(arm: Arm, parameters: Parameters) -> Parameters:
    """Take the mean off the targets and divide by their spread; R2 in original units stays what it is.

    One mean and one spread for each output, so that R2 over its columns is not weighed anew.
    """
    sample, scales = arm.train.sample(5000), {}
    for output in arm.outputs:
        if output.kind != "regression":
            continue
        values = target_of(output, sample).astype("float64")
        values = values[np.isfinite(values)]
        mean, spread = float(values.mean()), float(values.std())
        if spread > 0 and (abs(mean) > LARGEST or spread > LARGEST or spread < SMALLEST):
            scales[output.position] = (mean, spread)
    if not scales:
        raise NotApplicable("no output has quantities for targets that are far from unit scale")

    def change(leaf: int, array: NDArray[Any]) -> NDArray[Any]:
        if leaf not in scales:
            return array
        scaled = (array.astype("float64") - scales[leaf][0]) / scales[leaf][1]
        return np.asarray(scaled, dtype="float32")

    _replace(arm, change)
    mean, spread = scales[min(scales)]
    found: Parameters = {"target_mean": mean, "target_spread": spread}
    if len(arm.outputs) > 1 and len(scales) == 1:
        # Where those of several outputs are to be scaled, no one mean and spread would do in the program.
        return {**found, "target_place": min(scales), "target_output": arm.outputs[min(scales)].name}
    return found


def _replace(arm: Arm, change: Callable[[int, NDArray[Any]], NDArray[Any]]) -> None:
    train, validation = map_targets(arm.train, change), map_targets(arm.validation, change)
    assert train is not None
    arm.set_data(train, validation)


@treatment("encode_labels", title="Labels as the loss reads them", stage="data", measured=True)
def encode_labels(arm: Arm, parameters: Parameters) -> Parameters:
    """Write class labels as the loss and the output layer expect them: ids from 0, one-hot, 0/1 or -1/+1.

    Whether a loss of the program's own takes a small distance for class 0 or 1 is not to be seen: there they are turned
    round.
    """
    sample, encoders, said = arm.train.sample(200_000), {}, []
    for output in arm.outputs:
        turned = _turned(arm, output)
        found = turned or _encoder(output, target_of(output, sample), output_width(arm, output))
        if found is not None:
            encoders[output.position], text = found
            said.append(text)
    if not encoders:
        raise NotApplicable("the labels are written as the loss reads them")
    _replace(arm, lambda leaf, array: encoders[leaf](array) if leaf in encoders else array)
    lowest = np.nanmin(target_of(outputs(arm.held)[min(encoders)], sample).astype("float64"))
    return {"encoding": said[0], "offset": float(lowest)}


def _turned(arm: Arm, output: Output) -> tuple[Encode, str] | None:
    """Of a distance that a loss of the program's own judges the other class is near."""
    if output.family != "other":
        return None
    place = [one.position for one in outputs(arm.held)].index(output.position)
    given = predict(arm.held, with_large_inputs(arm.held.train.sample(ROWS)))
    if place < len(given) and is_distance(output, given[place]):
        return (lambda array: 1 - array), "1 and 0"
    return None


def _encoder(output: Output, target: NDArray[Any], width: int | None) -> tuple[Encode, str] | None:
    if output.family == "sparse_crossentropy":
        return _for_sparse(target, width)
    if output.family in ("crossentropy", "categorical_hinge"):
        return _for_one_hot(target, width)
    if output.family == "binary_crossentropy":
        return _for_binary(target, width)
    if output.family == "hinge" and set(np.unique(target).tolist()) <= {0, 1}:
        return (lambda array: array.astype("float32") * 2 - 1), "-1 and +1"
    return None


def _for_sparse(target: NDArray[Any], width: int | None) -> tuple[Encode, str] | None:
    if target.ndim > 1 and target.shape[-1] > 1 and target.shape[-1] == width and _is_one_hot(target):
        return (lambda array: array.argmax(axis=-1)), "ids from one-hot"
    known = np.unique(target[np.isfinite(target)] if target.dtype.kind == "f" else target)
    limit = width if width and width > 1 else len(known)
    if not 2 <= len(known) <= limit:
        return None
    if bool(np.all(known == np.round(known))) and known[0] >= 0 and known[-1] < limit:
        return None
    return _ids(known), "ids from 0"


def _ids(known: NDArray[Any]) -> Encode:
    def encode(array: NDArray[Any]) -> NDArray[Any]:
        values = array.astype("float64")
        found = np.clip(np.searchsorted(known, values - 1e-9 * np.abs(values)), 0, len(known) - 1)
        fits = np.isclose(known[found].astype("float64"), values, rtol=1e-5)
        # What names no training label but is a valid id already, as validation labels that were left alone, stays.
        whole = (values >= 0) & (values < len(known)) & (values == np.round(values))
        keep = whole.all() and not fits.all()
        return np.where(keep, values, found).astype("int64")

    return encode


def _is_one_hot(target: NDArray[Any]) -> bool:
    flat = target.reshape(-1, target.shape[-1])
    return bool(np.isin(np.unique(flat[:5000]), (0, 1)).all() and (flat[:5000].sum(axis=1) == 1).all())


def _for_one_hot(target: NDArray[Any], width: int | None) -> tuple[Encode, str] | None:
    if not width or width < 2 or (target.ndim > 1 and target.shape[-1] == width):
        return None
    if target.ndim > 1 and target.shape[-1] != 1:
        return None
    known = np.unique(target)
    if not bool(np.all(known == np.round(known))) or len(known) > width:
        return None
    offset = 0 if known[0] >= 0 and known[-1] < width else int(known[0])
    if known[-1] - offset >= width:
        return None

    def encode(array: NDArray[Any]) -> NDArray[Any]:
        ids = np.clip(array.reshape(len(array), -1)[:, 0].astype("int64") - offset, 0, width - 1)
        return np.asarray(np.eye(width, dtype="float32")[ids])

    return encode, "one-hot"


def _for_binary(target: NDArray[Any], width: int | None) -> tuple[Encode, str] | None:
    known = np.unique(target[np.isfinite(target)] if target.dtype.kind == "f" else target)
    if len(known) == 2 and not (known[0] == 0 and known[1] == 1):
        return (lambda array: (array > known.mean()).astype("float32")), "0 and 1"
    return None
