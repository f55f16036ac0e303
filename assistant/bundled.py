"""The bundled broken scripts."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs

from assistant.answers_file import nearest
from assistant.errors import SessionError, UsageError

FIRST = "spirals"
"""The demo that opens when none is named."""


@dataclass(frozen=True)
class Demo:
    """A bundled script.

    Attributes:
        name: its name on the command line.
        title: what it trains, in one line.
        source: its text.
    """

    name: str
    title: str
    source: str


def demos() -> tuple[Demo, ...]:
    """All bundled scripts, by name."""
    files = [one for one in resources.files("assistant.demos").iterdir() if one.name.endswith(".py")]
    found = [_demo(one.name, one.read_text(encoding="utf-8")) for one in files if one.name != "__init__.py"]
    return tuple(sorted(found, key=lambda one: one.name))


def copied(name: str | None = None) -> Path:
    """A copy of a bundled script in the user's data folder, where a session can be taken up again.

    Raises:
        UsageError: there is no such script.
        SessionError: the folder cannot be written.
    """
    known = {one.name: one for one in demos()}
    wanted = name or FIRST
    if wanted not in known:
        raise UsageError(f"There is no demo {wanted!r}{nearest(wanted, known)}; there are {', '.join(known)}.")
    folder = platformdirs.user_data_path("keras-triage", appauthor=False) / "demos" / wanted
    try:
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "train.py"
        program.write_text(known[wanted].source, encoding="utf-8")
    except OSError as error:
        raise SessionError(f"The demo cannot be written to {folder}: {error.strerror}.") from error
    return program


def _demo(file: str, source: str) -> Demo:
    title = (ast.get_docstring(ast.parse(source)) or file).splitlines()[0]
    return Demo(file.removesuffix(".py"), title, source)
