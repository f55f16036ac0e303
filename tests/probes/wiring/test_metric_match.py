"""Whether the metrics measure the task."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, classes, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE

RARE = np.array([0] * 60 + [1] * 4)


def seen(y: Any, loss: str, metrics: list[Any], units: int = 1) -> dict[str, Any]:
    return measured(make_case(compiled(net(units), "adam", loss, metrics=metrics), table(), y), "metric_match")


def test_metrics_that_fit() -> None:
    found = seen(binary(), "binary_crossentropy", ["accuracy"])
    assert (found["metrics"], found["accuracy"], found["only_accuracy"]) == (["accuracy"], True, True)
    for flag in ("accuracy_on_quantities", "hides_failure", "error_on_classes", "class_accuracy_mismatch"):
        assert not found[flag]


def test_an_accuracy_of_quantities() -> None:
    assert seen(quantity(), "mse", ["accuracy"])["accuracy_on_quantities"]
    assert not seen(quantity(), "mse", ["mae"])["accuracy_on_quantities"]


def test_an_accuracy_that_hides_a_rare_class() -> None:
    import keras

    assert seen(RARE, "binary_crossentropy", ["accuracy"])["hides_failure"]
    assert not seen(RARE, "binary_crossentropy", ["accuracy", keras.metrics.AUC(name="auc")])["hides_failure"]


def test_an_accuracy_that_no_smoothed_label_can_equal() -> None:
    smoothed = np.where(binary() > 0, 0.95, 0.05)
    assert seen(smoothed, "binary_crossentropy", ["accuracy"])["never_right"]
    assert not seen(smoothed, "binary_crossentropy", ["mae"])["never_right"]
    assert not seen(binary(), "binary_crossentropy", ["accuracy"])["never_right"]
    assert not seen(np.eye(3)[classes()] * 0.9 + 0.1 / 3, "categorical_crossentropy", ["accuracy"], 3)["never_right"]


def test_errors_of_quantities_on_classes() -> None:
    assert seen(binary(), "binary_crossentropy", ["mae", "mse"])["error_on_classes"]


@pytest.mark.parametrize(
    ("metric", "target", "mismatch"),
    [
        ("categorical_accuracy", classes(), True),
        ("sparse_categorical_accuracy", classes(), False),
        ("sparse_categorical_accuracy", np.eye(3)[classes()], True),
        ("binary_accuracy", classes(), True),
    ],
    ids=["ids", "right", "one-hot", "binary"],
)
def test_an_accuracy_for_another_form(metric: str, target: Any, mismatch: bool) -> None:
    loss = "sparse_categorical_crossentropy" if target.ndim == 1 else "categorical_crossentropy"
    assert seen(target, loss, [metric], 3)["class_accuracy_mismatch"] is mismatch


def test_a_model_that_is_not_compiled() -> None:
    assert "not compiled" in unknown(make_case(net(), table(), quantity()), "metric_match")
