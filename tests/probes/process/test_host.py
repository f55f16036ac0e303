"""The host process: what it needs, what it says when it has not got it, and what is left when anybody is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from probes.process.client import Host, starts_fresh
from probes.process.errors import HostFailed, WorkerDied
from probes.process.events import Stage, WorkerEvent
from probes.process.program import Program
from tests.support import SCRIPTS

BARE = Path(sys.base_prefix) / "bin" / "python3"
"""The interpreter that our environment was made from, without any packages."""

OURS = (
    "pydantic",
    "textual",
    "networkx",
    "yaml",
    "typer",
    "libcst",
    "sqlalchemy",
    "jinja2",
    "rapidfuzz",
    "platformdirs",
)


async def test_an_interpreter_without_tensorflow_is_refused_in_a_sentence() -> None:
    with pytest.raises(HostFailed, match=r"There is no TensorFlow in .*pip install tensorflow"):
        await Host.start(BARE)


async def test_something_that_is_no_interpreter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HostFailed, match="does not run"):
        await Host.start(tmp_path / "python")
    with pytest.raises(HostFailed, match="ended"):
        await Host.start(Path("/bin/false"))


async def test_another_backend_in_the_environment_is_refused() -> None:
    with pytest.raises(HostFailed, match="KERAS_BACKEND says torch"):
        await Host.start(Path(sys.executable), environment={"KERAS_BACKEND": "torch"})


async def test_a_broken_tensorflow_is_told_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise RuntimeError('no such instruction')\n")
    with pytest.raises(HostFailed, match=r"cannot be imported.*RuntimeError: no such instruction"):
        await Host.start(BARE, environment={"PYTHONPATH": str(tmp_path)})


async def test_closing_while_tensorflow_is_imported_takes_under_a_second(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("import time\ntime.sleep(600)\n")
    stages: list[WorkerEvent] = []
    start = asyncio.create_task(Host.start(BARE, stages.append, environment={"PYTHONPATH": str(tmp_path)}))
    while not stages:
        await asyncio.sleep(0.02)
    assert stages == [Stage("importing TensorFlow")]
    began = time.perf_counter()
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert time.perf_counter() - began < 1.0


def test_settings_that_precede_the_import_need_a_fresh_interpreter(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_text("import keras\n")
    assert not starts_fresh(Program(path))
    assert not starts_fresh(Program(path, environment={"MINE": "1"}))
    assert starts_fresh(Program(path, environment={"TF_DETERMINISTIC_OPS": "1"}))


@pytest.mark.keras
async def test_the_worker_needs_nothing_but_tensorflow(tmp_path: Path) -> None:
    block = f"""
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {OURS!r}:
            raise ImportError(name + " is not installed here")

sys.meta_path.insert(0, Block())
"""
    (tmp_path / "sitecustomize.py").write_text(block)
    async with await Host.start(Path(sys.executable), environment={"PYTHONPATH": str(tmp_path)}) as host:
        worker = await host.open(Program(SCRIPTS / "mlp.py"))
        assert (await worker.case()).failure is None
        assert (await worker.probe("input_statistics")).unknown is None
        os.kill(host._process.pid, signal.SIGKILL)
        began = time.perf_counter()
        while worker.alive:
            await asyncio.sleep(0.01)
        assert (await worker.probe("input_statistics")).unknown is not None
        with pytest.raises(WorkerDied):
            await worker.request("describe")
        with pytest.raises(HostFailed):
            await host.open(Program(SCRIPTS / "mlp.py"))
        assert time.perf_counter() - began < 2.0
        assert _gone(worker.pid)


@pytest.mark.keras
def test_everything_goes_when_our_own_process_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("import os, time\nprint(os.getpid(), os.getppid(), flush=True)\ntime.sleep(600)\n")
    script = f"""
import asyncio, sys
from pathlib import Path
from probes.process.client import Host
from probes.process.program import Program

async def main():
    host = await Host.start(Path(sys.executable), warm=False)
    worker = await host.open(Program(Path({str(program)!r}), environment={{"TF_ANY": "1"}}))
    while not worker.output().strip():
        await asyncio.sleep(0.02)
    print(worker.output(), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert process.stdout is not None
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 2
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 2.0
    while not all(map(_gone, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert all(map(_gone, pids))


def _gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
