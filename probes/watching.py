"""Watching one training step from inside: what every layer gives, every gradient, every update, and the loss."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .keeping import with_subclasses

ACTIVATION_FIELDS = ("mean", "std", "largest", "zero_share", "low_share", "high_share", "variation", "finite_share")
VARIABLE_FIELDS = ("norm", "largest", "finite_share")
MAX_UNITS = 8192


@dataclass
class Watch:
    """What one step showed, as tensors of the step's own graph.

    Attributes:
        looks: whether summaries are made at all, as a tensor read at the beginning of the step; zeros stand for them
            otherwise. They cost as much as the step of a small network itself.
        activations: per layer path, :data:`ACTIVATION_FIELDS` as one vector.
        alive: per layer path, for each unit whether it gave anything but zero on this batch.
        variables: what to summarise at the end of the step, by part (``gradients``, ``updates``) and variable path: a
            function that gives the values. An update's path begins with ``+``.
        missing: paths of variables for which ``apply`` was given no gradient.
        losses: ``total`` and ``penalty`` as the model's own ``compute_loss`` returned them.
        source: ``apply``, or ``none`` where the step never called an optimizer.
        clipped_by_user: whether ``apply`` was given other tensors than the tape returned.
    """

    looks: Any
    activations: dict[str, Any] = field(default_factory=dict)
    alive: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, dict[str, Callable[[], Any]]] = field(default_factory=lambda: {"gradients": {}, "updates": {}})
    losses: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    source: str = "none"
    clipped_by_user: bool = False

    def tensors(self) -> dict[str, dict[str, Any]]:
        """What the step's function has to return; asked for once, at the end of the step."""
        import tensorflow as tf

        def summaries() -> dict[str, dict[str, Any]]:
            return {part: {path: _of_variable(give()) for path, give in known.items()} for part, known in wanted}

        def nothing() -> dict[str, dict[str, Any]]:
            return {part: {path: tf.zeros([len(VARIABLE_FIELDS)]) for path in known} for part, known in wanted}

        wanted = [(part, known) for part, known in self.variables.items() if known]
        # One condition for all of them: each costs a graph of its own.
        found = tf.cond(self.looks, summaries, nothing) if wanted else {}
        empty: dict[str, dict[str, Any]] = {part: {} for part in self.variables}
        return {"activations": self.activations, "alive": self.alive, "losses": self.losses, **empty, **found}


@contextlib.contextmanager
def watching(model: Any, watch: Watch) -> Iterator[None]:
    """Within this context one call of the model's ``train_step`` fills the watch."""
    taped: set[int] = set()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_layers_watched(model, watch))
        stack.enter_context(_tape_watched(taped))
        stack.enter_context(_apply_watched(watch, taped))
        stack.enter_context(_loss_watched(model, watch))
        yield


@contextlib.contextmanager
def replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Replace an attribute of a class or module by ``make(original)``, and put the original back."""
    original = vars(owner)[name]
    setattr(owner, name, make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


@contextlib.contextmanager
def _layers_watched(model: Any, watch: Watch) -> Iterator[None]:
    import keras
    import tensorflow as tf

    wanted = {id(layer): path for path, layer in layer_paths(model)}
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


def layer_paths(model: Any) -> list[tuple[str, Any]]:
    """Every layer below the model that is no model itself, with a unique path, in order of the model."""
    import keras

    found, used = [], set()
    for layer in model._flatten_layers(include_self=False):
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
    values = tf.stop_gradient(tf.cast(tensor, tf.float32))
    if values.shape.rank is None or values.shape.rank < 2:
        return
    units = values.shape[-1] if values.shape[-1] is not None and values.shape[-1] <= MAX_UNITS else 0

    def look() -> tuple[Any, Any]:
        axes = list(range(values.shape.rank - 1))
        alive = tf.reduce_any(values != 0.0, axis=axes) if units else tf.zeros([0], tf.bool)
        return _summary(values), alive

    def nothing() -> tuple[Any, Any]:
        return tf.zeros([len(ACTIVATION_FIELDS)]), tf.zeros([units], tf.bool)

    watch.activations[path], alive = tf.cond(watch.looks, look, nothing)
    if units:
        watch.alive[path] = alive


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
def _tape_watched(taped: set[int]) -> Iterator[None]:
    import tensorflow as tf

    def make(original: Any) -> Any:
        def gradient(tape: Any, *args: Any, **kwargs: Any) -> Any:
            found = original(tape, *args, **kwargs)
            taped.update(id(one) for one in tf.nest.flatten(found) if one is not None)
            return found

        return gradient

    with replaced(tf.GradientTape, "gradient", make):
        yield


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


def _note_gradients(watch: Watch, optimizer: Any, grads: list[Any], variables: Any, taped: set[int]) -> None:
    import tensorflow as tf

    targets = list(variables) if variables is not None else list(getattr(optimizer, "_trainable_variables", ()))
    scaled = getattr(optimizer, "dynamic_scale", None)
    scale = None if scaled is None else tf.cast(tf.convert_to_tensor(scaled), tf.float32)
    for gradient, variable in zip(grads, targets, strict=False):
        path = variable_path(variable)
        if gradient is None:
            watch.missing.append(path)
            continue
        watch.clipped_by_user |= bool(taped) and id(gradient) not in taped
        watch.variables["gradients"][path] = functools.partial(_unscaled, gradient, scale)


def _unscaled(gradient: Any, scale: Any) -> Any:
    import tensorflow as tf

    values = tf.cast(tf.convert_to_tensor(gradient), tf.float32)
    return values if scale is None else values / scale


def variable_path(variable: Any) -> str:
    """The name by which a variable is told from others."""
    return str(getattr(variable, "path", None) or variable.name)


def _of_variable(values: Any) -> Any:
    """Euclidean norm, largest absolute value and share of finite values, as one vector."""
    import tensorflow as tf

    return tf.stack(
        [
            tf.norm(values),
            tf.reduce_max(tf.abs(values)) if values.shape.num_elements() != 0 else tf.constant(0.0),
            tf.reduce_mean(tf.cast(tf.math.is_finite(values), tf.float32)),
        ]
    )


@contextlib.contextmanager
def _loss_watched(model: Any, watch: Watch) -> Iterator[None]:
    import tensorflow as tf

    original = model.compute_loss
    had = vars(model).get("compute_loss")

    def compute_loss(*args: Any, **kwargs: Any) -> Any:
        loss = original(*args, **kwargs)
        if loss is not None and "total" not in watch.losses:
            watch.losses["total"] = tf.reduce_mean(tf.cast(tf.convert_to_tensor(loss), tf.float32))
            penalties = [tf.cast(tf.reduce_sum(one), tf.float32) for one in model.losses]
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
