"""What is kept of a session beside its events."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


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
