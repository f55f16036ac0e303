"""A bundle in the place of a program: the dialogue asks it as if it were a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.events import AnyEvent, BundleArrived, CaseEvidence, TrialFinished
from assistant.facts import brought
from assistant.trying import Attempt, not_run
from assistant.worker import Listener, Worker
from probes.process.description import CaseDescription, Outcome
from probes.process.errors import ProcessError, RequestFailed, WorkerLost

NOT_HELD = "the program is not at hand, and the bundle does not hold it"
"""Why a probe has no answer."""

LOST = "The program was lost before there was anything to examine."
"""What is said of it where nothing else was."""

NOT_TRIED = "the program is not at hand, and this trial was not run where it is"
"""Why a trial has no outcome."""


@dataclass(frozen=True)
class BundleOpener:
    """Answers from what bundles brought to a session.

    Attributes:
        log: the events of the session, read anew each time, for more may arrive.
    """

    log: Callable[[], Sequence[AnyEvent]]

    async def open(self, listener: Listener) -> Worker:
        """Nothing is started."""
        return _BundleWorker(self._arrived)

    async def close(self) -> None:
        """Nothing runs."""

    def tried(self, attempt: Attempt, symptom: str) -> TrialFinished:
        """What became of a trial where the program is."""
        for evidence in reversed(self._arrived()):
            for trial in evidence.trials if evidence.symptom == symptom else ():
                if _is_of(trial, attempt):
                    return trial
        return not_run(attempt, NOT_TRIED).model_copy(update={"absent": True})

    def _arrived(self) -> tuple[CaseEvidence, ...]:
        return brought(one for one in self.log() if isinstance(one, BundleArrived))


@dataclass(frozen=True)
class _BundleWorker:
    arrived: Callable[[], tuple[CaseEvidence, ...]]
    lost: ProcessError | None = None

    async def case(self) -> CaseDescription:
        """What was held where the program is; of a program that was lost before that, what happened to it."""
        first = self.arrived()[0]
        if first.lost == "at_start":
            raise WorkerLost(" ".join(first.trouble) or LOST)
        return first.case

    async def probe(self, probe: str, seconds: float = 20.0) -> Outcome:
        """What was measured; else why it cannot be; else that only the program could tell."""
        unknown: Outcome | None = None
        for evidence in reversed(self.arrived()):
            found = next((one for one in evidence.measured if one.probe == probe), None)
            if found is None:
                continue
            counted = 0.0 if probe in evidence.aside else found.seconds
            outcome = Outcome(probe=probe, seconds=counted, measurement=found.measurement, unknown=found.unknown)
            if found.measurement is not None:
                return outcome
            unknown = unknown or outcome
        reasons = [one.not_run[probe] for one in self.arrived() if probe in one.not_run]
        why = f"{NOT_HELD}: {reasons[-1]}" if reasons else NOT_HELD
        return unknown or Outcome(probe=probe, seconds=0.0, unknown=why, absent=True)

    async def request(
        self, name: str, arguments: Mapping[str, Any] | None = None, limit: float | None = None
    ) -> Mapping[str, Any]:
        raise RequestFailed("NotAtHand", NOT_TRIED)

    async def close(self) -> None:
        """Nothing runs."""


def _is_of(trial: TrialFinished, attempt: Attempt) -> bool:
    return (trial.cause, trial.treatment, trial.counter, trial.given) == (
        attempt.cause,
        attempt.treatment,
        attempt.counter,
        attempt.given,
    ) and trial.asked == dict(attempt.parameters)
