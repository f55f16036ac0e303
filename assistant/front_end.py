"""What an investigation tells a front end, and what it may be asked back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.events import PersonAnswered
from assistant.ranking import Answer, Finding
from assistant.report.model import Report
from assistant.steps import AskPerson, NamedSymptom, OfferTrial, RunProbe
from probes.process.description import CaseDescription
from probes.process.events import Points

Stream = Literal["stdout", "stderr"]


@dataclass(frozen=True)
class GoBack:
    """The person wants to take back the last thing they said."""


@dataclass(frozen=True)
class Stop:
    """The person wants to end the session here."""


Reply = PersonAnswered | GoBack | Stop


class FrontEnd(Protocol):
    """A screen, a terminal or nothing at all; every value handed over is immutable.

    The methods are called in order, on the loop of the investigation; ``stage``, ``output`` and ``progress`` may come
    while another is awaited. ``ask`` and ``offer`` are cancelled when the person says something else in between
    (``Investigation.interject``, ``go_back``, ``stop``).
    """

    async def stage(self, text: str) -> None:
        """What is being done now, in words."""

    async def output(self, stream: Stream, text: str) -> None:
        """Something the program printed."""

    async def case_opened(self, case: CaseDescription) -> None:
        """The program is held at its ``fit``, or has failed."""

    async def symptom(self, symptom: NamedSymptom) -> None:
        """The symptom has a name now, or another name than before."""

    async def step_started(self, step: RunProbe) -> None:
        """A probe begins."""

    async def progress(self, step: RunProbe, fraction: float | None, text: str) -> None:
        """A probe is under way; ``fraction`` is 0 to 1 where it is known."""

    async def points(self, points: Points) -> None:
        """More of a curve that is being measured; a front end without curves passes over it."""

    async def answered(self, answer: Answer) -> None:
        """A question has its answer, for the first time or anew."""

    async def concluded(self, finding: Finding) -> None:
        """A cause has become likely or proven."""

    async def ask(self, step: AskPerson) -> Reply:
        """Put a question to the person."""

    async def offer(self, step: OfferTrial) -> bool:
        """Ask for leave to run a trial."""

    async def went_back(self) -> None:
        """Events were taken back: answers and findings are to be read anew from the dialogue."""

    async def trouble(self, text: str) -> None:
        """Something went wrong that the session survives, such as a worker that died."""

    async def finished(self, report: Report) -> None:
        """The walk is over."""
