"""How much memory a worker uses, watched from outside: a program that eats memory is stopped before it hurts."""

from __future__ import annotations

import os
from pathlib import Path

INTERVAL = 0.2
"""Seconds between two looks."""

SHARE = 0.85
"""Share of the free memory that a worker may use where nobody says otherwise."""


def free() -> int | None:
    """Bytes that can be had without swapping; None where the system does not tell (outside Linux)."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None


def used(pid: int) -> int | None:
    """Resident bytes of a process; None where the system does not tell or the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def limit(wanted: int | None) -> int | None:
    """The bytes that a worker may use: what is wanted, else most of what is free."""
    if wanted is not None:
        return wanted
    available = free()
    return None if available is None else int(SHARE * available)


def in_words(size: float) -> str:
    """A size as people read it."""
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size / 2**20:.0f} MB"
