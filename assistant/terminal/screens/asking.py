"""One line asked of the person, over the screen."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from assistant.terminal import texts
from assistant.terminal.widgets.rows import Line


class AskLine(ModalScreen[str | None]):
    """Returns what was typed, or None where the person thought better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "cancel", id="asking.cancel")]

    def __init__(self, question: str, value: str) -> None:
        super().__init__()
        self._question = question
        self._value = value

    def compose(self) -> ComposeResult:
        """The question, the line, how to go on."""
        with Vertical(classes="dialog"):
            yield Line(self._question, classes="dialog-title")
            yield Input(self._value, classes="start-line", compact=True, select_on_focus=False)
            yield Line(texts.ASK_LINE_KEYS, classes="tone-quiet heading")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
