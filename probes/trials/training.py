"""Training one arm of a trial from a paired start to the horizon, and reading off the numbers that are judged."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Error
from ..curves import thinned
from ..keeping import Kept
from ..live import Live
from ..recording import Batch, Recorded
from ..scoring import Score, scores
from ..structures import cut, leaves, map_leaves, size_in_bytes
from ..tasks import Output
from .arm import Arm
from .looping import Loop
from .starting import Starts, seed_of

SCORED = 1000
CHUNK_BYTES = 24 * 2**20
CHUNK_SECONDS = 0.4
CURVE = "trial"
"""Id of the curve that is told while an arm trains; its series are ``with`` and ``without``."""

POINTS_AT_ONCE = 8
"""Points told of the steps of one compiled call."""


@dataclass(frozen=True)
class Horizon:
    """How far the arms of a case are trained.

    Attributes:
        epochs: of the recorded training data; may be a fraction.
        planned: whether that is the planned end.
    """

    epochs: float
    planned: bool


@dataclass(frozen=True)
class OutputScore:
    """How one output does at the end of an arm: on the judged rows, and on training rows."""

    name: str
    measure: str
    value: float
    skill: float
    training_skill: float
    chance: float
    rows: int
    majority: float


@dataclass(frozen=True)
class ArmRun:
    """What one training of an arm showed.

    Attributes:
        outputs: the scores of every output with a task.
        curve: mean losses of at most 60 equal parts of the run.
        steps: taken; ``epochs`` of the recorded data.
        finite: whether every loss and every prediction was finite.
        reached: whether the horizon was reached in the time given, or a callback of the program ended the run.
        error: what training raised, where it did.
    """

    outputs: tuple[OutputScore, ...]
    curve: tuple[float, ...]
    steps: int
    epochs: float
    seconds: float
    finite: bool
    reached: bool
    error: Error | None = None


class Trainer:
    """Trains arms of one case; everything of the process that training disturbs is wound back before each run.

    Args:
        kept: the state of the process at the beginning of the trial.
        starts: the paired starts.
    """

    def __init__(self, kept: Kept, starts: Starts) -> None:
        self._kept, self._starts = kept, starts

    def train(self, arm: Arm, pair: int, horizon: Horizon, seconds: float, series: str = "with") -> ArmRun:
        """Train an arm from the start of this pair; its curve is told as this series. The arm must not be entered."""
        began = time.perf_counter()
        arm.held.live.begin(CURVE, series)
        with arm:
            self._wind_back(arm, pair)
            progress = _Progress(began + seconds, series)
            try:
                _run(arm, pair, horizon, progress)
            except Exception as problem:  # noqa: BLE001 - whatever training raises is what the arm shows
                error = Error.of(problem, "training")
                return _failed(progress, time.perf_counter() - began, error)
            return _numbers(arm, progress, time.perf_counter() - began)

    def _wind_back(self, arm: Arm, pair: int) -> None:
        wind_back(self._kept)
        if "base" not in arm.graph:
            # What existed before the trial is wound back already: only what is the arm's own needs a copy.
            known = {id(one) for one, _ in self._kept.variables}
            own = [one for one in _own_variables(arm) if id(one.value) not in known]
            arm.graph["base"] = [(one, one.numpy()) for one in own]
        for variable, value in arm.graph["base"]:
            variable.assign(value)
        self._starts.begin(arm.model, pair + arm.start_offset, arm.initializer)
        random.seed(seed_of("python", pair))
        np.random.seed(seed_of("numpy", pair))
        for act in arm.on_start:
            act(pair)


def tell_again(live: Live, run: ArmRun, series: str) -> None:
    """Tell the curve of a run that was trained before."""
    ends = np.arange(1, len(run.curve) + 1) / max(1, len(run.curve)) * run.epochs
    live.begin(CURVE, series)
    live.points(CURVE, series, ends, run.curve)


def wind_back(kept: Kept) -> None:
    """Put every variable and every callback that existed before the trial back to what it was."""
    for variable, value in kept.variables:
        now = variable.numpy()
        if now.shape != np.shape(value) or now.tobytes() != value.tobytes():
            variable.assign(value)
    for callback, attributes in kept.callbacks:
        vars(callback).clear()
        vars(callback).update(
            {name: type(one)(one) if isinstance(one, (list, dict, set)) else one for name, one in attributes.items()}
        )


def _own_variables(arm: Arm) -> list[Any]:
    found = [*arm.model.variables]
    if arm.model.optimizer is not None:
        found += list(arm.model.optimizer.variables)
    return found


@dataclass
class _Progress:
    """How far a run has come."""

    deadline: float
    series: str = "with"
    losses: list[float] = field(default_factory=list)
    epoch_ends: list[int] = field(default_factory=list)
    epochs: float = 0.0
    reached: bool = False
    seconds_per_step: float = 0.0

    @property
    def late(self) -> bool:
        return time.perf_counter() > self.deadline


def _run(arm: Arm, pair: int, horizon: Horizon, progress: _Progress) -> None:
    case = arm.derived()
    monitored = _Monitored(arm)
    loop = case.once("loop", lambda: Loop(case, metrics=monitored.needs_metrics))
    order = np.random.default_rng(seed_of("order", pair))
    target = horizon.epochs * arm.epochs_factor
    monitored.begin()
    while progress.epochs < target and not progress.late:
        share = min(1.0, target - progress.epochs)
        monitored.epoch_begins(len(progress.epoch_ends))
        _one_epoch(arm, loop, order, share, progress)
        if share == 1.0 and not progress.late:
            monitored.epoch_ends(len(progress.epoch_ends) - 1, progress)
        if monitored.stopped or not np.isfinite(progress.losses[-1:]).all():
            progress.reached = True
            break
    monitored.end()
    progress.reached |= progress.epochs >= target - 1e-9


def _one_epoch(arm: Arm, loop: Loop, order: np.random.Generator, share: float, progress: _Progress) -> None:
    plan = _epoch(arm, order, len(progress.epoch_ends))
    wanted = max(1, round(share * plan.steps))
    done, began_epochs = 0, progress.epochs
    while done < wanted and not progress.late:
        count = _chunk(progress, plan, wanted - done)
        rows, edges = plan.take(done, count)
        began = time.perf_counter()
        found = loop.run(rows, edges)
        took = time.perf_counter() - began
        if progress.losses:
            progress.seconds_per_step = took / len(found)
        else:
            # The first call compiles; that time is not the arm's.
            progress.deadline += took
        progress.losses.extend(found.tolist())
        done += len(found)
        before, progress.epochs = progress.epochs, began_epochs + done / plan.steps
        _tell(arm, progress, found, before)
    if done >= wanted:
        progress.epochs = began_epochs + share
    progress.epoch_ends.append(len(progress.losses))


def _tell(arm: Arm, progress: _Progress, losses: NDArray[np.float64], before: float) -> None:
    """Tell a few means of the steps that were just taken; the curve is drawn over epochs."""
    parts = np.array_split(losses, min(POINTS_AT_ONCE, len(losses)))
    ends = np.linspace(before, progress.epochs, len(parts) + 1)[1:]
    arm.held.live.points(CURVE, progress.series, ends, [float(np.mean(one)) for one in parts])


def _chunk(progress: _Progress, plan: _Epoch, left: int) -> int:
    by_memory = max(1, int(CHUNK_BYTES / max(1.0, plan.bytes_per_step)))
    if not progress.seconds_per_step:
        return min(left, by_memory, 4)
    return min(left, by_memory, max(4, int(CHUNK_SECONDS / progress.seconds_per_step)))


class _Epoch:
    """The batches of one epoch, cut on demand; streams go on where the epoch before, of that number, ended."""

    def __init__(self, arm: Arm, order: np.random.Generator, number: int) -> None:
        data, fit = arm.train, arm.fit
        self._data, self._arm, self._order = data, arm, order
        self._class_weight = fit.class_weight
        if data.batches:
            self.steps = fit.steps_per_epoch or len(data.batches)
            self._first = number * self.steps
            self.bytes_per_step = float(size_in_bytes((data.batches[0].x, data.batches[0].y)))
            return
        self._rows = order.permutation(data.rows) if fit.shuffle else np.arange(data.rows)
        self._size = fit.batch_size
        whole = math.ceil(data.rows / self._size)
        self.steps = min(whole, fit.steps_per_epoch or whole)
        self.bytes_per_step = size_in_bytes((data.x, data.y)) / max(1, whole)

    def take(self, start: int, count: int) -> tuple[Batch, NDArray[np.int64]]:
        """The rows of ``count`` steps from step ``start``, and where each step begins and ends."""
        if self._data.batches:
            return self._of_batches(start, count)
        chosen = self._rows[start * self._size : (start + count) * self._size]
        edges = np.minimum(np.arange(0, count + 1) * self._size, len(chosen))
        return self._finish(
            Batch(*(cut(one, chosen) for one in (self._data.x, self._data.y, self._data.weights)))
        ), edges

    def _of_batches(self, start: int, count: int) -> tuple[Batch, NDArray[np.int64]]:
        from ..structures import stack

        batches = self._data.batches
        start += self._first
        taken = [batches[place % len(batches)] for place in range(start, start + count)]
        shape = _shape(taken[0])
        alike = [taken[0]]
        for one in taken[1:]:
            if _shape(one) != shape:
                break
            alike.append(one)
        edges = np.cumsum([0, *(one.rows for one in alike)])
        joined = Batch(*(stack([getattr(one, part) for one in alike]) for part in ("x", "y", "weights")))
        return self._finish(joined), edges

    def _finish(self, rows: Batch) -> Batch:
        x, weights = rows.x, rows.weights
        if self._arm.augment is not None:
            changed = iter(self._arm.augment(leaves(x), self._order))
            x = map_leaves(lambda _: next(changed), x)
        if self._class_weight is not None and weights is None and rows.y is not None:
            weights = class_weights(leaves(rows.y)[0], self._class_weight)
        return Batch(x, rows.y, weights)


def _epoch(arm: Arm, order: np.random.Generator, number: int) -> _Epoch:
    return _Epoch(arm, order, number)


def _shape(batch: Batch) -> list[tuple[int, ...]]:
    return [np.shape(one)[1:] for one in leaves((batch.x, batch.y, batch.weights)) if one is not None]


def class_weights(target: Any, weights: Any) -> NDArray[np.float32]:
    """The weight of every row, by its class, as Keras reads ``class_weight``."""
    array = np.asarray(target)
    if array.ndim > 1:
        array = array.argmax(axis=-1) if array.shape[-1] != 1 else array[..., 0]
    ids, places = np.unique(np.round(array).astype("int64"), return_inverse=True)
    return np.asarray([float(weights.get(int(one), 1.0)) for one in ids], dtype="float32")[places.reshape(array.shape)]


class _Monitored:
    """The program's own learning-rate and stopping callbacks of Keras, called once an epoch as ``fit`` calls them."""

    def __init__(self, arm: Arm) -> None:
        self._arm, self._callbacks = arm, arm.callbacks
        self._monitors = [str(getattr(one, "monitor", "")) for one in self._callbacks]
        self._validates = arm.validation is not None and any(one.startswith("val_") for one in self._monitors)
        self.needs_metrics = any(one.removeprefix("val_") not in ("", "loss") for one in self._monitors)

    @property
    def stopped(self) -> bool:
        """Whether a callback asked to stop."""
        return bool(self._callbacks) and bool(self._arm.model.stop_training)

    def begin(self) -> None:
        """Before the first epoch."""
        for one in self._callbacks:
            one.set_model(self._arm.model)
            one.set_params({"verbose": 0, "epochs": self._arm.fit.epochs})
            if hasattr(one, "verbose"):
                one.verbose = 0
            one.on_train_begin()
        if self._callbacks:
            self._arm.model.stop_training = False

    def epoch_begins(self, epoch: int) -> None:
        """Before every epoch."""
        if self._callbacks:
            self._arm.model.reset_metrics()
        for one in self._callbacks:
            one.on_epoch_begin(epoch, {})

    def epoch_ends(self, epoch: int, progress: _Progress) -> None:
        """After every epoch, with the logs that ``fit`` would give."""
        if not self._callbacks:
            return
        start = progress.epoch_ends[-2] if len(progress.epoch_ends) > 1 else 0
        logs = {"loss": float(np.mean(progress.losses[start:]))}
        if self.needs_metrics:
            logs.update({name: float(one) for name, one in self._arm.model.get_metrics_result().items()})
        if self._validates:
            logs.update(self._validation_logs())
        for one in self._callbacks:
            one.on_epoch_end(epoch, logs)

    def end(self) -> None:
        """After the last epoch."""
        for one in self._callbacks:
            one.on_train_end({})

    def _validation_logs(self) -> dict[str, float]:
        case, held = self._arm.derived(), self._arm.validation
        assert held is not None
        loop = case.once("test_loop", lambda: Loop(case, "test_step", metrics=True))
        self._arm.model.reset_metrics()
        losses, sizes = [], []
        for batch in held.walk(512):
            losses.append(float(loop.run(batch, np.asarray([0, batch.rows]))[0]))
            sizes.append(batch.rows)
        logs = {f"val_{name}": float(one) for name, one in self._arm.model.get_metrics_result().items()}
        return {**logs, "val_loss": float(np.average(losses, weights=sizes))}


