"""Patches that travel: context with something private in it is left out, as far as the patch applies without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.patching.diffs import NO_END, lines

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True)
class _Row:
    """A line of a hunk, with the mark that it has no end."""

    text: str
    private: bool

    @property
    def sign(self) -> str:
        return self.text[0]


def without_private_context(diff: str, redacted: Callable[[str], str]) -> tuple[str, bool]:
    """A diff whose context holds nothing that redaction would take out, and whether it still applies then.

    A diff that needs such a line, because it changes it or ends at it, stays as it is and does not apply once redacted.

    Args:
        diff: unified, of one file.
        redacted: takes out what is private.
    """
    rows = lines(diff)
    if redacted(diff) == diff:
        return diff, True
    made = "".join(rows[:2])
    for head, hunk in _hunks(rows[2:], redacted):
        part = _rewritten(head, hunk)
        if part is None:
            return diff, False
        made += part
    return (made, True) if redacted(made) == made else (diff, False)


def _hunks(rows: list[str], redacted: Callable[[str], str]) -> Iterator[tuple[re.Match[str], list[_Row]]]:
    head: re.Match[str] | None = None
    hunk: list[_Row] = []
    for row in rows:
        found = _HUNK.match(row)
        if found:
            if head:
                yield head, hunk
            head, hunk = found, []
        elif row == NO_END:
            hunk[-1] = _Row(hunk[-1].text + row, hunk[-1].private)
        else:
            hunk.append(_Row(row, redacted(row) != row))
    if head:
        yield head, hunk


def _rewritten(head: re.Match[str], hunk: list[_Row]) -> str | None:
    """A hunk as one or more that go around private context; None where that cannot be."""
    old, new = int(head[1]), int(head[2])
    made, part, start = "", list[_Row](), (old, new)
    for place, row in enumerate(hunk):
        if not row.private:
            part.append(row)
        elif row.sign != " " or (_changes(part) and part[-1].sign != " "):
            # A hunk that ends in a change is taken for the end of the file.
            return None
        else:
            made += _written(part, *start)
            part = []
        old += row.sign in " -"
        new += row.sign in " +"
        if not part:
            start = (old, new)
        if place == len(hunk) - 1:
            made += _written(part, *start)
    return made


def _changes(part: list[_Row]) -> bool:
    return any(row.sign in "+-" for row in part)


def _written(part: list[_Row], old: int, new: int) -> str:
    if not _changes(part):
        return ""
    before, after = (sum(row.sign in signs for row in part) for signs in (" -", " +"))
    # Of no lines, a hunk names the line before them.
    place = f"-{old - (not before)},{before} +{new - (not after)},{after}"
    return f"@@ {place} @@\n{''.join(row.text for row in part)}"
