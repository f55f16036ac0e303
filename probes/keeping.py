"""Keeping a case as it was: everything a probe or trial may disturb is saved before it and put back after it."""

from __future__ import annotations

import contextlib
import copy
import gc
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

_MODEL_ATTRIBUTES = (
    "train_function",
    "test_function",
    "predict_function",
    "stop_training",
    "history",
    "_eval_epoch_iterator",
    "_initial_epoch",
    "steps_per_execution",
    "train_step",
)
_MISSING = object()


@dataclass(frozen=True)
class Kept:
    """The saved state of a process that holds a case.

    Attributes:
        variables: every live TensorFlow variable with its value.
        keras_state: Keras' global seed generator and seed, or what stood in their place.
        randoms: the states of Python's, NumPy's and TensorFlow's own generators.
        attributes: of the model, by name.
        callbacks: every callback with a shallow copy of its attributes.
    """

    variables: tuple[tuple[Any, Any], ...]
    keras_state: dict[str, Any]
    randoms: tuple[Any, ...]
    attributes: dict[str, Any]
    trainable: tuple[tuple[Any, bool], ...]
    callbacks: tuple[tuple[Any, dict[str, Any]], ...]


def keep(model: Any, callbacks: tuple[Any, ...] = ()) -> Kept:
    """Save the state of the model, its callbacks, and of every random generator."""
    from keras.src.backend.common import global_state

    tracked = vars(global_state.GLOBAL_STATE_TRACKER)
    return Kept(
        variables=tuple((one, one.numpy()) for one in live_variables()),
        keras_state={name: tracked.get(name, _MISSING) for name in ("global_seed_generator", "global_random_seed")},
        randoms=(random.getstate(), np.random.get_state(), _tensorflow_random()),
        attributes={name: vars(model).get(name, _MISSING) for name in _MODEL_ATTRIBUTES},
        trainable=tuple((layer, bool(layer.trainable)) for layer in model._flatten_layers()),
        callbacks=tuple((one, _copy_of(vars(one))) for one in callbacks),
    )


def restore(model: Any, kept: Kept) -> None:
    """Put back what :func:`keep` saved; values are written only where they changed."""
    from keras.src.backend.common import global_state

    for variable, value in kept.variables:
        now = variable.numpy()
        if now.shape != np.shape(value) or now.tobytes() != value.tobytes():
            variable.assign(value)
    for name, one in kept.keras_state.items():
        _put(vars(global_state.GLOBAL_STATE_TRACKER), name, one)
    python, numpy, tensorflow = kept.randoms
    random.setstate(python)
    np.random.set_state(numpy)
    _restore_tensorflow_random(tensorflow)
    for layer, flag in kept.trainable:
        if bool(layer.trainable) != flag:
            layer._trainable = flag
    for name, one in kept.attributes.items():
        _put(vars(model), name, one)
    for callback, attributes in kept.callbacks:
        vars(callback).clear()
        vars(callback).update(attributes)


@contextlib.contextmanager
def unchanged(model: Any, callbacks: tuple[Any, ...] = ()) -> Iterator[Kept]:
    """Within this context anything may happen to the model; after it all is bit for bit as before."""
    kept = keep(model, callbacks)
    try:
        yield kept
    finally:
        restore(model, kept)


def live_variables() -> list[Any]:
    """Every TensorFlow variable of the process: model, optimizers, metrics, seeds, and the user's own."""
    import tensorflow as tf
    from tensorflow.python.ops.resource_variable_ops import BaseResourceVariable

    # Every object refers to its class, and only the garbage collector can say quickly who refers to what.
    return [one for one in gc.get_referrers(*with_subclasses(BaseResourceVariable)) if _readable(one, tf)]


def with_subclasses(kind: type) -> list[type]:
    """A class and every class below it."""
    found = [kind]
    below: list[type] = kind.__subclasses__()
    for one in below:
        found.extend(with_subclasses(one))
    return list(dict.fromkeys(found))


def _readable(variable: Any, tf: Any) -> bool:
    try:
        return bool(
            isinstance(variable, tf.Variable)
            and variable.shape.is_fully_defined()
            and hasattr(variable.handle, "numpy")
        )
    except (ValueError, AttributeError, ReferenceError):
        return False


def _tensorflow_random() -> tuple[Any, ...]:
    from tensorflow.python.eager import context
    from tensorflow.python.framework import ops

    eager, graph = context.context(), ops.get_default_graph()
    generator = getattr(eager, "_rng", None)
    return (getattr(eager, "_seed", None), None if generator is None else generator.getstate(), graph._seed)


def _restore_tensorflow_random(state: tuple[Any, ...]) -> None:
    from tensorflow.python.eager import context
    from tensorflow.python.framework import ops

    seed, generator, graph_seed = state
    eager = context.context()
    eager._seed = seed
    if generator is None:
        eager._rng = None
    elif getattr(eager, "_rng", None) is not None:
        eager._rng.setstate(generator)
    ops.get_default_graph()._seed = graph_seed


def _put(attributes: dict[str, Any], name: str, value: Any) -> None:
    if value is _MISSING:
        attributes.pop(name, None)
    else:
        attributes[name] = value


def _copy_of(attributes: dict[str, Any]) -> dict[str, Any]:
    # One level down is enough: callbacks keep lists and counters, and replace arrays rather than change them.
    return {name: copy.copy(one) if isinstance(one, (list, dict, set)) else one for name, one in attributes.items()}
