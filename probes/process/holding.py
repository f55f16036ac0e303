"""Which call of ``fit`` is held, what runs for real before it, and what is held there."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from .comparing import compared
from .failing import ended, failure_of, without_colours
from .loops import rounds
from .places import Places, RawFrame, Trace
from .searching import tried_values

RECORDED_BATCHES = 64
"""Real batches of a ``train_on_batch`` loop that run before it is held, where the length of its epoch is unknown."""

RECORDED_SECONDS = 8.0
"""Seconds after which no more of them are run than that."""

RECORDED_BYTES = 128 * 2**20
"""Bytes of such batches that are kept."""


@dataclass(frozen=True)
class FitCall:
    """The held call.

    Attributes:
        model: the live model.
        method: ``fit`` or ``train_on_batch``.
        arguments: the bound arguments with Keras' defaults filled in, without the model.
        number: which of the program's training calls it is, counted from 1.
        trace: the user's frames behind it, innermost first.
        batches: for ``train_on_batch`` the recorded ``(x, y, sample_weight)``; the weights are as before the first.
        loops: lengths of the program's loops around the call, innermost first; None where one cannot be told.
        in_turn: whether another model that holds some of the same weights is trained in turn with this one.
        tried: lists of numbers that the program's loops around the call go through.
        searched: names of the program's loop from which it makes the model or its settings anew in each round.
    """

    model: Any
    method: str
    arguments: Mapping[str, Any]
    number: int
    trace: Trace
    batches: tuple[Any, ...] = ()
    loops: tuple[int | None, ...] = ()
    in_turn: bool = False
    tried: tuple[tuple[float, ...], ...] = ()
    searched: tuple[str, ...] = ()


@dataclass
class SeenFit:
    """A training call of the program: one model at one line, however often it comes by."""

    model: Any
    method: str
    where: RawFrame | None
    trace: Trace
    arguments: Mapping[str, Any]
    number: int
    times: int = 0
    batches: list[Any] = field(default_factory=list)
    size: int = 0
    start: Any = None
    loops: tuple[int | None, ...] = ()
    tried: tuple[tuple[float, ...], ...] = ()
    searched: tuple[str, ...] = ()
    lines: set[tuple[str, int]] = field(default_factory=set)
    began: float = field(default_factory=time.perf_counter)

    @property
    def epoch(self) -> int | None:
        """Batches of one round of a ``train_on_batch`` loop, which may train in several of its lines."""
        innermost = self.loops[0] if self.loops else None
        return None if innermost is None else innermost * max(1, len(self.lines))

    @property
    def recorded(self) -> bool:
        """Whether enough batches of a ``train_on_batch`` loop are recorded: one epoch, or what time and memory hold."""
        epoch = self.epoch
        late = time.perf_counter() - self.began > RECORDED_SECONDS
        wanted = RECORDED_BATCHES if epoch is None or (late and epoch > RECORDED_BATCHES) else epoch
        return len(self.batches) >= wanted or self.size >= RECORDED_BYTES

    def met(self, where: RawFrame | None) -> None:
        """Note the line of a call."""
        if where is not None:
            self.lines.add((where.code.co_filename, where.line))

    def call(self, in_turn: bool = False) -> FitCall:
        """The call as it is held."""
        loops = (self.epoch, *self.loops[1:]) if self.batches else self.loops
        batches = tuple(self.batches)
        about = (self.model, self.method, self.arguments, self.number, self.trace)
        return FitCall(*about, batches, loops, in_turn, self.tried, self.searched)


class Hold:
    """A program that is held, or that failed.

    Args:
        call: the held call; None where the program failed before one.
        places: the registry.
        about: the parts of the description that are known beforehand (source, folder, seconds, versions, fits).
        failure: the plain values of a failure.
    """

    def __init__(
        self,
        call: FitCall | None,
        places: Places,
        about: Mapping[str, Any],
        failure: Mapping[str, Any] | None = None,
    ) -> None:
        self.call = call
        self.places = places
        self.about = dict(about)
        self.failure = None if failure is None else dict(failure)
        self._case: Any = None

    def case(self) -> Any:
        """The case of the held call, built at the first use.

        Raises:
            NothingHeld: the program failed before there was a model to hold, or its data cannot be read.
        """
        if self.call is None or (self.failure is not None and self._case is None):
            raise NothingHeld(f"the program failed: {(self.failure or {}).get('message', '')}"[:400])
        if self._case is None:
            self._build()
        if self._case is None:
            raise NothingHeld(f"the training cannot start: {(self.failure or {}).get('message', '')}"[:400])
        return self._case

    def _build(self) -> None:
        from ..case import build_case
        from .argument_check import check_arguments

        if self.call is None:
            return
        try:
            check_arguments(self.call)
            self._case = build_case(self.call, self.places)
        except Exception as error:  # noqa: BLE001 - reading the data runs the user's own code
            self.failure = self._in_fit(failure_of(error.__cause__ or error, self.places, "in_fit"))
            return
        if self._case.error is not None:
            self._confirm()

    def _confirm(self) -> None:
        """Prefer the error of the training step to the one of building the model on symbols."""
        from .confirming import error_of_the_step

        built = self._case.error
        plain = {**ended(str(built.message)), "stage": "in_fit", "type": str(built.type)}
        if not self._case.model.run_eagerly:
            error = error_of_the_step(self._case)
            if error is None:
                self._case.error = None
                return
            plain = failure_of(error, self.places, "in_fit")
            self._case.error = dataclasses.replace(built, type=plain["type"], message=plain["message"])
        self.failure = self._in_fit(plain)

    def _in_fit(self, failure: dict[str, Any]) -> dict[str, Any]:
        """What was raised beneath the held call, with the user's own way to that call before it."""
        failure["message"] = without_colours(failure["message"])
        if self.call is not None and self.call.trace:
            if failure["place"] is None:
                failure["place"] = dataclasses.asdict(self.places.place(self.call.trace, callee=self.call.method))
            way = [dataclasses.asdict(one) for one in self.places.frames(self.call.trace)]
            failure["frames"] = [*way, *failure["frames"]]
        return failure

    def describe(self) -> Mapping[str, Any]:
        """The plain values of the description."""
        from ..describing import describe

        if self.call is not None and self._case is None and self.failure is None:
            self._build()
        return {**describe(self.call, self.places, self._case), **self.about, "failure": self.failure}


