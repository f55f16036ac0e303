"""The program that a person hands over: refused at once where it cannot be one."""

from __future__ import annotations

import ast
import stat
import tokenize
import warnings
from pathlib import Path

from assistant.errors import UsageError

_MOST_BYTES = 20_000_000


def program_at(path: Path) -> Path:
    """The absolute path of a Python program, or of a bundle in its place.

    A program with a syntax error is a program all the same: it fails, and the report says where.

    Raises:
        UsageError: there is no such file, it is no file, or it is neither Python nor a bundle that can be used.
    """
    try:
        about = path.stat()
    except FileNotFoundError:
        broken = " (it is a link that leads nowhere)" if path.is_symlink() else ""
        raise UsageError(f"There is no file {path}{broken}.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if stat.S_ISDIR(about.st_mode):
        raise UsageError(f"{path} is a folder; give the training script inside it.")
    if not stat.S_ISREG(about.st_mode) or about.st_size > _MOST_BYTES:
        raise UsageError(f"{path} is not a Python program.")
    if _claims_to_be_a_bundle(path):
        # Its modules are of no use to who opens a program.
        from assistant.bundle.reading import read_bundle

        read_bundle(path)
        return path.absolute()
    if path.suffix == ".ipynb":
        raise UsageError(f"{path} is a notebook; export it as a script first (`jupyter nbconvert --to script`).")
    source = _text(path)
    if path.suffix != ".py" and not _parses(source):
        raise UsageError(f"{path} is not a Python program.")
    return path.absolute()


def interpreter_at(path: Path | None) -> Path | None:
    """The absolute path of the interpreter or environment that was asked for, if one was.

    Raises:
        UsageError: it is neither.
    """
    if path is None:
        return None
    from probes.process import interpreters
    from probes.process.errors import NotPython

    try:
        interpreters.interpreter_at(path)
    except NotPython as error:
        raise UsageError(str(error)) from error
    return path.absolute()


def _claims_to_be_a_bundle(path: Path) -> bool:
    """By its name, or because it is a zip, which no program is."""
    if path.suffix == ".triage":
        return True
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def _text(path: Path) -> str:
    try:
        with tokenize.open(path) as file:
            source = file.read()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        if path.suffix == ".py":
            raise UsageError(
                f"{path} is not written in the encoding it declares (UTF-8 where it names none)."
            ) from error
        raise UsageError(f"{path} is not a Python program: it is not text.") from error
    if "\0" in source:
        raise UsageError(f"{path} is not a Python program: it is not text.")
    return source


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
