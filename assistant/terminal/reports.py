"""The report as the screen shows and writes it: in every format, as it stands at the moment."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.report.formats import SUFFIXES, formatted, write
from assistant.terminal import texts

if TYPE_CHECKING:
    from assistant.terminal.live import LiveSession


class LiveReports:
    """The reports of a live session; what is shown is what is written."""

    def __init__(self, session: LiveSession, templates: Path | None) -> None:
        """The report as it stands now.

        Args:
            session: the session.
            templates: folder of a team's own templates.
        """
        self._session = session
        self._templates = templates
        self._report = session.session.investigation.report()

    @property
    def first(self) -> str:
        """The format that is shown first: at a desk the message to the user."""
        return "message" if self._session.session.dialogue.facts.bundles else "markdown"

    def made(self, format: str) -> str:
        """The report in a format.

        Raises:
            UsageError: a template of the team's own cannot be filled in.
        """
        return formatted(format, self._report, self._session.session.dialogue, self._templates)

    def file(self, format: str) -> str:
        """Where it goes unless the person says otherwise: the folder of our own, never the program's."""
        from platformdirs import user_data_path

        kept = self._session.session.kept
        part = "-message" if format == "message" else ""
        name = f"{Path(kept.opened.program).stem}-{kept.id}{part}{SUFFIXES[format]}"
        return str(user_data_path("keras-triage", appauthor=False) / "reports" / name)

    def write(self, file: str, text: str) -> str:
        """Write a report and say so; returns the sentence.

        Raises:
            UsageError: it cannot be written there.
        """
        path = Path(file).expanduser()
        with contextlib.suppress(OSError):  # writing says what is wrong
            path.parent.mkdir(parents=True, exist_ok=True)
        write(text, path)
        told = texts.REPORT_WRITTEN.format(file=path.absolute())
        self._session.talk.say(told)
        return told
