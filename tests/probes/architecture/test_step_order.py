"""Networks that give the same for steps in any order, and targets that depend on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, net, table, unknown

pytestmark = LIVE

TOKENS = np.random.default_rng(3).integers(3, 12, (1200, 10))
PLACES = np.sort(np.random.default_rng(4).random((1200, 10)).argsort(axis=1)[:, :2], axis=1)
FIRST = np.random.default_rng(5).integers(0, 2, 1200)
for row in range(len(TOKENS)):
    TOKENS[row, PLACES[row]] = (1, 2) if FIRST[row] else (2, 1)
"""Of the tokens 1 and 2, which comes first?"""


def reader(*middle: Any) -> Any:
    import keras

    parts = [keras.Input((10,)), keras.layers.Embedding(12, 8), *middle, keras.layers.Dense(1, activation="sigmoid")]
    return compiled(keras.Sequential(parts), "adam", "binary_crossentropy")


@pytest.mark.parametrize("kind", ["GlobalAveragePooling1D", "LSTM"])
def test_an_average_is_blind_to_order_and_a_recurrent_layer_is_not(kind: str) -> None:
    import keras

    layer = keras.layers.LSTM(8) if kind == "LSTM" else keras.layers.GlobalAveragePooling1D()
    found = measured(make_case(reader(layer), TOKENS, FIRST), "step_order")
    assert found["gain"] > 0.25
    assert (found["seen"] < 1e-3) == (kind != "LSTM")


def test_where_the_order_tells_nothing_and_where_there_is_none() -> None:
    import keras

    present = (TOKENS == 5).any(axis=1).astype("float32")
    case = make_case(reader(keras.layers.GlobalAveragePooling1D()), TOKENS, present)
    assert measured(case, "step_order")["gain"] < 0.12
    assert "no input is a sequence" in unknown(make_case(compiled(net()), table(), table()[:, 0]), "step_order")


def test_a_network_that_lets_nothing_through_says_nothing_of_order() -> None:
    import keras

    deep = [keras.layers.Dense(16, activation="sigmoid") for _ in range(12)]
    case = make_case(reader(keras.layers.LSTM(8), *deep), TOKENS, FIRST)
    assert "whatever goes in" in unknown(case, "step_order")
