"""What a log of events amounts to: the facts that a walk over the knowledge base goes by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.events import (
    SKIPPED,
    AnyEvent,
    BundleArrived,
    CaseEvidence,
    CaseOpened,
    CauseConcluded,
    FollowedUp,
    LogShown,
    PatchTried,
    PersonAnswered,
    ProbeFinished,
    Stopped,
    SymptomNamed,
    TrialFinished,
    Undone,
)
from assistant.steps import NamedSymptom
from probes.process.description import CaseDescription


class _PassesOver(dict[str, PersonAnswered]):
    """Answers of a person who skips every question that is not among them."""

    def __missing__(self, question: str) -> PersonAnswered:
        return PersonAnswered(question=question, answer=SKIPPED)


@dataclass
class Facts:
    """The events in force, by kind.

    Attributes:
        case: the case, once it is open.
        bundles: what bundles brought, in order; empty for a program that is at hand.
        symptom: what the person named, if they did.
        logs: the training logs that the person showed, in order.
        measured: what each probe said, in the order in which they finished.
        persons: what the person answered, by question.
        trials: the trials that ended, in order.
        patched: what became of each patched program that was run, by its diff.
        concluded: the causes that were told, with the status they had.
        stopped: the reason, if the session was ended.
    """

    case: CaseDescription | None = None
    bundles: list[BundleArrived] = field(default_factory=list)
    symptom: NamedSymptom | None = None
    logs: list[LogShown] = field(default_factory=list)
    measured: dict[str, ProbeFinished] = field(default_factory=dict)
    persons: dict[str, PersonAnswered] = field(default_factory=dict)
    trials: list[TrialFinished] = field(default_factory=list)
    patched: dict[str, PatchTried] = field(default_factory=dict)
    concluded: set[tuple[str, str]] = field(default_factory=set)
    stopped: str | None = None

    @property
    def measurements(self) -> dict[str, Mapping[str, Any]]:
        """What was measured, by probe; without those that could not answer."""
        return {probe: one.measurement for probe, one in self.measured.items() if one.measurement}

    @property
    def telling_log(self) -> LogShown | None:
        """The latest log that shows a symptom."""
        return next((one for one in reversed(self.logs) if one.symptom), None)

    @property
    def seconds(self) -> float:
        """Seconds of probes and trials so far."""
        patched = sum(one.seconds for one in self.patched.values())
        return sum(one.seconds for one in self.measured.values()) + self.trial_seconds + patched

    @property
    def trial_seconds(self) -> float:
        """Seconds of trials so far."""
        return sum(one.outcome.seconds if one.outcome else one.seconds for one in self.trials)

    def with_every_answer(self) -> Facts:
        """The same facts, in which the person passes over every question that they have not answered."""
        return replace(self, persons=_PassesOver(self.persons))

    def take(self, event: AnyEvent) -> None:
        """Add what an event says; ``Undone`` is none of them, because it takes facts away."""
        match event:
            case CaseOpened():
                self.case = event.case
            case BundleArrived():
                self._forget_absent()
                self.bundles.append(event)
            case SymptomNamed():
                self.symptom = NamedSymptom(event.symptom, event.by, event.text)
            case LogShown():
                self.logs.append(event)
            case ProbeFinished():
                self.measured[event.probe] = event
            case PersonAnswered():
                self.persons[event.question] = event
            case TrialFinished():
                self.trials.append(event)
            case PatchTried():
                self.patched[event.patch] = event
            case CauseConcluded():
                self.concluded.add((event.cause, event.status))
            case Stopped():
                self.stopped = event.reason
            case FollowedUp():
                # It is no part of the walk.
                return
            case Undone():
                raise ValueError("an undone event takes facts away; gather them anew")

    def _forget_absent(self) -> None:
        """What could not be told without the program is asked again of what has arrived."""
        self.measured = {id: one for id, one in self.measured.items() if not one.absent}
        self.trials = [one for one in self.trials if not one.absent]


def brought(bundles: Iterable[BundleArrived]) -> tuple[CaseEvidence, ...]:
    """What bundles brought, in order; that a program was lost at its start counts only while nothing else has come."""
    evidence = tuple(one.evidence for one in bundles)
    return tuple(one for one in evidence if one.lost != "at_start") or evidence


def gather(events: Iterable[AnyEvent]) -> Facts:
    """The facts of the events, which must all be in force."""
    facts = Facts()
    for event in events:
        facts.take(event)
    return facts
