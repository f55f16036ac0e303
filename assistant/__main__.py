"""The command ``keras-triage``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from assistant.command_line import app, full_screen, on_a_terminal
from assistant.errors import ExitStatus, TriageError, tell
from assistant.terminal.settings import TerminalSettings

COMMANDS = frozenset({"open", "check", "demo", "sessions", "resume", "kb"})
HELP = frozenset({"-h", "--help"})

BAD_CALL: type[Exception] = next(one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException")
"""What a wrong option or argument raises; it stands in no public module in every supported version of typer."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; whatever goes wrong is one sentence on standard error."""
    own, programs = _parted(list(sys.argv[1:] if arguments is None else arguments))
    if not own and not on_a_terminal():
        _run(["--help"], [])
        return ExitStatus.USAGE
    try:
        if not own:
            return full_screen(TerminalSettings())
        result = _run(own, programs)
    except BAD_CALL as error:
        message = getattr(error, "format_message", error.__str__)()
        tell(f"keras-triage: {' '.join(message.split())} `keras-triage --help` shows how it is called.")
        return ExitStatus.USAGE
    except TriageError as error:
        tell(f"keras-triage: {error}")
        return error.exit_status
    except (KeyboardInterrupt, typer.Abort):
        tell("keras-triage: Interrupted.")
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        return ExitStatus.HEALTHY
    return result if isinstance(result, int) else ExitStatus.HEALTHY


def _run(own: list[str], programs: list[str]) -> object:
    return app(args=own, prog_name="keras-triage", standalone_mode=False, obj=tuple(programs))


def _parted(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Our own arguments and the program's, which follow ``--``; a program without a command is opened."""
    own, programs = arguments, []
    if "--" in arguments:
        place = arguments.index("--")
        own, programs = arguments[:place], arguments[place + 1 :]
    if own and own[0] not in COMMANDS and own[0] not in HELP:
        own = ["open", *own]
    return own, programs


if __name__ == "__main__":
    sys.exit(main())
