"""The neutral score follows the targets."""

import numpy as np
import pytest

from .neutral_score import score


def test_class_ids_against_probabilities_give_balanced_accuracy() -> None:
    outputs = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    assert score(outputs, np.array([0, 0, 0, 1])) == pytest.approx(0.5)


def test_one_hot_targets_are_classes() -> None:
    assert score(np.eye(3), np.eye(3)) == 1.0


def test_raw_scores_of_a_binary_output_are_cut_at_zero() -> None:
    assert score(np.array([[-2.0], [3.0], [0.2]]), np.array([0, 1, 1])) == 1.0


def test_numbers_give_r2_never_below_minus_one() -> None:
    targets = np.array([1.0, 2.0, 4.0])
    assert score(targets[:, None], targets) == 1.0
    assert score(targets[:, None] * 100, targets) == -1.0


def test_outputs_that_are_not_finite_get_the_worst_value() -> None:
    assert score(np.array([[np.nan], [0.1], [0.2]]), np.array([0.5, 2.5, 3.5])) == -1.0
    assert score(np.array([[np.nan, 0.1], [0.3, 0.7]]), np.array([0, 1])) == 0.0
