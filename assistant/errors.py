"""The errors of the assistant, the table of exit statuses, and the one place that writes to standard error."""

from __future__ import annotations

import os
import sys
from enum import IntEnum
from io import TextIOWrapper
from types import MappingProxyType


class ExitStatus(IntEnum):
    """What the command ends with."""

    HEALTHY = 0
    """Nothing is wrong; also the status of commands that have no verdict."""
    DIAGNOSED = 1
    """At least one cause is likely or proven."""
    USAGE = 2
    """The command was called wrongly, or what it was given is not what it needs."""
    PROGRAM_FAILED = 3
    """The program failed and no cause is confirmed."""
    WORKER_LOST = 4
    """The worker could not be started or kept alive."""
    INCONCLUSIVE = 5
    """The session ended without a confirmed cause."""
    INTERRUPTED = 130
    """Ctrl-C."""


EXIT_OF_STATUS = MappingProxyType(
    {
        "healthy": ExitStatus.HEALTHY,
        "diagnosed": ExitStatus.DIAGNOSED,
        "program_failed": ExitStatus.PROGRAM_FAILED,
        "inconclusive": ExitStatus.INCONCLUSIVE,
    }
)
"""The exit status that belongs to a report's status."""


class TriageError(Exception):
    """The root of the errors that end a command; the message is one clear sentence for the person."""

    exit_status = ExitStatus.USAGE


class UsageError(TriageError):
    """The command was called wrongly: no such file, an unknown symptom, an answers file that does not fit."""


class SessionError(TriageError):
    """The kept sessions cannot be opened, or the session asked for is not among them."""


class SessionHeldError(SessionError):
    """Another process goes on with the session."""


class WorkerLostError(TriageError):
    """No worker could be started, or it died more often than it may."""

    exit_status = ExitStatus.WORKER_LOST


class InterruptedSessionError(TriageError):
    """The person pressed Ctrl-C."""

    exit_status = ExitStatus.INTERRUPTED


def leave_output() -> None:
    """Write no more to standard output, and let the interpreter end without a word about what nobody has read."""
    if isinstance(sys.__stdout__, TextIOWrapper) and not sys.__stdout__.closed:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


def tell(text: str) -> None:
    """Write a line to standard error; every word that is not a result goes through here."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (BrokenPipeError, ValueError):
        # Nobody reads: what is told here is never the result.
        return
