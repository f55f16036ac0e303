"""The case: everything held of one program at its ``fit`` call."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .catalogue import Unanswerable
from .keeping import unchanged
from .live import Live
from .process.continuing import goes_on
from .process.failing import without_colours, without_frames
from .recording import Batch, Record, Recorded, UnreadableData, record

T = TypeVar("T")


@dataclass(frozen=True)
class Budget:
    """How long a probe may take.

    Attributes:
        seconds: from the moment the budget was made.
    """

    seconds: float
    began: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        """Seconds that remain, not below zero."""
        return max(0.0, self.seconds - (time.perf_counter() - self.began))

    @property
    def spent(self) -> bool:
        """Whether nothing remains."""
        return self.left <= 0.0


@dataclass(frozen=True)
class FitSettings:
    """The arguments of ``fit`` that are settings, with Keras' defaults filled in.

    Attributes:
        batch_size: rows of one batch; for streams that of the first batch.
        steps_per_epoch: batches of one epoch, as planned; None where it is unknown.
        rounds: how often the program's own loops go round the call; None where that cannot be told.
        goes_on: whether the program trains the same model again behind the call, as where a second phase fine-tunes.
        in_turn: whether a model that holds some of the same weights is trained in turn with this one.
        tried: lists of numbers that the program's own loops around the call go through.
        searched: names of the program's loop from which it makes the model or its settings anew in each round.
    """

    epochs: int
    initial_epoch: int
    batch_size: int
    steps_per_epoch: int | None
    validation_split: float
    validation_freq: Any
    validation_batch_size: int | None
    shuffle: bool
    class_weight: Mapping[int, float] | None
    callbacks: tuple[Any, ...]
    method: str
    rounds: int | None = 1
    goes_on: bool = False
    in_turn: bool = False
    tried: tuple[tuple[float, ...], ...] = ()
    searched: tuple[str, ...] = ()

    @property
    def planned_epochs(self) -> int:
        """Epochs that the call would run, in all rounds of the loops around it."""
        return max(0, self.epochs - self.initial_epoch) * (self.rounds or 1)


@dataclass(frozen=True)
class Error:
    """An exception that the program's own training raises.

    Attributes:
        type: the class name of the exception.
        message: its text, at most 4,000 characters.
        stage: ``building`` (before the first step) or ``training``.
    """

    type: str
    message: str
    stage: str

    @classmethod
    def of(cls, problem: Exception, stage: str) -> Error:
        """What was raised, its text without colours and cut at 4,000 characters."""
        return cls(type(problem).__name__, without_colours(str(problem))[:4000], stage)

    def told(self, what: str) -> str:
        """What failed, with the exception's class and the beginning of its text."""
        return f"{what}: {self.type}: {without_frames(self.message)[:200]}"


@dataclass
class Case:
    """What probes and trials work on.

    Attributes:
        model: the live, compiled, built model.
        record: the recorded data.
        fit: the settings of the ``fit`` call.
        places: where in the program things were written (``places.of(object)``).
        error: what building the model on the first batch raised, where it did.
        shared: results that several probes need, computed once.
        live: told of curves while they are measured.
    """

    model: Any
    record: Record
    fit: FitSettings
    places: Any
    error: Error | None = None
    shared: dict[str, Any] = field(default_factory=dict)
    live: Live = field(default_factory=Live)

    @property
    def train(self) -> Recorded:
        """The recorded training data."""
        return self.record.train

    @property
    def validation(self) -> Recorded | None:
        """The recorded validation data, where there are any."""
        return self.record.validation

    def once(self, key: str, compute: Callable[[], T]) -> T:
        """The shared result under ``key``, computed at the first call; an :class:`Unanswerable` is remembered too."""
        if key not in self.shared:
            try:
                self.shared[key] = compute()
            except Unanswerable as reason:
                self.shared[key] = reason
        found = self.shared[key]
        if isinstance(found, Unanswerable):
            raise found
        return found  # type: ignore[no-any-return]

    @property
    def optimizer(self) -> Any:
        """The optimizer that steps are taken with: the one inside where a loss scale is wrapped around it."""
        return getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)


