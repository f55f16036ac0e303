"""Curves that are still being measured, kept small however many points they have."""

from __future__ import annotations

from dataclasses import replace

from assistant.terminal import texts
from assistant.terminal.presenting.cases import plot
from assistant.terminal.views import CurveView, SeriesView
from probes.process.events import Points

MOST_POINTS = 240
"""Points kept of one series; beyond them two neighbours become their mean."""

AXES = {
    "recorded_run": ("epoch", "loss"),
    "one_batch": ("step", "loss"),
    "rate_response": ("epoch", "loss"),
    "gradient_flow": ("layer", "norm"),
    "trial": ("epoch", "loss"),
}
"""Names of the axes of the curves that probes tell."""

IN_POWERS = ("gradient_flow",)


class LiveCurves:
    """Takes points as they come and gives plots, the curve that moved last first."""

    def __init__(self) -> None:
        self._series: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
        self._titles: dict[str, str] = {}

    def name(self, curve: str, title: str) -> None:
        """Give a curve another title than the usual one."""
        self._titles[curve] = title

    def take(self, points: Points) -> None:
        """Add points."""
        curve = self._series.pop(points.curve, {})
        self._series[points.curve] = curve
        if points.anew:
            curve.pop(points.series, None)
        x, y = curve.setdefault(points.series, ([], []))
        x.extend(points.x)
        y.extend(points.y)
        while len(x) > MOST_POINTS:
            x[:], y[:] = _halved(x), _halved(y)

    def drop(self, curve: str) -> None:
        """The curve is measured, or was abandoned."""
        self._series.pop(curve, None)
        self._titles.pop(curve, None)

    def clear(self) -> None:
        """Nothing is being measured."""
        self._series.clear()
        self._titles.clear()

    def views(self) -> tuple[CurveView, ...]:
        """Every curve that has a line to draw."""
        return tuple(one for one in map(self._view, reversed(self._series)) if one.series)

    def _view(self, curve: str) -> CurveView:
        lines = [
            SeriesView(texts.CURVES.get(name, name), tuple(x), tuple(y))
            for name, (x, y) in self._series[curve].items()
            if len(x) > 1
        ]
        title = self._titles.get(curve) or texts.CURVES.get(curve, curve.replace("_", " ").capitalize())
        x_label, y_label = AXES.get(curve, ("step", "loss"))
        view = plot(f"live.{curve}", title, x_label, y_label, lines, power=curve in IN_POWERS)
        return replace(view, note=texts.CURVES["running"], growing=True)


def _halved(values: list[float]) -> list[float]:
    """Means of neighbours; the last stays as it is where there is none beside it."""
    paired = [(one + other) / 2 for one, other in zip(values[::2], values[1::2], strict=False)]
    return paired + (values[-1:] if len(values) % 2 else [])
