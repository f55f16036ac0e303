"""Which weights are trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def model(*frozen: str) -> Any:
    import keras
    from keras import layers

    made = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, "relu", name="first"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(1, name="last"),
        ]
    )
    for name in frozen:
        made.get_layer(name).trainable = False
    return compiled(made)


def seen(made: Any) -> dict[str, Any]:
    return measured(make_case(made, table(), quantity()), "trainable_weights")


def test_everything_is_trained() -> None:
    found = seen(model())
    assert (found["parameters"], found["trainable"], found["trainable_share"]) == (97, 81, 1.0)
    assert (found["frozen_layers"], found["frozen_share"], found["output_frozen"]) == ([], 0.0, False)
    assert not found["changed_after_compile"]


def test_a_frozen_layer() -> None:
    found = seen(model("first"))
    assert found["frozen_layers"] == ["first"]
    assert found["frozen_untouched"]
    assert found["trainable_share"] < 0.5
    assert not found["output_frozen"]


def test_a_frozen_layer_that_learnt_before() -> None:
    made = model("first")
    made.get_layer("first").bias.assign([0.5] * 8)
    assert not seen(made)["frozen_untouched"]
    given = model("first")
    given.get_layer("first").kernel.assign(3 * np.eye(6, 8))
    assert not seen(given)["frozen_untouched"]


def test_a_frozen_output() -> None:
    found = seen(model("last"))
    assert found["output_frozen"]
    assert found["output_layer"] == "last"


def test_trainable_changed_after_compile() -> None:
    made = model()
    made.optimizer.build(made.trainable_variables)
    made.get_layer("first").trainable = False
    assert seen(made)["changed_after_compile"]


@pytest.mark.parametrize("own_step", [False, True])
def test_variables_that_keras_does_not_train(own_step: bool) -> None:
    import keras
    import tensorflow as tf

    class Scale(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.w = tf.Variable(tf.ones((shape[-1], 4)), trainable=True)
            self.seen = tf.Variable(tf.zeros((4,)), trainable=False)
            self.kept = self.add_weight(shape=(4,), name="kept")

        def call(self, x: Any) -> Any:
            return x @ self.w + self.kept

    class Stepping(keras.Sequential):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return super().train_step(data)

    kind = Stepping if own_step else keras.Sequential
    found = seen(compiled(kind([keras.Input((6,)), Scale(name="own"), keras.layers.Dense(1)])))
    assert (found["untracked"], found["untracked_layer"]) == ((0, None) if own_step else (24, "own"))
    assert seen(model())["untracked"] == 0
