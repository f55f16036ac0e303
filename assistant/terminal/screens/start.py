"""The start screen: open a program, take up a session, or try a demo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click, Key
from textual.screen import Screen
from textual.widgets import Footer, Input

from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.widgets.rows import Heading, Line

if TYPE_CHECKING:
    from assistant.terminal.app import TriageApp

SHOWN = 4
"""Sessions and recent programs shown; the newest."""


@dataclass(frozen=True)
class Choice:
    """One thing that can be opened: a program, a kept session or a demo."""

    kind: str
    value: str
    text: str
    aside: str = ""


class ChoiceLine(Line, can_focus=True):
    """One choice; Enter, a click or its number opens it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open", show=False, id="start.open")]

    def __init__(self, choice: Choice, number: int) -> None:
        key = str(number) if number <= 9 else " "
        super().__init__(
            Content.assemble((f"{key}  ", "$primary bold"), choice.text, (f"  {choice.aside}", "$text-soft")),
            classes="choice",
        )
        self.choice = choice
        self.number = number

    async def action_open(self) -> None:
        """Open it."""
        screen = self.screen
        assert isinstance(screen, StartScreen)
        await screen.open(self.choice)

    async def on_click(self, event: Click) -> None:
        """Open it."""
        event.stop()
        await self.action_open()


class StartScreen(Screen[None]):
    """What stands when the command is called without a program."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", show=False, id="start.down"),
        Binding("up", "app.focus_previous", show=False, id="start.up"),
    ]
    app: TriageApp

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """The path to type, then the lists, filled once they are read."""
        with VerticalScroll(id="start", can_focus=False):
            yield Line(Content.assemble((texts.TITLE, "$primary bold")), id="start-name")
            yield Line(texts.START_HEAD, classes="start-head")
            yield Heading(texts.START_OPEN, classes="heading")
            yield Input(placeholder=texts.START_PLACEHOLDER, id="start-path", compact=True)
            yield Line("", id="start-trouble", classes="tone-warning")
            yield Vertical(id="start-lists")
            yield Line(texts.START_HINT, classes="start-hint tone-quiet")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Ready for typing at once; the lists come when they are read."""
        self.query_one(Input).focus()
        self.run_worker(self._fill(), exit_on_error=False)

    async def _fill(self) -> None:
        store = self.app.settings.store
        sessions, demos = await in_background(lambda: choices(store))
        recent = tuple(
            Choice("program", one, Path(one).name, str(Path(one).parent)) for one in self.app.preferences.recent
        )
        place = self.query_one("#start-lists", Vertical)
        number = 1
        for title, found in (
            (texts.START_RECENT, recent[:SHOWN]),
            (texts.START_RESUME, sessions[:SHOWN]),
            (texts.START_DEMO, demos),
        ):
            if found:
                await place.mount(Heading(title, classes="heading"))
            for choice in found:
                await place.mount(ChoiceLine(choice, number))
                number += 1

    async def on_key(self, event: Key) -> None:
        """A number opens what it stands before."""
        if isinstance(self.focused, Input) and self.query_one(Input).value:
            return
        if event.character is not None and event.character.isdigit():
            for line in self.query(ChoiceLine):
                if str(line.number) == event.character:
                    event.stop()
                    event.prevent_default()
                    await self.open(line.choice)

    @on(Input.Submitted)
    async def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            await self.open(Choice("program", event.value.strip(), ""))

    async def open(self, choice: Choice) -> None:
        """Open what was chosen, or say why it cannot be."""
        from assistant.errors import TriageError

        try:
            settings = await in_background(lambda: self._settings_of(choice))
        except TriageError as error:
            self.query_one("#start-trouble", Line).put(str(error))
            return
        self.app.open_session(settings)

    def _settings_of(self, choice: Choice) -> TerminalSettings:
        from assistant import bundled
        from assistant.program_file import program_at

        given = self.app.settings
        if choice.kind == "session":
            return replace(given, session=choice.value, program=Path(choice.text))
        program = bundled.copied(choice.value) if choice.kind == "demo" else program_at(Path(choice.value).expanduser())
        return replace(given, program=program, session=None)


def choices(store: str | None) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Kept sessions, the latest first, and the demos."""
    from assistant import bundled
    from assistant.errors import TriageError
    from assistant.session.store import Store

    try:
        with Store(store) as kept:
            sessions = tuple(
                Choice("session", one.id, Path(one.opened.program).name, f"{one.last:%d %b %H:%M}")
                for one in kept.sessions()
            )
    except TriageError:
        sessions = ()
    return sessions, tuple(Choice("demo", one.name, one.title) for one in bundled.demos())
