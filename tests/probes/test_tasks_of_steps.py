"""The task of each output."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.scoring import scores
from probes.tasks import outputs
from tests.probes.making import LIVE, compiled, make_case, measured, table, unknown

pytestmark = LIVE


def shifted(loss: str) -> tuple[Any, Any]:
    """Words of a padded sentence, and the same words one step on."""
    import keras
    from keras import layers

    random = np.random.default_rng(0)
    words = np.sort(random.integers(1, 20, (64, 9)), axis=1)
    words[:, 6:] = 0
    given = keras.Input((8,))
    model = keras.Model(given, layers.Dense(20, activation="softmax")(layers.Embedding(20, 8)(given)))
    ids = words[:, 1:]
    y = np.eye(20, dtype="float32")[ids] if loss == "categorical_crossentropy" else ids
    case = make_case(compiled(model, "adam", loss), words[:, :-1], y)
    return case, outputs(case)[0]


def test_words_one_step_on_are_classes_though_they_look_like_the_inputs() -> None:
    for loss in ("sparse_categorical_crossentropy", "categorical_crossentropy"):
        case, output = shifted(loss)
        assert output.kind == "sequence"
        found = measured(case, "output_match")
        assert (found["unreachable"], found["bounded_for_quantities"]) == (0.0, False)


def test_inputs_that_come_back_are_a_reconstruction() -> None:
    import keras
    from keras import layers

    for loss in ("binary_crossentropy", "mse", "kl_divergence"):
        model = keras.Sequential([keras.Input((6,)), layers.Dense(3), layers.Dense(6, activation="sigmoid")])
        x = 1 / (1 + np.exp(-table()))
        assert outputs(make_case(compiled(model, "adam", loss), x, x))[0].kind == "reconstruction"


def two_views(called: bool = False) -> Any:
    """A model whose step brings two views of the same rows together; its `call` gives two things, where it has one."""
    import keras
    import tensorflow as tf
    from keras import layers

    class Views(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.built = True
            self.inner = keras.Sequential([keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(3)])

        def train_step(self, data: Any) -> Any:
            one, two = data
            with tf.GradientTape() as tape:
                loss = -tf.reduce_mean(keras.losses.cosine_similarity(self.inner(one), self.inner(two)))
            gradients = tape.gradient(loss, self.inner.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.inner.trainable_variables, strict=True))
            return {"loss": loss}

    class Called(Views):
        def call(self, inputs: Any) -> Any:
            return self.inner(inputs), inputs

    model = Called() if called else Views()
    model.compile(optimizer="adam")
    return model


@pytest.mark.parametrize("called", [False, True])
def test_what_a_step_of_its_own_compares_in_its_own_way_is_no_target(called: bool) -> None:
    case = make_case(two_views(called), table(), table() + 0.1, epochs=8)
    assert outputs(case) == ()
    assert scores(case, case.train.sample(32)) == []
    found = measured(case, "recorded_run")
    assert (found["error_type"], found["completed"], found["score"]) == (None, True, "loss")
    for probe in ("output_match", "label_statistics"):
        assert "program's own" in unknown(case, probe)


def triplets() -> Any:
    """A model whose step takes anchor, positive and negative from what `fit` reads as inputs, targets and weights."""
    import keras
    import tensorflow as tf
    from keras import layers

    class Triplets(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.built = True
            self.inner = keras.Sequential([keras.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(3)])

        def call(self, inputs: Any) -> Any:
            anchor, positive, negative = (self.inner(one) for one in inputs)
            near, far = (tf.reduce_sum((anchor - one) ** 2, -1) for one in (positive, negative))
            return near, far

        def train_step(self, data: Any) -> Any:
            with tf.GradientTape() as tape:
                near, far = self(data)
                loss = tf.reduce_mean(tf.maximum(near - far + 0.5, 0.0))
            gradients = tape.gradient(loss, self.inner.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.inner.trainable_variables, strict=True))
            return {"loss": loss}

    model = Triplets()
    model.compile(optimizer="adam")
    return model


def test_a_triplet_is_no_inputs_with_targets_and_weights() -> None:
    import tensorflow as tf

    near, far = table() + 0.1, np.where(table() > 0, -table(), 0.0).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((table(), near, far)).batch(16)
    case = make_case(triplets(), data, epochs=8)
    assert outputs(case) == ()
    assert measured(case, "fit_settings")["zero_weights"] == 0
    found = measured(case, "recorded_run")
    assert (found["error_type"], found["completed"], found["score"]) == (None, True, "loss")


def masked_words(several: bool) -> Case:
    """A step of the program's own on whole numbers, for each of which the model gives one number or a share a word."""
    import keras
    import tensorflow as tf
    from keras import layers

    class Words(keras.Model):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            x, y, weights = data
            with tf.GradientTape() as tape:
                given = self(x, training=True)
                own = keras.losses.sparse_categorical_crossentropy if several else keras.losses.mean_absolute_error
                loss = tf.reduce_mean(own(y, given) * (weights if several else 1.0))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    words = np.random.default_rng(0).integers(0, 40, (64, 8))
    given = keras.Input((8,))
    inner = layers.Embedding(41, 8)(given)
    wanted = layers.Dense(40, activation="softmax")(inner) if several else layers.Dense(8)(layers.Flatten()(inner))
    model = Words(given, wanted)
    model.compile(optimizer="adam")
    hidden = (np.arange(64 * 8).reshape(64, 8) % 6 == 0).astype("float32")
    return make_case(model, np.where(hidden > 0, 40, words), words, sample_weight=hidden)


def test_words_for_each_of_which_there_is_a_share_a_word_are_no_quantities() -> None:
    case = masked_words(several=True)
    assert [one.kind for one in outputs(case)] == ["none"]
    assert measured(case, "label_statistics")["target_scale"] == 0
    assert measured(case, "fit_settings")["zero_weights"] == 0, "some words of every row count"
    assert outputs(masked_words(several=False))[0].kind != "none"
