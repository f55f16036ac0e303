"""The recorder: reads the user's data once, first, so that every probe and trial can replay the same samples."""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .structures import cut, first_leaf, leaves, map_leaves, rows_of, size_in_bytes, stack

MAX_BYTES = 128 * 2**20
MAX_SECONDS = 8.0
MIN_BATCHES = 64
MORE_SECONDS = 2.0


class UnreadableData(Exception):
    """The data given to ``fit`` cannot be read as batches; the message says why."""


@dataclass(frozen=True)
class Batch:
    """One batch as ``fit`` hands it to the step: nested structures of arrays, rows on the first axis."""

    x: Any
    y: Any = None
    weights: Any = None
    wrapped: bool = field(default=False, kw_only=True)
    """Whether inputs without targets came in a tuple of their own."""

    @property
    def rows(self) -> int:
        """How many samples the batch holds."""
        return rows_of(self.x)

    def as_fit_gives_it(self) -> Any:
        """``(x, y, sample_weight)``, ``(x, y)``, or without targets the inputs alone, as the step is given them."""
        if self.weights is not None:
            return (self.x, self.y, self.weights)
        if self.y is not None:
            return (self.x, self.y)
        return (self.x,) if self.wrapped or isinstance(self.x, (list, tuple)) else self.x


@dataclass(frozen=True)
class Recorded:
    """What was recorded of the training or of the validation data.

    Attributes:
        kind: ``arrays``, ``dataset``, ``pydataset``, ``generator`` or ``batches`` (a ``train_on_batch`` loop).
        x, y, weights: for arrays the user's own rows in stored order, not copied; for streams the batches joined.
        batches: for streams, the batches in the order they came; empty for arrays. Where a pipeline gives other rows
            every epoch, as one that varies pictures does, those of later epochs follow; ``x`` and ``y`` leave them out.
        total_rows: rows of one epoch, where that is known.
        complete: whether one whole epoch was recorded.
    """

    kind: str
    x: Any
    y: Any
    weights: Any
    batches: tuple[Batch, ...]
    total_rows: int | None
    complete: bool
    ragged: bool = False
    epoch: int | None = None
    """Batches of which the rows come; None where they are not one whole epoch, and for arrays."""
    together: bool = False
    """Whether the model takes all rows or none: then every sample is of all rows."""

    @property
    def rows(self) -> int:
        """How many rows are held."""
        return rows_of(self.x)

    @property
    def varied(self) -> bool:
        """Whether a pipeline gave other rows in later epochs, as one that varies pictures does."""
        return self.epoch is not None and len(self.batches) > self.epoch

    def sample(self, limit: int, seed: int = 0) -> Batch:
        """At most ``limit`` rows drawn at random over all rows, in stored order."""
        if self.together or self.rows <= limit:
            return Batch(self.x, self.y, self.weights)
        chosen = self.drawn(limit, seed)
        return Batch(*(cut(one, chosen) for one in (self.x, self.y, self.weights)))

    def drawn(self, limit: int, seed: int = 0) -> NDArray[np.int64]:
        """Places of the rows that ``sample`` gives."""
        if self.together or self.rows <= limit:
            return np.arange(self.rows)
        return np.sort(np.random.default_rng(seed).choice(self.rows, limit, replace=False))

    def head(self, limit: int) -> Batch:
        """The first rows, at most ``limit``."""
        chosen = slice(0, self.rows if self.together else limit)
        return Batch(cut(self.x, chosen), cut(self.y, chosen), cut(self.weights, chosen))

    def walk(self, batch_size: int, seed: int | None = None) -> Iterator[Batch]:
        """The batches of one epoch: those recorded, or arrays cut in stored order (shuffled where a seed is given)."""
        if self.batches:
            yield from self.batches
            return
        order = np.arange(self.rows)
        if seed is not None:
            np.random.default_rng(seed).shuffle(order)
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            yield Batch(cut(self.x, chosen), cut(self.y, chosen), cut(self.weights, chosen))


