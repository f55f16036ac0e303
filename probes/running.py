"""Running the planned training, or a part of it, on recorded data: through Keras' own ``fit``, watched step by step."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .best_epoch import stand_ins
from .case import Budget, Case, Error
from .recording import Batch, Recorded
from .stepping import InstrumentedStep, instrumented_step, spared_xla
from .structures import map_leaves
from .tasks import outputs

PLANNED_CALLBACKS = ("EarlyStopping", "ReduceLROnPlateau", "LearningRateScheduler", "TerminateOnNaN")


@dataclass
class Run:
    """What a training run showed.

    Attributes:
        losses: of every step's batch, penalty included.
        penalties: the part of each that is regularisation.
        rates: the learning rate applied at each step.
        logged_first: the loss that the logs show for the first step alone; NaN where they show none.
        epochs: the logs of every finished epoch, validation included.
        seconds: wall-clock time; ``first_step_seconds`` with tracing.
        complete: whether the run came to the end that was planned for it, or a callback of the program ended it.
        stopped_by: the callback that ended it early, where one did.
        error: the exception that ended it, where one did.
        loss_from: where the losses come from: ``step`` (what the model computed), ``logs``, ``parts`` (the sum of
            several that a step of the program's own logs), ``nowhere`` (then they are NaN).
    """

    loss_from: str = "step"
    losses: list[float] = field(default_factory=list)
    penalties: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    epochs: list[dict[str, float]] = field(default_factory=list)
    epoch_steps: list[int] = field(default_factory=list)
    seconds: float = 0.0
    first_step_seconds: float = 0.0
    logged_first: float = math.nan
    complete: bool = False
    stopped_by: str | None = None
    error: Error | None = None

    @property
    def steps(self) -> int:
        """Steps taken."""
        return len(self.losses)


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        data: the recorded training data, or one batch to be repeated.
        epochs: how many.
        validation: whether the recorded validation data are evaluated after each epoch.
        callbacks: whether the program's learning-rate and stopping callbacks of Keras take part.
        on_step: called after each step with its number and the instrumented step.
        on_epoch: called after each epoch with its number and logs.
        steps_per_epoch: for streams, where it is not the program's own.
        stop: asked after each step; true ends the run.
        watch: id of the curve under which whoever watches the case is told of the losses; empty for none.
        label: name of its series.
    """

    data: Recorded | Batch
    epochs: int
    validation: bool = False
    callbacks: bool = False
    shuffle: bool | None = None
    batch_size: int | None = None
    steps_per_epoch: int | None = None
    on_step: Callable[[int, InstrumentedStep], None] | None = None
    on_epoch: Callable[[int, dict[str, float]], None] | None = None
    stop: Callable[[Run], bool] | None = None
    watch: str = ""
    label: str = "training"


def run(case: Case, plan: Plan, budget: Budget, step: InstrumentedStep | None = None) -> Run:
    """Run a plan on the live model. The caller keeps the case unchanged (``keeping.unchanged``).

    Args:
        case: the case; its model is trained.
        plan: what to run.
        budget: the run ends after the step in which the budget is spent.
        step: the instrumented step, where it is not the case's own (a treated model that was compiled anew).
    """
    step = step or instrumented_step(case)
    result, model = Run(), case.model
    monitor = _monitor(case, plan, budget, result, step)
    callbacks = [*(planned_callbacks(case) if plan.callbacks else ()), monitor]
    # Who looks at no step wants its losses alone.
    step.looks = plan.on_step is not None
    vars(model)["train_function"] = step.function
    vars(model)["steps_per_execution"] = 1
    if plan.watch:
        case.live.begin(plan.watch, plan.label)
    began = time.perf_counter()
    try:
        with spared_xla(model):
            original_fit(model)(model, callbacks=callbacks, verbose=0, **_arguments(case, plan))
    except Exception as problem:  # noqa: BLE001 - whatever training raises is a measurement
        result.error = Error.of(problem, "training")
    result.seconds = time.perf_counter() - began
    result.stopped_by = _who_stopped(case, plan, result)
    result.complete = result.error is None and (len(result.epochs) >= plan.epochs or result.stopped_by is not None)
    return result


def paced(steps: int, seconds: float, least: int = 1) -> Callable[[Run], bool]:
    """A ``stop`` after so many steps, or so many seconds after the first, which may have to compile the step.

    ``least`` steps are taken whatever the clock says: one pause of a busy machine must not make a run of one step.
    """
    began: list[float] = []

    def enough(ran: Run) -> bool:
        if not began:
            began.append(time.perf_counter())
        return ran.steps >= steps or (ran.steps >= least and time.perf_counter() - began[0] > seconds)

    return enough


def original_fit(model: Any) -> Callable[..., Any]:
    """Keras' own ``fit``, below whatever holds it or a subclass makes of it."""
    import keras

    for owner in keras.Model.__mro__:
        if "fit" in vars(owner):
            fit: Callable[..., Any] = inspect.unwrap(vars(owner)["fit"])
            return fit
    raise LookupError("this Keras has no Model.fit")


def planned_callbacks(case: Case) -> list[Any]:
    """What belongs to the planned training: Keras' own callbacks for rate and stopping, the best epoch kept."""
    import keras

    kinds = tuple(getattr(keras.callbacks, name) for name in PLANNED_CALLBACKS)
    return [*(one for one in case.fit.callbacks if type(one) in kinds), *stand_ins(case.fit.callbacks)]


def left_out_callbacks(case: Case) -> tuple[str, ...]:
    """Names of the program's callbacks that do not take part, because they write or are unknown."""
    kept = {id(one) for one in planned_callbacks(case)}
    return tuple(type(one).__name__ for one in case.fit.callbacks if id(one) not in kept)


def learning_rate(optimizer: Any) -> float:
    """The rate that the optimizer applies at its present step; NaN where it has none."""
    try:
        return float(np.asarray(optimizer.learning_rate))
    except (AttributeError, TypeError, ValueError):
        return math.nan


def _monitor(case: Case, plan: Plan, budget: Budget, result: Run, step: InstrumentedStep) -> Any:
    import keras

    class Monitor(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            loss, penalty = step.losses()
            if not result.losses:
                result.first_step_seconds = budget.seconds - budget.left
                result.logged_first = _told(logs or {})[0]
            if not _seen(step):
                loss, result.loss_from = _told(logs or {})
            result.losses.append(loss)
            result.penalties.append(penalty)
            result.rates.append(learning_rate(case.optimizer))
            if plan.on_step is not None:
                plan.on_step(len(result.losses) - 1, step)
            if plan.watch:
                _tell_step(case, plan, result)
            if budget.spent or (plan.stop is not None and plan.stop(result)):
                self.model.stop_training = True

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            known = {name: float(np.asarray(one)) for name, one in (logs or {}).items() if np.ndim(one) == 0}
            if not (budget.spent and self._cut(result)):
                result.epochs.append(known)
                result.epoch_steps.append(len(result.losses))
            if plan.on_epoch is not None:
                plan.on_epoch(epoch, known)
            if plan.watch and "val_loss" in known:
                case.live.point(plan.watch, "validation", epoch + 1 - case.fit.initial_epoch, known["val_loss"])

        def _cut(self, result: Run) -> bool:
            before = result.epoch_steps[-1] if result.epoch_steps else 0
            length = result.epoch_steps[0] if result.epoch_steps else None
            return length is not None and len(result.losses) - before < length

    return Monitor()


def _tell_step(case: Case, plan: Plan, result: Run) -> None:
    """Tell whoever watches of the last step: over epochs where the planned training runs, else over steps."""
    length = case.fit.steps_per_epoch if plan.data is case.train else None
    case.live.point(plan.watch, plan.label, result.steps / (length or 1), result.losses[-1])
    if plan.stop is None or plan.callbacks:
        case.live.share(result.steps, plan.steps_per_epoch or (length and length * plan.epochs))


def _seen(step: InstrumentedStep) -> bool:
    return bool(step.raw and "total" in step.raw["losses"])


def _told(logs: Mapping[str, Any]) -> tuple[float, str]:
    """The loss that a step of the program's own logs; the sum of its losses where it logs several and names none so."""
    for whole in ("loss", "total_loss"):
        if whole in logs:
            return float(np.asarray(logs[whole])), "logs"
    parts = [float(np.asarray(one)) for name, one in logs.items() if name.endswith("loss") and np.ndim(one) == 0]
    return (math.fsum(parts), "parts") if parts else (math.nan, "nowhere")


def _who_stopped(case: Case, plan: Plan, result: Run) -> str | None:
    if not plan.callbacks or len(result.epochs) >= plan.epochs:
        return None
    for one in planned_callbacks(case):
        if getattr(one, "stopped_epoch", 0):
            return type(one).__name__
    return None


def _arguments(case: Case, plan: Plan) -> dict[str, Any]:
    data, fit = plan.data, case.fit
    given: dict[str, Any] = {"epochs": plan.epochs}
    batches = data.batches if isinstance(data, Recorded) else ()
    if fit.class_weight is not None:
        given["class_weight"] = _class_weight(case, bool(batches))
    if batches:
        given["x"] = replay(data, case)  # type: ignore[arg-type]
        planned = min(len(batches), fit.steps_per_epoch or len(batches))
        given["steps_per_epoch"] = plan.steps_per_epoch or planned
        # Keras warns where it is asked to shuffle batches, and it is asked by default.
        given["shuffle"] = False
    else:
        given.update(x=_as_given(data.x), y=_as_given(data.y), sample_weight=data.weights)
        given["batch_size"] = plan.batch_size or fit.batch_size
        given["shuffle"] = fit.shuffle if plan.shuffle is None else plan.shuffle
    if plan.validation and case.validation is not None:
        given.update(_validation(case))
    return given


def _class_weight(case: Case, batches: bool) -> dict[int, float]:
    given = {int(name): float(one) for name, one in (case.fit.class_weight or {}).items()}
    if not batches or case.train.batches:
        return given
    # For arrays Keras takes a class left out as 1, for batches of the same rows it fails.
    count = max([*given, *(one.classes - 1 for one in outputs(case))], default=-1) + 1
    return {one: given.get(one, 1.0) for one in range(count)}


def _validation(case: Case) -> dict[str, Any]:
    held, fit = case.validation, case.fit
    assert held is not None
    settings: dict[str, Any] = {"validation_freq": fit.validation_freq}
    if held.batches:
        return {**settings, "validation_data": replay(held, case), "validation_steps": len(held.batches)}
    x, y = _as_given(held.x), _as_given(held.y)
    parts = (x, y) if held.weights is None else (x, y, held.weights)
    settings["validation_batch_size"] = fit.validation_batch_size or (None if not case.train.batches else 32)
    return {**settings, "validation_data": parts}


def _as_given(structure: Any) -> Any:
    """Arrays as `fit` takes them: texts only as tensors."""
    import tensorflow as tf

    return map_leaves(lambda one: tf.constant(one) if np.asarray(one).dtype.kind in "OUS" else one, structure)


def replay(held: Recorded, case: Case) -> Any:
    """Recorded batches as an endless ``tf.data.Dataset`` with the batch axes left open."""
    import tensorflow as tf

    # Shapes that vary between batches are left open, so that one trace serves all of them.
    structures = [one.as_fit_gives_it() for one in held.batches[:64]]

    def signature(*leaves: Any) -> Any:
        shapes = [np.shape(one) for one in leaves]
        ranks = {len(shape) for shape in shapes}
        open_shape = (
            [
                shapes[0][axis] if axis and len({shape[axis] for shape in shapes}) == 1 else None
                for axis in range(len(shapes[0]))
            ]
            if len(ranks) == 1
            else None
        )
        return tf.TensorSpec(open_shape, tf.as_dtype(_dtype(leaves[0])))

    spec = tf.nest.map_structure(signature, *[_tuples(one) for one in structures])

    def again() -> Any:
        while True:
            for batch in held.batches:
                yield _tuples(batch.as_fit_gives_it())

    return tf.data.Dataset.from_generator(again, output_signature=spec)


def _dtype(array: Any) -> Any:
    kind = np.asarray(array).dtype
    return "string" if kind.kind in "OUS" else kind


def _tuples(structure: Any) -> Any:
    # tf.data reads a list as one tensor to be stacked; Keras means several inputs by it.
    if isinstance(structure, dict):
        return {key: _tuples(one) for key, one in structure.items()}
    if isinstance(structure, (list, tuple)):
        return tuple(_tuples(one) for one in structure)
    return structure
