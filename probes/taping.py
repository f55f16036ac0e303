"""What a training step of the program's own takes gradients of: the loss that is trained, whoever computes it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .replacing import replaced


@contextlib.contextmanager
def tape_watched(model: Any, losses: dict[str, Any], taped: set[int]) -> Iterator[None]:
    """Within this context the gradients that tapes return are noted by identity, and the losses they are taken of.

    Args:
        model: whose weights count; a gradient of inputs, as an adversarial step takes one, trains nothing.
        losses: filled with one vector a gradient: the sum of the loss's elements, their mean, and the sum without the
            penalty on weights. A step logs one of these.
        taped: filled with the identities of the gradients.
    """
    import tensorflow as tf

    weights = {id(inner) for one in model.trainable_variables for inner in (one, getattr(one, "value", None))}
    home = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()

    def make(original: Any) -> Any:
        def gradient(tape: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
            found = original(tape, target, sources, *args, **kwargs)
            taped.update(id(one) for one in tf.nest.flatten(found) if one is not None)
            # What stands in the branch of a condition or the body of a loop cannot be handed out of it.
            inside = home is not None and tf.compat.v1.get_default_graph() is not home
            if not inside and any(id(one) in weights for one in tf.nest.flatten(sources)):
                noted = _noted(model, target)
                if noted is not None:
                    losses[str(len(losses))] = noted
            return found

        return gradient

    with replaced(tf.GradientTape, "gradient", make):
        yield


def _noted(model: Any, target: Any) -> Any:
    import tensorflow as tf

    parts = [tf.convert_to_tensor(one) for one in tf.nest.flatten(target) if one is not None]
    if not parts or not all(one.dtype.is_floating for one in parts):
        return None
    whole = tf.add_n([tf.reduce_sum(tf.cast(one, tf.float32)) for one in parts])
    mean = tf.add_n([tf.reduce_mean(tf.cast(one, tf.float32)) for one in parts])
    penalties = [tf.cast(tf.reduce_sum(one), tf.float32) for one in model.losses]
    return tf.stack([whole, mean, whole - tf.add_n(penalties) if penalties else whole])
