"""The front end without a person: progress goes to standard error, questions are answered from a file or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.events import UNKNOWN, PersonAnswered
from assistant.front_end import Reply, Stream
from assistant.ranking import Answer, Finding
from assistant.report.model import Report
from assistant.steps import AskPerson, NamedSymptom, OfferTrial, RunProbe
from probes.process.description import CaseDescription
from probes.process.events import Points

MOST_LINES = 200
"""Lines of the program's own output that are passed on."""


def as_stage(text: str) -> str:
    """A stage as a line: what is under way ends in dots, what is told as a sentence stays as it is."""
    line = f"{text[:1].upper()}{text[1:]}"
    return line if line.endswith((".", "!", "?")) else f"{line} ..."


class Headless:
    """Tells what happens, line by line, to whoever listens."""

    def __init__(self, tell: Callable[[str], None] | None = None, answers: Mapping[str, str] | None = None) -> None:
        """A front end.

        Args:
            tell: called with each line of progress; None for silence.
            answers: ids of answers by the ids of the questions that a person would be asked.
        """
        self._tell = tell or (lambda _: None)
        self._answers = answers or {}
        self._lines = 0

    async def stage(self, text: str) -> None:
        """Tell the stage."""
        self._tell(as_stage(text))

    async def output(self, stream: Stream, text: str) -> None:
        """Pass on the program's first lines, set apart from our own."""
        for line in text.splitlines():
            if self._lines < MOST_LINES:
                self._tell(f"  | {line}")
            elif self._lines == MOST_LINES:
                self._tell("  | (further output of the program is not shown)")
            self._lines += 1

    async def case_opened(self, case: CaseDescription) -> None:
        """Say where the program is held."""
        if case.failure is None:
            self._tell(f"Held at the training in line {case.fit_line}.")

    async def symptom(self, symptom: NamedSymptom) -> None:
        """Say the symptom."""
        self._tell(f"Symptom: {symptom.id}.")

    async def step_started(self, step: RunProbe) -> None:
        """Say what is looked at."""
        self._tell(f"{step.title} ...")

    async def progress(self, step: RunProbe, fraction: float | None, text: str) -> None:
        """Progress within a probe is not worth a line."""

    async def points(self, points: Points) -> None:
        """Lines of text draw no curves."""

    async def answered(self, answer: Answer) -> None:
        """Answers stand in the report."""

    async def concluded(self, finding: Finding) -> None:
        """Say the cause."""
        self._tell(f"{finding.status.capitalize()}: {finding.cause}.")

    async def ask(self, step: AskPerson) -> Reply:
        """Answer from the file; what is not there nobody knows."""
        return PersonAnswered(question=step.question, answer=self._answers.get(step.question, UNKNOWN))

    async def offer(self, step: OfferTrial) -> bool:
        """Without a person trials need no leave."""
        return True

    async def went_back(self) -> None:
        """Nobody takes anything back here."""

    async def trouble(self, text: str) -> None:
        """Say what went wrong."""
        self._tell(text)

    async def finished(self, report: Report) -> None:
        """The report goes to standard output, not here."""
