"""What counter-trials prove, and what they must not."""

from __future__ import annotations

import numpy as np
import pytest

from probes.trials.handler import run_counter_trial
from tests.probes.making import make_case
from tests.probes.trials.programs import blobs, sequential

pytestmark = pytest.mark.keras


def test_inputs_that_never_differ_are_no_matter_of_labels() -> None:
    import keras

    model = sequential(keras.layers.Dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    _, y = blobs(96)
    case = make_case(model, np.zeros((96, 8), "float32"), y, epochs=2)
    found = run_counter_trial(case, {"cause": "inputs_constant", "symptom": "loss_flat"})
    assert found["proven"], found
    found = run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "loss_flat"})
    assert not found["proven"], found
