"""The command in a real pseudo-terminal: what it draws, what it keeps away, and how it leaves."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

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


class Terminal:
    """A child in a pseudo-terminal, with everything it wrote."""

    def __init__(self, arguments: list[str], home: Path, columns: int = 100, lines: int = 30) -> None:
        self.began = time.monotonic()
        self.written = b""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
            surroundings = {**os.environ, **dict.fromkeys(names, str(home)), "TERM": "xterm-256color"}
            os.execve(sys.executable, [sys.executable, "-m", "assistant", *arguments], surroundings)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read_until(self, words: str, seconds: float) -> bool:
        """Read until the words were drawn."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if words in self.text:
                return True
            if not self._read():
                return words in self.text
        return False

    def _read(self) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], 0.05)
        if ready:
            try:
                chunk = os.read(self.descriptor, 65536)
            except OSError:
                return False
            self.written += chunk
            return bool(chunk)
        return True

    @property
    def text(self) -> str:
        """What was written, without control sequences."""
        return re.sub(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[()].|\x1b[=>]", "", self.written.decode("utf-8", "replace"))

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self.descriptor, keys.encode())

    def ended(self, seconds: float) -> int | None:
        """The exit status once the child is gone, or None while it is there."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self._read()
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.process = 0
                return os.waitstatus_to_exitcode(status)
        return None

    def close(self) -> None:
        """End the child if it is still there."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.descriptor)


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
