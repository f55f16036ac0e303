"""What the inputs are like: finite, scale, constant features, duplicates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..front_scaling import FIXED, adapts, behind, fixed_scaling, leaves_scale
from ..inputs import input_leaves, is_image, is_tokens, rescaled_inputs
from ..overlap import identified, keys
from ..structures import leaves
from ..trunk import first_trained
from ..watching import layer_paths
from ..whole_division import divided_whole

ROWS = 2000
MAX_COLUMNS = 20_000
RESCALED_ROWS = 300


@dataclass(frozen=True)
class InputPart:
    """One input of the model."""

    name: str
    """Name of the input."""
    kind: str
    """`table`, `image`, `sequence`, `tokens` or `text`."""
    dtype: str
    """NumPy's name of the element type."""
    shape: tuple[int, ...]
    """Shape of one sample."""
    nonfinite_share: float
    """Share of values that are NaN or infinite, in [0, 1]."""
    nonfinite_rows: float
    """Share of rows with such a value, in [0, 1]."""
    minimum: float
    """Smallest finite value."""
    maximum: float
    """Largest finite value."""
    mean: float
    """Mean of all finite values."""
    std: float
    """Standard deviation of all finite values."""
    magnitude: float
    """Root mean square of the features' typical sizes (largest of |mean| and std over features), finite values only."""
    scale_ratio: float
    """Largest over median size of the features that vary, 1 or more; 1 for images, tokens and texts. A rare feature
    that is small beside the others does no harm; one that is large beside them drowns them."""
    constant_share: float
    """Share of features that never vary, in [0, 1]."""
    zero_share: float
    """Share of values that are exactly zero, in [0, 1]."""
    blank_rows: float
    """Share of samples whose values are all the same, in [0, 1]."""
    distinct: int
    """Number of distinct values, at most 10,000 are counted."""


@dataclass(frozen=True)
class InputStatistics:
    """What the inputs are like."""

    inputs: tuple[InputPart, ...]
    """Every input."""
    rows: int
    """Rows of training data that are known of."""
    nonfinite_share: float
    """Largest share of values that are NaN or infinite in one input, in [0, 1]."""
    nonfinite_rows: float
    """Largest share of rows with such a value."""
    nonfinite_input: str | None
    """Name of that input; null where all are finite."""
    magnitude: float
    """Largest typical size of the features of one numeric input (tokens left out); 1 for standardised inputs."""
    smallest_magnitude: float
    """Smallest typical size of one numeric input."""
    offset: float
    """Largest |mean| over std of an input's features that vary; large where inputs sit far from zero."""
    scale_ratio: float
    """Largest ratio of a feature's size to the median size in one table or sequence."""
    constant_share: float
    """Largest share of features that never vary in one input."""
    blank_rows: float
    """Largest share of samples whose values are all the same."""
    duplicate_share: float
    """Share of rows that repeat an earlier row exactly, in [0, 1]."""
    stream: bool
    """Whether the data come as batches of a pipeline rather than as arrays."""
    rescaled_inside: bool
    """Whether the model itself begins with layers that rescale or normalise its inputs. Where that is so of some inputs
    alone, the sizes are those of the others."""
    largest_input: str | None
    """Name of the input with the largest typical size."""
    minimum: float
    """Smallest value of that input."""
    maximum: float
    """Largest value of that input."""
    copied_share: float = 0.0
    """The same where one measured number tells the distinct rows apart: rows of a few categories repeat by nature."""
    divided_whole: bool = False
    """Whether the program divides by 255 or 256 as whole numbers (`//`), and an input holds 0 and 1 alone."""
    inner_magnitude: float | None = None
    """Typical size of the input behind layers at the front that rescale it by fixed numbers; null without any."""
    inner_offset: float | None = None
    """Its |mean| over std there, at the median of what varies; null without any."""
    frozen_front: bool = False
    """Whether pictures are read by layers that are frozen, and may have been trained on another range."""


@probe("input_statistics", title="The inputs: finite, scaled, varied", cost="instant", needs=("training_data",))
def measure(case: Case, budget: Budget) -> InputStatistics:
    """Look at 2,000 rows at most."""
    sample = case.train.sample(ROWS)
    parts = [_part(name, np.asarray(array), case) for name, array in input_leaves(case, sample)]
    numeric = [one for one in parts if one[0].kind not in ("tokens", "text")]
    if not parts:
        raise Unanswerable("the program gives `fit` no inputs")
    worst = max(parts, key=lambda one: one[0].nonfinite_share)[0]
    arrays = [np.asarray(array) for _, array in input_leaves(case, sample)]
    # A pipeline that yields a sample again yields its targets again; states that come back with other targets, as those
    # of a game that is played, are met again and not copied.
    targets = [np.asarray(one) for one in leaves(sample.y)] if case.train.batches and sample.y is not None else []
    repeated, copies = _duplicates(arrays, targets)
    inside = rescaled_inputs(case, sample)
    raw = [one for one in numeric if one[0].name not in inside]
    rescaled, numeric = _rescaled(case.model) or bool(numeric and not raw), raw or numeric
    largest = max(numeric, key=lambda one: one[0].magnitude)[0] if numeric else None
    inner = _behind_the_front(case, input_leaves(case, sample))
    return InputStatistics(
        inputs=tuple(one[0] for one in parts),
        rows=case.train.total_rows or case.train.rows,
        nonfinite_share=worst.nonfinite_share,
        nonfinite_rows=worst.nonfinite_rows,
        nonfinite_input=worst.name if worst.nonfinite_share > 0 else None,
        magnitude=largest.magnitude if largest else 1.0,
        smallest_magnitude=min((one[0].magnitude for one in numeric), default=1.0),
        offset=max((one[1] for one in numeric), default=0.0),
        scale_ratio=max((one[0].scale_ratio for one in numeric), default=1.0),
        constant_share=max((one[0].constant_share for one in parts), default=0.0),
        blank_rows=max((one[0].blank_rows for one in parts), default=0.0),
        duplicate_share=repeated,
        copied_share=repeated if copies else 0.0,
        divided_whole=divided_whole(case),
        stream=bool(case.train.batches),
        rescaled_inside=rescaled,
        largest_input=largest.name if largest else None,
        minimum=largest.minimum if largest else 0.0,
        maximum=largest.maximum if largest else 0.0,
        inner_magnitude=inner[0].magnitude if inner else None,
        inner_offset=inner[1] if inner else None,
        frozen_front=any(one[0].kind == "image" for one in parts) and first_trained(case.model) is not None,
    )


