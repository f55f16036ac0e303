"""Watching one training step from inside: what every layer gives, every gradient, every update, and the loss."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .keeping import with_subclasses
from .overriding import overrides
from .replacing import replaced
from .taping import tape_watched

T = TypeVar("T")

ACTIVATION_FIELDS = ("mean", "std", "largest", "zero_share", "low_share", "high_share", "variation", "finite_share")
VARIABLE_FIELDS = ("norm", "largest", "finite_share")
MAX_UNITS = 8192
MOST_LAYERS = 48
"""Layers of a deep model that are watched, evenly chosen, the first and the last among them: a summary of each of
hundreds makes a graph that takes minutes to prepare."""
MOST_VARIABLES = 96
"""Variables of a deep model that are watched, chosen likewise."""


@dataclass
class Watch:
    """What one step showed, as tensors of the step's own graph.

    Attributes:
        activations: per layer path, :data:`ACTIVATION_FIELDS` as one vector.
        alive: per layer path, for each unit whether it gave anything but zero on this batch.
        gradients: per variable path, :data:`VARIABLE_FIELDS` of the gradient given to the outermost ``apply``.
        missing: paths of variables for which ``apply`` was given no gradient.
        losses: ``total`` and ``penalty`` as the model's own ``compute_loss`` returned them.
        taped: for each gradient of trainable weights that a tape was asked for, what the loss it was taken of comes to
            (see :func:`taping.tape_watched`).
        source: ``apply``, or ``none`` where the step never called an optimizer.
        clipped_by_user: whether ``apply`` was given other tensors than the tape returned.
        stopped: how often ``stop_gradient`` was called, of TensorFlow or of Keras, which calls that of TensorFlow.
        wanted: paths of the variables whose gradients are watched; None for all.
    """

    wanted: frozenset[str] | None = None

    activations: dict[str, Any] = field(default_factory=dict)
    alive: dict[str, Any] = field(default_factory=dict)
    gradients: dict[str, Any] = field(default_factory=dict)
    updates: dict[str, Any] = field(default_factory=dict)
    losses: dict[str, Any] = field(default_factory=dict)
    taped: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    source: str = "none"
    clipped_by_user: bool = False
    stopped: int = 0

    def tensors(self) -> dict[str, dict[str, Any]]:
        """What the step's function has to return."""
        return {
            "activations": self.activations,
            "alive": self.alive,
            "gradients": self.gradients,
            "updates": self.updates,
            "losses": self.losses,
            "taped": self.taped,
        }


@contextlib.contextmanager
def watching(model: Any, watch: Watch) -> Iterator[None]:
    """Within this context one call of the model's ``train_step`` fills the watch."""
    taped: set[int] = set()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_layers_watched(model, watch))
        stack.enter_context(tape_watched(model, watch.taped, taped))
        stack.enter_context(_apply_watched(watch, taped))
        stack.enter_context(_stops_counted(watch))
        stack.enter_context(loss_watched(model, watch))
        yield


@contextlib.contextmanager
def _layers_watched(model: Any, watch: Watch) -> Iterator[None]:
    import keras
    import tensorflow as tf

    wanted = {id(layer): path for path, layer in evenly(layer_paths(model), MOST_LAYERS)}
    home = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()

    def make(original: Any) -> Any:
        def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
            given = original(layer, *args, **kwargs)
            path = wanted.get(id(layer))
            if path is not None and path not in watch.activations:
                _note_activation(watch, path, given, home)
            return given

        return call

    with replaced(keras.Layer, "__call__", make):
        yield


def layers_in_order(model: Any) -> list[Any]:
    """Every layer below the model, each once, those within a layer right after it and in its own order.

    Keras' own list has the layers within a layer in reverse.
    """
    found: dict[int, Any] = {}

    def walk(one: Any) -> None:
        for layer in one._flatten_layers(include_self=False, recursive=False):
            if layer is not model and id(layer) not in found:
                found[id(layer)] = layer
                walk(layer)

    walk(model)
    return list(found.values())


def layer_paths(model: Any) -> list[tuple[str, Any]]:
    """Every layer below the model that is no model itself, with a unique path, in order of the model."""
    import keras

    found, used = [], set()
    for layer in layers_in_order(model):
        if isinstance(layer, keras.Model):
            continue
        path = layer.name
        while path in used:
            path += "'"
        used.add(path)
        found.append((path, layer))
    return found


def _note_activation(watch: Watch, path: str, given: Any, home: Any) -> None:
    import tensorflow as tf

    tensor = given[0] if isinstance(given, (list, tuple)) and given else given
    if not tf.is_tensor(tensor) or not getattr(tensor, "dtype", tf.int32).is_floating:
        return
    if home is not None and getattr(tensor, "graph", None) is not home:
        return
    values = tf.cast(tensor, tf.float32)
    if values.shape.rank is None or values.shape.rank < 2:
        return
    watch.activations[path] = _summary(values)
    if values.shape[-1] is not None and values.shape[-1] <= MAX_UNITS:
        watch.alive[path] = tf.reduce_any(values != 0.0, axis=list(range(values.shape.rank - 1)))


