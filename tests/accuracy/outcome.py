"""What one check left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """A report with what it took."""

    report: dict[str, Any]
    """As printed; `{"error": ...}` where none came."""
    seconds: float
    exit_status: int | None
    events: tuple[str, ...] = ()
    """The session's events as JSON, in order, where the check ran in this process."""
