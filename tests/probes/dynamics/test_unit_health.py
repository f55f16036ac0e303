"""Which units are dead or stuck."""

from __future__ import annotations

from typing import Any

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def seen(*hidden: Any, x: Any = None, rate: float = 0.01) -> dict[str, Any]:
    import keras
    from keras import layers

    keras.utils.set_random_seed(4)
    body = keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(1, name="last")])
    model = compiled(body, keras.optimizers.SGD(rate), "mse")
    return measured(make_case(model, table() if x is None else x, quantity()), "unit_health")


def dense(activation: str, name: str, **settings: Any) -> Any:
    from keras import layers

    return layers.Dense(16, activation=activation, name=name, **settings)


def test_living_units() -> None:
    found = seen(dense("relu", "one"), dense("relu", "two"))
    assert found["dead_share"] < 0.5
    assert not found["all_dead"]
    assert (found["saturated_share"], found["nonfinite_layer"], found["dropout_active"]) == (0.0, None, None)
    assert found["signal_kept"] > 0.05
    assert found["signal_lost_at"] is None


def test_dead_units() -> None:
    import keras

    found = seen(dense("relu", "dead", bias_initializer=keras.initializers.Constant(-100.0)))
    assert (found["dead_share"], found["dead_layer"], found["all_dead"]) == (1.0, "dead", True)


def test_stuck_units() -> None:
    found = seen(dense("tanh", "stuck"), x=table() * 1000)
    assert found["saturated_share"] > 0.9
    assert found["saturated_layer"] == "stuck"


def test_a_signal_that_dies() -> None:
    import keras

    small = keras.initializers.RandomNormal(stddev=1e-6, seed=1)
    found = seen(dense("tanh", "one"), dense("tanh", "two", kernel_initializer=small), rate=1e-6)
    assert found["signal_kept"] < 1e-3
    assert found["signal_lost_at"] == "two"


def test_dropout_that_drops_in_training() -> None:
    from keras import layers

    assert seen(dense("tanh", "one"), layers.Dropout(0.5))["dropout_active"]


def own_step(training: bool | None, trainable: bool = True, within: bool | None = None) -> Any:
    """Whether batch normalisation acts in a step of the program's own."""
    import keras
    import tensorflow as tf
    from keras import layers

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.first, self.norm, self.last = layers.Dense(8), layers.BatchNormalization(), layers.Dense(1)
            self.norm.trainable = trainable

        def call(self, x: Any, training: bool | None = False) -> Any:
            return self.last(self.norm(self.first(x), training=training if within is None else within))

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(y=y, y_pred=self(x) if training is None else self(x, training=training))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    model = Net()
    model(table(2))
    return measured(make_case(compiled(model), table(), quantity()), "unit_health")["normalisation_active"]


def test_a_step_that_forgets_to_train_batch_normalisation() -> None:
    assert own_step(None) is False
    assert own_step(True) is True


def test_batch_normalisation_that_is_held_on_purpose() -> None:
    assert own_step(None, trainable=False) is None
    assert own_step(True, within=False) is None


def test_a_step_of_keras_own_needs_no_look() -> None:
    from keras import layers

    assert seen(dense("relu", "one"), layers.BatchNormalization())["normalisation_active"] is None
