"""Running a program as its user would: as ``__main__`` in its own folder, without a keyboard."""

from __future__ import annotations

import builtins
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any, NoReturn

from .notebook_lines import stand_in


class NoStandardInput(EOFError):
    """The program asks for input, and there is nobody to give any."""


def prepare(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Make this process the program's: folder, arguments, module path, environment, streams.

    Args:
        program: absolute path.
        arguments: of its command line, without its name.
        environment: set over what the process has.
    """
    folder = os.path.dirname(program)
    os.environ.update({"MPLBACKEND": "Agg", **environment})
    os.chdir(folder)
    sys.dont_write_bytecode = True
    sys.argv = [program, *arguments]
    sys.path.insert(0, folder)
    for name in hidden_modules(folder):
        # We imported the standard one; the program, started by itself, would get its own.
        del sys.modules[name]
    builtins.input = _no_input
    # A forked worker's stream objects remember what the host's descriptors could do.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open as long as the process
    sys.stdout, sys.stderr = _printing(1), _printing(2)
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))


def hidden_modules(folder: str) -> list[str]:
    """Imported modules whose names a folder's own modules have, save those that Python imports before any program."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return []
    names = {entry[:-3] for entry in entries if entry.endswith(".py")}
    names |= {entry for entry in entries if os.path.isfile(os.path.join(folder, entry, "__init__.py"))}
    at_start = getattr(sys.modules["__main__"], "AT_START", frozenset(sys.modules))
    return [name for name in list(sys.modules) if name in names and name not in at_start]


def _printing(descriptor: int) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _no_input(prompt: object = "", /) -> NoReturn:
    print(prompt, end="", flush=True)
    raise NoStandardInput(
        "the program asks for input, and there is no standard input; give the value as an argument or in the source"
    )


def compiled(program: str) -> CodeType:
    """The program's code under its absolute path.

    Raises:
        SyntaxError, ValueError, OSError: it cannot be read or parsed.
    """
    with open(program, "rb") as stream:
        return compile(stream.read(), program, "exec", dont_inherit=True)


def run(code: CodeType, program: str) -> None:
    """Run the code as ``__main__``; whatever it raises is raised."""
    main = ModuleType("__main__")
    values: dict[str, Any] = vars(main)
    values.update(__file__=program, __builtins__=builtins, __cached__=None, **stand_in(code))
    sys.modules["__main__"] = main
    exec(code, values)


def print_error(error: BaseException) -> None:
    """Print an exception as Python would, without the lines of ours above the program's own."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(os.path.join(own, "process")):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)
