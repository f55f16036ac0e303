"""The application: themes, keys that work everywhere, and leaving at once with the terminal restored."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from rich.text import Text
from textual.app import App, SystemCommand
from textual.events import Event, Key, Paste
from textual.screen import Screen

from assistant.terminal import actions, texts
from assistant.terminal.background import in_background
from assistant.terminal.glyphs import ASCII, UNICODE, Glyphs, can_draw_unicode
from assistant.terminal.greeting import greeting
from assistant.terminal.outside import Outside
from assistant.terminal.partner import Partner
from assistant.terminal.preferences import Preferences, moves
from assistant.terminal.screens.session import SessionScreen
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.themes import DARK, LIGHT, completed

MakePartner = Callable[[], Awaitable[Partner]]


class TriageApp(App[int]):
    """Holds one session screen, or the start screen that leads to one."""

    CSS_PATH = "triage.tcss"
    TITLE = texts.TITLE
    ENABLE_COMMAND_PALETTE = True
    BINDINGS = actions.bindings(*actions.APP_ACTIONS)

    def __init__(
        self,
        settings: TerminalSettings,
        *,
        make_partner: MakePartner | None = None,
        preferences: Preferences | None = None,
        glyphs: Glyphs | None = None,
    ) -> None:
        super().__init__()
        self._make_partner = make_partner
        self.settings = settings
        self.preferences = preferences or Preferences()
        self.glyphs = glyphs or (UNICODE if can_draw_unicode() and not self.preferences.ascii else ASCII)
        self.outside = Outside(self._write_outside, bell=self.preferences.bell)
        if not moves(self.preferences.motion):
            self.animation_level = "none"
        self.opened: SessionScreen | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme and the greys that our style sheet needs besides."""
        return completed(super().get_css_variables())

    async def on_event(self, event: Event) -> None:
        """A letter that begins a sentence is typed into its line, before and in order with those that follow it."""
        if isinstance(event, (Key, Paste)) and not event.is_forwarded and isinstance(self.screen, SessionScreen):
            self.screen.make_way_for(event)
        await super().on_event(event)

    def on_mount(self) -> None:
        """The remembered theme, and the first screen."""
        wanted = self.preferences.theme
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self.theme_changed_signal.subscribe(self, lambda theme: self.preferences.remember(theme=theme.name))
        self.set_keymap(self.preferences.keys)
        self.watch(self, "title", self._tell_title)
        self.watch(self, "sub_title", self._tell_title, init=False)
        if self.preferences.trouble:
            trouble = self.preferences.trouble
            self.call_after_refresh(lambda: self.notify(trouble, severity="warning", markup=False, timeout=15))
        if self.glyphs is ASCII:
            self.add_class("-ascii")
        if self.settings.program is not None or self.settings.session is not None:
            self.open_session(self.settings)
        else:
            self.open_start()

    def _write_outside(self, sequence: str) -> None:
        if self._driver is not None and not (self.is_headless or self.is_web):
            self._driver.write(sequence)

    def _tell_title(self) -> None:
        self.outside.title(self.title, self.sub_title)

    def call(self, sentence: str) -> None:
        """The person, who may look elsewhere, is wanted."""
        self.outside.call(sentence, away=not self.app_focus)
        if not self.app_focus:
            self.notify(sentence, markup=False)

    def open_start(self) -> None:
        """Show what can be opened."""
        from assistant.terminal.screens.start import StartScreen

        self.push_screen(StartScreen(self.glyphs))

    def open_session(self, settings: TerminalSettings) -> None:
        """Show a session; everything heavy is loaded once its first screen stands."""
        settings = replace(settings, templates=settings.templates or self.preferences.templates)
        self.settings = settings
        if settings.program is not None and settings.session is None:
            self.preferences.remember(program=settings.program.absolute())
        make = self._make_partner or partner_of(settings)
        screen = SessionScreen(make, greeting(settings.program, settings.session), self.glyphs)
        screen.set_class(self.glyphs is ASCII, "-ascii")
        self.opened = screen
        self.push_screen(screen)

    def _fatal_error(self) -> None:
        """A fault of ours: one sentence for the person, the details in a file."""
        if self.is_headless:
            super()._fatal_error()
            return
        from assistant.terminal.faults import kept_details

        error = self._exception
        reason = f"{type(error).__name__}: {error}"
        sentence = texts.BROKEN.format(reason=reason, file=kept_details(error))
        self._exit_renderables.append(Text(sentence))
        self._close_messages_no_wait()

    def action_leave(self) -> None:
        """Leave at once; what has to end ends once the terminal is restored."""
        self.outside.leave()
        self.exit(0)

    def action_light_dark(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def action_help(self) -> None:
        """Keys and commands."""
        from assistant.terminal.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

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


def partner_of(settings: TerminalSettings) -> MakePartner:
    """Makes the live session once it is wanted, off the loop, so that typing goes on meanwhile."""

    def load() -> Partner:
        module = importlib.import_module("assistant.terminal.live")
        partner: Partner = module.LiveSession(settings)
        return partner

    async def make() -> Partner:
        return await in_background(load)

    return make
