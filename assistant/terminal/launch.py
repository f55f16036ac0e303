"""Starting the full screen, and what is left on the terminal when it closes."""

from __future__ import annotations

import asyncio
import signal
import sys

from assistant import interrupts
from assistant.terminal.app import TriageApp
from assistant.terminal.pasting import paste_as_it_is
from assistant.terminal.preferences import Preferences
from assistant.terminal.settings import TerminalSettings


def launch(settings: TerminalSettings) -> int:
    """Open the full screen and stay until the person leaves; the exit status."""
    interrupts.raise_in_turn()
    paste_as_it_is()
    return asyncio.run(converse(TriageApp(settings, preferences=Preferences.of_user())))


async def converse(app: TriageApp) -> int:
    """Run the application; once the terminal is restored, end the worker and say how to go on."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        # Whoever ends the process, or closes its window, ends the worker too and finds the terminal as it was.
        loop.add_signal_handler(number, app.action_leave)
    code = await app.run_async(inline=app.settings.inline)
    farewell = await app.opened.leave() if app.opened is not None else ()
    for line in () if app.is_web else farewell:
        sys.stdout.write(f"{line}\n")
    return code if code is not None else app.return_code or 0
