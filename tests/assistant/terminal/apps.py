"""Applications over recorded sessions."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from assistant.terminal.app import TriageApp
from assistant.terminal.glyphs import UNICODE, Glyphs
from assistant.terminal.preferences import Preferences
from assistant.terminal.screens.session import SessionScreen
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.views import SessionView
from tests.assistant.terminal.samples import Recorded


def recorded_app(view: SessionView, theme: str = "triage-dark", glyphs: Glyphs = UNICODE) -> tuple[TriageApp, Recorded]:
    """An application whose session shows ``view``."""
    partner = Recorded(view)

    async def make() -> Recorded:
        return partner

    preferences = Preferences()
    preferences.remember(theme=theme)
    settings = TerminalSettings(program=Path("train.py"))
    return TriageApp(settings, make_partner=make, preferences=preferences, glyphs=glyphs), partner


def screen_of(pilot: Pilot[int]) -> SessionScreen:
    """The session screen."""
    opened = pilot.app
    assert isinstance(opened, TriageApp)
    assert opened.opened is not None
    return opened.opened


async def settled(pilot: Pilot[int]) -> None:
    """Wait until what was begun is shown."""
    for _ in range(4):
        await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    for _ in range(2):
        await pilot.pause()


def text_of(pilot: Pilot[int]) -> str:
    """Everything on the screen, as text."""
    width, height = pilot.app.size
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text[:width] for strip in strips[:height])
