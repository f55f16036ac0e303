"""Where a worker was when it crashed or hung, read from the stack that Python's fault handler wrote."""

from __future__ import annotations

import os
import re
from pathlib import Path

_LINE = re.compile(r'^\s+File "(?P<file>[^"]+)", line (?P<line>\d+)', re.MULTILINE)


def innermost_line(text: str, program: Path) -> str | None:
    """The innermost line of the program's own code in the last stack, as ``train.py:12``; None without one."""
    last = text[text.rfind("(most recent call first)") :] if "(most recent call first)" in text else ""
    folder = os.path.join(program.parent, "")
    for found in _LINE.finditer(last):
        file = found["file"]
        inside = file.startswith(folder) and "site-packages" not in file[len(folder) :]
        if file == str(program) or inside:
            return f"{os.path.relpath(file, program.parent)}:{found['line']}"
    return None