class NothingHeld(Exception):
    """There is no live case to work on; the message says why."""


class Holder:
    """Decides at every training call of the program: run it, record it, run one step of it, or hold it.

    Args:
        places: the registry.
        wanted: the number of the call to hold, counted from 1.
        listing: every call runs for one step and none is held.
        hold: called with the call to hold; never returns.
    """

    def __init__(self, places: Places, wanted: int, listing: bool, hold: Callable[[FitCall], None]) -> None:
        self.places = places
        self.seen: list[SeenFit] = []
        self.began = time.perf_counter()
        self.raised: BaseException | None = None
        self.raised_by: FitCall | None = None
        self._wanted = wanted
        self._listing = listing
        self._hold = hold
        self._inside = False

    def training(
        self,
        model: Any,
        method: str,
        arguments: Mapping[str, Any],
        trace: Trace,
        run: Callable[[Mapping[str, Any]], Any],
        start: FrameType | None = None,
    ) -> Any:
        """What a call of the program comes to; ``run`` carries it out with the given arguments.

        Args:
            model: the live model.
            method: ``fit`` or ``train_on_batch``.
            arguments: bound, with defaults.
            trace: the user's frames behind the call.
            start: the frame that asks for it.
        """
        if self._inside:
            return run(arguments)
        try:
            return self._decide(self._meet(model, method, arguments, trace, start), arguments, run)
        except Exception as error:
            self.failed(error, model, method, arguments, trace)
            raise

    def failed(
        self, error: BaseException, model: Any, method: str, arguments: Mapping[str, Any] | None, trace: Trace
    ) -> None:
        """Remember that a training call raised, and what it was given."""
        if self.raised is not error:
            self.raised = error
            self.raised_by = FitCall(model, method, arguments or {}, len(self.seen), trace)

    def _decide(self, fit: SeenFit, arguments: Mapping[str, Any], run: Callable[[Mapping[str, Any]], Any]) -> Any:
        self._inside = True
        try:
            if self._listing:
                return run(one_step(arguments) if fit.method == "fit" else arguments)
            if fit.number != self._wanted:
                if fit.method == "fit":
                    self.finish()
                return run(arguments)
            if fit.method == "fit":
                self._hold(fit.call())
            return self._record(fit, arguments, run)
        finally:
            self._inside = False

    def _meet(
        self, model: Any, method: str, arguments: Mapping[str, Any], trace: Trace, start: FrameType | None
    ) -> SeenFit:
        where = trace[0] if trace else None
        for fit in self.seen:
            alike = fit.model is model and fit.method == method
            # A loop that feeds real and made-up batches in turn trains one model in several of its lines.
            if alike and (method == "train_on_batch" or _same_line(fit.where, where)):
                fit.times += 1
                fit.met(where)
                return fit
        fit = SeenFit(model, method, where, trace, arguments, len(self.seen) + 1, times=1)
        fit.loops = rounds(self.places, model, start)
        fit.tried, fit.searched = tried_values(self.places, start), compared(self.places, model, start)
        fit.met(where)
        self.seen.append(fit)
        return fit

    def _record(self, fit: SeenFit, arguments: Mapping[str, Any], run: Callable[[Mapping[str, Any]], Any]) -> Any:
        from .starting_point import StartingPoint, copied, size_of

        batch = tuple(copied(arguments.get(name)) for name in ("x", "y", "sample_weight"))
        if fit.start is None:
            fit.start = StartingPoint(fit.model, batch)
        fit.batches.append(batch)
        fit.size += size_of(batch)
        if not fit.recorded:
            return run(arguments)
        fit.start.restore()
        return self._hold(fit.call(self._in_turn(fit)))

    def finish(self) -> None:
        """Hold a ``train_on_batch`` loop that is over, with fewer batches than could be recorded."""
        for fit in self.seen:
            if fit.number == self._wanted and fit.batches and not self._listing:
                fit.start.restore()
                self._hold(fit.call(self._in_turn(fit)))

    def _in_turn(self, fit: SeenFit) -> bool:
        weights = {id(one) for one in fit.model.variables}
        others = [one for one in self.seen if one.model is not fit.model and one.method == "train_on_batch"]
        return any(id(weight) in weights for one in others for weight in one.model.variables)

    def listed(self) -> list[dict[str, Any]]:
        """The calls that were seen, as plain values."""
        return [self._listed(fit) for fit in self.seen]

    def lines_met(self, file: str) -> set[int]:
        """Lines of a file on which the calls stand that were seen."""
        places = (self.places.place(fit.trace, callee=fit.method) for fit in self.seen if fit.trace)
        # The program's own file is the one that stands in its folder by its name alone.
        here = (one for one in places if one.file == os.path.basename(file))
        return {line for one in here for line in range(one.line, (one.end_line or one.line) + 1)}

    def _listed(self, fit: SeenFit) -> dict[str, Any]:
        place = self.places.place(fit.trace, callee=fit.method) if fit.trace else None
        return {
            "number": fit.number,
            "method": fit.method,
            "model": f"{fit.model.name} ({type(fit.model).__name__})",
            "epochs": _whole(fit.arguments.get("epochs")),
            "batch_size": _whole(fit.arguments.get("batch_size")),
            "times": fit.times,
            "place": None if place is None else dataclasses.asdict(place),
        }


def one_step(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``fit`` for one step of one epoch."""
    first = arguments.get("initial_epoch") or 0
    one = {**arguments, "epochs": first + 1, "steps_per_epoch": 1, "verbose": 0}
    if one.get("validation_data") is not None or one.get("validation_split"):
        one["validation_steps"] = 1
    return one


def _same_line(one: RawFrame | None, other: RawFrame | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.code.co_filename, one.line) == (other.code.co_filename, other.line)


def _whole(value: Any) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None
