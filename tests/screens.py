"""Pictures of the screens for the documentation, taken of real sessions: ``python -m tests.screens``."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "screens"
LONGEST = 240.0
"""Seconds after which a session that does not end is given up."""


async def main(wanted: Sequence[str]) -> None:
    """Take every picture, or those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, take in PICTURES.items():
        if not wanted or name in wanted:
            await take()


async def start() -> None:
    """The start screen."""
    from assistant.terminal.app import TriageApp
    from assistant.terminal.settings import TerminalSettings

    app = TriageApp(TerminalSettings())
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(2.0)
        _keep("start", app.export_screenshot())


async def session(name: str, demo: str, size: tuple[int, int], theme: str, steps: dict[str, list[str]]) -> None:
    """A demo from its first question to its end; ``steps`` names pictures and the keys that lead to them."""
    from assistant import bundled
    from assistant.terminal.app import TriageApp
    from assistant.terminal.preferences import Preferences
    from assistant.terminal.settings import TerminalSettings

    preferences = Preferences()
    preferences.remember(theme=theme)
    app = TriageApp(TerminalSettings(program=bundled.copied(demo)), preferences=preferences)
    async with app.run_test(size=size) as pilot:
        screen = app.opened
        assert screen is not None
        await _until(lambda: screen.view.question is not None)
        await pilot.pause(0.5)
        _keep(f"{name}-asking", app.export_screenshot())
        async with asyncio.timeout(LONGEST):
            while not screen.view.finished:
                question = screen.view.question
                if question is not None and question.id != "symptom":
                    await pilot.press("2" if question.id == "offer" else "0")
                await pilot.pause(0.3)
        await pilot.pause(1.0)
        for picture, keys in steps.items():
            await pilot.press(*keys)
            await pilot.pause(2.0)
            _keep(f"{name}-{picture}", app.export_screenshot())
    if app.opened is not None:
        await app.opened.leave()


async def _until(test: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST):
        while not test():
            await asyncio.sleep(0.1)


def _keep(name: str, picture: str) -> None:
    file = FOLDER / f"{name}.svg"
    file.write_text(picture, "utf-8")
    sys.stdout.write(f"{file}\n")


PICTURES: dict[str, Callable[[], Awaitable[None]]] = {
    "start": start,
    "dark": lambda: session(
        "dark",
        "spirals",
        (120, 40),
        "triage-dark",
        {"done": [], "curves": ["f6"], "case": ["f5"], "path": ["f4"]},
    ),
    "light": lambda: session("light", "house_prices", (120, 40), "triage-light", {"done": []}),
    "wide": lambda: session("wide", "patterns", (200, 50), "triage-dark", {"done": ["f6"]}),
    "narrow": lambda: session("narrow", "house_prices", (60, 30), "triage-dark", {"done": [], "findings": ["f3"]}),
}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            os.environ[variable] = home
        asyncio.run(main(sys.argv[1:]))
