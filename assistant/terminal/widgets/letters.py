"""Plots drawn with letters, for terminals that have nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Resize

from assistant.terminal.widgets.rows import Line

SIGNS = "*o+x."
"""One for each series, so that no colour is needed to tell them apart."""

LABEL = 9
"""Cells of the numbers beside the plot."""

Points = tuple[Sequence[float], Sequence[float]]


class LetterPlot(Line):
    """Draws points with one letter for each series; drawn anew when its size changes."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._lines: list[Points] = []
        self._styles: list[str] = []

    def draw(self, lines: list[Points], styles: list[str]) -> None:
        """Draw these points, each series in its colour."""
        self._lines, self._styles = lines, styles
        if self.size.width > LABEL + 10 and self.size.height > 3:
            self.put(plotted(lines, styles, self.size.width - LABEL - 2, self.size.height - 2))

    def on_resize(self, event: Resize) -> None:
        """Draw at the new size."""
        self.draw(self._lines, self._styles)


def plotted(lines: list[Points], styles: list[str], width: int, height: int) -> Content:
    """Points on a grid of letters, with the ends of both axes in numbers."""
    xs, ys = ([value for line in lines for value in line[axis]] for axis in (0, 1))
    if not xs:
        return Content("")
    left, bottom = min(xs), min(ys)
    across, up = (max(xs) - left) or 1.0, (max(ys) - bottom) or 1.0
    grid: list[list[tuple[str, str]]] = [[(" ", "")] * width for _ in range(height)]
    for place, (x, y) in enumerate(lines):
        for one, other in zip(x, y, strict=True):
            column, row = round((one - left) / across * (width - 1)), round((other - bottom) / up * (height - 1))
            grid[height - 1 - row][column] = (SIGNS[place % len(SIGNS)], styles[place])
    parts: list[tuple[str, str]] = []
    for number, cells in enumerate(grid):
        label = f"{bottom + up:.3g}" if number == 0 else f"{bottom:.3g}" if number == height - 1 else ""
        parts += [(f"{label:>{LABEL - 2}} |", ""), *cells, ("\n", "")]
    parts.append((f"{'':>{LABEL - 1}}+{'-' * width}\n", ""))
    last = f"{left + across:.4g}"
    parts.append((f"{'':>{LABEL}}{f'{left:.4g}':<{width - len(last)}}{last}", ""))
    return Content.assemble(*parts)
