"""The bundled broken scripts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs
import yaml

from assistant.answers_file import nearest
from assistant.errors import SessionError, UsageError

FIRST = "spirals"
"""The demo that opens when none is named."""


@dataclass(frozen=True)
class Demo:
    """A bundled script.

    Attributes:
        name: its name on the command line.
        title: what it trains and what its user sees, in one line.
        symptom: id of the symptom that it shows.
        cause: id of the cause that is planted in it.
        source: its text.
    """

    name: str
    title: str
    symptom: str
    cause: str
    source: str


def demos() -> tuple[Demo, ...]:
    """All bundled scripts, in the order of the catalogue; it, and not the script, knows what is wrong."""
    folder = resources.files("assistant.demos")
    catalogue = yaml.safe_load((folder / "catalogue.yaml").read_text(encoding="utf-8"))
    return tuple(
        Demo(name, source=(folder / f"{name}.py").read_text(encoding="utf-8"), **entry)
        for name, entry in catalogue.items()
    )


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
