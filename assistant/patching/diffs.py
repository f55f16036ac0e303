"""Unified diffs that ``git apply`` and ``patch -p1`` take, and a check that they give what they should."""

from __future__ import annotations

import difflib
import re

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")
NO_END = "\\ No newline at end of file\n"


def unified_diff(before: str, after: str, file: str) -> str | None:
    """The diff from one text to the other; None where they are the same.

    Lines end at line feeds alone, as git and patch see them: a carriage return is part of its line.

    Args:
        before: the file as it is.
        after: the file as it shall be.
        file: path relative to the folder where the diff is applied, with forward slashes.
    """
    if before == after:
        return None
    # A tab after the name tells where a name with blanks ends.
    tail = "\t" if " " in file else ""
    body = difflib.unified_diff(lines(before), lines(after), f"a/{file}{tail}", f"b/{file}{tail}", n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_END}" for line in body)


def lines(text: str) -> list[str]:
    """Lines with their line feeds."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def applied(before: str, diff: str) -> str:
    """The text that a diff makes of another one.

    Raises:
        ValueError: the diff does not fit the text.
    """
    old, new, position = lines(before), [], 0
    rows = lines(diff)[2:]
    for index, row in enumerate(rows):
        head = _HUNK.match(row)
        if head:
            start = int(head[1]) - (0 if head[2] == "0" else 1)
            new += old[position:start]
            position = start
            continue
        if row == NO_END:
            continue
        text = row[1:]
        if index + 1 < len(rows) and rows[index + 1] == NO_END:
            text = text.removesuffix("\n")
        if row[0] in " -":
            if position >= len(old) or old[position] != text:
                raise ValueError(f"the diff does not fit line {position + 1}")
            position += 1
        if row[0] in " +":
            new.append(text)
    return "".join([*new, *old[position:]])
