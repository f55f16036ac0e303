"""What a dialogue can ask for next, and what it says about the questions it has put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.ranking import Finding
from assistant.trying import Attempt

Phase = Literal["looking", "recorded_run", "tree", "rest"]
"""Where the walk stands: instant questions, the recorded run, the tree of the symptom, what may explain the rest."""


class ProbeInfo(Protocol):
    """What a dialogue needs to know of a probe; the entries of the probes' catalogue fit."""

    @property
    def id(self) -> str:
        """Stable id."""

    @property
    def title(self) -> str:
        """What is being looked at, in words."""

    @property
    def cost(self) -> str:
        """``instant``, ``seconds`` or ``training``."""

    @property
    def needs(self) -> tuple[str, ...]:
        """What the case must hold."""

    @property
    def measurement(self) -> type:
        """The dataclass of its measurement."""


@dataclass(frozen=True)
class Option:
    """One answer that a person may choose."""

    id: str
    label: str
    """The text of its button."""
    means: str | None
    """What this answer would mean."""


@dataclass(frozen=True)
class RunProbe:
    """Run this probe and record a ``ProbeFinished``."""

    probe: str
    title: str
    cost: str
    question: str
    """Id of the question that needs it first."""
    phase: Phase


@dataclass(frozen=True)
class AskPerson:
    """Put this question to the person and record a ``PersonAnswered``."""

    question: str
    ask: str
    """The question in words."""
    why: str
    """Why it is asked."""
    options: tuple[Option, ...]
    """What can be chosen, besides *not sure* and *skip*, which always can."""
    probe_said: str | None
    """Why the question's probe could not answer; None where no probe can."""


@dataclass(frozen=True)
class OfferTrial:
    """Ask for leave to try a remedy, try it, and record a ``TrialFinished``."""

    cause: str
    remedy: str
    treatment: str
    title: str
    """The remedy in words."""
    costs: str
    """What the remedy costs or risks."""
    attempt: Attempt
    """The trial itself: parameters, what both arms are given, or a counter-trial."""
    asked_for: bool = False
    """Whether the person asked for it, so that no leave is needed."""


@dataclass(frozen=True)
class Conclude:
    """Tell the person about this finding and record a ``CauseConcluded``; the walk goes on afterwards."""

    finding: Finding


@dataclass(frozen=True)
class Finished:
    """Nothing is left to ask."""

    reason: Literal["complete", "healthy", "budget", "stopped", "failed"]
    """Why the walk ended."""
    text: str
    """The same in words."""


Step = RunProbe | AskPerson | OfferTrial | Conclude | Finished


@dataclass(frozen=True)
class NamedSymptom:
    """What is wrong to see, and who said so."""

    id: str
    by: Literal["probe", "person"]
    text: str | None
    """The person's own words, or the probe's finding in words."""


@dataclass(frozen=True)
class Why:
    """The answer to *why are you asking?*"""

    question: str
    reason: str
    speaks_for: tuple[str, ...]
    """Ids of the causes that some answer would speak for."""
    speaks_against: tuple[str, ...]
    """Ids of the causes that some answer would speak against."""
    path: tuple[str, ...]
    """The answers that led here, in words."""
