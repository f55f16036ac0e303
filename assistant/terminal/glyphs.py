"""The signs beside every status word: Unicode where the terminal can show it, ASCII elsewhere."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """One sign for each meaning; every sign stands beside a word, so none carries a meaning alone."""

    good: str
    notable: str
    bad: str
    unknown: str
    quiet: str
    proven: str
    likely: str
    possible: str
    ruled_out: str
    person: str
    folded: str
    unfolded: str
    bullet: str
    here: str
    to_come: str
    dash: str
    middot: str
    ellipsis: str
    arrow: str
    times: str
    branch: str
    last_branch: str
    stem: str
    line: str
    bar: str
    bar_empty: str
    levels: str
    spinner: tuple[str, ...]

    def of(self, meaning: str) -> str:
        """The sign of a mark or a status by its name."""
        sign = getattr(self, meaning)
        return sign if isinstance(sign, str) else sign[0]


UNICODE = Glyphs(
    good="✓",
    notable="●",
    bad="✗",
    unknown="?",
    quiet="·",
    proven="◆",
    likely="●",
    possible="◐",
    ruled_out="○",
    person="›",
    folded="▸",
    unfolded="▾",
    bullet="•",
    here="▶",
    to_come="·",
    dash="–",
    middot="·",
    ellipsis="…",
    arrow="→",
    times="×",
    branch="├─ ",
    last_branch="└─ ",
    stem="│  ",
    line="─",
    bar="━",
    bar_empty="─",
    levels="▁▂▃▄▅▆▇█",
    spinner=("⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"),
)

ASCII = Glyphs(
    good="+",
    notable="*",
    bad="x",
    unknown="?",
    quiet="-",
    proven="#",
    likely="*",
    possible="o",
    ruled_out="-",
    person=">",
    folded=">",
    unfolded="v",
    bullet="-",
    here=">",
    to_come=".",
    dash="-",
    middot="-",
    ellipsis="...",
    arrow="->",
    times="x",
    branch="|- ",
    last_branch="`- ",
    stem="|  ",
    line="-",
    bar="#",
    bar_empty=".",
    levels="_.:-=+*#",
    spinner=("|", "/", "-", "\\"),
)


def can_draw_unicode(environment: Mapping[str, str] | None = None, encoding: str | None = None) -> bool:
    """Whether the terminal is believed to show Unicode; ``KERAS_TRIAGE_ASCII=1`` or ``=0`` settles it."""
    variables = os.environ if environment is None else environment
    told = variables.get("KERAS_TRIAGE_ASCII", "")
    if told:
        return told == "0"
    if variables.get("TERM", "") in {"dumb", "linux", "vt100", "vt220"}:
        return False
    name = locale.getpreferredencoding(False) if encoding is None else encoding
    return name.replace("-", "").lower() in {"utf8", "utf16", "utf32", "gb18030"}
