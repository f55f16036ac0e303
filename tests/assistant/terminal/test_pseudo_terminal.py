"""The command in a real pseudo-terminal: what it draws, what it keeps away, and how it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant.terminal.pseudo import Terminal

NOISE = """
import os, sys
import numpy as np
import keras
print("PRINTED-BY-PROGRAM")
sys.stderr.write("WRITTEN-TO-STDERR\\n")
os.write(1, b"RAW-WRITE-ONE\\n")
os.write(2, b"RAW-WRITE-TWO\\n")
os.system("echo FROM-A-CHILD; echo FROM-A-CHILD-TOO >&2")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.zeros((64, 4), "float32"), np.zeros((64, 1), "float32"), epochs=2)
"""
WORDS = ("PRINTED-BY-PROGRAM", "WRITTEN-TO-STDERR", "RAW-WRITE-ONE", "RAW-WRITE-TWO", "FROM-A-CHILD", "oneDNN", "cuda")


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    program = tmp_path / "noisy.py"
    program.write_text(NOISE, "utf-8")
    return program


@pytest.fixture
def terminal(tmp_path: Path, noisy: Path) -> Iterator[Terminal]:
    child = Terminal([str(noisy)], tmp_path)
    yield child
    child.close()


def test_the_greeting_stands_and_ctrl_c_leaves_with_the_terminal_restored(terminal: Terminal) -> None:
    assert terminal.read_until("Say what you see", 20)
    terminal.send("\x03")
    assert terminal.ended(15) == 0
    assert b"\x1b[?1049l" in terminal.written
    assert b"\x1b[?25h" in terminal.written


@pytest.mark.keras
def test_nothing_the_program_prints_reaches_the_screen(terminal: Terminal) -> None:
    assert terminal.read_until("is held at fit", 120)
    drawn = terminal.text
    assert not [word for word in WORDS if word in drawn]
    terminal.send("\x1b[18~")
    assert terminal.read_until("PRINTED-BY-PROGRAM", 20)
    terminal.send("\x03")
    assert terminal.ended(15) == 0
    assert "keras-triage resume" in terminal.text
