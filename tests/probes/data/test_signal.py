"""Whether the inputs predict the targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, classes, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE

ROWS = 400


def seen(y: Any, loss: str = "mse", units: int = 1, **fit: Any) -> dict[str, Any]:
    return measured(make_case(compiled(net(units), "adam", loss), table(ROWS), y, **fit), "signal")


@pytest.mark.parametrize(
    ("target", "loss", "units", "score"),
    [
        (quantity(ROWS), "mse", 1, "r2"),
        (binary(ROWS), "binary_crossentropy", 1, "balanced_accuracy"),
        (classes(ROWS), "sparse_categorical_crossentropy", 3, "balanced_accuracy"),
        (np.eye(3)[classes(ROWS)], "categorical_crossentropy", 3, "balanced_accuracy"),
    ],
    ids=["quantity", "two classes", "ids", "one-hot"],
)
def test_inputs_that_predict(target: Any, loss: str, units: int, score: str) -> None:
    found = seen(target, loss, units)
    assert found["score"] == score
    assert found["skill"] > 0.7
    assert found["beyond_chance"] > 4


@pytest.mark.parametrize(("target", "loss"), [(quantity(ROWS), "mse"), (binary(ROWS), "binary_crossentropy")])
def test_targets_that_were_dealt_out(target: Any, loss: str) -> None:
    found = seen(np.random.default_rng(5).permutation(target), loss)
    assert found["skill"] < 0.2
    assert found["beyond_chance"] < 3


def test_what_bends_is_seen_too() -> None:
    import keras

    bent = np.abs(table(ROWS)[:, 0])
    found = seen(bent)
    assert found["skill"] > found["linear_skill"] + 0.3
    assert found["bend_gain"] > 0.3
    assert not found["linear_network"]
    straight = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    assert measured(make_case(compiled(straight), table(ROWS), bent), "signal")["linear_network"]
    apart = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1), keras.layers.Activation("sigmoid")])
    assert measured(make_case(compiled(apart), table(ROWS), bent), "signal")["linear_network"]
    assert seen(quantity(ROWS))["bend_gain"] < 0.06


def test_validation_rows_of_another_kind() -> None:
    other = np.random.default_rng(9).standard_normal((200, 6)).astype("float32")
    apart = seen(quantity(ROWS), validation_data=(other, np.random.default_rng(6).permutation(quantity(200))))
    alike = seen(quantity(ROWS), validation_data=(other, other @ np.arange(6, dtype="float32")))
    assert apart["drop"] > 0.5
    assert abs(alike["drop"]) < 0.1


def test_training_rows_alone_without_a_signal() -> None:
    held = (table(ROWS), quantity(ROWS))
    dealt = seen(np.random.default_rng(5).permutation(quantity(ROWS)), validation_data=held)
    assert dealt["skill"] < 0.2
    assert dealt["within_validation"] > 0.7
    assert seen(quantity(ROWS), validation_data=held)["within_validation"] is None


def test_inputs_that_mean_other_things_in_validation() -> None:
    random = np.random.default_rng(7)
    worth = random.standard_normal(12)
    named = random.integers(0, 12, 700)
    classed = (worth[named] > 0).astype("int32")
    codes = np.concatenate([np.arange(12), (np.arange(12) + 5) % 12])
    apart, alike = np.eye(12)[codes[named[ROWS:] + 12]], np.eye(12)[named[ROWS:]]

    def told(held: Any) -> dict[str, Any]:
        model = compiled(net(1, "sigmoid", 12), "adam", "binary_crossentropy")
        case = make_case(model, np.eye(12)[named[:ROWS]], classed[:ROWS], validation_data=(held, classed[ROWS:]))
        return measured(case, "signal")

    other = told(apart)
    assert other["drop"] > 0.5
    assert other["within_validation"] > 0.7
    assert told(alike)["within_validation"] is None


def test_too_few_rows() -> None:
    case = make_case(compiled(net()), table(8), quantity(8))
    assert "fewer than 16" in unknown(case, "signal")


def test_inputs_that_never_vary() -> None:
    blank = make_case(compiled(net(1), "adam", "mse"), np.zeros((ROWS, 6)), quantity(ROWS))
    assert "do not vary" in unknown(blank, "signal")


def test_classes_that_validation_numbers_otherwise() -> None:
    ours, theirs = classes(ROWS), (classes(200) + 1) % 3
    loss = "sparse_categorical_crossentropy"
    moved = seen(ours, loss, 3, validation_data=(table(200), theirs))
    assert moved["renamed_skill"] > 0.7 > moved["validation_skill"] + 0.5
    dealt = seen(ours, loss, 3, validation_data=(table(200), np.random.default_rng(2).permutation(theirs)))
    assert dealt["renamed_skill"] < 0.4
    assert seen(ours, loss, 3, validation_data=(table(200), classes(200)))["renamed_skill"] is None


@pytest.mark.parametrize("together", [True, False])
def test_masks_that_a_pipeline_moves_apart_from_their_pictures(together: bool) -> None:
    import keras
    import tensorflow as tf
    from keras import layers

    random = np.random.default_rng(3)

    def pictures(count: int) -> tuple[Any, Any]:
        masks = np.zeros((count, 16, 16, 1), "float32")
        for mask, (row, column) in zip(masks, random.integers(1, 10, (count, 2)), strict=True):
            mask[row : row + 4, column : column + 4] = 1
        return (0.5 * masks + random.normal(0.2, 0.2, masks.shape)).astype("float32"), masks

    shown = pictures(160)

    def moved() -> Iterator[tuple[Any, Any]]:
        for picture, mask in zip(*shown, strict=True):
            one, other = random.integers(-6, 7, (2, 2))
            yield np.roll(picture, one, (0, 1)), np.roll(mask, one if together else other, (0, 1))

    net = keras.Sequential([keras.Input((16, 16, 1)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
    one = tf.TensorSpec((16, 16, 1))
    train = tf.data.Dataset.from_generator(moved, output_signature=(one, one)).batch(16)
    held = tf.data.Dataset.from_tensor_slices(pictures(80)).batch(16)
    found = measured(
        make_case(compiled(net, "adam", "binary_crossentropy"), train, validation_data=held, epochs=2), "signal"
    )
    assert found["a_step"]
    assert found["pictures_varied"]
    assert found["within_validation"] > 0.6
    assert (found["skill"] > 0.6) is together
    if not together:
        assert found["skill"] < 0.4 * found["within_validation"]
        assert found["content_left"] > 0.3
