"""Everything that is known about one cause, over the session."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import FindingView, Found
from assistant.terminal.widgets.cards import FindingCard


class ExplainScreen(ModalScreen[None]):
    """One card, unfolded, with the whole screen to itself."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss(None)", "close", id="explain.close")]

    def __init__(self, finding: FindingView, glyphs: Glyphs) -> None:
        super().__init__()
        self._finding = finding
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """The card in a scroll."""
        with VerticalScroll(classes="dialog"):
            yield FindingCard(Found("explain", self._finding), self._glyphs, unfolded=True)
