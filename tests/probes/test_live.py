"""Curves that are told while they are measured."""

from __future__ import annotations

import math
from typing import Any

import pytest

from probes import live
from probes.live import Live


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def curves(told: list[dict[str, Any]]) -> Live:
    watched = Live()
    watched.listen(told.append)
    watched.flush()
    return watched


def test_points_come_in_heaps_and_none_is_lost(curves: Live, told: list[dict[str, Any]]) -> None:
    for step in range(1000):
        curves.point("recorded_run", "training", step, 1 / (1 + step))
    curves.flush()
    assert len(told) < 100
    assert [x for one in told for x in one["x"]] == list(range(1000))
    assert all(one["event"] == "points" and one["curve"] == "recorded_run" and not one["anew"] for one in told)


def test_a_series_that_starts_over_says_so_once(curves: Live, told: list[dict[str, Any]]) -> None:
    curves.begin("trial", "without", "with")
    curves.point("trial", "with", 1, math.nan)
    curves.flush()
    curves.point("trial", "with", 2, 0.5)
    curves.flush()
    series = {one["series"]: one["anew"] for one in told[:2]}
    assert series == {"without": True, "with": True}
    assert told[-1]["anew"] is False
    assert told[-1]["y"] == [0.5]


def test_what_an_earlier_run_left_untold_goes_with_it(curves: Live, told: list[dict[str, Any]]) -> None:
    curves.point("trial", "with", 1, 9.0)
    curves.begin("trial", "with")
    curves.point("trial", "with", 1, 2.0)
    curves.flush()
    assert [one["y"] for one in told] == [[2.0]]


def test_progress_is_told_where_the_end_is_known(curves: Live, told: list[dict[str, Any]]) -> None:
    curves.share(3, None)
    curves.share(3, 10)
    curves.flush()
    assert told == [{"event": "progress", "text": "", "done": 3.0, "total": 10.0}]


def test_nothing_is_kept_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "INTERVAL", 0.0)
    curves, told = Live(), []
    curves.point("recorded_run", "training", 1, 2.0)
    curves.listen(told.append)
    curves.flush()
    assert told == []
