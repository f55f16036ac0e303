"""Curves as plain geometry, for a template to draw: points in pixels, ticks, and the same in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.terminal.presenting.figures import number
from assistant.terminal.views import CurveView, SeriesView

WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 72, 14, 10, 44
ROW = 26
"""Height of one pair of a trial."""

MOST_TICKS = 5

SMALLEST_POWER, LARGEST_POWER = -307, 308
"""Powers of ten that a number can hold in full."""


@dataclass(frozen=True)
class Tick:
    """A mark on an axis.

    Attributes:
        at: where, in pixels.
        label: what stands beside it.
    """

    at: float
    label: str


@dataclass(frozen=True)
class Line:
    """One curve.

    Attributes:
        name: what it shows.
        stretches: its points, one text of ``x,y`` pairs for each stretch without a gap.
        dots: points with a gap on both sides.
    """

    name: str
    stretches: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Plot:
    """A plot of one or more curves.

    Attributes:
        id: unique within a report.
        title: what it shows.
        description: the same in words, for who cannot see it.
        x_label: the horizontal axis.
        y_label: the vertical axis.
        x_ticks: its marks.
        y_ticks: its marks.
        lines: the curves.
        notes: what cannot be drawn.
    """

    id: str
    title: str
    description: str
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """One pair of trainings: the score without and with a remedy, in pixels and as text.

    Attributes:
        y: the row.
        without: where the score without it lies; None where it is not finite.
        treated: the same with it.
        without_text: the score without it.
        treated_text: the score with it.
    """

    y: float
    without: float | None
    treated: float | None
    without_text: str
    treated_text: str


@dataclass(frozen=True)
class Pairs:
    """The scores of all pairs of a trial.

    Attributes:
        height: of the drawing, in pixels.
        ticks: marks of the axis of scores.
        pairs: the rows.
    """

    height: int
    ticks: tuple[Tick, ...]
    pairs: tuple[Pair, ...]


def plot(view: CurveView) -> Plot | None:
    """A curve view as geometry; None where no point of it can be drawn."""
    shown = [one for one in view.series if any(_drawable(value, view.logarithmic) for value in one.y)]
    if not shown:
        return None
    values = [value for one in shown for value in one.y if _drawable(value, view.logarithmic)]
    xs = [x for one in shown for x in one.x]
    y_axis = _Axis(min(values), max(values), HEIGHT - BOTTOM, TOP, view.logarithmic)
    x_axis = _Axis(min(xs), max(xs), LEFT, WIDTH - RIGHT, False, padded=False)
    return Plot(
        id=view.id.replace(".", "-").replace("_", "-"),
        title=view.title,
        description=" ".join(_in_words(one, view.x_label) for one in view.series),
        x_label=view.x_label,
        y_label=view.y_label.partition(",")[0],
        x_ticks=x_axis.ticks(whole=True),
        y_ticks=y_axis.ticks(),
        lines=tuple(_line(one, x_axis, y_axis, view.logarithmic) for one in view.series),
        notes=tuple(_notes(view)),
    )


def pairs(control: Sequence[float], treated: Sequence[float]) -> Pairs | None:
    """The scores of paired trainings on one axis; None where none is finite."""
    finite = [score for score in (*control, *treated) if math.isfinite(score)]
    if not finite:
        return None
    axis = _Axis(min(finite), max(finite), LEFT, WIDTH - RIGHT - 8, False)
    rows = tuple(
        Pair(
            TOP + ROW * place + ROW / 2,
            round(axis.at(without), 1) if math.isfinite(without) else None,
            round(axis.at(with_it), 1) if math.isfinite(with_it) else None,
            number(round(without, 4)) if math.isfinite(without) else number(without),
            number(round(with_it, 4)) if math.isfinite(with_it) else number(with_it),
        )
        for place, (without, with_it) in enumerate(zip(control, treated, strict=False))
    )
    return Pairs(TOP + ROW * len(rows) + BOTTOM - 8, axis.ticks(), rows)


class _Axis:
    """From values to pixels."""

    def __init__(
        self, low: float, high: float, start: float, end: float, logarithmic: bool, *, padded: bool = True
    ) -> None:
        self._logarithmic = logarithmic
        self._low, self._high = (math.log10(low), math.log10(high)) if logarithmic else (low, high)
        if self._low == self._high:
            room = abs(self._low) * 0.1 or 1.0
            self._low, self._high = self._low - room, self._high + room
        elif padded:
            room = (self._high - self._low) * 0.06
            self._low, self._high = self._low - room, self._high + room
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        scaled = math.log10(value) if self._logarithmic else value
        return self._start + (scaled - self._low) / (self._high - self._low) * (self._end - self._start)

    def ticks(self, *, whole: bool = False) -> tuple[Tick, ...]:
        if self._logarithmic:
            powers = range(max(SMALLEST_POWER, math.ceil(self._low)), min(LARGEST_POWER, math.floor(self._high)) + 1)
            step = max(1, math.ceil(len(powers) / MOST_TICKS))
            marks: Iterable[float] = [10.0**power for power in powers[::step]]
        else:
            marks = _round_marks(self._low, self._high, whole)
        return tuple(Tick(round(self.at(mark), 1), f"{mark:,.6g}") for mark in marks)


def _round_marks(low: float, high: float, whole: bool) -> Iterator[float]:
    """At most ``MOST_TICKS`` round numbers between two values."""
    rough = (high - low) / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    step = max(1.0, step) if whole else step
    first = math.ceil(low / step)
    for place in range(MOST_TICKS + 1):
        mark = (first + place) * step
        if mark <= high + step * 1e-9:
            yield float(f"{mark:.12g}")


def _line(series: SeriesView, x_axis: _Axis, y_axis: _Axis, logarithmic: bool) -> Line:
    points = list(zip(series.x, series.y, strict=True))
    stretches: list[str] = []
    dots: list[tuple[float, float]] = []
    for drawable, group in groupby(points, key=lambda point: _drawable(point[1], logarithmic)):
        if drawable:
            placed = [(round(x_axis.at(x), 1), round(y_axis.at(y), 1)) for x, y in group]
            if len(placed) == 1:
                dots.append(placed[0])
            else:
                stretches.append(" ".join(f"{x},{y}" for x, y in placed))
    return Line(series.name, tuple(stretches), tuple(dots))


def _notes(view: CurveView) -> Iterator[str]:
    for one in view.series:
        place = next((x for x, y in zip(one.x, one.y, strict=True) if not math.isfinite(y)), None)
        if place is not None:
            yield f"The curve “{one.name}” is not finite from {number(place)} on."
    if view.logarithmic:
        yield "The vertical axis is in powers of ten."


def _in_words(series: SeriesView, x_label: str) -> str:
    finite = [value for value in series.y if math.isfinite(value)]
    if not finite:
        return f"{series.name}: never a finite number."
    ends = f"from {number(series.y[0])} to {number(series.y[-1])}"
    return (
        f"{series.name}: {ends} over {len(series.y)} values along the {x_label}, lowest {number(min(finite))}, "
        f"highest {number(max(finite))}."
    )


def _drawable(value: float, logarithmic: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not logarithmic)
