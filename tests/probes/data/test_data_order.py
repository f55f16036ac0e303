"""The order in which samples arrive."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE

SORTED = np.repeat([0, 1], 64)
MIXED = np.random.default_rng(2).permutation(SORTED)


def seen(y: Any, loss: str = "binary_crossentropy", **fit: Any) -> dict[str, Any]:
    return measured(make_case(compiled(net(), "adam", loss), table(len(y)), y, batch_size=16, **fit), "data_order")


def test_rows_sorted_by_class_that_fit_does_not_shuffle() -> None:
    found = seen(SORTED, shuffle=False)
    assert found["arriving_run_ratio"] > 20
    assert found["one_class_batches"] == 1.0
    assert found["expected_one_class_batches"] < 0.01
    assert not found["shuffled_by_fit"]


def test_rows_sorted_by_class_that_fit_shuffles() -> None:
    found = seen(SORTED)
    assert found["shuffled_by_fit"]
    assert found["run_ratio"] > 20
    assert (found["arriving_run_ratio"], found["one_class_batches"]) == (1.0, 0.0)


def test_rows_in_no_order() -> None:
    found = seen(MIXED, shuffle=False)
    assert found["run_ratio"] == pytest.approx(1, abs=0.3)
    assert found["one_class_batches"] == 0.0


def test_a_stream_in_order_of_classes() -> None:
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((table(128), SORTED)).batch(16)
    found = measured(make_case(compiled(net(), "adam", "binary_crossentropy"), data), "data_order")
    assert found["stream"]
    assert found["one_class_batches"] == 1.0


def test_a_split_of_sorted_rows_leaves_a_class_out() -> None:
    found = seen(SORTED, validation_split=0.5)
    assert found["split_by_fit"]
    assert (found["missing_in_training"], found["missing_in_validation"]) == (1, 1)
    assert seen(MIXED, validation_split=0.5)["missing_in_training"] == 0


def test_quantities_in_order() -> None:
    assert seen(np.sort(quantity(128)), "mse")["neighbours_alike"] > 0.9
    assert abs(seen(quantity(128), "mse")["neighbours_alike"]) < 0.3


def test_no_targets() -> None:
    assert "no output" in unknown(make_case(compiled(net(), "adam", None), table()), "data_order")
