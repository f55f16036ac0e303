"""What each row counts in the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.recording import Batch
from probes.row_weights import negative_share
from tests.probes.making import LIVE, classes, compiled, make_case, measured, net, table

pytestmark = LIVE

REWARDS = np.random.default_rng(2).normal(size=64)


def case_of(y: Any, loss: str, **fit: Any) -> Any:
    return make_case(compiled(net(3, "softmax"), "adam", loss), table(), y, **fit)


@pytest.mark.parametrize(
    ("weights", "share"), [(None, 0.0), ([1.0, 0.0, 2.0, 1.0], 0.0), ([0.5, -0.5, -0.1, 0.3], 0.5), ([], 0.0)]
)
def test_rows_of_negative_weight(weights: list[float] | None, share: float) -> None:
    given = None if weights is None else np.asarray(weights)
    case = case_of(classes(), "sparse_categorical_crossentropy")
    assert negative_share(case, Batch(np.zeros((4, 2)), np.zeros(4), given)) == share


def test_a_reward_times_a_one_hot_row_is_no_quantity() -> None:
    taught = np.eye(3)[classes()] * REWARDS[:, None]
    case = case_of(taught, "categorical_crossentropy")
    assert negative_share(case, case.train.sample(64)) == pytest.approx(float((REWARDS < 0).mean()))
    found = measured(case, "output_match")
    for flag in ("crossentropy_on_quantities", "quantities_shared_out", "bounded_for_quantities"):
        assert not found[flag]


def test_one_hot_rows_that_count_differently_are_classes() -> None:
    for weighed in (np.abs(REWARDS), np.full(64, 255.0)):
        case = case_of(np.eye(3)[classes()] * weighed[:, None], "categorical_crossentropy")
        found = measured(case, "label_statistics")["outputs"][0]
        assert (found["task"], found["classes"], sum(found["counts"])) == ("multiclass", 3, 64)
        assert measured(case, "signal")["rows"] > 0