@dataclass(frozen=True)
class Record:
    """The recorded data of a case.

    Attributes:
        reads: how often the user's own iterator was started.
    """

    train: Recorded
    validation: Recorded | None
    notes: tuple[str, ...] = field(default=())


def record(
    arguments: Mapping[str, Any], method: str, batches: tuple[Any, ...] = (), epoch: int | None = None
) -> Record:
    """Read the data that ``fit`` was given.

    Args:
        arguments: the bound arguments of ``fit``.
        method: ``fit``, or ``train_on_batch`` whose recorded ``batches`` are ``(x, y, sample_weight)`` tuples.
        epoch: batches of one round of such a loop, where that is known.

    Raises:
        UnreadableData: there are no data, or they are no batches.
    """
    if method == "train_on_batch":
        ended = epoch is not None and len(batches) >= epoch
        return Record(_from_batches("batches", [_batch(one) for one in batches], complete=ended), None)
    x, y, weights = (arguments.get(name) for name in ("x", "y", "sample_weight"))
    validation, split = arguments.get("validation_data"), arguments.get("validation_split") or 0.0
    steps = arguments.get("steps_per_epoch")
    if _is_arrays(x):
        whole = _from_arrays(x, y, weights)
        if split and validation is None:
            return Record(*_split(whole, float(split)))
        train = whole
    else:
        train = _from_stream(x, steps, epochs=max(1, int(arguments.get("epochs") or 1)))
    return Record(train, _validation(validation, arguments.get("validation_steps")))


def _validation(data: Any, steps: int | None) -> Recorded | None:
    if data is None:
        return None
    if isinstance(data, (tuple, list)) and data and _is_arrays(data[0]):
        return _from_arrays(*data)
    if _is_arrays(data):
        return _from_arrays(data)
    return _from_stream(data, steps)


def _split(whole: Recorded, share: float) -> tuple[Recorded, Recorded]:
    # Keras takes the last rows, in stored order, before any shuffling.
    edge = int(np.floor(whole.rows * (1.0 - share)))
    parts = []
    for chosen in (slice(0, edge), slice(edge, None)):
        x, y, weights = (cut(one, chosen) for one in (whole.x, whole.y, whole.weights))
        parts.append(Recorded("arrays", x, y, weights, (), rows_of(x), True))
    return parts[0], parts[1]


def _is_arrays(data: Any) -> bool:
    found = leaves(data)
    return bool(found) and all(hasattr(one, "__array__") and not _is_stream(one) for one in found)


def _is_stream(data: Any) -> bool:
    return any(kind.__name__ in {"DatasetV2", "Dataset", "PyDataset", "Sequence"} for kind in type(data).__mro__) or (
        hasattr(data, "__next__")
    )


def to_array(value: Any) -> Any:
    """A NumPy array of a leaf: an array, a tensor, a pandas frame or series, a list of numbers."""
    # Ragged tensors are padded, as a dense layer would need them.
    array = np.asarray(value.to_tensor() if hasattr(value, "to_tensor") else value)
    return array.reshape(-1, 1) if array.ndim == 0 else array


def _from_arrays(x: Any, y: Any = None, weights: Any = None, *_: Any) -> Recorded:
    x, y, weights = (None if one is None else map_leaves(to_array, one) for one in (x, y, weights))
    if rows_of(x) == 0:
        raise UnreadableData("the training data hold no rows")
    return Recorded("arrays", x, y, weights, (), rows_of(x), True)


def _kind(data: Any) -> str:
    names = {kind.__name__ for kind in type(data).__mro__}
    if names & {"DatasetV2", "Dataset"}:
        return "dataset"
    return "pydataset" if names & {"PyDataset", "Sequence"} else "generator"


def _open(data: Any, kind: str) -> tuple[Iterator[Any], Callable[[], None]]:
    if kind == "pydataset":
        return (data[index] for index in range(len(data))), getattr(data, "on_epoch_end", lambda: None)
    if not isinstance(data, (list, tuple, Mapping, str)) and hasattr(data, "__iter__"):
        return iter(data), lambda: None
    raise UnreadableData(f"`fit` was given {type(data).__name__}, which holds no batches")


