"""Alternatives in a row, of which one is chosen; the arrows move among them, a click chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click
from textual.message import Message

from assistant.terminal.widgets.rows import Line


class ChoiceName(Line):
    """The name of one alternative."""

    def __init__(self, value: str, name: str | Content) -> None:
        super().__init__(name, classes="choice-name")
        self.value = value

    def on_click(self, event: Click) -> None:
        """Choose it."""
        event.stop()
        self.query_ancestor(Choices).take(self.value)


class Choices(Horizontal, can_focus=True):
    """A row of names; the first is chosen at the beginning."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False, id="choices.left"),
        Binding("right", "move(1)", show=False, id="choices.right"),
    ]

    @dataclass
    class Chosen(Message):
        """The person chose another one, by an arrow key or by a click."""

        value: str
        by_key: bool

    def __init__(self, names: tuple[tuple[str, str | Content], ...], *, id: str) -> None:
        """Alternatives as pairs of a value and a name."""
        super().__init__(id=id, classes="choices")
        self._names = names
        self.chosen = names[0][0]

    def compose(self) -> ComposeResult:
        """One name each."""
        for value, name in self._names:
            yield ChoiceName(value, name)

    def on_mount(self) -> None:
        """Mark the first."""
        self.choose(self.chosen)

    def choose(self, value: str) -> None:
        """Mark what is chosen."""
        self.chosen = value
        for one in self.query(ChoiceName):
            one.set_class(one.value == value, "-chosen")

    def take(self, value: str, *, by_key: bool = False) -> None:
        """Choose it, and say so."""
        self.choose(value)
        self.post_message(self.Chosen(value, by_key))

    def action_move(self, by: int) -> None:
        """Choose the neighbour."""
        values = [value for value, _ in self._names]
        self.take(values[(values.index(self.chosen) + by) % len(values)], by_key=True)
