"""The loss at the start against chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, classes, compiled, make_case, measured, net, quantity, table, unknown
from tests.probes.odd_programs import subclassed

pytestmark = LIVE


def seen(model: Any, y: Any) -> dict[str, Any]:
    return measured(make_case(model, table(), y), "loss_at_start")


def test_a_loss_as_chance_gives_it() -> None:
    found = seen(compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy"), classes())
    assert found["uniform"] == pytest.approx(math.log(3))
    assert 0.5 < found["loss_to_uniform"] < 2
    assert (found["penalty"], found["finite"], found["negative"], found["custom_step"]) == (0.0, True, False, False)
    assert not found["logged_differs"]


def test_a_loss_far_above_chance() -> None:
    import keras
    from keras import layers

    start = keras.initializers.RandomNormal(stddev=50.0, seed=2)
    body = layers.Dense(3, activation="softmax", kernel_initializer=start)
    model = compiled(keras.Sequential([keras.Input((6,)), body]), "adam", "sparse_categorical_crossentropy")
    assert seen(model, classes())["loss_to_uniform"] > 3


def test_a_penalty_above_the_loss() -> None:
    import keras
    from keras import layers

    body = layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1000.0))
    found = seen(compiled(keras.Sequential([keras.Input((6,)), body])), quantity())
    assert found["penalty"] > found["loss"]
    assert found["penalty_ratio"] > 1


def test_a_quantity_has_no_uniform_guess() -> None:
    found = seen(compiled(net()), quantity())
    assert found["uniform"] is None
    assert found["constant"] == pytest.approx(float(np.var(quantity())), rel=1e-3)


def test_a_loss_below_zero() -> None:
    found = seen(compiled(net(1, "sigmoid"), "adam", "binary_crossentropy"), binary() * 20 - 10)
    assert found["constant"] is None
    assert found["negative"]


def stepping(log: Callable[[Any], Any], penalty: bool = False) -> Any:
    """A model with a step of its own that computes its loss itself and logs what ``log`` makes of it."""
    import keras
    import tensorflow as tf

    class Stepping(keras.Sequential):
        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self(x, training=True)[:, 0] - y))
                trained = loss + sum(self.losses) if penalty else loss
            gradients = tape.gradient(trained, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": log(loss)}

    kind = keras.regularizers.L2(10.0) if penalty else None
    return compiled(
        Stepping([keras.Input((6,)), keras.layers.Dense(1, kernel_regularizer=kind)]), keras.optimizers.Adam(0.1)
    )


def test_a_log_that_shows_another_loss() -> None:
    found = seen(stepping(lambda loss: loss * 0), quantity())
    assert found["custom_step"]
    assert found["logged_differs"]


def test_a_log_of_the_loss_that_the_step_computes() -> None:
    import keras

    assert not seen(stepping(lambda loss: loss), quantity())["logged_differs"]
    mean = keras.metrics.Mean()

    def tracked(loss: Any) -> Any:
        mean.update_state(loss)
        return mean.result()

    assert not seen(stepping(tracked), quantity())["logged_differs"]
    assert not seen(stepping(lambda loss: loss, penalty=True), quantity())["logged_differs"]


def test_a_log_of_more_than_what_the_model_computes() -> None:
    import keras
    import tensorflow as tf

    class Smooth(keras.Sequential):
        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x, training=True)) + 2.0
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    found = seen(compiled(Smooth([keras.Input((6,)), keras.layers.Dense(1)])), quantity() / 10)
    assert found["logged"] > 1.25 * found["loss"]
    assert not found["logged_differs"]


def test_a_step_of_its_own() -> None:
    model = subclassed(own_step=True)
    model.compile(optimizer="adam")
    assert seen(model, quantity())["custom_step"]


def test_a_model_that_is_not_compiled() -> None:
    assert "not compiled" in unknown(make_case(net(), table(), quantity()), "loss_at_start")
