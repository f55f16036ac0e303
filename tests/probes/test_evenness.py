"""Scores of predictions, by the task."""

from __future__ import annotations

import numpy as np
import pytest

from probes.scoring import score_of
from probes.tasks import Output

CLASSES = Output("output", "", "sparse_crossentropy", False, "multiclass", "integers", 4, 0)
BINARY = Output("output", "", "binary_crossentropy", False, "binary", "zero_one", 2, 0)
QUANTITY = Output("output", "", "squared_error", False, "regression", "floats", 0, 0)


def test_errors_of_wrong_labels_are_even() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 4, 1000)
    predicted = np.eye(4)[true] * 3 + rng.normal(size=(1000, 4))
    labels = np.where(rng.random(1000) < 0.5, rng.integers(0, 4, 1000), true)
    noisy, clean = score_of(CLASSES, predicted, labels), score_of(CLASSES, predicted, true)
    assert noisy is not None
    assert clean is not None
    assert noisy.wrong == pytest.approx(0.39, abs=0.03)
    assert (noisy.evenness or 0) > 0.7
    assert (clean.evenness or 0) < 0.3


def test_errors_of_hard_cases_are_not() -> None:
    rng = np.random.default_rng(1)
    shown = rng.normal(size=1000)
    labels = (shown + 2 * rng.normal(size=1000) > 0).astype(int)
    found = score_of(BINARY, 1 / (1 + np.exp(-0.8 * shown[:, None])), labels)
    assert found is not None
    assert found.wrong > 0.25
    assert (found.evenness or 0) < 0.6


def test_quantities_have_no_wrong_rows() -> None:
    found = score_of(QUANTITY, np.arange(50.0), np.arange(50.0))
    assert found is not None
    assert found.value == 1.0
    assert found.evenness is None