def _from_stream(data: Any, steps: int | None, epochs: int = 1) -> Recorded:
    kind = _kind(data)
    iterator, ended = _open(data, kind)
    batches: list[Batch] = []
    held, began, complete = 0, time.perf_counter(), False
    for number in itertools.count():
        if steps is not None and number >= steps:
            complete = True
            break
        full = held > MAX_BYTES or time.perf_counter() - began > MAX_SECONDS
        if full and (held > MAX_BYTES or number >= MIN_BATCHES):
            break
        raw = next(iterator, None)
        if raw is None:
            complete = True
            break
        batch = _batch(raw)
        held += size_in_bytes((batch.x, batch.y, batch.weights))
        batches.append(batch)
    if not batches:
        raise UnreadableData("the training data yield no batch")
    planned = len(batches) * epochs
    if complete and steps is not None and len(batches) == steps < planned and kind != "pydataset":
        batches.extend(_further(iterator, batches, planned))
    recorded = _from_batches(kind, batches, complete)
    if complete and steps is None and epochs > 1 and kind != "generator":
        later = _further(_passes(data, kind, ended), batches, planned)
        return dataclasses.replace(recorded, batches=(*batches, *later))
    return recorded


def _passes(data: Any, kind: str, ended: Callable[[], None]) -> Iterator[Any]:
    """The batches of later epochs of a stream that has an end; none behind an epoch without any."""
    more = True
    while more:
        ended()
        more = False
        iterator, ended = _open(data, kind)
        for raw in iterator:
            more = True
            yield raw


def _further(iterator: Iterator[Any], batches: list[Batch], planned: int) -> list[Batch]:
    """What a stream gives in later epochs, as far as two seconds and the memory go, where it is new.

    An epoch of ``steps_per_epoch`` is a part of an endless stream, and what a pipeline varies at random comes once in
    each form; replayed for all the other epochs either would be learnt by heart.
    """
    known = {one for batch in batches for one in _row_marks(batch)}
    held = sum(size_in_bytes((one.x, one.y, one.weights)) for one in batches)
    found: list[Batch] = []
    repeated = rows = 0
    began = time.perf_counter()
    while len(batches) + len(found) < planned and held < MAX_BYTES and time.perf_counter() - began < MORE_SECONDS:
        raw = next(iterator, None)
        if raw is None:
            break
        batch = _batch(raw)
        marks = _row_marks(batch)
        repeated, rows = repeated + sum(one in known for one in marks), rows + len(marks)
        if 2 * repeated > rows:
            return []
        known.update(marks)
        held += size_in_bytes((batch.x, batch.y, batch.weights))
        found.append(batch)
    return found


def _row_marks(batch: Batch) -> list[int]:
    first = np.ascontiguousarray(first_leaf(batch.x))
    return [hash(one.tobytes() if first.dtype.kind != "O" else str(one)) for one in first]


def _batch(raw: Any) -> Batch:
    parts = raw if isinstance(raw, tuple) else (raw,)
    arrays = [None if one is None else map_leaves(to_array, one) for one in parts[:3]]
    return Batch(*arrays, wrapped=isinstance(raw, tuple))


def _from_batches(kind: str, batches: list[Batch], complete: bool) -> Recorded:
    first = batches[0]
    alike = [one for one in batches if _shape(one) == _shape(first)]
    x = stack([one.x for one in alike])
    y = None if first.y is None else stack([one.y for one in alike])
    weights = None if first.weights is None else stack([one.weights for one in alike])
    total = sum(one.rows for one in batches) if complete else None
    ragged, epoch = len(alike) < len(batches), len(batches) if complete else None
    return Recorded(kind, x, y, weights, tuple(batches), total, complete, ragged, epoch)


def _shape(batch: Batch) -> list[tuple[int, ...]]:
    return [np.shape(one)[1:] for one in leaves((batch.x, batch.y, batch.weights)) if one is not None]
