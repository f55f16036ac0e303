"""The first words, before anything is loaded: what will happen, and what will not."""

from __future__ import annotations

from pathlib import Path

from assistant.terminal import texts
from assistant.terminal.views import Said, SessionView


def greeting(program: Path | None, session: str | None = None) -> SessionView:
    """The screen that stands at once."""
    name = program.name if program else texts.YOUR_PROGRAM
    if session is not None:
        first = Said("greeting", texts.GREETING_RESUME.format(session=session, program=name))
        return SessionView(name, stage="resumed", turns=(first,), busy=True)
    if program is not None and program.suffix == ".triage":
        turns = (
            Said("greeting", texts.GREETING_BUNDLE.format(program=name)),
            Said("trust", texts.GREETING_BUNDLE_TRUST, "quiet"),
        )
        return SessionView(name, stage="", turns=turns, busy=True)
    return SessionView(
        name,
        stage="host",
        turns=(
            Said("greeting", texts.GREETING.format(program=name)),
            Said("trust", texts.GREETING_TRUST, "quiet"),
        ),
        busy=True,
    )
