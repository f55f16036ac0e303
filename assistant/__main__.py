"""The command ``keras-triage``.

Nothing of ours is imported before Ctrl-C is taken care of, for it may well come while modules load.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

COMMANDS = frozenset(
    {
        "tune",
        "open",
        "check",
        "demo",
        "sessions",
        "resume",
        "report",
        "follow-up",
        "kb",
        "serve",
        "collect",
        "bundle",
        "merge",
    }
)
HELP = frozenset({"-h", "--help", "--version"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; whatever goes wrong is one sentence on standard error."""
    if arguments is not None:
        return _answered(list(arguments))
    from assistant import interrupts

    interrupts.end_at_once()
    return interrupts.leave(_answered(sys.argv[1:]))


def _answered(arguments: list[str]) -> int:
    from assistant.errors import ExitStatus, TriageError, leave_output, tell
    from assistant.full_screen import on_a_terminal, open_plainly, open_start

    _prepare_output()
    own, programs = _parted(arguments)
    on_screen = on_a_terminal()
    if not own and not on_screen:
        _run(["--help"], [])
        return ExitStatus.USAGE
    at_once = on_screen and (not own or _has_no_options(own))
    bad_calls, interrupted = ((), (KeyboardInterrupt,)) if at_once else _what_typer_raises()
    try:
        if at_once:
            result: object = open_plainly(own[1], programs) if own else open_start()
        else:
            result = _run(own, programs)
        sys.stdout.flush()
    except bad_calls as error:
        message = " ".join(getattr(error, "format_message", error.__str__)().split())
        tell(f"keras-triage: {message.rstrip('.')}. `keras-triage --help` shows how it is called.")
        return ExitStatus.USAGE
    except TriageError as error:
        tell(f"keras-triage: {error}")
        return error.exit_status
    except interrupted:
        tell("keras-triage: Interrupted.")
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # Nobody reads the output any more, which typer answers by leaving.
        leave_output()
        return ExitStatus.HEALTHY
    except OSError as error:
        leave_output()
        tell(f"keras-triage: {error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
        return ExitStatus.USAGE
    except Exception as error:  # noqa: BLE001 - a fault of our own: kept in a file, told in a sentence
        from assistant.terminal.faults import kept_details

        tell(f"keras-triage: something went wrong on our side ({error!r}). Details are in {kept_details(error)}.")
        return ExitStatus.WORKER_LOST
    return result if isinstance(result, int) else ExitStatus.HEALTHY


def _has_no_options(own: list[str]) -> bool:
    """Whether a program is opened as it is, so that nothing but its path needs to be understood."""
    return len(own) == 2 and own[0] == "open" and not own[1].startswith("-")


def _what_typer_raises() -> tuple[tuple[type[Exception], ...], tuple[type[BaseException], ...]]:
    """What a wrong option or argument raises, and what an interruption does."""
    import typer

    # The first stands in no public module in every supported version of typer.
    bad_call = next(one for one in typer.BadParameter.__mro__ if one.__name__ == "ClickException")
    return (bad_call,), (KeyboardInterrupt, typer.Abort)


def _prepare_output() -> None:
    """What a narrow encoding cannot write becomes a question mark; what is written to a closed output is dropped."""
    from io import TextIOWrapper

    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open as long as the process
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _run(own: list[str], programs: list[str]) -> object:
    from assistant.command_line import app

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
