"""Whatever becomes of the program and of the Python that starts it, the screen says so, goes on, and can be left."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.assistant.terminal.pseudo import Terminal, lives

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")

PROGRAM = """
import keras, time

time.sleep(600)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(PROGRAM, "utf-8")
    return path


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def make(program: Path, **environment: str) -> Terminal:
        opened.append(Terminal([str(program), "--budget", "12"], tmp_path, environment=environment))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def _leaves(terminal: Terminal, keys: str = "\x03") -> None:
    started = terminal.started()
    assert started
    terminal.send(keys)
    assert terminal.ended(15) == 0
    assert not [one for one in started if lives(one)]
    assert b"\x1b[?1049l" in terminal.written
    assert b"\x1b[?25h" in terminal.written


@pytest.mark.parametrize("what", ["killed", "hangs"])
def test_while_python_starts(open_terminal: Callable[..., Terminal], program: Path, tmp_path: Path, what: str) -> None:
    (tmp_path / "tensorflow.py").write_text("import time\ntime.sleep(600)\n")
    terminal = open_terminal(program, PYTHONPATH=str(tmp_path))
    assert terminal.read_until("mporting TensorFlow", 30)
    (host,) = terminal.started()
    if what == "killed":
        os.kill(host, signal.SIGKILL)
        assert terminal.read_until("Killed.", 30)
        assert terminal.read_until("/rerun starts it again", 30)
        terminal.send("/rerun\r")
        assert terminal.read_until("started again", 30)
        terminal.look_anew()
        assert terminal.read_until("mporting TensorFlow", 30)
    else:
        os.kill(host, signal.SIGSTOP)
    _leaves(terminal)


# A sentence may be broken anywhere between its words, so that one word of it is waited for.
@pytest.mark.keras
def test_while_the_program_is_set_up(open_terminal: Callable[..., Terminal], program: Path) -> None:
    terminal = open_terminal(program)
    assert terminal.read_until("unning the program", 120)
    os.kill(terminal.started()[-1], signal.SIGKILL)
    assert terminal.read_until("killed", 30)

    terminal.look_anew()
    terminal.send("/rerun\r")
    assert terminal.read_until("unning the program", 60)
    terminal.send("\x1b")
    assert terminal.read_until("stopped", 30)

    terminal.look_anew()
    terminal.send("/rerun\r")
    assert terminal.read_until("unning the program", 60)
    for process in terminal.started():
        os.kill(process, signal.SIGSTOP)
    _leaves(terminal)
