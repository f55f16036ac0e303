"""What Ctrl-C does: it ends the process at once while modules load, and raises once there is something to put away."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""The exit status, as of a process that a shell ended with Ctrl-C."""

_SENTENCE = b"keras-triage: Interrupted.\n"


def end_at_once() -> None:
    """Until further notice Ctrl-C ends the process: nothing is under way yet that would have to be put away.

    An exception would surface in whichever module is being imported, and some of those turn it into another one.
    """
    signal.signal(signal.SIGINT, _end)


def raise_in_turn() -> None:
    """From here on Ctrl-C is an exception, so that a worker can be ended and a terminal restored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def leave(status: int) -> NoReturn:
    """End the process now that everything is put away, undisturbed by a second Ctrl-C.

    Taking the interpreter's modules apart would keep the person waiting, and nothing of ours depends on it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


def _end(number: int, frame: FrameType | None) -> None:
    try:
        os.write(2, _SENTENCE)
    finally:
        os._exit(INTERRUPTED)
