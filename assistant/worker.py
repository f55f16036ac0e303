"""What the assistant asks of a held program, whoever holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from assistant.events import ProbeFinished, TrialFinished
from assistant.trying import Attempt
from probes.measurement import from_wire
from probes.process.description import CaseDescription, Outcome
from probes.process.errors import ProcessError
from probes.process.events import WorkerEvent


class Worker(Protocol):
    """A held program."""

    @property
    def lost(self) -> ProcessError | None:
        """Why it is gone; None while it lives."""

    async def case(self) -> CaseDescription:
        """Describe the case; raises a ``ProcessError`` when the program does not get to its ``fit``."""

    async def probe(self, probe: str, seconds: float = ...) -> Outcome:
        """Run a probe within about so many seconds; what goes wrong is an outcome without a measurement."""

    async def request(
        self, name: str, arguments: Mapping[str, Any] | None = None, limit: float | None = None
    ) -> Mapping[str, Any]:
        """Anything else, such as a trial; raises a ``ProcessError``."""

    async def close(self) -> None:
        """End the process, within a second."""


HANGING = 30.0
"""Seconds beyond four times its own after which a trial's worker counts as hung."""

MOST_SECONDS: Mapping[str, float] = {"instant": 10.0, "seconds": 30.0}
"""What a probe of a cost class may take; one that trains may take what is left."""


def probe_finished(probe: str, outcome: Outcome) -> ProbeFinished:
    """The event of what came of a probe."""
    return ProbeFinished(
        probe=probe,
        measurement=None if outcome.measurement is None else from_wire(outcome.measurement),
        unknown=outcome.unknown,
        seconds=outcome.seconds,
        absent=outcome.absent,
    )


Listener = Callable[[WorkerEvent], object]
"""Takes what the worker tells; called on the loop of the investigation, must not block."""


class Opener(Protocol):
    """Starts the program, as often as it is needed."""

    async def open(self, listener: Listener) -> Worker:
        """Start the program; raises a ``ProcessError`` when it cannot be started."""

    async def close(self) -> None:
        """End everything that was started, within a second."""


@runtime_checkable
class OpensCopies(Protocol):
    """An opener that can also run an edited copy of its program."""

    async def open_copy(self, path: Path, environment: Mapping[str, str], listener: Listener) -> Worker:
        """Start the program at a path as the original is started; raises a ``ProcessError`` when it cannot be."""


@runtime_checkable
class RemembersTrials(Protocol):
    """An opener whose program is not at hand: it knows the trials that were run where the program is."""

    def tried(self, attempt: Attempt, symptom: str) -> TrialFinished:
        """What became of a trial for a symptom; one without an outcome where it was not run."""
