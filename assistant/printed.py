"""Printed text without what only a terminal understands."""

from __future__ import annotations

import re

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def readable(text: str) -> str:
    """Printed text without escape sequences; what a carriage return or a backspace would overwrite is left out."""
    plain = _ESCAPES.sub("", text).replace("\r\n", "\n")
    return "\n".join(_line(line) for line in plain.split("\n"))


def pasted(text: str) -> str:
    """Pasted text, readable: terminals paste a carriage return for every end of a line."""
    return readable(text if "\n" in text else text.replace("\r", "\n"))


def _line(line: str) -> str:
    last = line.rstrip("\r").rpartition("\r")[2]
    kept: list[str] = []
    for one in last:
        if one == "\b":
            del kept[-1:]
        elif one == "\t" or one >= " ":
            kept.append(one)
    return "".join(kept)
