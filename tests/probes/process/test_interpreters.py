"""Which interpreter is chosen, and what is said when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from probes.process import interpreters
from probes.process.errors import HostFailed, NoTensorFlow, NotPython
from probes.process.interpreters import active_interpreter, choose

BARE = Path(sys.base_prefix) / "bin" / "python3"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder that looks like a virtual environment without TensorFlow."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {BARE} "$@"\n')
    python.chmod(0o755)
    return tmp_path


@pytest.mark.keras
async def test_what_is_asked_for_wins(environment: Path) -> None:
    assert await choose(Path(sys.executable), {"VIRTUAL_ENV": str(environment)}) == Path(sys.executable)
    assert await choose(Path(sys.prefix), {}) == Path(sys.prefix) / "bin" / "python"


async def test_what_is_asked_for_must_have_tensorflow(environment: Path) -> None:
    with pytest.raises(NoTensorFlow, match=r"There is no TensorFlow in .*pip install tensorflow"):
        await choose(environment)


async def test_what_is_asked_for_must_be_python(tmp_path: Path) -> None:
    for asked in (tmp_path, tmp_path / "nothing", Path("/etc/passwd")):
        with pytest.raises(
            NotPython, match=r"is not a Python interpreter|There is no interpreter|without an interpreter"
        ):
            await choose(asked)
    with pytest.raises(HostFailed, match="is not a Python interpreter"):
        await choose(Path("/bin/false"))


@pytest.mark.keras
async def test_the_active_environment_comes_before_our_own() -> None:
    assert await choose(None, {"VIRTUAL_ENV": sys.prefix}) == Path(sys.prefix) / "bin" / "python"


@pytest.mark.keras
async def test_our_own_where_the_active_one_has_no_tensorflow(environment: Path) -> None:
    assert await choose(None, {"VIRTUAL_ENV": str(environment)}) == Path(sys.executable)


async def test_none_anywhere_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "find_spec", lambda name: None)
    with pytest.raises(NoTensorFlow, match=r"pip install 'keras-triage\[tensorflow\]'.*--python PATH"):
        await choose(None, {})


def test_conda_environments_count(environment: Path) -> None:
    assert active_interpreter({"CONDA_PREFIX": str(environment)}) == environment / "bin" / "python"
    assert active_interpreter({"VIRTUAL_ENV": "/nowhere"}) is None