def build_case(call: Any, places: Any) -> Case:
    """The case of a held call: record the data, build the model on the first batch as ``fit`` would.

    Args:
        call: the held call, with ``model``, ``method``, ``arguments`` and, for ``train_on_batch``, ``batches``.
        places: the registry of places.

    Raises:
        UnreadableData: the data cannot be read.
    """
    arguments = call.arguments
    loops = tuple(getattr(call, "loops", ()) or ())
    epoch = loops[0] if loops and call.method == "train_on_batch" else None
    data = record(arguments, call.method, tuple(getattr(call, "batches", ()) or ()), epoch)
    settings = _settings(arguments, call.method, data.train, loops)
    settings = dataclasses.replace(
        settings,
        goes_on=goes_on(places, getattr(call, "trace", ()), call.method),
        in_turn=bool(getattr(call, "in_turn", False)),
        tried=tuple(getattr(call, "tried", ()) or ()),
        searched=tuple(getattr(call, "searched", ())),
    )
    case = Case(call.model, data, settings, places)
    case.error = _build(case)
    from .together import takes_rows_together

    if takes_rows_together(case):
        held = case.record.validation
        all_or_none = dataclasses.replace(case.record.train, together=True)
        case.record = Record(all_or_none, held and dataclasses.replace(held, together=True), case.record.notes)
    return case


def _settings(arguments: Mapping[str, Any], method: str, train: Recorded, loops: tuple[int | None, ...]) -> FitSettings:
    given = arguments.get
    # Of a loop over batches the innermost rounds are the steps of an epoch.
    around = loops[1:] if method == "train_on_batch" else loops
    known = method != "train_on_batch" or (bool(loops) and loops[0] is not None)
    if train.batches:
        batch_size = train.batches[0].rows
        steps = given("steps_per_epoch") or train.epoch
    else:
        batch_size = int(given("batch_size") or 32)
        steps = given("steps_per_epoch") or math.ceil(train.rows / batch_size)
    return FitSettings(
        epochs=int(given("epochs") or 1),
        initial_epoch=int(given("initial_epoch") or 0),
        batch_size=batch_size,
        steps_per_epoch=None if steps is None else int(steps),
        validation_split=float(given("validation_split") or 0.0),
        validation_freq=given("validation_freq") or 1,
        validation_batch_size=given("validation_batch_size"),
        shuffle=bool(True if given("shuffle") is None else given("shuffle")),
        class_weight=given("class_weight"),
        callbacks=_flat_callbacks(given("callbacks")),
        method=method,
        rounds=None if not known or None in around else math.prod(one for one in around if one is not None),
    )


def _flat_callbacks(callbacks: Any) -> tuple[Any, ...]:
    if callbacks is None:
        return ()
    listed = getattr(callbacks, "callbacks", callbacks)
    return tuple(listed) if isinstance(listed, (list, tuple)) else (listed,)


def _build(case: Case) -> Error | None:
    model = case.model
    if not getattr(model, "compiled", False):
        return None
    first = next(iter(case.train.walk(case.fit.batch_size)))
    with unchanged_but_built(case):
        try:
            model._symbolic_build(data_batch=fed(first, case).as_fit_gives_it())
        except Exception as problem:  # noqa: BLE001 - whatever the user's own code raises is what we report
            return Error.of(problem, "building")
    return None


def unchanged_but_built(case: Case) -> Any:
    """Random states are put back after the model was built as ``fit`` builds it; new variables stay."""
    return unchanged(case.model, case.fit.callbacks)


def fed(batch: Batch, case: Case) -> Batch:
    """The batch as Keras' own adapter would feed it: tensors, those of floating arrays in the working precision."""
    import keras
    import tensorflow as tf

    from .structures import map_leaves

    kind = keras.config.floatx()

    def convert(one: Any) -> Any:
        if one.dtype.kind == "f" and case.train.kind in ("arrays", "batches"):
            one = one.astype(kind)
        return tf.convert_to_tensor(one)

    x, y, weights = (None if part is None else map_leaves(convert, part) for part in (batch.x, batch.y, batch.weights))
    return Batch(x, y, weights, wrapped=batch.wrapped)


__all__ = ["Batch", "Budget", "Case", "Error", "FitSettings", "UnreadableData", "build_case", "fed"]
