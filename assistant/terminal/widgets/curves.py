"""Curves: one plot for each, drawn with high resolution where the terminal can, and the last value in words."""

from __future__ import annotations

import importlib
import math
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.glyphs import ASCII, Glyphs
from assistant.terminal.presenting.figures import number
from assistant.terminal.views import CurveView
from assistant.terminal.widgets.letters import SIGNS, LetterPlot
from assistant.terminal.widgets.rows import Line
from assistant.terminal.widgets.ticks import Ticks

COLOURS = ("primary", "warning", "success", "error", "foreground")

NO_BREAK = "\u00a0"

MARGINS = {"margin_top": 1, "margin_bottom": 1, "margin_left": 8}
"""Cells around a plot, whose axes are named in its title."""


MOST_X, MOST_Y = 6, 4
"""Numbers beside the axes."""


class CurveBlock(Vertical):
    """Title, legend, plot and note of one curve."""

    def __init__(self, curve: CurveView, plotting: Any, glyphs: Glyphs) -> None:
        super().__init__(classes="curve")
        self._curve = curve
        self._plotting = plotting
        self._glyphs = glyphs

    @property
    def id_of_curve(self) -> str:
        """Id of the curve."""
        return self._curve.id

    def compose(self) -> ComposeResult:
        """The legend stands in the title, so that it never covers a line."""
        yield Line(self._title(), classes="curve-title")
        if self._glyphs is ASCII:
            yield LetterPlot(classes="plot")
            return
        plot = self._plotting.PlotWidget(classes="plot", allow_pan_and_zoom=False)
        for name, cells in MARGINS.items():
            plot.set_reactive(getattr(self._plotting.PlotWidget, name), cells)
        plot.can_focus = False
        yield plot

    def take(self, curve: CurveView) -> None:
        """Draw another state of the same curve."""
        if curve != self._curve:
            self._curve = curve
            self.query_one(".curve-title", Line).put(self._title())
            self._draw()

    def _title(self) -> Content:
        """What is drawn over what, then a legend, so that nothing ever covers a line."""
        curve, dot = self._curve, self._glyphs.middot
        axes = texts.AXES.format(y=curve.y_label, x=curve.x_label) if curve.y_label else curve.x_label
        parts: list[tuple[str, str] | str] = [(f"{curve.title}\n", "bold"), (axes, "$text-soft")]
        if curve.note:
            parts.append((f"  {dot}  {curve.note}", "$primary"))
        for position, series in enumerate(curve.series):
            last = next((value for value in reversed(series.y) if math.isfinite(value)), math.nan)
            colour = COLOURS[position % len(COLOURS)]
            parts.append("   " if position else "\n")
            sign = SIGNS[position % len(SIGNS)] if self._glyphs is ASCII else self._glyphs.bar * 2
            parts.append((f"{sign} {series.name.replace(' ', NO_BREAK)}", f"${colour}"))
            parts.append((f"{NO_BREAK}{number(last)}", "$text-soft"))
        return Content.assemble(*parts)

    def on_mount(self) -> None:
        """Draw, and draw anew when the theme changes."""
        self._draw()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def _draw(self) -> None:
        variables = self.app.theme_variables
        lines = [drawable(one.x, one.y, logarithmic=self._curve.logarithmic) for one in self._curve.series]
        styles = [variables[COLOURS[place % len(COLOURS)]] for place in range(len(lines))]
        for letters in self.query(LetterPlot):
            letters.draw(list(lines), styles)
            return
        plot: Any = self.query_one(".plot")
        plot.clear()
        plot.set_x_formatter(Ticks(MOST_X, powers=self._curve.powers_of_x))
        plot.set_y_formatter(Ticks(MOST_Y, powers=self._curve.logarithmic))
        for (x, y), style in zip(lines, styles, strict=True):
            if x:
                plot.plot(x=x, y=y, line_style=style, hires_mode=self._plotting.HiResMode.BRAILLE)


class CurvesPane(VerticalScroll):
    """All curves, the newest first; what is not in sight is not drawn."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, can_focus=True, classes="pane")
        self._glyphs = glyphs
        self._shown: tuple[CurveView, ...] = ()
        self._wanted: tuple[CurveView, ...] = ()

    def compose(self) -> ComposeResult:
        """Nothing yet."""
        yield Line(texts.EMPTY["curves"], classes="empty")

    async def on_show(self) -> None:
        """Draw what changed while the pane was out of sight."""
        await self.show(self._wanted)

    async def show(self, curves: tuple[CurveView, ...]) -> None:
        """Show these curves; the plotting library is loaded with the first of them."""
        self._wanted = curves
        if curves == self._shown or not self.is_on_screen:
            return
        plotting = await in_background(lambda: importlib.import_module("textual_plot")) if curves else None
        if curves is not self._wanted or not self.is_attached:
            return
        self._shown = curves
        blocks = {one.id_of_curve: one for one in self.query(CurveBlock)}
        if [one.id for one in curves] == list(blocks):
            for curve in curves:
                blocks[curve.id].take(curve)
            return
        await self.remove_children()
        if not curves:
            await self.mount(Line(texts.EMPTY["curves"], classes="empty"))
        await self.mount_all(CurveBlock(curve, plotting, self._glyphs) for curve in curves)


def drawable(x: tuple[float, ...], y: tuple[float, ...], *, logarithmic: bool) -> tuple[list[float], list[float]]:
    """The points that can be drawn: finite, and positive where the scale is logarithmic (then as powers of ten)."""
    points = [(one, other) for one, other in zip(x, y, strict=False) if math.isfinite(one) and math.isfinite(other)]
    if logarithmic:
        points = [(one, math.log10(other)) for one, other in points if other > 0]
    return [one for one, _ in points], [other for _, other in points]
