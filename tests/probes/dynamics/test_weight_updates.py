"""How far one step moves the weights."""

from __future__ import annotations

from typing import Any

from tests.probes.making import LIVE, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE


def seen(rate: float) -> dict[str, Any]:
    import keras

    model = compiled(net(), keras.optimizers.SGD(rate), "mse")
    return measured(make_case(model, table(), quantity(), epochs=2), "weight_updates")


def test_customary_steps() -> None:
    found = seen(1e-3)
    assert 1e-4 < found["median_ratio"] < 0.3
    assert (found["still"], found["all_still"], found["nonfinite"]) == (0, False, False)


def test_steps_that_are_too_long() -> None:
    assert seen(30.0)["largest_ratio"] > 1


def test_one_step_that_leaves_nothing_to_learn_with() -> None:
    import keras
    from keras import layers

    inputs = keras.Input((6,))
    outputs = layers.Dense(1, activation="relu")(layers.Dense(8, activation="relu")(inputs))
    model = compiled(keras.Model(inputs, outputs), keras.optimizers.RMSprop(3.0), "mse")
    found = measured(make_case(model, table(), abs(quantity()) - 20, epochs=4), "weight_updates")
    assert found["largest_ratio"] < 3e-4
    assert found["at_once"] > 0.25
    assert seen(1e-3)["at_once"] < 0.25


def test_steps_that_move_nothing() -> None:
    found = seen(0.0)
    assert found["all_still"]
    assert found["still"] == 4
    assert found["first_still"] == found["weights"][0]["weight"]


def test_nothing_to_train() -> None:
    import keras
    from keras import layers

    model = compiled(keras.Sequential([keras.Input((6,)), layers.Lambda(lambda one: one[:, :1])]))
    case = make_case(model, table(), quantity())
    assert unknown(case, "weight_updates")


def test_a_step_of_its_own_that_never_applies() -> None:
    import keras
    import tensorflow as tf
    from keras import layers

    class Gathering(keras.Model):
        every = 4
        wanted = 0

        def gather(self) -> None:
            self.count = tf.Variable(0)
            self.sums = [tf.Variable(tf.zeros_like(one.value)) for one in self.trainable_variables]

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
            self.count.assign_add(1)
            for total, one in zip(self.sums, tape.gradient(loss, self.trainable_variables), strict=True):
                total.assign_add(one / self.every)
            tf.cond(tf.equal(self.count % self.every, self.wanted), self.flush, lambda: None)
            return {"loss": loss}

        def flush(self) -> None:
            held = [one.value() for one in self.sums]
            self.optimizer.apply_gradients(zip(held, self.trainable_variables, strict=True))

    def of(wanted: int) -> dict[str, Any]:
        inputs = keras.Input((6,))
        model = Gathering(inputs, layers.Dense(1)(inputs))
        model.wanted = wanted
        model.gather()
        return measured(make_case(compiled(model, "sgd", "mse"), table(), quantity(), epochs=4), "weight_updates")

    never, seldom = of(4), of(0)
    assert (never["all_still"], never["idle_step"]) == (True, True)
    assert (seldom["all_still"], seldom["idle_step"]) == (False, False)


def test_a_step_of_its_own_that_leaves_layers_out() -> None:
    import keras
    import tensorflow as tf
    from keras import layers

    class InTurn(keras.Model):
        """Trains its last layer in every step, and its first one in every so many."""

        every = 4

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
            weights = self.trainable_variables
            first, last = tape.gradient(loss, [weights[:2], weights[2:]])
            due = tf.cast(tf.equal(tf.cast(self.optimizer.iterations, "int32") % 4, 0), "float32")
            given = [(one * due, weight) for one, weight in zip(first, weights[:2], strict=True)]
            trained = list(zip(last, weights[2:], strict=True))
            self.optimizer.apply_gradients([*given, *trained] if self.every else trained)
            return {"loss": loss}

    def of(every: int) -> dict[str, Any]:
        inputs = keras.Input((6,))
        model = InTurn(inputs, layers.Dense(1)(layers.Dense(8, activation="tanh", name="first")(inputs)))
        model.every = every
        return measured(make_case(compiled(model, "sgd", "mse"), table(), quantity(), epochs=4), "weight_updates")

    never, seldom = of(0), of(4)
    assert (never["left_out"], never["first_left_out"]) == (2, "first/kernel")
    assert (seldom["left_out"], seldom["first_left_out"]) == (0, None)
    assert seen(1e-3)["left_out"] == 0


def test_a_step_of_its_own_that_climbs() -> None:
    import keras
    import tensorflow as tf
    from keras import layers

    class Turned(keras.Model):
        sign = -1.0

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.sign * self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    def of(sign: float, rate: float = 0.0, optimizer: Any = "adam") -> Any:
        inputs = keras.Input((6,))
        model = Turned(inputs, layers.Dense(1)(layers.Dropout(rate, seed=1)(inputs)))
        model.sign = sign
        return measured(make_case(compiled(model, optimizer, "mse"), table(), quantity()), "weight_updates")["uphill"]

    assert of(-1.0) > 0.5
    assert of(1.0) < -0.5
    # What dropout takes from the gradient it takes from the step, too.
    assert of(-1.0, rate=0.9) > 0.2
    # Nor does decay, which follows the weights, hide where the step goes.
    assert of(-1.0, optimizer=keras.optimizers.AdamW(2e-3, weight_decay=200.0)) > 0.5
    assert seen(1e-3)["uphill"] is None


def test_targets_that_spread_over_all_rows() -> None:
    import keras
    import tensorflow as tf
    from keras import layers

    class Spreading(keras.Model):
        flat = False

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            with tf.GradientTape() as tape:
                given = self(x, training=True)
                loss = tf.reduce_mean(tf.square(y - (given[:, 0] if self.flat else given)))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    def of(flat: bool) -> Any:
        inputs = keras.Input((6,))
        model = Spreading(inputs, layers.Dense(1)(inputs))
        model.flat = flat
        return measured(make_case(compiled(model, "adam", "mse"), table(), quantity()), "weight_updates")["mixed_rows"]

    assert of(False) > 0.97
    assert of(True) < 0.1
