"""Which units are dead or stuck."""

from __future__ import annotations

from typing import Any

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def seen(*hidden: Any, x: Any = None, rate: float = 0.01) -> dict[str, Any]:
    import keras
    from keras import layers

    keras.utils.set_random_seed(4)
    body = keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(1, name="last")])
    model = compiled(body, keras.optimizers.SGD(rate), "mse")
    return measured(make_case(model, table() if x is None else x, quantity()), "unit_health")


def dense(activation: str, name: str, **settings: Any) -> Any:
    from keras import layers

    return layers.Dense(16, activation=activation, name=name, **settings)


def test_living_units() -> None:
    found = seen(dense("relu", "one"), dense("relu", "two"))
    assert found["dead_share"] < 0.5
    assert not found["all_dead"]
    assert (found["saturated_share"], found["nonfinite_layer"], found["dropout_active"]) == (0.0, None, None)
    assert found["signal_kept"] > 0.05
    assert found["signal_lost_at"] is None


def test_dead_units() -> None:
    import keras

    found = seen(dense("relu", "dead", bias_initializer=keras.initializers.Constant(-100.0)))
    assert (found["dead_share"], found["dead_layer"], found["all_dead"]) == (1.0, "dead", True)


def test_stuck_units() -> None:
    found = seen(dense("tanh", "stuck"), x=table() * 1000)
    assert found["saturated_share"] > 0.9
    assert found["saturated_layer"] == "stuck"


def test_a_signal_that_dies() -> None:
    import keras

    small = keras.initializers.RandomNormal(stddev=1e-6, seed=1)
    found = seen(dense("tanh", "one"), dense("tanh", "two", kernel_initializer=small), rate=1e-6)
    assert found["signal_kept"] < 1e-3
    assert found["signal_lost_at"] == "two"


def test_dropout_that_drops_in_training() -> None:
    from keras import layers

    assert seen(dense("tanh", "one"), layers.Dropout(0.5))["dropout_active"]
