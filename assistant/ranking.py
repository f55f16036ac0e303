"""Ranking by weight of evidence: from answers to findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.events import TrialFinished

By = Literal["probe", "person"]
Status = Literal["proven", "likely", "possible", "ruled_out"]
CONFIRMED: tuple[Status, ...] = ("proven", "likely")


@dataclass(frozen=True)
class Answer:
    """What a question was answered with.

    Attributes:
        question: id of the question.
        answer: id of the answer, ``unknown`` or ``skipped``.
        by: who gave it; ``probe`` also for an ``unknown`` that no one could resolve.
        probe: the question's probe, where it has one.
        seconds: what its measurement took; 0 where the measurement was at hand.
        text: the answer in words, filled from the measurement.
        reason: why it is ``unknown``; None otherwise.
        places: kinds of places in the source that the answer points to.
        phase: where in the walk the question was put.
        trail: ids of the trees that led to the question, outermost first.
        names_symptom: id of the symptom that this answer names, or None.
    """

    question: str
    answer: str
    by: By
    probe: str | None
    seconds: float
    text: str
    reason: str | None
    places: tuple[str, ...]
    phase: str
    trail: tuple[str, ...]
    names_symptom: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What one answer says about one cause.

    Attributes:
        question: id of the question.
        answer: id of the answer.
        by: who gave the answer.
        probe: the probe that was read, or None.
        band: ``decides``, ``strong``, ``weak``, ``against`` or ``rules_out``, as the knowledge base has it.
        weight: what it adds to the log-odds; 0 where a stronger answer from the same measurement counts instead.
        text: the answer in words.
        places: kinds of places in the source that the answer points to.
    """

    question: str
    answer: str
    by: By
    probe: str | None
    band: str
    weight: float
    text: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A cause in one session.

    Attributes:
        cause: id of the cause.
        rank: 1 for the first; findings that are ruled out come last.
        status: ``proven``, ``likely``, ``possible`` or ``ruled_out``.
        confidence: 0 to 1.
        because: id of the cause that explains this one, or None.
        prior: log-odds before any answer.
        symptom_fit: log-odds that the symptom adds.
        evidence: what speaks for it and against it, strongest first.
        trials: the trials of its remedies.
    """

    cause: str
    rank: int
    status: Status
    confidence: float
    because: str | None
    prior: float
    symptom_fit: float
    evidence: tuple[Evidence, ...]
    trials: tuple[TrialFinished, ...]
