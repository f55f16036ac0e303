"""Probes that run the plan again: from other starts, on inputs that are all alike, and up to the first NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import make_case, measured, travels, unknown

pytestmark = pytest.mark.keras


def table(rows: int = 256) -> Any:
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 6)).astype("float32")
    return x, (x[:, 0] + x[:, 1] > 0).astype("int64")


def case_of(x: Any, y: Any, *hidden: Any, optimizer: Any = "adam", epochs: int = 8, loss: Any = None) -> Any:
    import keras

    keras.utils.set_random_seed(1)
    layers = hidden or (keras.layers.Dense(16, activation="relu"),)
    model = keras.Sequential([keras.Input(x.shape[1:]), *layers, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss=loss or "binary_crossentropy", optimizer=optimizer)
    return make_case(model, x, y, epochs=epochs)


def test_inputs_that_matter_and_inputs_that_do_not() -> None:
    import keras

    x, y = table()
    found = measured(case_of(x, y, optimizer=keras.optimizers.Adam(0.02)), "blanked_inputs")
    travels("blanked_inputs", found)
    assert found["gain"] > 0.1
    same = measured(case_of(np.zeros_like(x), y), "blanked_inputs")
    assert same["gain"] < 0.01


def test_starts_alike_and_one_unlucky() -> None:
    import keras

    x, y = table()
    case = case_of(x, y)
    found = measured(case, "start_spread")
    travels("start_spread", found)
    assert found["behind"] < 0.2
    # A start that a draw could have given, and in which both units are dead for every row.
    x = np.abs(x)
    y = (x[:, 0] > x[:, 1]).astype("int64")
    rate = keras.optimizers.Adam(0.03)
    model = case_of(x, y, keras.layers.Dense(8, activation="relu"), optimizer=rate, epochs=20).model
    kernel = model.layers[0].kernel
    kernel.assign(-np.abs(np.asarray(kernel)))
    dead = measured(make_case(model, x, y, epochs=20), "start_spread")
    assert dead["behind"] > 0.25
    assert dead["own_to_other"] > 1.2


def test_all_finite() -> None:
    found = measured(case_of(*table()), "nan_origin")
    travels("nan_origin", found)
    assert (found["step"], found["born_in"], found["complete"]) == (None, None, True)


def test_born_in_a_layer_by_a_logarithm() -> None:
    import keras

    logarithm = keras.layers.Lambda(lambda one: keras.ops.log(one), name="logarithm")
    found = measured(case_of(*table(), keras.layers.Dense(8), logarithm), "nan_origin")
    assert (found["step"], found["born_in"], found["layer"]) == (0, "layer", "logarithm")
    assert found["operation"] == "Log"
    assert "test_repeated_runs.py" in (found["operation_line"] or "")
    assert found["growth_before"] == 1.0


def test_born_in_the_loss() -> None:
    import keras

    def loss(wanted: Any, given: Any) -> Any:
        return keras.ops.mean(keras.ops.log(given - 2.0), axis=-1)

    found = measured(case_of(*table(), loss=loss), "nan_origin")
    assert (found["step"], found["born_in"]) == (0, "loss")


def test_overflow_after_growth() -> None:
    import keras

    x, _ = table()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(2.0))
    found = measured(make_case(model, x, x.sum(axis=1), epochs=40), "nan_origin")
    assert found["step"] is not None
    assert found["growth_before"] > 50
    assert found["largest_before"] > 1e3


def test_the_data_hold_it() -> None:
    x, y = table()
    x[3, 1] = np.nan
    assert measured(case_of(x, y), "nan_origin")["born_in"] == "inputs"


def test_weights_that_were_set_leave_no_start_to_draw() -> None:
    x, y = table()
    case = case_of(x, y)
    case.model.optimizer.iterations.assign(5)
    assert "start" in unknown(case, "start_spread")
