"""What the assistant asks of a held program, whoever holds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from probes.process.description import CaseDescription, Outcome


class WorkerGoneError(Exception):
    """The worker died or had to be ended; the message is one sentence that says why."""


@dataclass(frozen=True)
class Stage:
    """What is being done now."""

    text: str


@dataclass(frozen=True)
class Printed:
    """Something the program printed."""

    stream: str
    text: str


@dataclass(frozen=True)
class Progress:
    """How far a probe is."""

    fraction: float | None
    text: str


News = Stage | Printed | Progress
"""What a worker tells while it works."""

Listener = Callable[[News], None]
"""Takes the news; called on the loop of the investigation, must not block."""


class Worker(Protocol):
    """A held program. Every method but ``close`` raises ``WorkerGoneError`` when the process is lost."""

    async def case(self) -> CaseDescription:
        """Describe the case."""

    async def probe(self, probe: str, seconds: float) -> Outcome:
        """Run a probe within about so many seconds."""

    async def request(self, kind: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Anything else, such as a trial."""

    async def close(self) -> None:
        """End the process, within a second."""


Opener = Callable[[Listener], Awaitable[Worker]]
"""Starts the program and hands over its worker; raises ``WorkerGoneError`` when it cannot."""
