"""Every answer can be given, by a probe or by a person, and every question changes something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from knowledge_base.conditions import Condition
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem
from knowledge_base.proofs.implication import implies, never_holds
from knowledge_base.questions import OTHERWISE, Answer, Question
from knowledge_base.trees import Ask, nodes


def prove(kb: KnowledgeBase) -> Iterator[Problem]:
    """Answers that nothing can choose, texts that are needed and missing, and questions that change nothing."""
    branching = _branching(kb)
    for question in kb.questions.values():
        yield from _order(kb, question)
        yield from _texts(kb, question)
        if question.id not in branching and not any(one.evidence or one.symptom for one in question.answers.values()):
            place = kb.place("questions", question.id)
            message = f"the question {question.id!r} changes nothing: no evidence, no symptom, no edge of its own"
            yield Problem.at(place, message)


def _branching(kb: KnowledgeBase) -> set[str]:
    asked = [node for tree in kb.trees.values() for _, node in nodes(tree) if isinstance(node, Ask)]
    return {node.ask for node in asked if len({repr(edge) for edge in (node.on or {}).values()}) > 1}


def _order(kb: KnowledgeBase, question: Question) -> Iterator[Problem]:
    if question.probe is None:
        return
    conditions: dict[str, Condition] = {}
    fallback: str | None = None
    for name, answer in question.answers.items():
        reason = _unreachable(answer, fallback, conditions)
        if reason:
            place = kb.place("questions", question.id, "answers", name, "when")
            yield Problem.at(place, f"the answer {name!r} is never given: {reason}")
        if answer.when == OTHERWISE:
            fallback = fallback or name
        elif isinstance(answer.when, Condition):
            conditions[name] = answer.when
    if fallback is None and all(answer.when for answer in question.answers.values()):
        place = kb.place("questions", question.id, "answers")
        yield Problem.at(place, "no answer is left for the rest: the last one needs `when: otherwise`")


def _unreachable(answer: Answer, fallback: str | None, earlier: Mapping[str, Condition]) -> str | None:
    if answer.when is None:
        return None
    if fallback is not None:
        return f"{fallback!r} before it takes all the rest"
    if not isinstance(answer.when, Condition):
        return None
    if never_holds(answer.when):
        return "its condition contradicts itself"
    taken = next((name for name, condition in earlier.items() if implies(answer.when, condition)), None)
    return f"{taken!r} before it is true whenever it is" if taken else None


def _texts(kb: KnowledgeBase, question: Question) -> Iterator[Problem]:
    for name, answer in question.answers.items():
        place = kb.place("questions", question.id, "answers", name)
        if question.for_person and answer.option is None:
            yield Problem.at(place, f"a person may be asked, so the answer {name!r} needs an `option` to choose")
        if answer.when is not None and question.probe and answer.say is None:
            yield Problem.at(place, f"the probe may give the answer {name!r}, so it needs a `say`")
        if answer.when is None and not question.for_person:
            yield Problem.at(place, f"the answer {name!r} is never given: it has no `when` and no person is asked")
