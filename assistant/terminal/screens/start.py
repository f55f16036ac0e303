"""The start screen: open a program, take up a session, or try a demo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, ScreenResume
from textual.screen import Screen
from textual.widgets import Footer, Input

from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.starting.opening import Chosen
from assistant.terminal.starting.programs import ProgramsPage
from assistant.terminal.widgets.choices import Choices
from assistant.terminal.widgets.rows import Line

if TYPE_CHECKING:
    from assistant.terminal.app import TriageApp
    from assistant.terminal.starting.demos import DemosPage
    from assistant.terminal.starting.sessions import SessionsPage


_KEYS = {"programs": "F2", "sessions": "F3", "demos": "F4"}
_PAGES = tuple(
    (page, Content.assemble((f"{key} ", "$primary not underline"), texts.START_PAGES[page]))
    for page, key in _KEYS.items()
)


class StartScreen(Screen[None]):
    """What stands when the command is called without a program. What is not seen at once is loaded later."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (90, "-wide")]  # noqa: RUF012 - declared so by Textual
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-low"), (30, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.lower(), f"page('{page}')", texts.START_KEYS[page], show=False, key_display=key, id=f"start.{page}")
        for page, key in _KEYS.items()
    ]
    app: TriageApp

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._pages: dict[str, ProgramsPage | SessionsPage | DemosPage] = {}
        self._page = "programs"

    def compose(self) -> ComposeResult:
        """The greeting, the names of the pages, and the first page."""
        first = ProgramsPage(lambda: self.app.preferences.recent, Path.cwd())
        self._pages["programs"] = first
        with Vertical(id="start"):
            head = (texts.TITLE, "$primary bold"), f" {self._glyphs.middot} ", texts.START_HEAD
            yield Line(Content.assemble(*head), id="start-name")
            yield Line(texts.START_HINT, classes="start-hint tone-quiet")
            yield Choices(_PAGES, id="start-pages")
            yield first
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Ready for typing at once."""
        self._pages["programs"].ready()

    async def action_page(self, page: str) -> None:
        """Show a page and give it the focus."""
        await self._show(page, focus=True)

    async def _show(self, page: str, *, focus: bool) -> None:
        if page not in self._pages:
            made = self._made(page)
            self._pages[page] = made
            await self.query_one("#start", Vertical).mount(made)
        self._page = page
        for name, one in self._pages.items():
            one.display = name == page
        self.query_one("#start-pages", Choices).choose(page)
        self._pages[page].ready(focus=focus)

    def _made(self, page: str) -> SessionsPage | DemosPage:
        if page == "sessions":
            from assistant.terminal.starting.kept import Kept
            from assistant.terminal.starting.sessions import SessionsPage

            return SessionsPage(Kept(self.app.settings.store))
        from assistant.terminal.starting.demos import DemosPage

        return DemosPage()

    @on(Choices.Chosen)
    async def _page_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        await self._show(event.value, focus=not event.by_key)

    @on(ScreenResume)
    def _back_here(self) -> None:
        """Something may have been kept meanwhile."""
        if self._page == "sessions":
            self._pages["sessions"].ready()

    def on_key(self, event: Key) -> None:
        """A number opens what it stands before."""
        page = self._pages[self._page]
        from assistant.terminal.starting.demos import DemosPage

        if isinstance(self.focused, Input) and self.focused.value:
            return
        if isinstance(page, ProgramsPage | DemosPage) and event.character is not None and event.character.isdigit():
            event.stop()
            event.prevent_default()
            page.choose_number(int(event.character))

    @on(Chosen)
    async def open(self, chosen: Chosen) -> None:
        """Open what was chosen, or say why it cannot be."""
        from assistant.errors import TriageError

        try:
            settings = await in_background(lambda: self._settings_of(chosen))
        except TriageError as error:
            if self._page != "programs":
                await self.action_page("programs")
            page = self._pages["programs"]
            assert isinstance(page, ProgramsPage)
            page.say(str(error))
            return
        self.app.open_session(settings)

    def _settings_of(self, chosen: Chosen) -> TerminalSettings:
        from assistant import bundled
        from assistant.program_file import program_at

        given = self.app.settings
        if chosen.kind == "session":
            return replace(given, session=chosen.value, program=Path(chosen.program))
        program = bundled.copied(chosen.value) if chosen.kind == "demo" else program_at(Path(chosen.value).expanduser())
        return replace(given, program=program, session=None)
