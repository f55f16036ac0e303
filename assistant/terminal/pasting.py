"""Pastes as they are: colours, carriage returns and bytes that are no text reach the assistant and nothing else."""

from __future__ import annotations

import codecs
import importlib
from collections.abc import Iterable

from textual import constants
from textual._xterm_parser import XTermParser
from textual.events import Paste
from textual.message import Message

START, END = "\x1b[200~", "\x1b[201~"
"""What a terminal sends before and after what is pasted."""

MOST_CHARACTERS = 2**24
"""Of one paste; what follows is left out."""

DRIVERS = ("textual.drivers.linux_driver", "textual.drivers.linux_inline_driver")
"""Besides the one that the environment names, as in a browser."""


class PastingParser(XTermParser):
    """Reads what a terminal sends; whatever stands in a paste is pasted, and is no key.

    Textual itself looks for keys in a paste, so that a log with colours would be typed, with `q` and digits among it.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: list[str] | None = None
        self._held = ""

    def feed(self, data: str) -> Iterable[Message]:
        """The events of what has come."""
        if not data:
            yield from super().feed(data)
            return
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is None:
                before, start, data = data.partition(START)
                if not start:
                    before, self._held = without_beginning_of(START, before, least=2)
                if before:
                    yield from super().feed(before)
                if start:
                    self._pasted = []
            else:
                text, end, data = data.partition(END)
                if not end:
                    text, self._held = without_beginning_of(END, text)
                self._pasted.append(text)
                if end:
                    yield Paste("".join(self._pasted).replace("\x00", "")[:MOST_CHARACTERS])
                    self._pasted = None


def without_beginning_of(word: str, text: str, least: int = 1) -> tuple[str, str]:
    """A text without the beginning of a word at its end, of so many letters at least, and that beginning."""
    for length in range(len(word) - 1, least - 1, -1):
        if text.endswith(word[:length]):
            return text[:-length], word[:length]
    return text, ""


def replacing_decoder(encoding: str) -> type[codecs.IncrementalDecoder]:
    """A decoder to which no byte is an error: a stray one must not end the screen."""

    class Replacing(codecs.getincrementaldecoder(encoding)):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__("replace")

    return Replacing


def paste_as_it_is() -> None:
    """Let the terminal's input be read so, from now on; Textual offers no other way to choose its parser."""
    for name in filter(None, {*DRIVERS, (constants.DRIVER or "").partition(":")[0]}):
        driver = importlib.import_module(name)
        vars(driver).update(XTermParser=PastingParser, getincrementaldecoder=replacing_decoder)
