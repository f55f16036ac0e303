"""Every id that an entry names belongs to an entry."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem
from knowledge_base.validating import or_nearest


def prove(kb: KnowledgeBase, treatments: Collection[str]) -> Iterator[Problem]:
    """Ids that no entry has, treatments that nobody can carry out, remedies that share an id."""
    yield from _causes(kb, treatments)
    yield from _remedy_ids(kb)
    yield from _questions(kb)
    yield from _symptoms(kb)
    yield from _circles(kb)


def _unknown(kb: KnowledgeBase, what: str, id: str, known: Collection[str], *keys: object) -> Iterator[Problem]:
    if id not in known:
        kind, entry, *rest = keys
        place = kb.place(str(kind), str(entry), *rest)
        yield Problem.at(place, f"no {what} is called {id!r}{or_nearest(id, known)}")


def _causes(kb: KnowledgeBase, treatments: Collection[str]) -> Iterator[Problem]:
    for cause in kb.causes.values():
        here = ("causes", cause.id)
        for symptom in cause.symptoms:
            yield from _unknown(kb, "symptom", symptom, kb.symptoms, *here, "symptoms", symptom)
        for position, other in enumerate(cause.explained_by):
            yield from _unknown(kb, "cause", other, kb.causes, *here, "explained_by", position)
        for position, lookalike in enumerate(cause.lookalikes):
            yield from _unknown(kb, "cause", lookalike.cause, kb.causes, *here, "lookalikes", position, "cause")
        if all(remedy.suits for remedy in cause.remedies):
            yield Problem.at(kb.place(*here, "remedies"), "no remedy is for every case: one must need no `suits`")
        for position, remedy in enumerate(cause.remedies):
            if remedy.treatment is not None:
                keys = (*here, "remedies", position, "treatment")
                yield from _unknown(kb, "treatment", remedy.treatment, treatments, *keys)


def _remedy_ids(kb: KnowledgeBase) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for cause in kb.causes.values():
        for position, remedy in enumerate(cause.remedies):
            if remedy.id in owners:
                place = kb.place("causes", cause.id, "remedies", position, "id")
                yield Problem.at(place, f"the remedy {remedy.id!r} stands already at the cause {owners[remedy.id]!r}")
            owners.setdefault(remedy.id, cause.id)


def _questions(kb: KnowledgeBase) -> Iterator[Problem]:
    for question in kb.questions.values():
        for name, answer in question.answers.items():
            here = ("questions", question.id, "answers", name)
            for cause in answer.evidence:
                yield from _unknown(kb, "cause", cause, kb.causes, *here, "evidence", cause)
            if answer.symptom is not None:
                yield from _unknown(kb, "symptom", answer.symptom, kb.symptoms, *here, "symptom")


def _symptoms(kb: KnowledgeBase) -> Iterator[Problem]:
    for symptom in kb.symptoms.values():
        if symptom.tree is not None:
            yield from _unknown(kb, "tree", symptom.tree, kb.trees, "symptoms", symptom.id, "tree")
    for phrasing in kb.phrasings:
        yield from _unknown(kb, "symptom", phrasing.symptom, kb.symptoms, "phrasings", phrasing.text, "symptom")


def _circles(kb: KnowledgeBase) -> Iterator[Problem]:
    import networkx

    explains = networkx.DiGraph((cause.id, other) for cause in kb.causes.values() for other in cause.explained_by)
    for circle in sorted(networkx.simple_cycles(explains)):
        place = kb.place("causes", circle[0], "explained_by")
        yield Problem.at(place, f"causes explain one another in a circle: {' <- '.join([*circle, circle[0]])}")
