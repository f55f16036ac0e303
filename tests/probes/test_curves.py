"""Numbers that describe a curve."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.curves import oscillation, share_of_fall_late, thinned, trend

curves = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300)


@given(curves, st.integers(2, 80))
def test_thinning_keeps_both_ends(values: list[float], limit: int) -> None:
    found = thinned(values, limit)
    assert len(found) == min(len(values), limit)
    assert (found[0], found[-1]) == (values[0], values[-1])


def test_a_falling_curve_does_not_swing() -> None:
    assert oscillation(np.exp(-np.linspace(0, 5, 400))) == 0.0


def test_a_rising_curve_does_not_swing() -> None:
    assert oscillation(np.linspace(1, 9, 400)) == 0.0


def test_slow_waves_swing() -> None:
    waves = 1 + 0.8 * np.sin(np.linspace(0, 40 * math.pi, 400))
    assert oscillation(waves) > 10 * oscillation(1 + 0.02 * np.random.default_rng(0).standard_normal(400))


@pytest.mark.parametrize("values", [[], [1.0] * 10, [math.nan] * 100])
def test_short_and_broken_curves_do_not_swing(values: list[float]) -> None:
    assert oscillation(np.asarray(values)) == 0.0


@given(curves)
def test_a_share_of_the_fall_is_a_share(values: list[float]) -> None:
    assert 0.0 <= share_of_fall_late(values) <= 1.0


def test_a_straight_fall_comes_evenly() -> None:
    assert share_of_fall_late(list(np.linspace(8, 0, 41))) == pytest.approx(0.25, abs=0.03)


def test_a_curve_that_settled_fell_early() -> None:
    assert share_of_fall_late([8, 4, 2, 1, 1, 1, 1, 1]) == 0.0


def test_a_curve_that_never_fell_has_no_late_fall() -> None:
    assert share_of_fall_late([1.0, 2.0, 3.0, 4.0, 5.0]) == 0.0


@pytest.mark.parametrize(
    ("values", "sign"), [([9, 8, 7, 6, 5, 4, 3, 2, 1], -1), ([1, 2, 3, 4, 5, 6], 1), ([5.0] * 9, 0)]
)
def test_trend_has_the_sign_of_the_slope(values: list[float], sign: int) -> None:
    assert np.sign(round(trend(values), 6)) == sign


@pytest.mark.parametrize("values", [[], [1.0], [math.nan, math.inf, 1.0], [0.0] * 6])
def test_trend_of_too_little_is_none(values: list[float]) -> None:
    assert trend(values) == 0.0
