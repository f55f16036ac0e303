"""Many training steps in one compiled call: the model's own ``train_step``, without the cost of Python between steps.

The numbers are those of ``fit``: the same step on the same batches in the same order. What is left out is what no
weight depends on: the compiled metrics, unless a callback of the program reads them.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Case, fed
from ..recording import Batch

Losses = NDArray[np.float64]


class Loop:
    """Runs a step of one model over chunks of batches.

    Args:
        case: whose model is stepped; batches are fed as ``fit`` feeds them.
        kind: ``train_step`` or ``test_step``.
        metrics: whether the compiled metrics are updated.
    """

    def __init__(self, case: Case, kind: str = "train_step", metrics: bool = False) -> None:
        self._case, self._kind, self._metrics = case, kind, metrics
        self._ragged = case.train.ragged
        self._compiled: dict[Any, Callable[..., Any]] = {}

    def run(self, rows: Batch, edges: NDArray[np.int64]) -> Losses:
        """Step over the batches ``rows[edges[i]:edges[i + 1]]``; the loss of every one of them, penalty included."""
        import tensorflow as tf

        data = fed(rows, self._case).as_fit_gives_it()
        if getattr(self._case.model, "run_eagerly", False):
            return self._one_by_one(data, edges)
        flat = tf.nest.flatten(data)
        key = tuple((one.dtype, one.shape.rank if self._ragged else tuple(one.shape[1:])) for one in flat)
        if key not in self._compiled:
            self._compiled[key] = self._compile(data, rows, edges)
        return np.asarray(self._compiled[key](*flat, tf.constant(edges, tf.int32)), dtype="float64")

    def _one_by_one(self, data: Any, edges: NDArray[np.int64]) -> Losses:
        import tensorflow as tf

        losses = []
        with self._watched() as seen:
            for start, end in itertools.pairwise(edges):
                seen.clear()
                logs = getattr(self._case.model, self._kind)(_cut(data, int(start), int(end), tf))
                losses.append(float(np.asarray(_loss(seen, logs, tf))))
        return np.asarray(losses)

    def _compile(self, data: Any, rows: Batch, edges: NDArray[np.int64]) -> Callable[..., Any]:
        import tensorflow as tf

        model = self._case.model
        self._build(rows, edges)
        flat = tf.nest.flatten(data)
        specs = [
            tf.TensorSpec([None, *([None] * (one.shape.rank - 1) if self._ragged else one.shape[1:])], one.dtype)
            for one in flat
        ]

        def many(*given: Any) -> Any:
            bounds, structure = given[-1], tf.nest.pack_sequence_as(data, given[:-1])
            count = tf.shape(bounds)[0] - 1
            losses = tf.TensorArray(tf.float32, size=count, element_shape=())

            def body(step: Any, found: Any) -> Any:
                with self._watched() as seen:
                    batch = _cut(structure, bounds[step], bounds[step + 1], tf)
                    logs = getattr(model, self._kind)(batch)
                    return step + 1, found.write(step, _loss(seen, logs, tf))

            _, losses = tf.while_loop(lambda step, _: step < count, body, (0, losses), parallel_iterations=1)
            return losses.stack()

        made = tf.function(many, autograph=False, input_signature=[*specs, tf.TensorSpec([None], tf.int32)])
        return made.get_concrete_function()  # type: ignore[no-any-return]

    def _build(self, rows: Batch, edges: NDArray[np.int64]) -> None:
        # What a first step would create must exist before the loop: no variable is born inside one.
        from ..structures import cut

        first = slice(int(edges[0]), int(edges[1]))
        batch = Batch(*(None if one is None else cut(one, first) for one in (rows.x, rows.y, rows.weights)))
        self._case.model._symbolic_build(data_batch=fed(batch, self._case).as_fit_gives_it())

    @contextlib.contextmanager
    def _watched(self) -> Iterator[list[Any]]:
        import keras

        model, seen = self._case.model, []  # type: tuple[Any, list[Any]]
        original, held = model.compute_loss, dict(vars(model))

        def compute_loss(*args: Any, **kwargs: Any) -> Any:
            loss = original(*args, **kwargs)
            seen.append(loss)
            return loss

        vars(model)["compute_loss"] = compute_loss
        if not self._metrics and type(model).compute_metrics is keras.Model.compute_metrics:
            vars(model)["compute_metrics"] = lambda *_, **__: {}
        try:
            yield seen
        finally:
            for name in ("compute_loss", "compute_metrics"):
                if name in held:
                    vars(model)[name] = held[name]
                else:
                    vars(model).pop(name, None)


def _cut(data: Any, start: Any, end: Any, tf: Any) -> Any:
    return tf.nest.map_structure(lambda one: one[start:end], data)


def _loss(seen: list[Any], logs: Any, tf: Any) -> Any:
    loss = next((one for one in seen if one is not None), None)
    if loss is None and isinstance(logs, dict):
        loss = logs.get("loss", next(iter(logs.values()), None))
    if loss is None or isinstance(loss, dict):
        return tf.constant(0.0)
    return tf.reduce_mean(tf.cast(tf.convert_to_tensor(loss), tf.float32))
