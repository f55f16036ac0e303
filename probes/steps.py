"""Targets a step: the steps of sequences and the pixels of masks as rows of their own, each with its neighbours.

A simple model of such targets is given the step itself and those around it, never the whole row; which of them, is said
by a reach. What stands further off than that it cannot use.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case, fed
from .encoding import encoding_of
from .inputs import is_tokens
from .recording import Batch
from .structures import leaves, map_leaves
from .tasks import Output, outputs, target_of

STEPS = 2400
"""Steps drawn from the rows of a batch; a simple model needs no more."""

LOOKED_AT = 16
"""Rows on which it is tried what the network sees."""

WIDEST = 1200
"""Columns of one window above which a wider one is not tried."""

MOST_IDS = 400
"""Columns that ids of one place take at most."""

REACHES = (1, 2, 4)
"""Steps to either side that are tried; pixels likewise, along both axes."""


@dataclass(frozen=True)
class Grid:
    """How the targets of one output lie beside the inputs.

    Attributes:
        axes: lengths of the axes that count steps: one for sequences, two for pictures.
        tokens: for each input leaf, whether it holds ids that the model looks up.
    """

    output: Output
    axes: tuple[int, ...]
    tokens: tuple[bool, ...]


@dataclass(frozen=True)
class Drawn:
    """Steps drawn from a batch.

    Attributes:
        rows: the row of each step; ``places`` its place on each axis, one column an axis.
    """

    rows: NDArray[np.int64]
    places: NDArray[np.int64]


def grid(case: Case, output: Output, batch: Batch) -> Grid | None:
    """How the targets a step of this output lie beside the inputs; None where they do not, or are no such targets.

    Every input has to have the same steps: of an input of another kind no step knows which part of it is its own.
    """
    if output.kind not in ("sequence", "regression"):
        return None
    target = target_of(output, batch)
    arrays = [np.asarray(one) for one in leaves(batch.x)]
    for axes in _possible(output, target):
        if all(_beside(one, axes) for one in arrays):
            tokens = tuple(one.ndim == 1 + len(axes) and is_tokens(case, one) for one in arrays)
            return Grid(output, axes, tokens)
    return None


def _possible(output: Output, target: NDArray[Any]) -> Iterator[tuple[int, ...]]:
    inner = target.shape[1:]
    if output.kind == "sequence" and output.encoding not in ("one_hot", "shares") and inner and inner[-1] != 1:
        yield inner
    elif len(inner) > 1:
        yield inner[:-1]


def _beside(array: NDArray[Any], axes: tuple[int, ...]) -> bool:
    inner = array.shape[1:]
    return (
        array.dtype.kind in "fiub" and len(axes) in (1, 2) and inner[: len(axes)] == axes and len(inner) < len(axes) + 2
    )


def counted(case: Case, output: Output, batch: Batch) -> NDArray[np.bool_] | None:
    """Of every row the steps that count in training: neither masked nor of weight zero; None where all do."""
    target = target_of(output, batch)
    if target.ndim < 2:
        return None
    found = None
    weights = _weights_of(output, batch)
    if weights is not None and weights.ndim > 1 and weights.shape == target.shape[: weights.ndim]:
        found = weights > 0
    ids = leaves(batch.x)
    if _mask_arrives(case) and len(ids) == 1 and np.shape(ids[0]) == target.shape[:2]:
        present = np.asarray(ids[0]) != 0
        found = present if found is None else found & present
    return None if found is None or bool(found.all()) or not bool(found.any()) else found


def _weights_of(output: Output, batch: Batch) -> NDArray[Any] | None:
    if isinstance(batch.weights, Mapping):
        given = batch.weights.get(output.name)
        return None if given is None else np.asarray(given)
    found = leaves(batch.weights)
    return np.asarray(found[output.position]) if output.position < len(found) else None


def _mask_arrives(case: Case) -> bool:
    """Whether the zeros of the input ids are masked, and the mask comes through to the output."""

    def ask() -> bool:
        if not any(getattr(layer, "mask_zero", False) for layer in case.model._flatten_layers()):
            return False
        given = leaves(case.model(fed(case.train.head(2), case).x, training=False))
        return len(given) == 1 and getattr(given[0], "_keras_mask", None) is not None

    return case.once("mask_arrives", ask)


def draw(case: Case, found: Grid, batch: Batch, seed: int = 0) -> Drawn:
    """Steps drawn at random from all rows, as many of each row; those that do not count are left out."""
    random = np.random.default_rng(seed)
    each = max(1, STEPS // batch.rows)
    rows = np.repeat(np.arange(batch.rows), each)
    places = np.stack([random.integers(0, size, len(rows)) for size in found.axes], axis=1)
    mask = counted(case, found.output, batch)
    if mask is not None:
        kept = mask[(rows, *places.T[: mask.ndim - 1])]
        rows, places = rows[kept], places[kept]
    return Drawn(rows, places)


def every_step(found: Grid, batch: Batch) -> Drawn:
    """All steps of all rows, in stored order."""
    places = np.stack([one.ravel() for one in np.indices((batch.rows, *found.axes))], axis=1)
    return Drawn(places[:, 0], places[:, 1:])


def windows(found: Grid, batch: Batch, drawn: Drawn, before: int, after: int) -> Batch:
    """The drawn steps as rows: each one's own input and those around it, one array for each neighbour and input.

    Beyond the edge stands zero. Of quantities the mean of all rows at the same step is taken off, as R2 does.
    """
    reach = [range(-before, after + 1)] * len(found.axes)
    parts = []
    for array, ids in zip((np.asarray(one) for one in leaves(batch.x)), found.tokens, strict=True):
        for offset in itertools.product(*reach):
            at = drawn.places + np.asarray(offset)
            inside = np.all((at >= 0) & (at < np.asarray(found.axes)), axis=1)
            values = array[(drawn.rows, *np.clip(at, 0, np.asarray(found.axes) - 1).T)].reshape(len(drawn.rows), -1)
            parts.append(np.where(inside[:, None], values, 0).astype(array.dtype if ids else "float64"))
    return Batch(tuple(parts), targets(found, batch, drawn), _weights(found, batch, drawn))


def targets(found: Grid, batch: Batch, drawn: Drawn) -> NDArray[Any]:
    """The targets of the drawn steps, one row a step."""
    whole = target_of(found.output, batch)
    if found.output.kind == "regression":
        whole = whole - np.nanmean(whole, axis=0)
    return np.asarray(whole[(drawn.rows, *drawn.places.T)]).reshape(len(drawn.rows), -1)


def _weights(found: Grid, batch: Batch, drawn: Drawn) -> NDArray[Any] | None:
    """The weights of the drawn steps; None where all count alike."""
    given = _weights_of(found.output, batch)
    if given is None or given.ndim - 1 != len(found.axes):
        return None
    chosen = given[(drawn.rows, *drawn.places.T)]
    return None if len(np.unique(chosen)) < 2 else chosen


def fits(found: Grid, batch: Batch, reach: int) -> bool:
    """Whether a window of this reach to both sides has few enough columns, and lies within a row."""
    arrays = [np.asarray(one) for one in leaves(batch.x)]
    width = sum(
        min(int(array.max()) + 1, MOST_IDS) if ids else int(np.prod(array.shape[1 + len(found.axes) :]))
        for array, ids in zip(arrays, found.tokens, strict=True)
    )
    return reach < max(found.axes) and width * (2 * reach + 1) ** len(found.axes) <= WIDEST


def whole_rows(found: Grid, batch: Batch) -> Iterator[Batch]:
    """Every row with its whole input, and of its targets those of one step: near the start, the middle and the end."""
    target = target_of(found.output, batch)
    for share in (0.2, 0.5, 0.8):
        place = tuple(int(share * size) for size in found.axes)
        yield Batch(batch.x, _at(target, place).reshape(batch.rows, -1))


def _at(array: NDArray[Any], place: tuple[int, ...]) -> NDArray[Any]:
    index: tuple[Any, ...] = (slice(None), *place)
    return np.asarray(array[index])


def as_rows(output: Output, target: NDArray[Any]) -> Output | None:
    """The output of one step, with its targets as one row a step; None where a step has several labels."""
    if output.kind == "regression":
        return replace(output, position=0)
    if output.encoding == "shares":
        return replace(output, kind="binary" if target.shape[-1] == 1 else "multiclass", position=0)
    encoding, classes = encoding_of(target)
    if encoding not in ("one_hot", "zero_one", "integers"):
        return None
    kind = "binary" if encoding == "zero_one" else "multiclass"
    return replace(output, kind=kind, encoding=encoding, classes=classes, position=0)


def sees(case: Case, found: Grid) -> tuple[bool, bool]:
    """Whether the network's answer to a step depends on the steps before it, and on those behind it.

    Asked of a step in the middle, with the other steps taken from other rows. Pixels have neighbours on all sides.
    """
    sample = case.train.sample(LOOKED_AT)
    middle = tuple(size // 2 for size in found.axes)
    place = int(np.ravel_multi_index(middle, found.axes))
    order = np.arange(int(np.prod(found.axes))).reshape(found.axes)
    if len(found.axes) > 1:
        around = _answers_change(case, found, sample, middle, order != place)
        return around, around
    return (
        _answers_change(case, found, sample, middle, order < place),
        _answers_change(case, found, sample, middle, order > place),
    )


def _answers_change(case: Case, found: Grid, sample: Batch, place: tuple[int, ...], chosen: NDArray[np.bool_]) -> bool:
    def exchanged(one: Any) -> NDArray[Any]:
        array = np.asarray(one)
        mask = chosen.reshape(1, *chosen.shape, *[1] * (array.ndim - 1 - chosen.ndim))
        return np.where(mask, np.roll(array, 1, axis=0), array)

    from .scoring import predict

    number = [one.name for one in outputs(case)].index(found.output.name)
    given = predict(case, sample)[number]
    if given.shape[1 : 1 + len(found.axes)] != found.axes:
        return True
    other = predict(case, Batch(map_leaves(exchanged, sample.x), None))[number]
    here, there = _at(given, place), _at(other, place)
    return bool(np.abs(here - there).max() > 1e-5 * max(float(given.std()), 1e-6))
