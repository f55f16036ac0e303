"""Opening the full screen as soon as can be: what is not needed for its first picture is loaded later."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.terminal.settings import TerminalSettings


def full_screen(settings: TerminalSettings) -> int:
    """Open the full screen; it loads the rest once its first screen stands."""
    from assistant.terminal.launch import launch

    return launch(settings)


def open_start() -> int:
    """Open the full screen without a program: it asks for one."""
    from assistant.terminal.settings import TerminalSettings

    return full_screen(TerminalSettings())


def open_plainly(program: str, arguments: list[str]) -> int:
    """Open a program without any option: the command line need not be built for that.

    Raises:
        UsageError: it is no program.
    """
    from assistant.program_file import program_at
    from assistant.terminal.settings import TerminalSettings

    return full_screen(TerminalSettings(program=program_at(Path(program)), arguments=tuple(arguments)))


def on_a_terminal() -> bool:
    """Whether a person sits at both ends of a terminal that can show a full screen, or at a browser."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    ends = (sys.stdin, sys.stdout)
    seen = all(one is not None and not one.closed and one.isatty() for one in ends)
    return seen and os.environ.get("TERM") != "dumb"
