"""Exceptions of the program as plain values: what was raised, at which of the user's own lines."""

from __future__ import annotations

import dataclasses
import re
from types import TracebackType
from typing import Any

from .places import Place, Places, RawFrame, Trace

MAX_MESSAGE = 4000
"""Characters of an exception's text that are kept."""


def failure_of(error: BaseException, places: Places, stage: str) -> dict[str, Any]:
    """The plain values of a failure.

    Args:
        error: what the program raised.
        places: tells the user's own frames apart.
        stage: ``before_fit``, ``in_fit`` or ``no_fit``.
    """
    trace, raised_in = _walk(error.__traceback__, places)
    place = places.place(trace) if trace else None
    frames = places.frames(trace)
    if isinstance(error, SyntaxError) and error.filename and error.filename in places.user_code:
        place = _syntax_place(error, places)
        frames = place.frames
    return {
        "stage": stage,
        "type": type(error).__name__,
        "message": without_colours(_text(error))[:MAX_MESSAGE],
        "place": None if place is None else dataclasses.asdict(place),
        "frames": [dataclasses.asdict(one) for one in frames],
        "raised_in": raised_in,
    }


def without_colours(text: str) -> str:
    """A text without the escape sequences that colour it on a terminal."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def without_frames(text: str) -> str:
    """A text without the frames that TensorFlow puts before what was raised while it read the program's code."""
    lines = text.splitlines()
    frames = [place for place, line in enumerate(lines) if re.match(r'\s+File ".*", line \d+, in ', line)]
    # Under each frame stands its line of code.
    behind = lines[frames[-1] + 2 :] if frames else lines
    return "\n".join(line.strip() for line in behind).strip() or text


def ended(message: str) -> dict[str, Any]:
    """The plain values for a program that ended without a training."""
    return {"stage": "no_fit", "type": "", "message": message, "place": None, "frames": [], "raised_in": None}


def _text(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)
    if isinstance(error, KeyError) and error.args:
        return repr(error.args[0])
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the user's own __str__ may fail, and then there is no text
        return ""


def _walk(traceback: TracebackType | None, places: Places) -> tuple[Trace, str | None]:
    own: list[RawFrame] = []
    last = None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        last = f"{traceback.tb_frame.f_globals.get('__name__', '')}.{code.co_name}"
        if code.co_filename in places.user_code:
            own.append(RawFrame(code, traceback.tb_lasti, traceback.tb_lineno))
        traceback = traceback.tb_next
    return tuple(reversed(own)), last


def _syntax_place(error: SyntaxError, places: Places) -> Place:
    file = error.filename or places.user_code.program
    line = error.lineno or 1
    source = places.source(file)
    column = None if error.offset is None else max(0, error.offset - 1)
    return Place(places.user_code.relative(file), line, line, column, column, source.line(line), "<module>")
