"""Of two inputs one that tells nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, compiled, make_case, measured

pytestmark = LIVE

ROWS = 600
RANDOM = np.random.default_rng(11)


def two_inputs() -> Any:
    from keras import Input, Model, layers

    left, right = Input((4,), name="left"), Input((3,), name="right")
    joined = layers.Concatenate()([left, layers.Dense(4, activation="relu")(right)])
    return compiled(Model([left, right], layers.Dense(1, activation="sigmoid")(joined)), "adam", "binary_crossentropy")


def idle(left: Any, right: Any, y: Any) -> str | None:
    rows = {"left": left.astype("float32"), "right": right.astype("float32")}
    found: str | None = measured(make_case(two_inputs(), rows, y.astype("float32")), "signal")["idle_input"]
    return found


@pytest.mark.parametrize("kind", ["noise", "of use", "an interplay"])
def test_an_input_that_tells_nothing(kind: str) -> None:
    left, right = RANDOM.standard_normal((ROWS, 4)), RANDOM.standard_normal((ROWS, 3))
    drawn = RANDOM.standard_normal(ROWS)
    wanted = {
        "noise": left[:, 0] + 0.8 * drawn > 0,
        "of use": left[:, 0] + right[:, 0] > 0,
        "an interplay": left[:, 0] * right[:, 0] > 0,
    }[kind]
    assert idle(left, right, wanted) == ("right" if kind == "noise" else None)
