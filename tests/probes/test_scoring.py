"""Scores by the task."""

from __future__ import annotations

import numpy as np
import pytest

from probes.scoring import score_of, scores
from probes.tasks import Output
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


def test_of_a_distance_the_loss_alone_says_which_class_is_near() -> None:
    ids = np.tile([0, 1], 40)
    far, shares = np.where(ids == 0, 1.4, 0.1)[:, None], np.where(ids == 0, 0.9, 0.1)[:, None]
    own = Output("o", "contrastive", "other", False, "binary", "zero_one", 2, 0)
    keras_own = Output("o", "binary_crossentropy", "binary_crossentropy", False, "binary", "zero_one", 2, 0)
    for output, given, value in ((own, far, 1.0), (own, shares, 0.0), (keras_own, far, 0.0)):
        found = score_of(output, given, ids)
        assert found is not None
        assert found.value == value
    nothing = score_of(own, np.tile([0.1, 0.2, 1.2, 1.4], 20)[:, None], ids)
    assert nothing is not None
    assert nothing.value == 0.5
