"""What code of a program's own does with its numbers: a softmax over one of them, and ids that it looks up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.inputs import is_tokens
from probes.lone_softmax import lone_softmax
from tests.probes.making import LIVE, make_case, measured, travels

pytestmark = [*LIVE, pytest.mark.filterwarnings("ignore:You are using a softmax")]

STEPS = np.random.default_rng(0).random((64, 6, 4)).astype("float32")
KINDS = np.arange(64) % 3


def weighed(shares: Any) -> Case:
    """A model that weighs its steps by what a function makes of them."""
    import keras

    steps = keras.Input((6, 4))
    pooled = keras.layers.GlobalAveragePooling1D()(keras.layers.Multiply()([steps, shares(steps)]))
    model = keras.Model(steps, keras.layers.Dense(3, activation="softmax")(pooled))
    model.compile("adam", "sparse_categorical_crossentropy")
    return make_case(model, STEPS, KINDS, epochs=1)


def test_a_softmax_over_one_number_is_found_where_it_stands() -> None:
    import keras

    class Scores(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(name="scores")
            self.inner = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return keras.ops.softmax(self.inner(x), axis=self.over)

        over = -1

    dense = keras.layers.Dense(1, activation="softmax", name="shares")
    found = measured(weighed(dense), "recorded_run")
    travels("recorded_run", found)
    assert found["lone_softmax"] == "shares"
    assert lone_softmax(weighed(Scores())) == "scores"
    over_steps = Scores()
    over_steps.over = 1
    assert lone_softmax(weighed(over_steps)) is None


@pytest.mark.parametrize("apart", [True, False])
def test_an_output_of_one_share_a_step_is_no_hidden_layer(apart: bool) -> None:
    import keras

    steps = keras.Input((6, 4))
    hidden = keras.layers.Lambda(lambda x: x * 2)(steps)
    last = keras.layers.Dense(1, activation=None if apart else "softmax")(hidden)
    model = keras.Model(steps, keras.layers.Activation("softmax")(last) if apart else last)
    model.compile("adam", "binary_crossentropy")
    assert lone_softmax(make_case(model, STEPS, STEPS[..., :1] > 0.5, epochs=1)) is None


def test_what_weighs_steps_by_shares_of_several_is_left_alone() -> None:
    import keras

    def attention(steps: Any) -> Any:
        return keras.layers.MultiHeadAttention(2, 4)(steps, keras.layers.Lambda(lambda x: x[:, :1])(steps))

    assert lone_softmax(weighed(keras.layers.Dense(4, activation="softmax"))) is None
    assert lone_softmax(weighed(attention)) is None
    assert lone_softmax(weighed(keras.layers.Dense(1, activation="sigmoid"))) is None


@pytest.mark.parametrize("gathers", [True, False])
def test_ids_that_code_of_its_own_looks_up_are_ids(gathers: bool) -> None:
    import keras
    import tensorflow as tf

    class Factors(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.table = self.add_weight(shape=(40, 3))
            self.last = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.last(tf.cast(x, "float32"))

    class Looking(Factors):
        def call(self, x: Any) -> Any:
            return self.last(tf.gather(self.table, tf.cast(x[:, 0], "int32")))

    ids = np.random.default_rng(0).integers(0, 40, (64, 2)).astype("int32")
    model = Looking() if gathers else Factors()
    model.compile("adam", "mse")
    case = make_case(model, ids, ids[:, 0] / 40.0, epochs=1)
    before = [one.numpy().tobytes() for one in model.variables]
    assert is_tokens(case, ids) is gathers
    assert [one.numpy().tobytes() for one in model.variables] == before
