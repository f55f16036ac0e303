"""What speaks for a cause, as the card of a finding tells it."""

from __future__ import annotations

from assistant.report.model import EvidencePart
from assistant.terminal.presenting.findings import evidence

HIGH, SWINGS = "The rate is high.", "The loss swings."


def part(text: str, question: str) -> EvidencePart:
    return EvidencePart(question=question, answer="a", by="probe", probe="p", band="weak", text=text)


def test_a_sentence_that_two_questions_say_keeps_its_first_rank() -> None:
    told = evidence((part(HIGH, "first"), part(SWINGS, "second"), part(HIGH, "third")))
    assert [(one.text, one.question) for one in told] == [(HIGH, "first"), (SWINGS, "second")]
