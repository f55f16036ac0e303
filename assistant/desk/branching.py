"""From which event on a session goes another way."""

from __future__ import annotations

from assistant.answers_file import nearest
from assistant.errors import UsageError
from assistant.events import AnyEvent, PersonAnswered, ProbeFinished, Stopped, SymptomNamed, in_force
from knowledge_base.loading import KnowledgeBase

SYMPTOM = "symptom"
"""What stands for the symptom that a person named, in place of a question."""


def events_to_keep(kb: KnowledgeBase, events: tuple[AnyEvent, ...], question: str | None, *, again: bool) -> int:
    """How many of the events in force a branch keeps.

    Args:
        kb: the knowledge base.
        events: the log of the parent.
        question: id of the question at whose answer the branch begins, or ``symptom``; None for the end of the log.
        again: whether that question is put again; else its answer stands.

    Raises:
        UsageError: there is no such question, or it has no answer yet.
    """
    current = in_force(events)
    if question is None:
        return len(current) - (1 if current and isinstance(current[-1], Stopped) else 0)
    if question != SYMPTOM and question not in kb.questions:
        raise UsageError(f"There is no question {question!r}{nearest(question, kb.questions)}.")
    for place, event in enumerate(current):
        if _answers(kb, event, question):
            return place if again else place + 1
    raise UsageError(f"{question} has no answer in this session yet; `keras-triage sessions show` lists the answers.")


def _answers(kb: KnowledgeBase, event: AnyEvent, question: str) -> bool:
    if isinstance(event, PersonAnswered):
        return event.question == question
    if isinstance(event, SymptomNamed):
        return question == SYMPTOM and event.by == "person"
    probe = kb.questions[question].probe if question != SYMPTOM else None
    return isinstance(event, ProbeFinished) and event.probe == probe and event.measurement is not None
