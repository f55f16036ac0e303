"""The case: the model as a table of layers, the settings, and the data in numbers."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.widgets import DataTable

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import CaseView, LayerRow
from assistant.terminal.widgets.blocks import MARK_STYLE
from assistant.terminal.widgets.rows import Heading, Labelled, Line

GAP = 2
"""Columns between two columns of the table."""


class LookOffered(Line, can_focus=True):
    """Offers to draw some samples with their labels."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "look", show=False, id="case.look")]

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(Content.assemble((f"{glyphs.arrow} {texts.CASE_LOOK}", "$primary")), classes="try-it")

    async def action_look(self) -> None:
        """Draw them in the conversation."""
        await self.screen.run_action("look")

    async def on_click(self, event: Click) -> None:
        """Draw them in the conversation."""
        event.stop()
        await self.action_look()


class CasePane(VerticalScroll):
    """The model and its layers, the settings, and the data in numbers."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, can_focus=True, classes="pane")
        self._glyphs = glyphs
        self._shown: CaseView | None = None

    def compose(self) -> ComposeResult:
        """Headline, layers, settings, data and classes."""
        case = self._shown
        if case is None:
            yield Line(texts.EMPTY["case"], classes="empty")
            return
        yield Line(case.headline, classes="card-summary")
        if case.layers:
            yield Heading(texts.CASE_MODEL, classes="heading")
            yield self._layer_table(case)
        for title, rows in ((texts.CASE_SETTINGS, case.settings), (texts.CASE_DATA, case.data)):
            if rows:
                yield Heading(title, classes="heading")
                for label, value in rows:
                    yield Labelled(label, value)
        if case.data:
            yield LookOffered(self._glyphs)
        if case.classes:
            yield Heading(texts.CASE_CLASSES, classes="heading")
            yield Line(self._balance(case.classes))

    def _layer_table(self, case: CaseView) -> DataTable[Content]:
        table: DataTable[Content] = DataTable(cursor_type="none", zebra_stripes=False, cell_padding=0)
        health = any(layer.health for layer in case.layers)
        titles = [title for title in texts.LAYER_COLUMNS if health or title != texts.LAYER_COLUMNS[1]]
        rows = [self._layer(layer, with_health=health) for layer in case.layers]
        for position, title in enumerate(titles):
            widest = max(len(title), *(cells[position].cell_length for cells in rows))
            table.add_column(title, width=widest + GAP)
        table.add_rows(rows)
        return table

    def _layer(self, layer: LayerRow, *, with_health: bool) -> list[Content]:
        name = Content.assemble(layer.name, ("" if layer.trainable else f" ({texts.FROZEN})", "$text-soft"))
        sign = f"{self._glyphs.of(layer.mark)} " if layer.health else ""
        health = [Content.assemble((f"{sign}{layer.health}", MARK_STYLE[layer.mark]))] if with_health else []
        kind = Content.assemble(layer.kind, (f" {layer.activation}", "$text-soft"))
        return [name, *health, Content(layer.shape), Content(layer.parameters), kind]

    def _balance(self, classes: tuple[tuple[str, float], ...]) -> Content:
        most = max(share for _, share in classes) or 1.0
        width = max(len(name) for name, _ in classes)
        parts: list[tuple[str, str]] = []
        for name, share in classes:
            filled = max(1 if share else 0, round(share / most * 24))
            parts += [
                (f"{name:>{width}}  ", "$text-soft"),
                (self._glyphs.bar * filled, "$primary"),
                (f" {texts.percent(share)}\n", "$text-soft"),
            ]
        return Content.assemble(*parts).rstrip()

    async def show(self, case: CaseView | None) -> None:
        """Show this case."""
        if case != self._shown:
            self._shown = case
            await self.recompose()
