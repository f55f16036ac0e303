"""How far one step moves the weights."""

from __future__ import annotations

from typing import Any

from tests.probes.making import LIVE, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE


def seen(rate: float) -> dict[str, Any]:
    import keras

    model = compiled(net(), keras.optimizers.SGD(rate), "mse")
    return measured(make_case(model, table(), quantity(), epochs=2), "weight_updates")


def test_customary_steps() -> None:
    found = seen(1e-3)
    assert 1e-4 < found["median_ratio"] < 0.3
    assert (found["still"], found["all_still"], found["nonfinite"]) == (0, False, False)


def test_steps_that_are_too_long() -> None:
    assert seen(30.0)["largest_ratio"] > 1


def test_steps_that_move_nothing() -> None:
    found = seen(0.0)
    assert found["all_still"]
    assert found["still"] == 4
    assert found["first_still"] == found["weights"][0]["weight"]


def test_nothing_to_train() -> None:
    import keras
    from keras import layers

    model = compiled(keras.Sequential([keras.Input((6,)), layers.Lambda(lambda one: one[:, :1])]))
    case = make_case(model, table(), quantity())
    assert unknown(case, "weight_updates")
