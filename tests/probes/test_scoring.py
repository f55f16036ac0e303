"""Scores by the task."""

from __future__ import annotations

import numpy as np
import pytest

from probes.scoring import scores
from tests.probes.making import LIVE, compiled, make_case, table

pytestmark = LIVE


def test_rows_of_a_class_that_training_never_saw() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")])
    model = compiled(model, "adam", "sparse_categorical_crossentropy")
    bias = np.asarray([5.0, 5.0, -50.0], "float32")
    model.layers[-1].set_weights([np.zeros((6, 3), "float32"), bias])
    case = make_case(model, table(), np.arange(64) % 2, validation_data=(table(), np.full(64, 2)))
    assert case.validation is not None
    score = scores(case, case.validation.sample(64))[0][1]
    assert (score.value, score.chance, score.skill) == (0.0, 0.5, pytest.approx(-1.0))


def test_rows_of_one_class_throughout_have_no_skill() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")])
    case = make_case(compiled(model, "adam", "sparse_categorical_crossentropy"), table(), np.zeros(64, "int64"))
    assert scores(case, case.train.sample(64))[0][1].skill == 0.0
