"""Ids that a model looks up."""

from __future__ import annotations

import numpy as np

from probes.inputs import ids_alone
from tests.probes.making import LIVE, compiled, make_case, measured, quantity

pytestmark = LIVE


def test_ids_are_not_taken_for_noise() -> None:
    import keras
    from keras import layers

    def case(width: int) -> object:
        ids = np.random.default_rng(0).integers(0, 30, (64, width)).astype("int32")
        model = keras.Sequential([keras.Input((width,)), layers.Embedding(30, 2), layers.Flatten(), layers.Dense(1)])
        return make_case(compiled(model), ids, quantity())

    assert ids_alone(case(1))  # type: ignore[arg-type]
    assert not ids_alone(case(12))  # type: ignore[arg-type]
    assert measured(case(2), "signal")["ids_alone"]  # type: ignore[arg-type]
