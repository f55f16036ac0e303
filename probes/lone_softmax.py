"""A softmax over one number alone, which gives 1 whatever goes in: seen in the traced forward pass, code included."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .case import Case, fed
from .keeping import unchanged
from .layers import layer_notes, output_layers
from .replacing import replaced
from .structures import map_leaves

ROWS = 2
MOST_LAYERS = 80
"""Tracing a model of more layers takes seconds."""

ATTENTIVE = ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")


@dataclass(frozen=True)
class _Made:
    """A layer, and from which to which operation of the graph it reaches."""

    layer: Any
    begin: int
    end: int


def lone_softmax(case: Case) -> str | None:
    """The first hidden layer that takes a softmax over one number alone; the model's name where code outside of layers
    does.

    None where nothing does, and for models that cannot be traced or are very deep. Keras' own attention over one step
    is meant so.
    """
    return case.once("lone_softmax", lambda: _lone_softmax(case))


def _lone_softmax(case: Case) -> str | None:
    import tensorflow as tf

    model = case.model
    if not softmax_may_hide(model) or len(model._flatten_layers()) > MOST_LAYERS:
        return None
    rows = case.train.rows if case.train.together else ROWS
    x = map_leaves(tf.convert_to_tensor, fed(case.train.sample(rows), case).x)
    takes = getattr(model, "_call_has_training_arg", True)
    forward = tf.function(lambda given: model(given, training=False) if takes else model(given), autograph=False)
    made: list[_Made] = []
    with unchanged(case.model, case.fit.callbacks), _layers_noted(made), warnings.catch_warnings(action="ignore"):
        try:
            graph = forward.get_concrete_function(x).graph
        except Exception:  # noqa: BLE001 - code of the program's own need not be traceable
            return None
    places = [place for place, one in enumerate(graph.get_operations()) if _is_lone(one)]
    return _first_lone(case, made, places)


@contextlib.contextmanager
def _layers_noted(made: list[_Made]) -> Iterator[None]:
    """Within this context it is noted which operations a layer makes."""
    import keras
    import tensorflow as tf

    def count() -> int:
        return len(tf.compat.v1.get_default_graph().get_operations())

    def make(original: Any) -> Any:
        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            begin = count()
            given = original(layer, *args, **kwargs)
            made.append(_Made(layer, begin, count()))
            return given

        return call

    with replaced(keras.Layer, "__call__", make):
        yield


def softmax_may_hide(model: Any) -> bool:
    """Whether there is code of the program's own, or a softmax before the outputs: none else can hide one."""
    layers = model._flatten_layers(include_self=True)
    own = any(not type(one).__module__.startswith("keras.") for one in layers)
    # An operation of `keras.ops` between two layers stands among the operations alone.
    between = [*layers, *getattr(model, "operations", ())]
    heads = {id(tensor._keras_history.operation) for tensor in getattr(model, "outputs", None) or ()}
    soft = (id(one) for one in between if type(one).__name__ == "Softmax" or _activated(one) == "softmax")
    return own or any(type(one).__name__ == "Lambda" for one in layers) or any(one not in heads for one in soft)


def _activated(layer: Any) -> str:
    return str(getattr(getattr(layer, "activation", None), "__name__", ""))


def _first_lone(case: Case, made: list[_Made], places: list[int]) -> str | None:
    notes = {id(note.layer): note for note in layer_notes(case)}
    outputs = _outputs(case)
    for place in places:
        # The innermost layer is the one that is done first.
        around = [notes[id(one.layer)] for one in made if one.begin <= place < one.end and id(one.layer) in notes]
        if not any(note.kind in ATTENTIVE or id(note.layer) in outputs for note in around):
            return around[0].path if around else str(case.model.name)
    return None


def _outputs(case: Case) -> set[int]:
    """The layers that give the outputs, and those that hold their weights."""
    given = [tensor._keras_history.operation for tensor in getattr(case.model, "outputs", None) or ()]
    last = [note.layer for note in (*output_layers(case), *layer_notes(case)[-1:])]
    return {id(one) for one in (*given, *last)}


def _is_lone(operation: Any) -> bool:
    """TensorFlow moves the axis of a softmax last."""
    shape = operation.inputs[0].shape if operation.type == "Softmax" else None
    return shape is not None and shape.rank is not None and shape.rank > 2 and shape[-1] == 1
