"""How gradients reach each layer."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge_base.loading import load
from knowledge_base.suiting import suiting
from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table
from tests.probes.odd_programs import subclassed

pytestmark = LIVE


def deep(activation: str, optimizer: Any = "sgd", depth: int = 8) -> Any:
    import keras
    from keras import layers

    keras.utils.set_random_seed(4)
    hidden = [layers.Dense(8, activation=activation, name=f"hidden_{place}") for place in range(depth)]
    return compiled(keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(1, name="last")]), optimizer, "mse")


def seen(model: Any) -> dict[str, Any]:
    return measured(make_case(model, table(), quantity()), "gradient_flow")


def test_gradients_that_arrive() -> None:
    found = seen(deep("relu", depth=2))
    assert (found["gradient_source"], found["clipped_by_user"]) == ("apply", False)
    assert [one["layer"] for one in found["layers"]] == ["hidden_0", "hidden_1", "last"]
    assert found["first_to_last"] > 1e-2
    assert (found["zero_layers"], found["missing"], found["nonfinite"], found["clip_share"]) == (0, [], False, 1.0)


def test_gradients_that_vanish() -> None:
    found = seen(deep("sigmoid"))
    assert found["first_to_last"] < 1e-4
    assert found["weakest_layer"] in ("hidden_0", "hidden_1")
    assert found["strongest_layer"] in ("hidden_7", "last")


def test_clipping_that_leaves_little() -> None:
    import keras

    assert seen(deep("relu", keras.optimizers.SGD(global_clipnorm=1e-4), 1))["clip_share"] < 1e-3


def test_clipping_is_measured_where_there_is_a_gradient() -> None:
    import keras

    shut = deep("relu", keras.optimizers.SGD(clipvalue=1e-6), 3)
    for layer in shut.layers[:-1]:
        layer.bias.assign(layer.bias - 100.0)
    found = seen(shut)
    assert found["zero_layers"] >= 3
    assert found["clip_share"] < 1e-3


def test_layers_that_no_gradient_reaches() -> None:
    import keras
    from keras import layers

    given = keras.Input((6,))
    stopped = layers.Lambda(lambda one: keras.ops.stop_gradient(one), output_shape=(4,))
    hidden = stopped(layers.Dense(4, name="cut")(given))
    found = None
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        found = seen(compiled(keras.Model(given, layers.Dense(1, name="last")(hidden))))
    assert (found["missing_layers"], found["first_missing"]) == (1, "cut")
    assert "remove_stop_gradient" in remedies_for(found)


def test_a_step_without_derivative_stops_nothing_on_purpose() -> None:
    import keras
    from keras import layers

    given = keras.Input((6,))
    rounded = keras.ops.round(layers.BatchNormalization()(layers.Dense(4, name="cut")(given)))
    model = keras.Model(given, layers.Dense(1, name="last")(layers.Dropout(0.1)(rounded)))
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        found = seen(compiled(model))
    assert (found["missing_layers"], found["stopped"]) == (1, False)
    assert remedies_for(found) == ["reconnect_branch"]


def remedies_for(found: dict[str, Any]) -> list[str]:
    remedies = load().causes["disconnected_layers"].remedies
    return [one.id for one in suiting(remedies, {"gradient_flow": found})]


def test_a_step_that_asks_no_optimizer() -> None:
    model = subclassed(own_step=True, unseen=True)
    model.compile()
    assert seen(model)["gradient_source"] == "none"


@pytest.mark.parametrize("rounds", [True, False])
def test_a_penalty_hides_no_step_without_derivative(rounds: bool) -> None:
    import keras
    from keras import layers

    given = keras.Input((6,))
    hidden = layers.Dense(4, name="cut", kernel_regularizer="l2", bias_regularizer="l2")(given)
    passed = keras.ops.round(hidden) if rounds else layers.Activation("relu")(hidden)
    model = compiled(keras.Model(given, layers.Dense(1, name="last", kernel_regularizer="l2")(passed)))
    before = [one.regularizer for one in model.trainable_variables]
    found = seen(model)
    assert (found["missing_layers"], found["first_missing"]) == ((1, "cut") if rounds else (0, None))
    assert [one.regularizer for one in model.trainable_variables] == before


@pytest.mark.parametrize("start", ["zeros", "glorot_uniform"])
def test_two_factors_of_a_product_that_both_start_at_zero(start: str) -> None:
    import keras

    class Product(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.left = self.add_weight(shape=(shape[-1], 4), initializer="zeros")
            self.right = self.add_weight(shape=(shape[-1], 4), initializer=start)

        def call(self, x: Any) -> Any:
            return keras.ops.matmul(x, self.left) * keras.ops.matmul(x, self.right)

    inputs = keras.Input((6,))
    joined = keras.layers.Concatenate()([Product(name="product")(inputs), inputs])
    found = seen(compiled(keras.Model(inputs, keras.layers.Dense(1)(joined)), "adam", "mse"))
    assert found["stuck_layer"] == ("product" if start == "zeros" else None)
