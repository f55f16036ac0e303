"""The page that opens a program: a path to type, and what it may become."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.widgets import Input

from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.starting.candidates import Candidate, candidates
from assistant.terminal.starting.opening import Chosen, Offers, numbered
from assistant.terminal.widgets.rows import Line


class PathLine(Input):
    """The line for the path; while it is empty, a digit opens what it stands before."""

    def on_key(self, event: Key) -> None:
        """Leave digits to the screen."""
        if not self.value and event.character is not None and event.character.isdigit():
            event.prevent_default()


class ProgramsPage(Vertical):
    """Type, choose, or open one of the recent programs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", show=False, id="start.down"),
        Binding("tab", "complete", show=False, id="start.complete"),
    ]

    def __init__(self, recent: Callable[[], tuple[str, ...]], here: Path) -> None:
        """A page that offers recent programs and what lies ``here``."""
        super().__init__(id="page-programs", classes="page")
        self._recent = recent
        self._here = here
        self._offered: tuple[Candidate, ...] = ()

    def compose(self) -> ComposeResult:
        """The line, what is wrong with it, what it may become."""
        yield PathLine(placeholder=texts.START_PLACEHOLDER, id="start-path", classes="start-line", compact=True)
        yield Line("", id="start-trouble", classes="tone-warning")
        yield Line(texts.START_NEAR, id="start-near", classes="heading")
        yield Offers(id="programs", classes="offers", compact=True)

    @property
    def line(self) -> Input:
        """Where the path is typed."""
        return self.query_one(Input)

    def ready(self, *, focus: bool = True) -> None:
        """Offer what lies near, and give the line the focus."""
        if focus:
            self.line.focus()
        self._refresh(self.line.value)

    def say(self, trouble: str) -> None:
        """Say why it cannot be opened."""
        self.query_one("#start-trouble", Line).put(trouble)

    def choose_number(self, number: int) -> None:
        """Open what a number stands before."""
        if number <= len(self._offered):
            self._take(self._offered[number - 1])

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.say("")
        self._refresh(event.value)

    def _refresh(self, typed: str) -> None:
        self.run_worker(self._offer(typed), exclusive=True, exit_on_error=False)

    async def _offer(self, typed: str) -> None:
        offered = await in_background(lambda: candidates(typed, self._recent(), self._here))
        self._offered = offered
        self.query_one("#start-near", Line).display = bool(offered)
        self.query_one(Offers).offer(
            tuple(
                numbered(number, one.name, (f"  {one.aside}", "$text-soft"))
                for number, one in enumerate(offered, start=1)
            )
        )

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        typed = event.value.strip()
        if not typed:
            self.action_to_list()
        elif (self._here / Path(typed).expanduser()).is_dir():
            self._become(typed.rstrip("/") + "/")
        else:
            self.post_message(Chosen("program", typed))

    @on(Offers.OptionSelected)
    def _selected(self, event: Offers.OptionSelected) -> None:
        event.stop()
        self._take(self._offered[event.option_index])

    @on(Offers.Left)
    def _left(self, event: Offers.Left) -> None:
        event.stop()
        self.line.focus()

    def _take(self, one: Candidate) -> None:
        if one.folder:
            self._become(one.path)
        else:
            self.post_message(Chosen("program", one.path))

    def _become(self, path: str) -> None:
        self.line.value = path
        self.line.cursor_position = len(path)
        self.line.focus()

    def action_to_list(self) -> None:
        """Go down into the list."""
        if self._offered and self.line.has_focus:
            self.query_one(Offers).focus()

    def action_complete(self) -> None:
        """Write out the first candidate, or move on where there is nothing to complete."""
        first = next((one for one in self._offered if not one.aside), None)
        if self.line.has_focus and self.line.value and first is not None and first.path != self.line.value:
            self._become(first.path)
        else:
            self.screen.focus_next()