def _part(name: str, array: NDArray[Any], case: Case) -> tuple[InputPart, float]:
    shape = tuple(int(size) for size in array.shape[1:])
    if array.dtype.kind in "OUS":
        nothing = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0)
        return InputPart(name, "text", "text", shape, *nothing, len(np.unique(array.astype(str)))), 0.0
    kind = (
        "tokens"
        if is_tokens(case, array)
        else "image"
        if is_image(array)
        else "sequence"
        if array.ndim == 3
        else "table"
    )
    values = array.astype("float64")
    finite = np.isfinite(values)
    flat = values.reshape(len(values), -1)
    columns = _columns(flat, kind, array.shape[-1] if array.ndim > 1 else 1)
    mean, std = _moments(columns)
    varies = std > 1e-9 * (1 + np.abs(mean))
    sizes = np.maximum(np.abs(mean), std)
    known = values[finite]
    known_sizes = sizes[varies]
    ratio = (
        float(known_sizes.max() / np.median(known_sizes))
        if len(known_sizes) > 1 and kind in ("table", "sequence")
        else 1.0
    )
    all_mean, all_std = _moments(flat)
    same = np.array([bool(np.all(row == row[0])) for row in flat]) if flat.shape[1] > 1 else np.zeros(1, bool)
    part = InputPart(
        name=name,
        kind=kind,
        dtype=str(array.dtype),
        shape=shape,
        nonfinite_share=float(1 - finite.mean()),
        nonfinite_rows=float((~finite.reshape(len(values), -1).all(axis=1)).mean()),
        minimum=float(known.min()) if len(known) else math.nan,
        maximum=float(known.max()) if len(known) else math.nan,
        mean=float(known.mean()) if len(known) else math.nan,
        std=float(known.std()) if len(known) else math.nan,
        magnitude=float(np.sqrt(np.mean(sizes**2))) if len(sizes) else 0.0,
        scale_ratio=ratio,
        constant_share=float(np.mean(all_std <= 1e-9 * (1 + np.abs(all_mean)))),
        zero_share=float(np.mean(values == 0)),
        blank_rows=float(same.mean()),
        distinct=int(min(10_000, len(np.unique(known[:200_000])))),
    )
    offset = float(np.median(np.abs(mean[varies]) / std[varies])) if varies.any() else 0.0
    return part, offset


def _behind_the_front(case: Case, given: list[tuple[str, Any]]) -> tuple[InputPart, float] | None:
    """The one numeric input as the first layer that learns gets it, where fixed numbers rescale it before."""
    layers = fixed_scaling(case.model)
    if not layers or len(given) != 1:
        return None
    name, array = given[0][0], np.asarray(given[0][1])
    if array.dtype.kind not in "fiub":
        return None
    return _part(name, behind(layers, array[:RESCALED_ROWS]), case)


def _columns(flat: NDArray[Any], kind: str, width: int) -> NDArray[Any]:
    # Pixels and time steps of one channel share a scale; the columns of a table do not.
    if kind in ("image", "sequence"):
        return flat.reshape(-1, width)[:200_000]
    return flat[:, :MAX_COLUMNS]


def _moments(columns: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    masked = np.ma.masked_invalid(columns)
    return np.asarray(masked.mean(axis=0).filled(0.0)), np.asarray(masked.std(axis=0).filled(0.0))


def _duplicates(arrays: list[NDArray[Any]], targets: list[NDArray[Any]]) -> tuple[float, bool]:
    """The share of rows that repeat an earlier one with its targets, and whether a number tells distinct rows apart."""
    if any(one.dtype.kind in "OUS" for one in arrays) or not arrays:
        return 0.0, False
    rows = keys([*arrays, *(one for one in targets if len(one) == len(arrays[0]))])
    return 1.0 - len(set(rows)) / max(1, len(rows)), identified(arrays)


def _rescaled(model: Any) -> bool:
    first = [one for _, one in layer_paths(model) if not leaves_scale(one)][:3]
    return any(type(one).__name__ in FIXED or adapts(one) for one in first)
