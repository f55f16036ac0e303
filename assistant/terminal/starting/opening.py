"""What the pages of the start screen tell it, and the list that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Focus
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.terminal import texts


@dataclass
class Chosen(Message):
    """Something was chosen to be opened.

    Attributes:
        kind: ``program``, ``session`` or ``demo``.
        value: a path, the id of a session, or the name of a demo.
        program: the file name of a session's program.
    """

    kind: str
    value: str
    program: str = ""


class Offers(OptionList):
    """A list to choose from; going up from its first line leads to the line above it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", texts.START_OPENS, key_display="enter", id="start.open"),
    ]

    @dataclass
    class Left(Message):
        """The person went up from the first line."""

    def offer(self, lines: tuple[Content, ...]) -> None:
        """Show these lines; the one that was marked stays marked by its place."""
        marked = self.highlighted
        self.set_options(Option(line) for line in lines)
        if lines:
            self.highlighted = min(marked or 0, len(lines) - 1)

    def on_focus(self, event: Focus) -> None:
        """Mark a line, so that Enter opens something."""
        if self.highlighted is None and self.option_count:
            self.highlighted = 0

    def action_cursor_up(self) -> None:
        """Go up, or out of the list."""
        if self.highlighted in (None, 0):
            self.post_message(self.Left())
        else:
            super().action_cursor_up()


def numbered(number: int, *rest: str | Content | tuple[str, str]) -> Content:
    """A line of a list with the key that opens it."""
    key = str(number) if number <= 9 else " "
    return Content.assemble((f"{key}  ", "$primary bold"), *rest)
