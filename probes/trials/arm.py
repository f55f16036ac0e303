"""An arm of a trial: the case as it is, or as treatments make it, with every change taken back on leaving."""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from ..case import Case, FitSettings
from ..recording import Record, Recorded
from ..tasks import Output, outputs
from .treating import NotApplicable

_MISSING = object()


@dataclass
class Change:
    """One attribute of a live object that a treatment replaced."""

    owner: Any
    name: str
    before: Any
    after: Any


@dataclass
class Arm:
    """What is trained, and how. Treatments edit it; what they change on live objects holds only while it is entered.

    Attributes:
        held: the case as the program made it.
        model: the live model, or a clone.
        train, validation: the data; transforms of a treatment replace them.
        fit: the settings of the planned training.
        callbacks: the program's learning-rate and stopping callbacks that take part.
        on_start: called with the pair's number when its start is in place, before the first step.
        augment: changes the input arrays of one epoch, given a random generator.
        epochs_factor: how many times the planned epochs are trained.
        initializer: replaces the initialiser of ``(layer, variable name)``; None keeps the layer's own.
        start_offset: added to the pair's number where the start is drawn.
        graph: what was compiled; shared by arms that train the same graph.
    """

    held: Case
    model: Any
    train: Recorded
    validation: Recorded | None
    fit: FitSettings
    callbacks: list[Any]
    on_start: list[Callable[[int], None]] = field(default_factory=list)
    augment: Callable[[list[Any], np.random.Generator], list[Any]] | None = None
    epochs_factor: float = 1.0
    initializer: Callable[[Any, str], Any] | None = None
    start_offset: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)
    graph: dict[str, Any] = field(default_factory=dict)
    _changes: list[Change] = field(default_factory=list)
    _inside: bool = False
    _outputs: tuple[Output, ...] | None = None

    @classmethod
    def of(cls, case: Case, graph: dict[str, Any] | None = None) -> Arm:
        """The case as it is; ``graph`` is another arm's that trains the case as it is."""
        from ..running import planned_callbacks

        callbacks = planned_callbacks(case)
        shared = {} if graph is None else graph
        return cls(case, case.model, case.train, case.validation, case.fit, callbacks, graph=shared)

    def __enter__(self) -> Arm:
        for change in self._changes:
            _put(change.owner, change.name, change.after)
        self._inside = True
        return self

    def __exit__(self, *_: object) -> None:
        self._inside = False
        for change in reversed(self._changes):
            change.after = vars(change.owner).get(change.name, _MISSING)
            _put(change.owner, change.name, change.before)

    @property
    def optimizer(self) -> Any:
        """The optimizer that takes the steps, inside a loss scale where there is one."""
        return getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Replace an attribute in the owner's own dictionary; setters and trackers of Keras are passed by."""
        assert self._inside, "treatments act on an entered arm"
        self._changes.append(Change(owner, name, vars(owner).get(name, _MISSING), value))
        vars(owner)[name] = value
        self.graph, self._outputs = {}, None

    def rebuilt(self, model: Any) -> None:
        """Train a clone of the model, already compiled, instead of it."""
        self.model, self.graph, self._outputs = model, {}, None

    def set_optimizer(self, optimizer: Any) -> None:
        """Train with another optimizer object, built for the variables that are trainable now."""
        optimizer.build(self.model.trainable_variables)
        self.set(self.model, "optimizer", optimizer)

    def rebuild_optimizer(self, **settings: Any) -> Any:
        """Replace the optimizer by a fresh one of its class, with these settings changed."""
        own = self.optimizer
        config = {**own.get_config(), **settings}
        try:
            fresh = type(own).from_config(config)
        except (TypeError, ValueError) as problem:
            raise NotApplicable(f"the optimizer {type(own).__name__} cannot be made anew: {problem}") from None
        self.set_optimizer(fresh)
        return fresh

    def set_loss(self, loss: Any, output: Output) -> None:
        """Train with another loss of this output."""
        from keras.src.trainers.compile_utils import CompileLoss

        model = self.model
        if model._compile_loss is None:
            raise NotApplicable("no loss is compiled")
        given, place, count = model.loss, self.place_of(output), len(self.outputs)
        if isinstance(given, dict):
            key = output.name if output.name in given else list(given)[place]
            loss = {**given, key: loss}
        elif isinstance(given, (list, tuple)) or count > 1:
            all_losses = list(given) if isinstance(given, (list, tuple)) else [given] * count
            loss = [loss if number == place else one for number, one in enumerate(all_losses)]
        weights = getattr(model._compile_loss, "_user_loss_weights", None)
        self.set(model, "_compile_loss", CompileLoss(loss, weights, output_names=getattr(model, "output_names", None)))
        self.set(model, "loss", loss)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs with their tasks, in the order of the targets."""
        return outputs(self.derived())

    def place_of(self, output: Output) -> int:
        """Where this output stands among the model's own, whose order need not be that of the targets."""
        known = list(getattr(self.model, "output_names", None) or ())
        if isinstance(self.train.y, Mapping) and output.name in known:
            return known.index(output.name)
        return [one.position for one in self.outputs].index(output.position)

    def set_data(self, train: Recorded, validation: Recorded | None) -> None:
        """Train and validate on other data."""
        self.train, self.validation, self._outputs = train, validation, None

    def derived(self) -> Case:
        """The arm as a case, its outputs scored as the task of the held case demands."""
        record = Record(self.train, self.validation)
        if self._outputs is None:
            own, tasks = outputs(Case(self.model, record, self.fit, None)), outputs(self.held)
            self._outputs = tuple(map(_with_task, own, tasks)) if len(own) == len(tasks) else own
        # What is compiled belongs to the graph and is shared between arms of one graph; the tasks belong to the data.
        shared = cast("dict[str, Any]", ChainMap(self.graph, {"outputs": self._outputs}))
        return Case(self.model, record, self.fit, None, shared=shared)


def _with_task(own: Output, held: Output) -> Output:
    return dataclasses.replace(own, kind=held.kind, name=held.name)


def _put(owner: Any, name: str, value: Any) -> None:
    if value is _MISSING:
        vars(owner).pop(name, None)
    else:
        vars(owner)[name] = value
