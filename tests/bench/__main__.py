"""What probes and a whole check cost, as ratios measured in one run: ``python -m tests.bench`` (``make bench``)."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from probes.catalogue import catalogue
from probes.process.client import Host
from probes.process.interpreters import choose
from probes.process.program import Program
from tests.bench import memory

TABLE = """
import keras, numpy as np
keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
x = rng.normal(size=(2000, 12)).astype("float32")
y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype("float32")
layers = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
model = keras.Sequential([keras.Input((12,)), *layers])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:1600], y[:1600], epochs=10, validation_data=(x[1600:], y[1600:]), verbose=0)
"""
PICTURES = """
import keras, numpy as np
from keras import layers
keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
y = rng.integers(0, 4, 1200)
x = rng.normal(0, 0.3, size=(1200, 24, 24, 1)).astype("float32")
for place, one in enumerate(y):
    x[place, 6 * one : 6 * one + 6] += 1.0
model = keras.Sequential([keras.Input((24, 24, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:1000], y[:1000], epochs=4, validation_data=(x[1000:], y[1000:]), verbose=0)
"""
DEEP = """
import keras, numpy as np
from keras import layers
keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
x = rng.normal(size=(1000, 16)).astype("float32")
y = x[:, :4].sum(axis=1)
inputs = keras.Input((16,))
h = layers.Dense(32)(inputs)
for _ in range(40):
    h = layers.Add()([h, layers.Dense(32, activation="relu")(layers.LayerNormalization()(h))])
model = keras.Model(inputs, layers.Dense(1)(h))
model.compile(optimizer="adam", loss="mse")
model.fit(x[:800], y[:800], epochs=4, validation_data=(x[800:], y[800:]), verbose=0)
"""
FIRST_STEP = """
import runpy, sys, time
import keras
def fit(self, x, y, **_):
    began = time.perf_counter()
    self.train_on_batch(x[:32], y[:32])
    print(time.perf_counter() - began)
keras.Model.fit = fit
runpy.run_path(sys.argv[1])
"""
INSTANT, STEPS, SECONDS = 1.0, 1.3, 5.0
"""What the probes of a class may cost together: seconds; times the model's first step, and seconds."""
PROGRAMS = {"table": TABLE, "pictures": PICTURES, "deep": DEEP}


async def _probes(python: Path, folder: Path) -> None:
    host = await Host.start(python)
    try:
        for name in PROGRAMS:
            program = folder / f"{name}.py"
            began = time.perf_counter()
            worker = await host.open(Program(program))
            await worker.case()
            opened = time.perf_counter() - began
            costs = {
                one.id: (await worker.probe(one.id, 60.0)).seconds
                for one in catalogue().values()
                if "failure" not in one.needs
            }
            by_class: dict[str, float] = {}
            for probe in catalogue().values():
                by_class[probe.cost] = by_class.get(probe.cost, 0.0) + costs.get(probe.id, 0.0)
            step = _first_step(python, program)
            print(f"\n{name}: held {opened:.2f} s after the request; its own first step takes {step:.2f} s")
            allowed = {"instant": INSTANT, "seconds": STEPS * step + SECONDS}
            for kind, seconds in by_class.items():
                print(
                    f"  all {kind:<9} {seconds:6.2f} s{f', {allowed[kind]:.2f} s allowed' if kind in allowed else ''}"
                )
            for one, seconds in sorted(costs.items(), key=lambda item: -item[1]):
                print(f"    {one:<24} {seconds:6.2f} s  {seconds / max(by_class['instant'], 1e-9):8.1f} x all instant")
            await worker.close()
    finally:
        await host.close()


def _first_step(python: Path, program: Path) -> float:
    """Seconds of the model's first training step, as Keras itself takes it."""
    ran = subprocess.run([str(python), "-c", FIRST_STEP, str(program)], capture_output=True, text=True, check=True)
    return float(ran.stdout.split()[-1])


def _check(python: Path, folder: Path) -> None:
    print("\na whole check over a plain run of the same program")
    for name in PROGRAMS:
        program = folder / f"{name}.py"
        plain = _seconds([str(python), str(program)])
        checked = _seconds([sys.executable, "-m", "assistant", "check", str(program), "--format", "json"])
        print(f"  {name:<9} {checked:6.1f} s / {plain:5.1f} s = {checked / plain:4.1f}")


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def _first_screen(program: Path) -> float:
    """Seconds from the command to the first screen on which typing works."""
    child, terminal = pty.fork()
    began = time.perf_counter()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="100", LINES="30")
        store = f"sqlite:///{program.parent / 'bench.db'}"
        os.execv(sys.executable, [sys.executable, "-m", "assistant", str(program), "--store", store])
    seen, passed = b"", 0.0
    while passed < 20:
        if select.select([terminal], [], [], 0.05)[0]:
            seen += os.read(terminal, 65536)
        passed = time.perf_counter() - began
        if b"Say what you see" in seen:
            break
    os.write(terminal, b"\x03")
    time.sleep(1.0)
    os.close(terminal)
    os.waitpid(child, 0)
    return passed


def main() -> None:
    """Print everything."""
    python = asyncio.run(choose(None))
    folder = Path(tempfile.mkdtemp())
    try:
        for name, source in PROGRAMS.items():
            (folder / f"{name}.py").write_text(source)
        print("start")
        bare = statistics.median(_seconds([sys.executable, "-c", "pass"]) for _ in range(5))
        helped = statistics.median(_seconds([sys.executable, "-m", "assistant", "--help"]) for _ in range(5))
        screen = statistics.median(_first_screen(folder / "table.py") for _ in range(3))
        print(f"  --help        {helped:5.2f} s = {helped / bare:5.1f} x an interpreter that does nothing")
        print(f"  first screen  {screen:5.2f} s = {screen / bare:5.1f} x an interpreter that does nothing")
        asyncio.run(_probes(python, folder))
        memory.report(python, folder)
        _check(python, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
