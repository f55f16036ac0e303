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


def keras_activation(name: str) -> Any:
    import keras

    return keras.activations.get(name)


def seen(made: Any) -> dict[str, Any]:
    return measured(make_case(made, X, quantity()), "initial_weights")


def test_a_customary_start() -> None:
    found = seen(model())
    assert (found["zero_layers"], found["twin_layers"], found["nonfinite"]) == (0, 0, False)
    assert found["layers"][0]["gain"] == pytest.approx(1, abs=0.3)
    assert found["shut_layer"] is None


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


@pytest.mark.parametrize(
    ("activation", "bias", "shut"),
    [("relu", -4.0, True), ("relu", 4.0, False), ("relu", -1.0, False), ("tanh", 4.0, False), ("sigmoid", -4.0, False)],
)
def test_biases_that_leave_no_slope(activation: str, bias: float, shut: bool) -> None:
    made = model()
    hidden = made.get_layer("hidden")
    hidden.activation = keras_activation(activation)
    hidden.bias.assign(hidden.bias + bias)
    found = seen(made)
    assert found["shut_layer"] == ("hidden" if shut else None)
    assert found["shut_bias"] == (bias if shut else 0)


@pytest.mark.parametrize("between", ["LeakyReLU", "BatchNormalization"])
def test_biases_that_something_behind_makes_up_for(between: str) -> None:
    import keras
    from keras import layers

    hidden = layers.Dense(8, bias_initializer=keras.initializers.Constant(-4.0), name="hidden")
    behind = [layers.LeakyReLU(0.2)] if between == "LeakyReLU" else [layers.BatchNormalization(), layers.ReLU()]
    made = keras.Sequential([keras.Input((6,)), hidden, *behind, layers.Dense(1)])
    assert seen(compiled(made))["shut_layer"] is None
    shut = keras.Sequential([keras.Input((6,)), hidden, layers.ReLU(), layers.Dense(1)])
    assert seen(compiled(shut))["shut_layer"] == "hidden"


def test_one_bias_near_zero_leaves_a_way() -> None:
    made = model()
    hidden = made.get_layer("hidden")
    hidden.bias.assign([-9.0] * 63 + [-0.1])
    assert seen(made)["shut_layer"] is None


def test_an_output_layer_may_start_at_the_mean_of_the_targets() -> None:
    made = model()
    made.get_layer("last").bias.assign([-20.0])
    assert seen(made)["shut_layer"] is None


def test_a_model_without_a_kernel() -> None:
    import keras
    from keras import layers

    made = compiled(keras.Sequential([keras.Input((6,)), layers.Rescaling(2.0)]))
    assert "no layer with a kernel" in unknown(make_case(made, X, X), "initial_weights")


def own_layers(start: str) -> Any:
    import keras

    class Linear(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, units: int, activation: Any = None, **more: Any) -> None:
            super().__init__(**more)
            self.units, self.activation = units, keras.activations.get(activation)

        def build(self, shape: Any) -> None:
            self.w = self.add_weight(shape=(shape[-1], self.units), initializer=start, name="w")
            self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")

        def call(self, x: Any) -> Any:
            return self.activation(x @ self.w + self.b)

    return compiled(keras.Sequential([keras.Input((6,)), Linear(8, "relu", name="own"), Linear(3, name="end")]))


def test_layers_of_the_programs_own() -> None:
    found = seen(own_layers("zeros"))
    assert (found["zero_layers"], found["hidden_twins"], found["first_odd"]) == (2, 1, "own")
    found = seen(own_layers("glorot_uniform"))
    assert (found["zero_layers"], found["hidden_twins"]) == (0, 0)
    assert found["layers"][0]["gain"] == pytest.approx(1, abs=0.5)


def test_a_table_of_positions_that_starts_at_zero() -> None:
    import keras
    from keras import layers

    class Positions(layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.table = self.add_weight(shape=shape[1:], initializer="zeros", name="table")

        def call(self, x: Any) -> Any:
            return x + self.table

    stacked = [
        keras.Input((6,)),
        layers.Reshape((3, 2)),
        Positions(),
        layers.Flatten(),
        layers.Dense(4),
        layers.Dense(1),
    ]
    assert seen(compiled(keras.Sequential(stacked)))["twin_layers"] == 0


def test_one_layer_of_zeros_has_no_scale() -> None:
    import keras

    last = keras.layers.Dense(1, kernel_initializer="zeros")
    found = seen(compiled(keras.Sequential([keras.Input((6,)), last])))
    assert (found["hidden_twins"], found["smallest_gain"], found["total_gain"]) == (0, 1.0, 1.0)


@pytest.mark.parametrize(("normalised", "low", "high"), [(True, 0.3, 3.0), (False, 0.0, 1e-3)])
def test_what_is_normalised_does_not_shrink_signals(normalised: bool, low: float, high: float) -> None:
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)
    made = [keras.Input((6,))]
    for _ in range(8):
        made.append(layers.Dense(6, kernel_initializer=keras.initializers.RandomNormal(stddev=0.1)))
        made += [layers.BatchNormalization()] if normalised else []
        made.append(layers.ReLU())
    found = seen(compiled(keras.Sequential([*made, layers.Dense(1)])))
    assert low < found["total_gain"] < high
    assert found["smallest_gain"] < 0.4


@pytest.mark.parametrize(("identity", "twins"), [(True, 0), (False, 1)])
def test_zeros_whose_biases_tell_the_units_apart(identity: bool, twins: int) -> None:
    import keras
    from keras import layers

    bias = keras.initializers.Constant(np.eye(6).ravel()) if identity else "zeros"
    given = keras.Input((6,))
    turned = layers.Dense(36, kernel_initializer="zeros", bias_initializer=bias)(layers.Dense(8)(given))
    model = keras.Model(given, layers.Dense(1)(layers.Dot(axes=(2, 1))([layers.Reshape((6, 6))(turned), given])))
    assert seen(compiled(model))["hidden_twins"] == twins
