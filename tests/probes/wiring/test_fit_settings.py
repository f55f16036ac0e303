"""The settings of `fit` against the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, compiled, make_case, measured, net, quantity, table

pytestmark = LIVE

RARE = np.array([0] * 48 + [1] * 16)


def seen(y: Any = None, loss: str = "mse", **fit: Any) -> dict[str, Any]:
    model = compiled(net(), "adam", loss, metrics=["mae"])
    return measured(make_case(model, table(), quantity() if y is None else y, **fit), "fit_settings")


def callback(name: str, *arguments: Any, **settings: Any) -> Any:
    import keras

    return getattr(keras.callbacks, name)(*arguments, **settings)


def test_the_plan_in_numbers() -> None:
    found = seen(epochs=5, initial_epoch=1, batch_size=10, validation_split=0.25)
    assert (found["epochs"], found["rows"], found["steps_per_epoch"], found["planned_steps"]) == (4, 48, 5, 20)
    assert found["batch_share"] == pytest.approx(10 / 48)
    assert (found["has_validation"], found["validation_rows"], found["whole_epoch"]) == (True, 16, True)
    assert (found["class_weighted"], found["weight_mean"], found["loss_weight_ratio"]) == (False, 1.0, 1.0)


def test_rows_that_hold_many_samples() -> None:
    import keras
    import tensorflow as tf

    class Pairs(keras.Model):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return {"loss": tf.reduce_mean((self(data[0]) - self(data[1])) ** 2)}

    given = keras.Input((6,))
    model = compiled(Pairs(given, keras.layers.Dense(2)(given)))
    pairs = tf.data.Dataset.from_tensor_slices(np.stack([table(), table() + 1], axis=1).reshape(-1, 2, 8, 6)).unbatch()
    case = make_case(model, pairs.batch(2), epochs=1)
    assert np.shape(case.train.x)[1:] == (8, 6)
    found = measured(case, "fit_settings")
    assert (found["batch_size"], found["rows"]) == (16, 2 * len(table()))


def test_epochs_that_are_cut_short() -> None:
    found = seen(batch_size=8, steps_per_epoch=2)
    assert not found["whole_epoch"]
    assert found["epoch_share"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("monitor", "validated", "missing"),
    [
        ("val_loss", False, "val_loss"),
        ("val_loss", True, None),
        ("val_accuracy", True, "val_accuracy"),
        ("mae", False, None),
        ("loss", False, None),
    ],
)
def test_what_callbacks_watch(monitor: str, validated: bool, missing: str | None) -> None:
    stopping = callback("EarlyStopping", monitor, patience=2)
    found = seen(callbacks=[stopping], validation_split=0.25 if validated else 0.0)
    assert found["watches_missing"] == missing
    assert found["watching_callback"] == (None if missing is None else "EarlyStopping")
    assert (found["patience"], found["stopping"]) == (2, True)


def test_callbacks_that_watch_the_wrong_way() -> None:
    assert seen(callbacks=[callback("EarlyStopping", "loss", mode="max")])["wrong_direction"]
    assert not seen(callbacks=[callback("EarlyStopping", "loss", mode="min")])["wrong_direction"]
    assert seen(callbacks=[callback("EarlyStopping", "loss")], validation_split=0.2)["stops_on_training"]
    assert seen(callbacks=[callback("ReduceLROnPlateau", "loss", factor=0.3)])["reduce_factor"] == pytest.approx(0.3)


def test_class_weights() -> None:
    plain = seen(RARE, "binary_crossentropy")
    even = seen(RARE, "binary_crossentropy", class_weight={0: 1.0, 1: 3.0})
    wrong = seen(RARE, "binary_crossentropy", class_weight={0: 3.0, 1: 1.0})
    assert plain["class_weight_spread"] == pytest.approx(3.0)
    assert even["class_weight_spread"] == pytest.approx(1.0)
    assert (plain["class_weighted"], even["class_weighted"]) == (False, True)
    assert (even["class_weight_wrong_way"], wrong["class_weight_wrong_way"]) == (False, True)
    assert even["class_weight_ratio"] == pytest.approx(3.0)


def test_classes_that_the_weights_leave_out() -> None:
    assert seen(RARE, "binary_crossentropy", class_weight={0: 2.0})["class_weight_missing"] == 1


def test_weights_that_are_zero() -> None:
    found = seen(sample_weight=np.array([0.0] * 48 + [1.0] * 16))
    assert found["zero_weights"] == pytest.approx(0.75)
    assert found["weight_mean"] == pytest.approx(0.25)
    assert seen(binary(), "binary_crossentropy", sample_weight=np.zeros(64))["zero_weights"] == 1.0


def test_loss_weights() -> None:
    import keras
    from keras import layers

    given = keras.Input((6,))
    model = keras.Model(given, [layers.Dense(1)(given), layers.Dense(1)(given)])
    model.compile("adam", ["mse", "mse"], loss_weights=[100.0, 1.0])
    found = measured(make_case(model, table(), [quantity(), quantity()]), "fit_settings")
    assert found["loss_weights"] == [100.0, 1.0]
    assert found["loss_weight_ratio"] == pytest.approx(100)
