"""The labels that are the likeliest wrong, by cleanlab and by the plain form of its method."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from probes.data.doubted_labels import doubted_labels


def scored(rows: int = 400, classes: int = 3, sureness: float = 0.8) -> tuple[Any, Any, Any]:
    random = np.random.default_rng(2)
    true = random.integers(0, classes, rows)
    scores = np.eye(classes)[true] * sureness + 0.1 * random.normal(size=(rows, classes))
    wrong = random.choice(rows, 30, replace=False)
    given = true.copy()
    given[wrong] = (given[wrong] + 1) % classes
    return given, scores, wrong


@pytest.fixture(params=["plain", "cleanlab"])
def judge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
        return "confident learning"
    pytest.importorskip("cleanlab.filter")
    return "cleanlab"


def test_changed_labels_are_doubted(judge: str) -> None:
    given, scores, wrong = scored()
    found = doubted_labels(given, scores)
    assert found.judge == judge
    assert set(found.places.tolist()) <= set(wrong.tolist())
    assert 0.5 < found.share / (30 / 400) <= 1


def test_clean_labels_are_hardly_doubted(judge: str) -> None:
    given, scores, wrong = scored()
    given[wrong] = (given[wrong] - 1) % 3
    assert doubted_labels(given, scores).share < 0.01


def test_the_surest_stand_first() -> None:
    scores = np.array([[0.9, 0.1], [0.6, 0.4], [1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0], [0.1, 0.9]])
    assert doubted_labels(np.array([0, 0, 1, 0, 1, 1, 0]), scores).places.tolist() == [2, 6]
