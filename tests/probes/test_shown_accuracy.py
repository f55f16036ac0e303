"""The accuracy that is shown, against how often the model is right."""

from __future__ import annotations

import math

import pytest

from probes.scoring import Score
from probes.shown_accuracy import shown_accuracy, untold
from probes.tasks import Output


def scored(kind: str, value: float, wrong: float = math.nan) -> tuple[Output, Score]:
    output = Output("output", "mean_squared_error", "squared_error", False, kind, "floats", 0, 0)
    return output, Score(
        "r2" if kind == "regression" else "balanced_accuracy", value, 0.0, 100, 0.1, 1.0, True, 0.02, wrong
    )


@pytest.mark.parametrize(
    ("logs", "validation", "wanted"),
    [
        ([{"loss": 1.0, "accuracy": 0.5}], False, 0.5),
        ([{"accuracy": 0.9, "val_accuracy": 0.2}, {"accuracy": 0.9, "val_accuracy": 0.3}], True, 0.3),
        ([{"accuracy": 0.9}], True, None),
        ([{"accuracy": math.nan}], False, None),
        ([{"mae": 0.1}], False, None),
        ([], False, None),
    ],
)
def test_the_accuracy_logged_last(logs: list[dict[str, float]], validation: bool, wanted: float | None) -> None:
    assert shown_accuracy(logs, validation=validation) == wanted


def test_what_the_accuracy_does_not_tell() -> None:
    assert untold(0.0, [scored("regression", 0.97)]) == pytest.approx(0.97)
    assert untold(0.5, [scored("binary", 0.9, wrong=0.05)]) == pytest.approx(0.45)
    assert untold(0.95, [scored("multiclass", 0.9, wrong=0.05)]) == pytest.approx(0.0)
    for shown, several in [(None, [scored("regression", 0.9)]), (0.0, [scored("regression", 0.9)] * 2)]:
        assert untold(shown, several) is None
    assert untold(0.0, [scored("reconstruction", 0.9)]) is None
