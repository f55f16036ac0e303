"""The investigation: joins a dialogue, a worker and a kept session, and tells a front end what happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.dialogue import Dialogue
from assistant.events import AnyEvent
from assistant.front_end import FrontEnd
from assistant.report.model import Report
from probes.process.description import CaseDescription


@dataclass(frozen=True)
class Settings:
    """How far an investigation may go."""

    budget: float = 120.0
    """Seconds of probes and trials, counted from ``fit``."""
    setup_timeout: float = 300.0
    """Seconds that the program may take to reach its ``fit``."""
    restarts: int = 1
    """How often a worker that died is started again."""


class Measured(Protocol):
    """What a worker answers to a request for a probe."""

    seconds: float
    measurement: dict[str, Any] | None
    unknown: str | None


class Worker(Protocol):
    """A held program."""

    async def case(self) -> CaseDescription:
        """Describe the case."""

    async def probe(self, probe: str, seconds: float) -> Measured:
        """Run a probe."""

    async def close(self) -> None:
        """End the process."""


Opener = Callable[[Callable[[Any], Awaitable[None]]], Awaitable[Worker]]
"""Starts the program and hands over its worker; the argument is called with stages, output and progress."""


class Log(Protocol):
    """A kept session."""

    def append(self, event: AnyEvent) -> None:
        """Keep an event; on return it is on disk."""


class Investigation:
    """Walks a dialogue to its end, or until the front end stops it."""

    def __init__(self, dialogue: Dialogue, log: Log, opener: Opener, settings: Settings) -> None:
        """Nothing is started before ``run``."""
        self.dialogue = dialogue

    async def run(self, front: FrontEnd) -> Report:
        """Walk to the end; may be called again after events were interjected or taken back."""
        raise NotImplementedError

    def interject(self, event: AnyEvent) -> None:
        """Record something the person said of their own accord, such as a symptom; a pending question is put anew."""
        raise NotImplementedError

    def go_back(self) -> bool:
        """Take back the last thing the person said; False if there is nothing to take back."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the walk after what is running; a probe under way is abandoned."""
        raise NotImplementedError

    async def close(self) -> None:
        """End the worker."""
        raise NotImplementedError
