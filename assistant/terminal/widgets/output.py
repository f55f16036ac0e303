"""What the program printed, in a pane of its own."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Log

from assistant.printed import readable
from assistant.terminal import texts
from assistant.terminal.widgets.rows import Line

OUTPUT_LINES = 5000


class OutputPane(Vertical):
    """What the program printed, without its control codes."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._written = 0

    def compose(self) -> ComposeResult:
        """The text, or that there is none yet."""
        yield Line(texts.EMPTY["output"], classes="empty")
        log = Log(max_lines=OUTPUT_LINES, auto_scroll=True)
        log.display = False
        yield log

    def write(self, text: str) -> None:
        """Add what was printed."""
        log = self.query_one(Log)
        if not log.display:
            log.display = True
            self.query_one(".empty").display = False
        log.write(readable(text))
