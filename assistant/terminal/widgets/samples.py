"""Some samples with their labels: pictures drawn with two pixels a character, everything else as a small table."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import ItemGrid, Vertical
from textual.content import Content

from assistant.terminal import texts
from assistant.terminal.views import Picture, Samples, SampleView
from assistant.terminal.widgets.blocks import Block
from assistant.terminal.widgets.rows import Line

GREYS = " .:-=+*#%@"
"""From dark to bright, where there are no colours or no half blocks."""

VALUES_SHOWN = 60
"""Letters of one sample's values in a table."""


class SamplesBlock(Block):
    """A look at some samples."""

    def compose(self) -> ComposeResult:
        """Title, samples, and that they are kept nowhere."""
        assert isinstance(self.turn, Samples)
        yield Line(self.turn.title, classes="diff-title")
        if any(one.picture for one in self.turn.samples):
            cells = [Vertical(*self._sample(one), classes="sample") for one in self.turn.samples]
            widest = max(len(one.picture[0]) for one in self.turn.samples if one.picture)
            yield ItemGrid(*cells, min_column_width=max(10, widest + 2), stretch_height=False, classes="samples-grid")
        else:
            for number, one in enumerate(self.turn.samples, 1):
                yield Line(_row(number, one), classes="indented")
        yield Line(texts.SAMPLES_NOTE, classes="tone-quiet samples-note")

    def _sample(self, one: SampleView) -> list[Line]:
        plainly = self.app.no_color or self.glyphs.bar == "#"
        label = Content.assemble((f"{texts.SAMPLE_LABEL} ", "$text-soft"), (one.label or self.glyphs.dash, "bold"))
        return [Line(drawn(one.picture, in_greys=plainly)), Line(label), *(Line(text) for _, text in one.values)]


def drawn(picture: Picture, *, in_greys: bool) -> Content:
    """A picture: two rows of pixels in one row of half blocks, or in one row of letters from dark to bright."""
    rows = [*picture, *([picture[-1]] if len(picture) % 2 else [])]
    pairs = zip(rows[::2], rows[1::2], strict=True)
    if in_greys:
        lines = ("".join(_grey(over, under) for over, under in zip(*pair, strict=True)) for pair in pairs)
        return Content("\n".join(lines))
    parts: list[tuple[str, str]] = []
    for upper, lower in pairs:
        parts += [("▀", f"{_hex(over)} on {_hex(under)}") for over, under in zip(upper, lower, strict=True)]
        parts.append(("\n", ""))
    return Content.assemble(*parts[:-1])


def _grey(*pixels: tuple[int, int, int]) -> str:
    brightness = sum(0.3 * red + 0.59 * green + 0.11 * blue for red, green, blue in pixels) / len(pixels)
    return GREYS[min(len(GREYS) - 1, int(brightness / 256 * len(GREYS)))]


def _hex(pixel: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*pixel)


def _row(number: int, one: SampleView) -> Content:
    parts: list[tuple[str, str]] = [(f"{number:>2}  ", "$text-soft"), (f"{one.label or '-':<14} ", "bold")]
    for name, text in one.values:
        shown = text if len(text) <= VALUES_SHOWN else f"{text[:VALUES_SHOWN]}..."
        parts += [(f"{name} ", "$text-soft"), (f"{shown}  ", "")] if len(one.values) > 1 else [(shown, "")]
    return Content.assemble(*parts)
