"""How the weights start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, unknown

pytestmark = LIVE

X = np.random.default_rng(1).standard_normal((64, 6)).astype("float32")


def model(start: Any = "he_normal", units: int = 64) -> Any:
    import keras
    from keras import layers

    keras.utils.set_random_seed(5)
    hidden = layers.Dense(units, activation="relu", kernel_initializer=start, name="hidden")
    return compiled(keras.Sequential([keras.Input((6,)), hidden, layers.Dense(1, name="last")]))


def seen(made: Any) -> dict[str, Any]:
    return measured(make_case(made, X, quantity()), "initial_weights")


def test_a_customary_start() -> None:
    found = seen(model())
    assert (found["zero_layers"], found["twin_layers"], found["nonfinite"]) == (0, 0, False)
    assert found["layers"][0]["gain"] == pytest.approx(1, abs=0.3)
    assert not found["trained_before"]


@pytest.mark.parametrize("start", ["zeros", "ones"])
def test_units_that_all_start_alike(start: str) -> None:
    found = seen(model(start))
    assert found["hidden_twins"] == 1
    assert found["first_odd"] == "hidden"
    assert found["zero_layers"] == int(start == "zeros")


@pytest.mark.parametrize(("spread", "low", "high"), [(1e-4, 0.0, 0.01), (10.0, 10.0, 100.0)])
def test_a_scale_that_does_not_suit(spread: float, low: float, high: float) -> None:
    import keras

    found = seen(model(keras.initializers.RandomNormal(stddev=spread, seed=1)))
    assert low < found["layers"][0]["gain"] < high
    assert found["first_odd"] == "hidden"


def test_weights_that_are_not_finite() -> None:
    made = model()
    made.get_layer("last").bias.assign([np.nan])
    assert seen(made)["nonfinite"]


def test_weights_of_an_earlier_training() -> None:
    made = model()
    for layer in made.layers:
        layer.bias.assign(layer.bias + 0.2)
    assert seen(made)["trained_before"]


def test_a_model_without_a_kernel() -> None:
    import keras
    from keras import layers

    made = compiled(keras.Sequential([keras.Input((6,)), layers.Rescaling(2.0)]))
    assert "no layer with a kernel" in unknown(make_case(made, X, X), "initial_weights")
