"""Writing a patch into the user's own file: asked first, with a copy of the file as it was."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from assistant.patching.diffs import applied

BACKUP = ".orig"
"""What the name of the copy ends in."""


@dataclass(frozen=True)
class ProgramText:
    """A program as it stands in its file.

    Attributes:
        text: decoded, with its own line ends and byte order mark.
        encoding: what it was decoded by.
    """

    text: str
    encoding: str


def read_program(path: Path) -> ProgramText:
    """The text of a program without any change of line ends.

    Raises:
        UsageError: the file cannot be read as a Python program.
    """
    try:
        raw = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        plain = "utf-8" if encoding == "utf-8-sig" else encoding
        return ProgramText(raw.decode(plain), plain)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise UsageError(f"{path} is not a Python program: it is not text.") from error


def backup_of(path: Path) -> Path:
    """Where the copy of a file goes: a name beside it that is not taken."""
    wanted, number = path.with_name(path.name + BACKUP), 1
    while wanted.exists():
        number += 1
        wanted = path.with_name(f"{path.name}{BACKUP}{number}")
    return wanted


def apply(path: Path, diff: str, ask: Callable[[str], bool]) -> Path | None:
    """Write a patch into a program, if the person says so.

    Args:
        path: the program.
        diff: unified diff of it.
        ask: puts a question that tells what will be written; nothing is written without a yes.

    Returns:
        Where the copy of the file as it was is now; None where the person said no.

    Raises:
        UsageError: the file is another one than the patch was made for, or cannot be written.
    """
    before = read_program(path)
    try:
        after = applied(before.text, diff).encode(before.encoding)
    except (ValueError, UnicodeEncodeError) as error:
        raise UsageError(f"{path} has changed since it was examined; the patch does not fit it any more.") from error
    copy = backup_of(path)
    if not ask(f"Change {path.name}, and keep a copy of it as {copy.name}?"):
        return None
    try:
        copy.write_bytes(path.read_bytes())
        _replace(path, after)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    return copy


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step, with the rights that it had; a link stays a link."""
    real = path.resolve()
    beside = real.with_name(f".{real.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(content)
        beside.chmod(real.stat().st_mode)
        beside.replace(real)
    finally:
        beside.unlink(missing_ok=True)
