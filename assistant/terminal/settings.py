"""What the full screen is started with; plain values, so that the first screen waits for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TerminalSettings:
    """How to start the full screen; without a program and without a session the start screen opens.

    Attributes:
        program: the program to examine.
        arguments: the program's own arguments.
        python: interpreter asked for; None for the default.
        fit: which call that trains is held, from 1; None for the first.
        setup_timeout: seconds that the program may take to reach its ``fit``.
        budget: seconds of probes and trials.
        trials: whether trials of remedies are offered.
        knowledge_bases: folders laid over the built-in knowledge base.
        symptom: id of a symptom named on the command line.
        session: id of a kept session to take up.
        store: address of the store of sessions; None for the user's data folder.
        inline: whether to use only the lines below the prompt.
        templates: folder of a team's own templates of reports and messages.
    """

    program: Path | None = None
    arguments: tuple[str, ...] = ()
    python: Path | None = None
    fit: int | None = None
    setup_timeout: float = 300.0
    budget: float = 120.0
    trials: bool = True
    knowledge_bases: tuple[Path, ...] = ()
    symptom: str | None = None
    session: str | None = None
    store: str | None = None
    inline: bool = False
    templates: Path | None = None
