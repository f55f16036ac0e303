"""Every cause is reached: under each symptom that it names, something is asked that can speak for it."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge_base.graph import evidence_for, ways_to
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem


def prove(kb: KnowledgeBase) -> Iterator[Problem]:
    """Causes that no answer speaks for, and causes that cannot be found under a symptom of theirs."""
    for cause in kb.causes.values():
        place = kb.place("causes", cause.id)
        ways = ways_to(kb, cause.id)
        if not evidence_for(kb, cause.id):
            yield Problem.at(place, f"no answer speaks for the cause {cause.id!r}")
        elif not any(ways.values()):
            message = f"the cause {cause.id!r} is never reached: no tree of its symptoms asks what speaks for it"
            yield Problem.at(place, message)
        else:
            for symptom in (one for one, answers in ways.items() if not answers and kb.symptoms[one].tree):
                message = f"nothing that is asked under {symptom!r} speaks for the cause {cause.id!r}"
                yield Problem.at(kb.place("causes", cause.id, "symptoms", symptom), message)
