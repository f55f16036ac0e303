"""The program that a person hands over: refused at once where it cannot be one."""

from __future__ import annotations

import ast
import tokenize
import warnings
from pathlib import Path

from assistant.errors import UsageError

_MOST_BYTES = 20_000_000


def program_at(path: Path) -> Path:
    """The absolute path of a Python program.

    A program with a syntax error is a program all the same: it fails, and the report says where.

    Raises:
        UsageError: there is no such file, it is no file, or it is not Python.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the training script inside it.")
    if not path.exists():
        raise UsageError(f"There is no file {path}.")
    if not path.is_file() or path.stat().st_size > _MOST_BYTES:
        raise UsageError(f"{path} is not a Python program.")
    source = _text(path)
    if path.suffix != ".py" and not _parses(source):
        raise UsageError(f"{path} is not a Python program.")
    return path.absolute()


def _text(path: Path) -> str:
    try:
        with tokenize.open(path) as file:
            source = file.read()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (SyntaxError, UnicodeDecodeError) as error:
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