def _summary(values: Any) -> Any:
    import tensorflow as tf

    def share(which: Any) -> Any:
        return tf.reduce_mean(tf.cast(which, tf.float32))

    return tf.stack(
        [
            tf.reduce_mean(values),
            tf.math.reduce_std(values),
            tf.reduce_max(tf.abs(values)),
            share(values == 0.0),
            share(values < 0.01),
            share(tf.abs(values) > 0.99),
            tf.reduce_mean(tf.math.reduce_std(values, axis=0)),
            share(tf.math.is_finite(values)),
        ]
    )


@contextlib.contextmanager
def _apply_watched(watch: Watch, taped: set[int]) -> Iterator[None]:
    import tensorflow as tf
    from keras.src.optimizers.base_optimizer import BaseOptimizer

    depth = [0]
    home = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()

    def make(original: Any) -> Any:
        def apply(optimizer: Any, grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            if depth[0] == 0:
                watch.source = "apply"
            # What stands in the branch of a condition (every fourth step, say) cannot be handed out of it.
            inside = home is not None and tf.compat.v1.get_default_graph() is not home
            if depth[0] == 0 and not inside:
                _note_gradients(watch, optimizer, grads, trainable_variables, taped)
            depth[0] += 1
            try:
                return original(optimizer, grads, trainable_variables)
            finally:
                depth[0] -= 1

        return apply

    with contextlib.ExitStack() as stack:
        for owner in with_subclasses(BaseOptimizer):
            if "apply" in vars(owner):
                stack.enter_context(replaced(owner, "apply", make))
        yield


@contextlib.contextmanager
def _stops_counted(watch: Watch) -> Iterator[None]:
    import tensorflow as tf

    def make(original: Any) -> Any:
        def stop_gradient(*args: Any, **kwargs: Any) -> Any:
            watch.stopped += 1
            return original(*args, **kwargs)

        return stop_gradient

    with replaced(tf, "stop_gradient", make):
        yield


def _note_gradients(watch: Watch, optimizer: Any, grads: list[Any], variables: Any, taped: set[int]) -> None:
    import tensorflow as tf

    targets = list(variables) if variables is not None else list(getattr(optimizer, "_trainable_variables", ()))
    scale = getattr(optimizer, "dynamic_scale", None)
    for gradient, variable in zip(grads, targets, strict=False):
        path = variable_path(variable)
        if gradient is None:
            watch.missing.append(path)
            continue
        watch.clipped_by_user |= bool(taped) and id(gradient) not in taped
        if watch.wanted is not None and path not in watch.wanted:
            continue
        dense = tf.convert_to_tensor(gradient)
        values = tf.cast(dense, tf.float32)
        if scale is not None:
            values = values / tf.cast(tf.convert_to_tensor(scale), tf.float32)
        watch.gradients[path] = variable_summary(values)


def watched_variables(model: Any) -> list[Any]:
    """The trainable variables whose gradients and updates are watched: in deep models some kernels."""
    known = list(model.trainable_variables)
    kernels = [one for one in known if one.name.endswith(("kernel", "embeddings"))]
    return known if len(known) <= MOST_VARIABLES else evenly(kernels or known, MOST_VARIABLES)


def evenly(found: list[T], most: int) -> list[T]:
    """So many of a list, evenly chosen, the first and the last among them; all where there are no more."""
    if len(found) <= most:
        return found
    return [found[round(place * (len(found) - 1) / (most - 1))] for place in range(most)]


def variable_path(variable: Any) -> str:
    """The name by which a variable is told from others."""
    return str(getattr(variable, "path", None) or variable.name)


def variable_summary(values: Any) -> Any:
    """Euclidean norm, largest absolute value and share of finite values, as one vector."""
    import tensorflow as tf

    return tf.stack(
        [
            tf.norm(values),
            tf.reduce_max(tf.abs(values)) if values.shape.num_elements() != 0 else tf.constant(0.0),
            tf.reduce_mean(tf.cast(tf.math.is_finite(values), tf.float32)),
        ]
    )


def _is_added(model: Any) -> bool:
    """Whether what layers add is all that Keras' own step trains on: no penalty beside a loss, but the loss itself."""
    own = overrides(model) or overrides(model, "compute_loss")
    return not own and getattr(model, "_compile_loss", None) is None


@contextlib.contextmanager
def loss_watched(model: Any, watch: Watch) -> Iterator[None]:
    """Within this context one call of the model's ``train_step`` tells its losses, and nothing else."""
    import tensorflow as tf

    original = model.compute_loss
    had = vars(model).get("compute_loss")

    def compute_loss(*args: Any, **kwargs: Any) -> Any:
        loss = original(*args, **kwargs)
        if loss is not None and "total" not in watch.losses:
            watch.losses["total"] = tf.reduce_mean(tf.cast(tf.convert_to_tensor(loss), tf.float32))
            penalties = [] if _is_added(model) else [tf.cast(tf.reduce_sum(one), tf.float32) for one in model.losses]
            watch.losses["penalty"] = tf.add_n(penalties) if penalties else tf.constant(0.0)
        return loss

    vars(model)["compute_loss"] = compute_loss
    try:
        yield
    finally:
        if had is None:
            vars(model).pop("compute_loss", None)
        else:
            vars(model)["compute_loss"] = had
