from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.report.plotting import HEIGHT, WIDTH, Plot, pairs, plot
from assistant.terminal.views import CurveView, SeriesView


def view(*series: tuple[float, ...], logarithmic: bool = False) -> CurveView:
    lines = tuple(
        SeriesView(f"s{number}", tuple(float(1 + place) for place in range(len(values))), values)
        for number, values in enumerate(series)
    )
    return CurveView("a.curve", "A curve", "epoch", "loss", lines, logarithmic=logarithmic)


def points(drawn: Plot) -> list[tuple[float, float]]:
    return [
        (float(x), float(y))
        for line in drawn.lines
        for stretch in line.stretches
        for x, y in (point.split(",") for point in stretch.split())
    ] + [dot for line in drawn.lines for dot in line.dots]


def test_a_falling_curve_goes_down_the_page() -> None:
    drawn = plot(view((3.0, 2.0, 1.0)))
    assert drawn is not None
    (first, _, last) = points(drawn)
    assert first[0] < last[0]
    assert first[1] < last[1]
    assert drawn.description == "s0: from 3 to 1 over 3 values along the epoch, lowest 1, highest 3."


def test_a_gap_parts_a_curve_and_is_told() -> None:
    drawn = plot(view((1.0, 2.0, math.nan, 4.0)))
    assert drawn is not None
    (line,) = drawn.lines
    assert [len(one.split()) for one in line.stretches] == [2]
    assert len(line.dots) == 1
    assert drawn.notes == ("The curve “s0” is not finite from 3 on.",)


@pytest.mark.parametrize("values", [(), (math.nan, math.inf)])
def test_what_cannot_be_drawn_is_no_plot(values: tuple[float, ...]) -> None:
    assert plot(view(values)) is None


@given(
    st.lists(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=9), min_size=1, max_size=4),
    st.booleans(),
)
def test_every_point_and_tick_lies_on_the_page(values: list[list[float]], logarithmic: bool) -> None:
    drawn = plot(view(*(tuple(one) for one in values), logarithmic=logarithmic))
    if drawn is None:
        return
    for x, y in points(drawn):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    for tick in drawn.x_ticks:
        assert 0 <= tick.at <= WIDTH
    for tick in drawn.y_ticks:
        assert 0 <= tick.at <= HEIGHT
    assert len(drawn.y_ticks) <= 7


def test_ticks_are_round_numbers() -> None:
    drawn = plot(view(tuple(0.013 * place for place in range(60))))
    assert drawn is not None
    assert [one.label for one in drawn.y_ticks] == ["0", "0.2", "0.4", "0.6", "0.8"]
    assert [one.label for one in drawn.x_ticks] == ["20", "40", "60"]


def test_powers_of_ten_are_evenly_spaced() -> None:
    drawn = plot(view((1e-3, 1.0, 1e3), logarithmic=True))
    assert drawn is not None
    ys = [y for _, y in points(drawn)]
    assert ys[0] - ys[1] == pytest.approx(ys[1] - ys[2], abs=0.2)
    assert "The vertical axis is in powers of ten." in drawn.notes


def test_pairs_stand_in_their_rows_with_their_scores() -> None:
    drawn = pairs((0.1, math.nan), (0.9, 0.8))
    assert drawn is not None
    first, second = drawn.pairs
    assert first.without is not None
    assert first.treated is not None
    assert first.without < first.treated
    assert second.without is None
    assert (second.without_text, second.treated_text) == ("NaN", "0.8")
    assert first.y < second.y
    assert pairs((math.nan,), (math.nan,)) is None
