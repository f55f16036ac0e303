"""Every cause is reached by recorded answers, and comes first where the answers are its own."""

from __future__ import annotations

from functools import cache

import pytest

from assistant.ranking import Answer, Finding, rank
from knowledge_base.evidence import weight
from knowledge_base.graph import reachable_questions, ways_to
from knowledge_base.loading import load
from knowledge_base.questions import Question

KB = load()
SHARES_ITS_ANSWERS = {
    "input_layout_wrong": "a wrong layout is first seen as an architecture that does not fit the data",
    "too_few_epochs": "a schedule that stops the learning looks the same until the rate is tried",
    "poor_local_minimum": "only a trial from another start tells it",
    "low_variety": "is told from too little data by looking at the images",
    "insufficient_augmentation": "is told from too little data by a trial",
}
"""Causes whose answers speak as much for a neighbour, and why."""


def typical_answer(question: Question, cause: str) -> str | None:
    """The answer that speaks most for the cause, and of those the one that speaks least for others."""

    def worth(name: str) -> tuple[float, float]:
        evidence = {one: weight(KB.weights, band) for one, band in question.answers[name].evidence.items()}
        return evidence.get(cause, 0.0), -sum(max(0.0, value) for one, value in evidence.items() if one != cause)

    best = max(question.answers, key=worth)
    return best if worth(best)[0] > 0 else None


def recorded(cause: str, symptom: str) -> list[Answer]:
    answers = []
    for id in sorted(reachable_questions(KB, symptom)):
        question = KB.questions[id]
        name = typical_answer(question, cause)
        if name is not None:
            by_probe = question.probe is not None and question.answers[name].when is not None
            by = "probe" if by_probe else "person"
            answers.append(Answer(id, name, by, question.probe, 0.0, name, None, (), "tree", ()))  # type: ignore[arg-type]
    return answers


@cache
def best_finding(cause: str) -> Finding:
    symptoms = [one for one, answers in ways_to(KB, cause).items() if answers]
    ranked = [rank(KB, recorded(cause, symptom), (symptom,)) for symptom in symptoms]
    own = [one for findings in ranked for one in findings if one.cause == cause]
    return min(own, key=lambda one: (one.rank, -one.confidence))


@pytest.mark.parametrize("cause", KB.causes)
def test_every_cause_is_reached(cause: str) -> None:
    finding = best_finding(cause)
    assert finding.speaks_for
    assert finding.status != "ruled_out"


@pytest.mark.parametrize("cause", [one for one in KB.causes if one not in SHARES_ITS_ANSWERS])
def test_a_cause_comes_first_by_its_own_answers(cause: str) -> None:
    assert best_finding(cause).rank == 1


def test_what_shares_its_answers_is_a_cause() -> None:
    assert set(SHARES_ITS_ANSWERS) <= set(KB.causes)
