"""Who holds a session: one process at a time goes on with it, and a dead one's place is free."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Holder:
    """A process that goes on with a session.

    Attributes:
        host: name of its machine.
        pid: its number there.
        started: when it was started, in whatever the system counts; tells it from a later process of the same number.
        since: since when it has held the session, UTC.
    """

    host: str
    pid: int
    started: str
    since: datetime

    @property
    def is_this_process(self) -> bool:
        """Whether it is the one that asks."""
        return self.host == platform.node() and self.pid == os.getpid() and self.started == started(self.pid)

    @property
    def alive(self) -> bool:
        """Whether it still runs; of a process on another machine that cannot be told, so it counts as running."""
        return self.host != platform.node() or (started(self.pid) is not None and started(self.pid) == self.started)

    @property
    def words(self) -> str:
        """The holder as people read it."""
        return f"process {self.pid} on {self.host} since {self.since:%Y-%m-%d %H:%M} UTC"


def this_process(now: datetime) -> Holder:
    """The process that asks."""
    return Holder(platform.node(), os.getpid(), started(os.getpid()) or "", now)


def started(pid: int) -> str | None:
    """When a process of this machine was started, in ticks; empty where the system does not say, None if it is gone."""
    if not _PROCESSES.joinpath("self", "stat").exists():
        return _started_without_ticks(pid)
    try:
        stat = _PROCESSES.joinpath(str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The command's name, in parentheses, may itself hold anything.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _started_without_ticks(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""
