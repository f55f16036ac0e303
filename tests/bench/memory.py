"""What trials cost in memory, over what the program itself holds: printed by ``make bench``.

The bound: two copies of weights and optimizer state, the record (at most 128 MB), and 256 MB. The program's own is the
most that it holds when it runs by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from probes.process.client import Host, Program
from probes.process.errors import ProcessError
from probes.process.memory import used
from probes.trials.treating import treatments

ALLOWED = 256 * 2**20
RECORD = 128 * 2**20
INTERVAL = 0.05
FLOAT = 4

WIDE = """
import keras, numpy as np
keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
x = rng.normal(size=(4000, 1000)).astype("float32")
y = (x[:, 0] + x[:, 1] > 0).astype("float32")
layers = [keras.layers.Dense(2000, activation="sigmoid"), keras.layers.Dense(2000, activation="sigmoid")]
model = keras.Sequential([keras.Input((1000,)), *layers, keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer=keras.optimizers.Adam(1e-6), loss="binary_crossentropy")
model.fit(x, y, epochs=1, batch_size=64, validation_split=0.25, verbose=0)
"""
"""Six million weights, so that copies of them show: 24 MB, and twice that of optimizer state."""
PARAMETERS = 1000 * 2000 + 2000 + 2000 * 2000 + 2000 + 2000 + 1


def bound(parameters: int, record: int) -> int:
    """Bytes that may be used over the program's own, of a program under Adam."""
    return 2 * 3 * FLOAT * parameters + min(record, RECORD) + ALLOWED


@contextlib.asynccontextmanager
async def _peak(pid: int, found: list[int]) -> AsyncIterator[None]:
    async def look() -> None:
        while True:
            found.append(used(pid) or 0)
            await asyncio.sleep(INTERVAL)

    task = asyncio.create_task(look())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _alone(python: Path, program: Path) -> int:
    """The most bytes that the program holds when it runs by itself."""
    process = subprocess.Popen([str(python), str(program)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_maxrss * 1024


async def _trials(python: Path, program: Path) -> int:
    """The most bytes that its worker holds while every treatment is tried on it."""
    host = await Host.start(python)
    found: list[int] = [0]
    try:
        worker = await host.open(Program(program))
        await worker.case()
        async with _peak(worker.pid, found):
            for one in treatments():
                request = {"treatments": [one], "symptom": "loss_slow", "seconds": 6, "pairs": 1}
                with contextlib.suppress(ProcessError):
                    await worker.request("trial", request, 120.0)
        await worker.close()
    finally:
        await host.close()
    return max(found)


def measure(python: Path, folder: Path) -> tuple[int, int]:
    """Bytes that trials took over the program's own, and what they may take."""
    program = folder / "wide.py"
    program.write_text(WIDE)
    alone = _alone(python, program)
    tried = asyncio.run(_trials(python, program))
    return tried - alone, bound(PARAMETERS, 4000 * 1001 * FLOAT)


def report(python: Path, folder: Path) -> None:
    """Print the measure."""
    over, allowed = measure(python, folder)
    print("\nmemory over the program's own while every treatment is tried")
    print(f"  {over / 2**20:6.0f} MB of {allowed / 2**20:.0f} MB allowed = {over / allowed:4.2f}")
