"""What the assistant asks of a held program, whoever holds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from probes.process.description import CaseDescription, Outcome
from probes.process.events import WorkerEvent


class Worker(Protocol):
    """A held program. Its methods raise ``probes.process.errors.ProcessError``, ``WorkerLost`` when it is gone."""

    async def case(self) -> CaseDescription:
        """Describe the case."""

    async def probe(self, probe: str, seconds: float = ...) -> Outcome:
        """Run a probe within about so many seconds."""

    async def request(self, kind: str, arguments: Mapping[str, Any]) -> Any:
        """Anything else, such as a trial."""

    async def close(self) -> None:
        """End the process, within a second."""


Listener = Callable[[WorkerEvent], object]
"""Takes what the worker tells; called on the loop of the investigation, must not block."""

Opener = Callable[[Listener], Awaitable[Worker]]
"""Starts the program and hands over its worker."""
