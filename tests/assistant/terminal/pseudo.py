"""The command in a real pseudo-terminal, and the processes that it starts."""

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
from pathlib import Path

HOMES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")


class Terminal:
    """A child in a pseudo-terminal, with everything it wrote."""

    def __init__(
        self,
        arguments: list[str],
        home: Path,
        columns: int = 100,
        lines: int = 30,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.written = b""
        self._looked_from = 0
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            own = {**dict.fromkeys(HOMES, str(home)), "TERM": "xterm-256color", **(environment or {})}
            os.execve(sys.executable, [sys.executable, "-m", "assistant", *arguments], {**os.environ, **own})
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read_until(self, words: str, seconds: float) -> bool:
        """Read until the words were drawn since ``look_anew``."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if words in self.text:
                return True
            if not self._read():
                return words in self.text
        return False

    def look_anew(self) -> None:
        """Leave out of ``text`` what was drawn before."""
        self._looked_from = len(self.written)

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
        written = self.written[self._looked_from :].decode("utf-8", "replace")
        return re.sub(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[()].|\x1b[=>]", "", written)

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

    def started(self) -> tuple[int, ...]:
        """The Python that programs are started from, then the running programs."""
        host = [one for one in children(self.process) if "bootstrap" in command(one)]
        return (*host, *(worker for one in host for worker in children(one)))

    def close(self) -> None:
        """End the child if it is still there."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.descriptor)


def children(process: int) -> list[int]:
    """The living children of a process."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(one) for one in task.read_text().split()]
    return [one for one in found if lives(one)]


def command(process: int) -> str:
    """The command line of a process."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    return ""


def lives(process: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
