"""What a session screen asks of whatever stands behind it: the live session, or a recorded one in the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from assistant.terminal.views import FindingView, SessionView

Attention = Callable[[str], None]
"""Called with a sentence when the person, who may look elsewhere, is needed or something long has ended."""


class Reports(Protocol):
    """The report as it stood when it was asked for, in every format."""

    @property
    def first(self) -> str:
        """The format that suits the session."""

    def made(self, format: str) -> str:
        """The report in a format; raises a ``TriageError`` where a template of the team's own cannot be filled in."""

    def file(self, format: str) -> str:
        """Where it goes unless the person says otherwise."""

    def write(self, file: str, text: str) -> str:
        """Write a report; returns a sentence that says so, raises a ``TriageError`` where it cannot be written."""


class Partner(Protocol):
    """The other side of the conversation. Every method returns soon; what follows shows in the view."""

    @property
    def view(self) -> SessionView:
        """Everything to be shown now."""

    def listen(self, changed: Callable[[], None], printed: Callable[[str], None], attention: Attention) -> None:
        """Whom to tell: that the view changed, what the program printed, that the person is needed."""

    async def start(self) -> None:
        """Begin or take up the session; returns when nothing is left to do."""

    async def answer(self, option: str) -> None:
        """Answer the question that stands; ``unknown`` and ``skipped`` are answers too."""

    async def say(self, text: str) -> None:
        """Take what the person typed in their own words."""

    async def paste(self, text: str) -> None:
        """Take several pasted lines, such as a training log."""

    async def command(self, action: str, argument: str) -> None:
        """Do one of the actions of the table that concern the session."""

    async def go_back_to(self, question: str) -> None:
        """Take back everything from this question on."""

    def cancel(self) -> None:
        """Abandon what is running."""

    def finding(self, cause: str) -> FindingView | None:
        """Everything that is known about a cause, whether it stands or not."""

    def reports(self) -> Reports:
        """The report as it stands now."""

    async def close(self) -> None:
        """End the worker; the session is kept."""

    def farewell(self) -> tuple[str, ...]:
        """What to print once the terminal is restored."""
