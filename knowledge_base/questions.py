"""Questions, their ordered answers, and the choice among them by a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from knowledge_base.conditions import Condition, evaluate
from knowledge_base.entry import Entry, Id, Text
from knowledge_base.schema import Band, Citation

OTHERWISE = "otherwise"
UNKNOWN = "unknown"


def _when_kind(value: object) -> str:
    return "<otherwise>" if isinstance(value, str) else "<condition>"


When = Annotated[
    Annotated[Literal["otherwise"], Tag("<otherwise>")] | Annotated[Condition, Tag("<condition>")],
    Discriminator(_when_kind),
]


class Answer(Entry):
    """One of a question's options."""

    option: Text | None = None
    """What the button says; needed where a person may be asked."""
    means: Text | None = None
    """What this answer would mean, shown beside the option."""
    say: Text | None = None
    """What was found, with fields of the measurement filled in; needed where a probe may answer."""
    when: When | None = None
    """The condition on the measurement, or ``otherwise``; without it only a person can choose this answer."""
    evidence: dict[Id, Band] = Field(default_factory=dict)
    """What the answer says about causes."""
    locate: tuple[Text, ...] = ()
    """Places that the measurement points at, such as ``layer:{weakest_layer}``."""
    symptom: Id | None = None
    """The symptom that this answer names."""


class Question(Entry):
    """What the assistant wants to know: put to its probe first, to the person if no probe can answer."""

    id: Id
    """Stable and unique."""
    ask: Text
    """The question, as it is put to a person."""
    why: Text
    """Why it is asked."""
    group: Id | None = None
    """The group that it joins; all questions of a group are asked together, in order of cost."""
    probe: Id | None = None
    """The probe that measures; without one only a person can answer."""
    person: bool = False
    """Put it to the person where the probe answers unknown or there is none."""
    shows: Literal["samples"] | None = None
    """What the person is shown with the question: some samples with their labels."""
    answers: dict[Id, Answer] = Field(min_length=2)
    """The options, in order: the first whose condition is true is the answer."""
    sources: tuple[Citation, ...] = ()
    """What the documents say about asking this."""

    @field_validator("answers")
    @classmethod
    def _keep_reserved_words(cls, answers: dict[str, Answer]) -> dict[str, Answer]:
        for word in (UNKNOWN, OTHERWISE, "skipped"):
            if word in answers:
                raise ValueError(f"an answer cannot be called {word!r}: the word has a meaning of its own")
        return answers

    @property
    def for_person(self) -> bool:
        """Whether a person may be asked."""
        return self.person or self.probe is None


@dataclass(frozen=True)
class Chosen:
    """The answer that a measurement gives.

    Attributes:
        answer_id: the answer, or ``None`` for unknown.
        reason: why it is unknown, in words for the person; empty where there is an answer.
    """

    answer_id: str | None
    reason: str = ""


def answer_of(question: Question, measurement: Mapping[str, Any]) -> Chosen:
    """The first answer whose condition is true.

    An unknown condition before it makes the answer unknown; ``otherwise`` is chosen only when every condition before
    it is false.
    """
    for name, answer in question.answers.items():
        if answer.when is None:
            continue
        truth = answer.when == OTHERWISE or evaluate(_condition(answer), measurement)
        if truth is None:
            return Chosen(None, "the measurement lacks a figure that this question needs")
        if truth:
            return Chosen(name)
    return Chosen(None, "none of the answers fits what was measured")


def _condition(answer: Answer) -> Condition:
    assert isinstance(answer.when, Condition)
    return answer.when
