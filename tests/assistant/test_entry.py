"""The entry point: Ctrl-C while modules load, closed outputs, dumb terminals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.full_screen import on_a_terminal

INTERRUPTED_WHILE = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
sys.argv[1:] = {arguments!r}
from assistant.__main__ import main
main()
print("went on")
"""
"""A program that is sent what Ctrl-C sends as soon as it imports a module."""


def run(code: str, folder: Path, **surroundings: str) -> subprocess.CompletedProcess[str]:
    (folder / "train.py").write_text("x = 1\n")
    homes = {name: str(folder / "home") for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **homes, **surroundings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["check", "train.py"], "typer"),
        (["check", "train.py"], "assistant.commands"),
        (["check", "train.py"], "sqlalchemy"),
        (["check", "train.py"], "assistant.headless"),
        (["train.py", "--plain"], "assistant.program_file"),
        (["train.py", "--plain"], "numpy"),
        (["kb", "tree", "loss_nan"], "yaml"),
        ([], "assistant.terminal.launch"),
        ([], "textual.app"),
        (["train.py"], "textual.screen"),
    ],
)
def test_ctrl_c_while_modules_load_ends_it_in_one_sentence(arguments: list[str], module: str, tmp_path: Path) -> None:
    done = run(
        INTERRUPTED_WHILE.format(module=module, arguments=arguments), tmp_path, TEXTUAL_DRIVER="textual.drivers:none"
    )
    assert done.returncode == 130, done.stderr
    assert done.stderr == "keras-triage: Interrupted.\n"
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--list"], ["kb", "tree", "loss_nan"], ["sessions"]])
def test_nobody_who_reads_is_no_trouble(arguments: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert done.stderr.replace("No session is kept yet.\n", "") == ""


def test_a_closed_output_is_no_trouble(tmp_path: Path) -> None:
    closed = f"{sys.executable} -m assistant demo --list >&-"
    done = subprocess.run(["sh", "-c", closed], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


class Seen:
    """A standard stream of a terminal."""

    closed = False

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("surroundings", "full"), [({"TERM": "dumb"}, False), ({"TERM": "xterm"}, True), ({"TEXTUAL_DRIVER": "x:y"}, True)]
)
def test_a_dumb_terminal_gets_lines(surroundings: dict[str, str], full: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERM", "TEXTUAL_DRIVER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdin", Seen())
    monkeypatch.setattr(sys, "stdout", Seen())
    assert on_a_terminal() is full
