"""What is kept of a session beside its events."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Relation = Literal["branch", "follow_up"]
"""How a session came from its parent: branched off from an earlier answer, or the user's next program."""


class OpenedWith(BaseModel):
    """How a session was opened; enough to open it again. Stays on this machine: it holds absolute paths."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    program: str
    """Absolute path of the program."""
    arguments: tuple[str, ...] = ()
    """The program's own arguments."""
    python: str | None = None
    """Interpreter that was asked for; None for the default."""
    fit: int | None = Field(default=None, ge=1)
    """Which call that trains is held, from 1; None where the person did not choose."""
    setup_timeout: float = Field(default=300.0, gt=0)
    """Seconds that the program may take to reach its ``fit``."""
    budget: float = Field(default=120.0, gt=0)
    """Seconds of probes and trials."""
    trials: bool = True
    """Whether trials of remedies are offered."""
    knowledge_bases: tuple[str, ...] = ()
    """Folders laid over the built-in knowledge base."""


class DeskStatus(StrEnum):
    """Where a desk stands with a session."""

    OPEN = "open"
    WAITING_FOR_USER = "waiting_for_user"
    RESOLVED = "resolved"
    GAVE_UP = "gave_up"

    @property
    def words(self) -> str:
        """The status as people read it."""
        return self.value.replace("_", " ")


class FoundCause(BaseModel):
    """A finding of a kept session, in short."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cause: str
    """Id of the cause."""
    title: str
    """The cause in a few words."""
    status: str
    """``proven``, ``likely``, ``possible`` or ``ruled_out``."""
    confidence: float
    """From 0 to 1."""


class Outcome(BaseModel):
    """What a session has come to, in short: for lists, searches and comparisons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    knowledge_base: str
    """Version of the knowledge base by which it was told."""
    status: str
    """That of its report: ``diagnosed``, ``healthy``, ``inconclusive`` or ``program_failed``."""
    symptom: str | None
    """Id of the symptom, once it has a name."""
    answers: dict[str, str]
    """The answer of each question that was met, by id."""
    findings: tuple[FoundCause, ...]
    """The causes that a person was told of, ranked; those ruled out last."""

    @property
    def confirmed(self) -> tuple[FoundCause, ...]:
        """The causes that are likely or proven."""
        return tuple(one for one in self.findings if one.status in ("proven", "likely"))


class Note(BaseModel):
    """An internal note; it enters nothing that a user sees."""

    model_config = ConfigDict(frozen=True)

    number: int
    """From 1, in the order written."""
    at: datetime
    """When it was written, UTC."""
    text: str
    """What it says."""


class SessionInfo(BaseModel):
    """One line of the list of sessions."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Eight hexadecimal digits."""
    created: datetime
    """When it was begun, UTC."""
    opened: OpenedWith
    """How it was opened."""
    events: int
    """How many events it holds."""
    last: datetime
    """When the last event was kept, UTC."""
    knowledge_base: str
    """Version of the knowledge base that it was begun with."""
    name: str = ""
    """What a person called it; empty where nobody did."""
    status: DeskStatus = DeskStatus.OPEN
    """Where the desk stands with it."""
    assignee: str = ""
    """Who takes care of it; empty for nobody."""
    tags: tuple[str, ...] = ()
    """Its tags, sorted."""
    notes: tuple[Note, ...] = ()
    """Its internal notes, in the order written."""
    parent: str | None = None
    """The session that it came from."""
    relation: Relation | None = None
    """How it came from there."""
    outcome: Outcome | None = None
    """What it had come to when that was last kept; ``outcomes.up_to_date`` brings it up to date."""
    outcome_events: int = 0
    """After how many events that was."""
    holder: str | None = None
    """Who goes on with it at the moment, in words: process, host and since when."""

    @property
    def title(self) -> str:
        """Its name, or its program's file name."""
        return self.name or self.opened.program.replace("\\", "/").rsplit("/", 1)[-1]
