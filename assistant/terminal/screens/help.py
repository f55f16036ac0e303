"""Keys and commands, made from the table of actions."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from assistant.terminal import texts
from assistant.terminal.actions import ACTIONS
from assistant.terminal.widgets.rows import Heading, Labelled, Line


class HelpScreen(ModalScreen[None]):
    """A page over the session; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,f1", "dismiss(None)", "close", id="help.close")]

    def compose(self) -> ComposeResult:
        """How to talk, then the table."""
        with VerticalScroll(classes="dialog"):
            yield Line(texts.HELP_TITLE, classes="dialog-title")
            yield Line(texts.HELP_TYPING, classes="card-summary")
            yield Heading(texts.HELP_KEYS, classes="heading")
            for action in ACTIONS:
                if action.keys:
                    yield Labelled(action.key_name, action.help)
            yield Heading(texts.HELP_COMMANDS, classes="heading")
            for action in ACTIONS:
                if action.slash:
                    yield Labelled(f"/{action.slash} {action.takes}".strip(), action.help)
            yield Line(texts.HELP_CLOSE, classes="tone-quiet heading")
