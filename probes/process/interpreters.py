"""Which Python runs the program: the one asked for, the active virtual environment's, or our own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from .errors import HostFailed, NoTensorFlow, NotPython

_LOOK = "import importlib.util as u, sys; sys.exit(0 if u.find_spec('tensorflow') else 3)"
_SECONDS = 20.0


async def choose(asked: Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """The interpreter that the program runs on.

    Args:
        asked: of ``--python``: a file, or the folder of a virtual environment.
        environment: by default that of this process.

    Raises:
        NotPython: what was asked for is no Python.
        HostFailed: it does not answer.
        NoTensorFlow: no interpreter that may be used has TensorFlow; the message says how to get it.
    """
    if asked is not None:
        python = interpreter_at(asked)
        if not await has_tensorflow(python):
            raise NoTensorFlow(f"There is no TensorFlow in {python}; install it there with `pip install tensorflow`.")
        return python
    active = active_interpreter(os.environ if environment is None else environment)
    if active is not None and await has_tensorflow(active):
        return active
    own = Path(sys.executable)
    if find_spec("tensorflow") is not None:
        return own
    raise NoTensorFlow(
        f"TensorFlow is not installed for {active or own}; get it with `pip install 'keras-triage[tensorflow]'`, "
        "or name an interpreter that has it with `--python PATH`."
    )


def interpreter_at(asked: Path) -> Path:
    """The file to run for what was asked for: an interpreter, or the folder of an environment.

    Raises:
        NotPython: it is neither.
    """
    python = _inside(asked) if asked.is_dir() else Path(os.path.abspath(asked))
    if python is None:
        raise NotPython(f"{asked} is a folder without an interpreter; give one, or the folder of an environment.")
    if not python.exists():
        raise NotPython(f"There is no interpreter {asked}.")
    if not os.access(python, os.X_OK):
        raise NotPython(f"{asked} is not a Python interpreter.")
    return python


def active_interpreter(environment: Mapping[str, str]) -> Path | None:
    """The Python of the active virtual or conda environment, if there is one."""
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        folder = environment.get(variable)
        python = _inside(Path(folder)) if folder else None
        if python is not None:
            return python
    return None


async def has_tensorflow(python: Path) -> bool:
    """Whether an interpreter finds TensorFlow; it is not imported.

    Raises:
        NotPython: it is no Python.
        HostFailed: it does not answer.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            str(python),
            "-c",
            _LOOK,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise NotPython(f"{python} does not run: {error.strerror}.") from error
    try:
        code = await asyncio.wait_for(process.wait(), _SECONDS)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise HostFailed(f"{python} does not answer.") from error
    if code not in (0, 3):
        raise NotPython(f"{python} is not a Python interpreter.")
    return code == 0


def _inside(folder: Path) -> Path | None:
    candidates = (folder / "bin" / "python", folder / "bin" / "python3", folder / "Scripts" / "python.exe")
    return next((one for one in candidates if os.access(one, os.X_OK) and one.is_file()), None)
