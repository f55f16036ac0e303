"""The instrumented step: the model's own training step, built by Keras itself, that also tells what went on inside."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .watching import Watch, loss_watched, variable_path, variable_summary, watched_variables, watching

_SHARED = "instrumented_step"
MOST_COMPILED = 60
"""Layers beyond which XLA, which Keras uses by default, takes minutes to compile a step that is looked into."""


@dataclass(frozen=True)
class Seen:
    """What one step showed, as numbers.

    Attributes:
        activations: per layer, the fields of :data:`watching.ACTIVATION_FIELDS`.
        alive: per layer, for each unit whether it gave anything but zero.
        gradients: per variable, norm, largest absolute value, finite share.
        weights, updates: per variable, norm, largest absolute value, finite share; of the weight before the step, and
            of what the step added to it.
        loss: of the batch, the regularisation penalty included; NaN where the step computes none that can be seen.
        penalty: the regularisation penalty alone.
        taped: what the losses come to that gradients of weights are taken of, a row a gradient: sum, mean, and sum
            without penalty.
    """

    activations: dict[str, NDArray[Any]]
    alive: dict[str, NDArray[Any]]
    gradients: dict[str, NDArray[Any]]
    weights: dict[str, NDArray[Any]]
    updates: dict[str, NDArray[Any]]
    loss: float
    penalty: float
    taped: NDArray[Any]


@dataclass
class InstrumentedStep:
    """The model's step as ``fit`` can call it.

    Attributes:
        model: whose step it is.
        full: the train function that looks inside, as Keras makes it.
        light: one that shows its losses alone and costs as much as Keras' own; made by :meth:`lighten`.
        looks: whether the next steps are looked into, where there is a choice.
        source: ``apply``, or ``none`` where the step never called an optimizer.
        clipped_by_user: whether the program changes gradients before it applies them.
        missing: variables for which no gradient arrived.
    """

    model: Any
    full: Callable[[Any], Any] | None = None
    light: Callable[[Any], Any] | None = None
    looks: bool = True
    watch: Watch = field(default_factory=Watch)
    raw: Any = None

    def function(self, iterator: Any) -> Any:
        """Take an iterator of batches, as Keras' own train function does, and return the logs."""
        chosen = self.full if self.looks or self.light is None else self.light
        assert chosen is not None
        given = chosen(iterator)
        self.raw = given["seen"]
        return given["logs"]

    def lighten(self) -> None:
        """Make the light step, which is compiled at its first use."""
        if self.light is None:
            self.light = _train_function(self.model, functools.partial(_losses_alone, self))

    @property
    def source(self) -> str:
        """Where gradients were seen."""
        return self.watch.source

    @property
    def clipped_by_user(self) -> bool:
        """Whether the program changes gradients before it applies them."""
        return self.watch.clipped_by_user

    @property
    def stopped(self) -> bool:
        """Whether the step calls ``stop_gradient``, of TensorFlow or of Keras."""
        return self.watch.stopped > 0

    @property
    def missing(self) -> tuple[str, ...]:
        """Variables for which no gradient arrived."""
        return tuple(dict.fromkeys(self.watch.missing))

    def losses(self) -> tuple[float, float]:
        """Loss and penalty of the last step; NaN where not seen."""
        found = self.raw["losses"]
        total, penalty = found.get("total"), found.get("penalty")
        return (float("nan") if total is None else float(total), 0.0 if penalty is None else float(penalty))

    def seen(self) -> Seen:
        """What the last step showed."""
        numbers = {part: {name: np.asarray(one) for name, one in self.raw[part].items()} for part in self.raw}
        updates = {name.removeprefix("+"): one for name, one in numbers["updates"].items() if name.startswith("+")}
        weights = {name: one for name, one in numbers["updates"].items() if not name.startswith("+")}
        loss, penalty = self.losses()
        taped = np.asarray(list(numbers["taped"].values()), dtype="float64").reshape(-1, 3)
        return Seen(
            numbers["activations"], numbers["alive"], numbers["gradients"], weights, updates, loss, penalty, taped
        )


def instrumented_step(case: Case) -> InstrumentedStep:
    """The case's instrumented step; made once, compiled at its first use, shared by all that look inside a step.

    ``make_train_function`` of the model itself builds it, so that ``run_eagerly``, ``jit_compile`` (but of deep models)
    and a program's own ``train_step`` keep their meaning, and what fails in ``fit`` fails here.
    """
    return case.once(_SHARED, lambda: build_step(case.model))


def build_step(model: Any) -> InstrumentedStep:
    """An instrumented step of this model as it is compiled now. Leaves the model's own train function in place."""
    made = InstrumentedStep(model)
    made.full = _train_function(model, functools.partial(_looked_into, made))
    return made


def _train_function(model: Any, act: Callable[[Callable[[Any], Any], Any], Any]) -> Callable[[Any], Any]:
    """What Keras makes of a step that acts on the model's own step and its data."""
    before = {name: vars(model).get(name, None) for name in ("train_step", "train_function", "steps_per_execution")}
    own_step = model.train_step
    try:
        vars(model)["train_step"] = functools.partial(act, own_step)
        vars(model)["steps_per_execution"] = 1
        with spared_xla(model):
            model.make_train_function(force=True)
        made: Callable[[Any], Any] = model.train_function
        return made
    finally:
        for name, one in before.items():
            if one is None and name == "train_step":
                vars(model).pop(name, None)
            else:
                vars(model)[name] = one


@contextlib.contextmanager
def spared_xla(model: Any) -> Iterator[None]:
    """Within this context Keras makes functions of a deep model without XLA."""
    before = vars(model).get("_jit_compile")
    if len(model._flatten_layers()) > MOST_COMPILED:
        vars(model)["_jit_compile"] = False
    try:
        yield
    finally:
        vars(model)["_jit_compile"] = before


def _looked_into(made: InstrumentedStep, own_step: Callable[[Any], Any], data: Any) -> dict[str, Any]:
    variables = {variable_path(one): one for one in watched_variables(made.model)}
    watch = Watch(wanted=frozenset(variables) if len(variables) < len(made.model.trainable_variables) else None)
    weights = {path: _as_float(one) for path, one in variables.items()}
    with watching(made.model, watch):
        logs = own_step(data)
    for path, one in variables.items():
        watch.updates[path] = variable_summary(weights[path])
        watch.updates["+" + path] = variable_summary(_as_float(one) - weights[path])
    made.watch = watch
    return {"logs": logs, "seen": watch.tensors()}


def _losses_alone(made: InstrumentedStep, own_step: Callable[[Any], Any], data: Any) -> dict[str, Any]:
    watch = Watch()
    with loss_watched(made.model, watch):
        logs = own_step(data)
    return {"logs": logs, "seen": watch.tensors()}


def _as_float(variable: Any) -> Any:
    import tensorflow as tf

    return tf.cast(tf.identity(tf.convert_to_tensor(variable)), tf.float32)