def _numbers(arm: Arm, progress: _Progress, seconds: float) -> ArmRun:
    losses = np.asarray(progress.losses)
    case = arm.derived()
    held: Recorded = case.validation if case.validation is not None and case.validation.y is not None else case.train
    judged = scores(case, held.sample(SCORED))
    training = judged if held is case.train else scores(case, case.train.sample(SCORED))
    own = {output.name: score for output, score in training}
    found = tuple(_output_score(output, score, own.get(output.name, score)) for output, score in judged)
    finite = bool(np.isfinite(losses).all()) and all(score.finite for _, score in judged)
    return ArmRun(
        outputs=found,
        curve=tuple(_curve(losses)),
        steps=len(losses),
        epochs=progress.epochs,
        seconds=seconds,
        finite=finite,
        reached=progress.reached,
    )


def _output_score(output: Output, score: Score, training: Score) -> OutputScore:
    return OutputScore(
        output.name,
        score.measure,
        score.value,
        score.skill,
        training.skill,
        score.chance,
        score.rows,
        score.majority,
    )


def _curve(losses: NDArray[np.float64]) -> list[float]:
    parts = np.array_split(losses, min(60, len(losses))) if len(losses) else []
    return thinned([float(np.mean(one)) for one in parts], 60)


def _failed(progress: _Progress, seconds: float, error: Error) -> ArmRun:
    curve = tuple(_curve(np.asarray(progress.losses)))
    return ArmRun((), curve, len(progress.losses), progress.epochs, seconds, False, True, error)
