"""Scripts as programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..process.errors import ProgramError
from ..process.program import Program


def open_script(path: Path | str, arguments: Sequence[str] = (), **settings: object) -> Program:
    """The program of a script's path, as given by a person.

    Raises:
        ProgramError: there is no such file, it is a folder, cannot be read, or is no Python.
    """
    given = Path(path)
    if not given.exists():
        raise ProgramError(f"There is no file {given}.")
    if given.is_dir():
        raise ProgramError(f"{given} is a folder; name the script in it that calls `fit`.")
    try:
        start = given.read_bytes()[:65536]
    except OSError as error:
        raise ProgramError(f"{given} cannot be read: {error.strerror}.") from error
    if b"\0" in start or (given.suffix and given.suffix not in (".py", ".pyw") and not start.startswith(b"#!")):
        raise ProgramError(f"{given} is not a Python script.")
    return Program(Path(os.path.abspath(given)), tuple(arguments), **settings)  # type: ignore[arg-type]
