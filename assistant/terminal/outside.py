"""What reaches the person beyond the screen: the terminal's title, its bell, and the desktop's notifications.

All of it are control sequences that a terminal which does not know them ignores (xterm's control sequences: OSC 2 sets
the title, CSI 22 ; 2 t keeps it and CSI 23 ; 2 t brings it back; OSC 9 notifies in iTerm2, kitty, WezTerm, Windows
Terminal and others).
"""

from __future__ import annotations

from collections.abc import Callable

KEEP_TITLE = "\x1b[22;2t"
BRING_TITLE_BACK = "\x1b[23;2t"
MOST = 120
"""Characters of a title or a notification."""


class Outside:
    """Writes to the terminal, beside what Textual draws."""

    def __init__(self, write: Callable[[str], object], *, bell: bool = True) -> None:
        """Nothing is written before something is to be told.

        Args:
            write: takes what goes to the terminal.
            bell: whether to ring at all.
        """
        self._write = write
        self._bell = bell
        self._title = ""

    def title(self, *parts: str) -> None:
        """Set the terminal's title; the one that it had is kept for the end."""
        title = _plain(" - ".join(part for part in parts if part))
        if title == self._title:
            return
        self._write(f"{'' if self._title else KEEP_TITLE}\x1b]2;{title}\x07")
        self._title = title

    def call(self, sentence: str, *, away: bool) -> None:
        """Ring, and where the person looks elsewhere notify them with a sentence."""
        if self._bell:
            self._write("\x07")
        if away:
            self._write(f"\x1b]9;{_plain(sentence)}\x07")

    def leave(self) -> None:
        """Give the terminal the title back that it had."""
        if self._title:
            self._write(BRING_TITLE_BACK)
            self._title = ""


def _plain(text: str) -> str:
    """Text that ends no control sequence before its time."""
    return "".join(one if one.isprintable() else " " for one in text)[:MOST]
