"""What bends numbers between the layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table, unknown

pytestmark = LIVE


def seen(*activations: Any, between: Any = None) -> dict[str, Any]:
    import keras
    from keras import layers

    stack: list[Any] = [keras.Input((6,))]
    for place, one in enumerate(activations):
        stack.append(layers.Dense(5, activation=one, name=f"hidden_{place}"))
        if between is not None:
            stack.append(between())
    stack.append(layers.Dense(1, name="last"))
    return measured(make_case(compiled(keras.Sequential(stack)), table(), quantity()), "activations")


def test_rectified_layers() -> None:
    found = seen("relu", "relu")
    assert (found["hidden_layers"], found["depth"], found["rectifying_hidden"]) == (2, 3, 2)
    assert (found["linear_hidden"], found["all_linear"], found["first_linear"]) == (0, False, None)
    assert (found["normalising_hidden"], found["saturating_hidden"], found["repeated"]) == (0, 0, 0)


def test_layers_without_an_activation() -> None:
    found = seen(None, "linear")
    assert (found["linear_hidden"], found["all_linear"], found["first_linear"]) == (2, True, "hidden_0")
    assert (found["linear_dense_pairs"], found["first_pair"]) == (2, "hidden_0")


def test_two_linear_maps_by_design_are_no_pair() -> None:
    import keras
    from keras import layers

    inputs = keras.Input((12,))
    code = layers.Dense(4)(layers.Dense(16, activation="relu")(inputs))
    branch = layers.Dense(16)(layers.Dense(16, activation="relu")(code))
    merged = layers.Add()([branch, layers.Dense(16, activation="relu")(code)])
    model = compiled(keras.Model(inputs, layers.Dense(1)(merged)))
    found = measured(make_case(model, table(width=12), quantity()), "activations")
    assert (found["linear_hidden"], found["linear_dense_pairs"], found["first_pair"]) == (2, 0, None)


def test_an_activation_as_a_layer_counts() -> None:
    from keras import layers

    assert seen(None, None, between=layers.ReLU)["linear_hidden"] == 0


def test_softmax_inside() -> None:
    found = seen("relu", "softmax")
    assert (found["normalising_hidden"], found["first_normalising"]) == (1, "hidden_1")


def test_saturating_layers() -> None:
    found = seen("sigmoid", "sigmoid", "tanh", "relu")
    assert (found["saturating_hidden"], found["saturating_run"], found["sigmoid_hidden"]) == (3, 3, 2)
    assert found["first_saturating"] == "hidden_0"


def test_functions_are_judged_by_their_values() -> None:
    import keras

    found = seen(lambda one: one * 0.5, lambda one: keras.ops.relu(one))
    assert (found["linear_hidden"], found["rectifying_hidden"]) == (1, 1)


def test_what_the_code_between_layers_does_shows_in_the_numbers() -> None:
    import keras
    from keras import layers

    class Net(keras.Model):
        def __init__(self, bend: Any) -> None:
            super().__init__()
            self.first, self.second, self.last, self.bend = layers.Dense(8), layers.Dense(8), layers.Dense(1), bend

        def call(self, x: Any) -> Any:
            return self.last(self.bend(self.second(self.bend(self.first(x)))))

    def of(bend: Any, far: float = 0.0) -> dict[str, Any]:
        model = compiled(Net(bend))
        model(table())
        return measured(make_case(model, table() + far, quantity()), "activations")

    # So far from zero, rectified units are all open or all shut.
    assert not of(keras.ops.relu, far=1e4)["all_linear"]
    assert of(lambda x: x, far=1e4)["all_linear"]
    bent, straight = of(keras.ops.relu), of(lambda x: x)
    assert (bent["all_linear"], bent["linear_dense_pairs"]) == (False, 0)
    assert (straight["all_linear"], straight["linear_dense_pairs"]) == (True, 2)


def test_an_activation_after_an_activation() -> None:
    from keras import layers

    assert seen("relu", between=layers.ReLU)["repeated"] == 1


def test_a_model_without_weights() -> None:
    import keras
    from keras import layers

    model = compiled(keras.Sequential([keras.Input((6,)), layers.Rescaling(2.0)]))
    assert "no layer with weights" in unknown(make_case(model, table(), table()), "activations")


@pytest.mark.parametrize(("weighing", "hidden"), [(True, 0), (False, 1)], ids=["attention", "inside the network"])
def test_shares_that_weigh_others_are_no_hidden_softmax(weighing: bool, hidden: int) -> None:
    import keras
    from keras import layers

    inputs = keras.Input((5, 6))
    steps = layers.GRU(4, return_sequences=True)(inputs)
    shares = layers.Softmax()(layers.Flatten()(layers.Dense(1)(steps)))
    if weighing:
        weighed = layers.Multiply()([steps, layers.Permute((2, 1))(layers.RepeatVector(4)(shares))])
        read = layers.Dense(8, "relu")(layers.GlobalAveragePooling1D()(weighed))
    else:
        read = layers.Dense(8, "relu")(shares)
    model = compiled(keras.Model(inputs, layers.Dense(1)(read)))
    x = np.random.default_rng(0).standard_normal((64, 5, 6)).astype("float32")
    assert measured(make_case(model, x, quantity()), "activations")["normalising_hidden"] == hidden
