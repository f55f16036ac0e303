"""A look at some samples with their labels, for a person to judge; what is made here is shown and never kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .inputs import input_leaves, is_image
from .recording import Batch
from .tasks import Output, outputs, target_of

MOST = 12
"""Samples of one look."""

EDGE = 20
"""Pixels of the longer side of a picture."""

VALUES = 8
"""Numbers of one sample that are shown."""

LETTERS = 160
"""Letters of one text that are shown."""


def look_at(case: Case, count: int, seed: int) -> dict[str, Any]:
    """Some training samples as JSON values.

    Args:
        case: whose record is looked at.
        count: how many, at most :data:`MOST`.
        seed: another seed shows other samples.

    Returns:
        ``samples``, each with ``label`` in words and ``inputs``: ``name``, ``shape`` of one sample, and one of
        ``pixels`` (rows of ``[red, green, blue]``, 0 to 255), ``values`` or ``text``.
    """
    batch = case.train.sample(max(1, min(count, MOST)), seed)
    found = [(name, np.asarray(array)) for name, array in input_leaves(case, batch)]
    shown = [(name, array.shape[1:], _shown(array)) for name, array in found]
    labels = _labels(case, batch)
    rows = len(found[0][1]) if found else 0
    return {
        "samples": [
            {
                "label": labels[row] if labels else "",
                "inputs": [{"name": name, "shape": list(shape), **each[row]} for name, shape, each in shown],
            }
            for row in range(rows)
        ]
    }


def _shown(array: NDArray[Any]) -> list[dict[str, Any]]:
    if array.dtype.kind not in "fiub":
        return [{"text": _text(one)} for one in array]
    if is_image(array):
        return [{"pixels": one.tolist()} for one in pictures(array)]
    return [{"values": np.ravel(one)[:VALUES].tolist()} for one in array]


def _text(sample: Any) -> str:
    words = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in np.ravel(sample)]
    return " ".join(" ".join(words).split())[:LETTERS]


def pictures(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Pictures of three channels, 0 to 255, at most :data:`EDGE` pixels long; stretched where their range is another.

    Channels stand last, or first where only that place can hold them.
    """
    values = np.nan_to_num(np.asarray(array, dtype="float64"), nan=0.0, posinf=0.0, neginf=0.0)
    if values.ndim == 3:
        values = values[..., None]
    if values.shape[-1] > 4 and values.shape[1] <= 4:
        values = np.moveaxis(values, 1, -1)
    values = values[..., :3] if values.shape[-1] >= 3 else np.repeat(values[..., :1], 3, axis=-1)
    return _to_bytes(_smaller(values), array)


def _to_bytes(values: NDArray[Any], original: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 255 and (high > 32 or original.dtype == np.uint8):
        scaled = values
    elif low >= 0 and 0.2 < high <= 1:
        scaled = values * 255
    else:
        scaled = (values - low) / ((high - low) or 1.0) * 255
    return np.clip(np.round(scaled), 0, 255).astype("uint8")


def _smaller(values: NDArray[Any]) -> NDArray[Any]:
    """Means over blocks of pixels, so that the longer side has no more than it may."""
    height, width = values.shape[1:3]
    longest = max(height, width)
    if longest <= EDGE:
        return values
    rows, columns = (max(1, round(side * EDGE / longest)) for side in (height, width))
    return _blocks(_blocks(values, 1, rows), 2, columns)


def _blocks(values: NDArray[Any], axis: int, parts: int) -> NDArray[Any]:
    length = values.shape[axis]
    starts = np.arange(parts) * length // parts
    sizes = np.diff(np.append(starts, length))
    shape = [1] * values.ndim
    shape[axis] = parts
    return np.asarray(np.add.reduceat(values, starts, axis=axis) / sizes.reshape(shape))


def _labels(case: Case, batch: Batch) -> list[str]:
    if batch.y is None:
        return []
    found = outputs(case)
    columns = [[_label(one, row) for row in target_of(one, batch)] for one in found]
    names = [f"{one.name}: " if len(found) > 1 else "" for one in found]
    rows = zip(*columns, strict=True)
    return [", ".join(f"{name}{label}" for name, label in zip(names, row, strict=True)) for row in rows]


def _label(output: Output, target: Any) -> str:
    row = np.ravel(np.asarray(target))
    if output.encoding in ("one_hot", "shares") and len(row) > 1:
        return str(int(np.argmax(row)))
    if output.encoding == "many_hot":
        return ", ".join(map(str, np.flatnonzero(row).tolist())) or "none"
    if len(row) > VALUES:
        return " x ".join(map(str, np.shape(target)))
    return " ".join(_number(one) for one in row)


def _number(value: Any) -> str:
    if isinstance(value, (bytes, str, np.str_)):
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    number = float(value)
    return str(int(number)) if number.is_integer() else f"{number:.4g}"
