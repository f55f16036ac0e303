"""What simple models come to, and what is to be expected of a training where classes are of unlike size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.catalogue import Unanswerable
from probes.reference import Reference, references
from tests.probes.making import LIVE, compiled, make_case, table, turned_bars

pytestmark = LIVE


def reference(share: float, **fit: Any) -> Reference:
    """Of weak signals, and a second class with this share of the rows."""
    import keras

    random = np.random.default_rng(0)
    y = (random.uniform(size=1200) < share).astype("int64")
    x = (random.normal(size=(1200, 4)) + 0.8 * y[:, None] * np.array([1, 0, 0, 0])).astype("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    (found,) = references(make_case(model, x, y, **fit))
    return found


def test_of_classes_of_unlike_size_the_smaller_is_seldom_expected() -> None:
    found = reference(0.25)
    assert found.usual is not None
    assert 0 < found.expected.skill < found.score.skill - 0.1


def test_classes_of_one_size_rare_classes_and_weighted_ones_are_to_be_found() -> None:
    for one in (reference(0.5), reference(0.08), reference(0.25, class_weight={0: 1.0, 1: 3.0})):
        assert one.expected is one.score


@pytest.mark.parametrize("held_back", [False, True])
def test_a_code_that_is_held_back_is_to_keep_less_than_components_do(held_back: bool) -> None:
    import keras

    class Code(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            self.add_loss(keras.ops.mean(keras.ops.square(x)))
            return x

    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((6,)), dense(2), *([Code()] if held_back else []), dense(6)])
    model.compile(loss="mse")
    case = make_case(model, table(), table())
    if held_back:
        with pytest.raises(Unanswerable):
            references(case)
    else:
        assert references(case)[0].model == "components"


def test_of_noisy_copies_no_more_is_expected_than_the_noise_has_left() -> None:
    import keras

    clean = table(400, 6)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(6)])
    model.compile(loss="mse")
    noisy = (clean + 0.8 * np.random.default_rng(2).standard_normal(clean.shape)).astype("float32")
    assert references(make_case(model, clean, clean))[0].score.value == pytest.approx(1.0)
    # Of independent columns the best estimate keeps the share of the signal: 1 / (1 + 0.8 ** 2).
    assert references(make_case(model, noisy, clean))[0].score.value == pytest.approx(0.61, abs=0.06)


@pytest.mark.parametrize("harmful", [True, False])
def test_pictures_that_are_varied_are_measured_by_what_validation_teaches(harmful: bool) -> None:
    import keras
    import tensorflow as tf

    x, y = turned_bars()
    draw = tf.random.Generator.from_seed(1)

    def turn_or_shift(picture: Any, label: Any) -> tuple[Any, Any]:
        if harmful:
            return tf.image.rot90(
                picture, draw.uniform([], 0, 4, tf.int32) * tf.cast(draw.uniform([]) < 0.9, tf.int32)
            ), label
        return tf.roll(picture, draw.uniform([], 0, 2, tf.int32), 0), label

    rows = tf.data.Dataset.from_tensor_slices((x[:360], y[:360])).map(turn_or_shift).batch(24)
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(4)])
    case = make_case(
        compiled(model, "adam", "sparse_categorical_crossentropy"), rows, validation_data=(x[360:], y[360:]), epochs=3
    )
    found = references(case)[0]
    assert (found.by_itself is not None) is harmful
    assert (found.expected.skill > found.score.skill + 0.3) is harmful


@pytest.mark.parametrize(("things", "code", "narrow"), [(8, 2, True), (8, 4, False), (40, 2, False), (4, 2, False)])
def test_a_code_narrower_than_what_the_data_are_made_of(things: int, code: int, narrow: bool) -> None:
    import keras

    random = np.random.default_rng(2)
    x = (random.uniform(0, 1, (400, things)) @ random.standard_normal((things, 60))).astype("float32")
    x = (x - x.mean(0)) / x.std()
    model = keras.Sequential([keras.Input((60,)), keras.layers.Dense(code), keras.layers.Dense(60)])
    found = references(make_case(compiled(model, "adam", "mse"), x, x))[0]
    assert (found.expected.skill > 0.9) is narrow
