"""The application: themes, keys that work everywhere, and leaving at once with the terminal restored."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Iterable

from textual.app import App, SystemCommand
from textual.screen import Screen

from assistant.terminal import actions, texts
from assistant.terminal.glyphs import ASCII, UNICODE, Glyphs, can_draw_unicode
from assistant.terminal.greeting import greeting
from assistant.terminal.partner import Partner
from assistant.terminal.preferences import Preferences
from assistant.terminal.screens.session import SessionScreen
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.themes import DARK, LIGHT, completed
from assistant.terminal.views import SessionView

MakePartner = Callable[[], Awaitable[Partner]]


class TriageApp(App[int]):
    """Holds one session screen, or the start screen that leads to one."""

    CSS_PATH = "triage.tcss"
    TITLE = texts.TITLE
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = actions.bindings(*actions.APP_ACTIONS)

    def __init__(
        self,
        *,
        session: tuple[MakePartner, SessionView] | None = None,
        settings: TerminalSettings | None = None,
        preferences: Preferences | None = None,
        glyphs: Glyphs | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self.settings = settings or TerminalSettings()
        self.preferences = preferences or Preferences()
        self.glyphs = glyphs or (UNICODE if can_draw_unicode() else ASCII)
        self.opened: SessionScreen | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme and the greys that our style sheet needs besides."""
        return completed(super().get_css_variables())

    def on_mount(self) -> None:
        """The remembered theme, and the first screen."""
        wanted = self.preferences.theme
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.theme_changed_signal.subscribe(self, lambda theme: self.preferences.remember(theme=theme.name))
        self.set_keymap(self.preferences.keys)
        if self.glyphs is ASCII:
            self.add_class("-ascii")
        if self._session is not None:
            self.open_session(*self._session)

    def open_session(self, partner: MakePartner, first: SessionView) -> None:
        """Show a session."""
        screen = SessionScreen(partner, first, self.glyphs)
        screen.set_class(self.glyphs is ASCII, "-ascii")
        self.opened = screen
        self.push_screen(screen)

    def action_leave(self) -> None:
        """Leave at once; what has to end ends once the terminal is restored."""
        self.exit(0)

    def action_light_dark(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def action_help(self) -> None:
        """Keys and commands."""
        from assistant.terminal.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: our own actions where they apply, themes, and a picture of the screen."""
        session = self.opened
        for action in actions.ACTIONS:
            if action.id in actions.APP_ACTIONS:
                if action.id not in ("commands", "leave_q"):
                    yield SystemCommand(action.label.capitalize(), action.help, self._runner(self, action))
            elif session is not None and not (action.takes and not action.takes.startswith("[")):
                yield SystemCommand(action.label.capitalize(), action.help, self._runner(session, action))
        yield SystemCommand(texts.THEMES[0], texts.THEMES[1], self.action_change_theme)

    @staticmethod
    def _runner(owner: App[int] | SessionScreen, action: actions.Action) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await owner.run_action(action.method.removeprefix("app."))

        return run


def run(settings: TerminalSettings) -> int:
    """Open the full screen and stay until the person leaves; the exit status.

    Raises:
        TriageError: what was asked for cannot be opened; told before anything is drawn.
    """
    return asyncio.run(converse(application(settings), inline=settings.inline))


def application(settings: TerminalSettings) -> TriageApp:
    """The application for these settings; nothing is loaded before its first screen is drawn."""
    session = None
    if settings.program is not None or settings.session is not None:
        session = (partly(settings), greeting(settings.program, settings.session))
    return TriageApp(session=session, settings=settings, preferences=Preferences.of_user())


def partly(settings: TerminalSettings) -> MakePartner:
    """Makes the live session once it is wanted; everything heavy is imported then."""

    async def make() -> Partner:
        module = await asyncio.to_thread(importlib.import_module, "assistant.terminal.live")
        partner: Partner = await module.live(settings)
        return partner

    return make


async def converse(app: TriageApp, *, inline: bool = False) -> int:
    """Run the application; when the terminal is restored, end the worker and say how to go on."""
    code = await app.run_async(inline=inline)
    if app.opened is not None:
        for line in await app.opened.leave():
            sys.stdout.write(f"{line}\n")
    return code if code is not None else app.return_code or 0
