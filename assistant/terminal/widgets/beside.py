"""The panes that share one place beside the conversation; mounted once the first screen stands."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import SessionView
from assistant.terminal.widgets.case import CasePane
from assistant.terminal.widgets.curves import CurvesPane
from assistant.terminal.widgets.output import OutputPane
from assistant.terminal.widgets.path import PathPane


class Beside(Vertical):
    """Path, case, curves and output; one of them is in sight."""

    def __init__(self, glyphs: Glyphs, shown: str) -> None:
        super().__init__(id="beside")
        self._glyphs = glyphs
        self._shown = shown

    def compose(self) -> ComposeResult:
        """All four; the layout shows one."""
        yield PathPane(self._glyphs, id="pane-path")
        yield CasePane(self._glyphs, id="pane-case")
        yield CurvesPane(self._glyphs, id="pane-curves")
        yield OutputPane(id="pane-output")

    def on_mount(self) -> None:
        """Show the pane that was chosen before there was any."""
        self.choose(self._shown)

    def choose(self, pane: str) -> None:
        """Bring a pane into sight."""
        self._shown = pane
        for child in self.children:
            child.display = child.id == f"pane-{pane}"

    async def show(self, view: SessionView) -> None:
        """Show this state of the session."""
        self.query_one(PathPane).show(view.path)
        await self.query_one(CasePane).show(view.case)
        await self.query_one(CurvesPane).show(view.curves)

    def write(self, text: str) -> None:
        """Add what the program printed."""
        self.query_one(OutputPane).write(text)
