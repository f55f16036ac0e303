"""Every cause is reached: an answer speaks for it, and can be met under a symptom that the cause names."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge_base.graph import evidence_for, ways_to
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem


def prove(kb: KnowledgeBase) -> Iterator[Problem]:
    """Causes that no answer speaks for, and causes whose answers are met only under symptoms foreign to them."""
    for cause in kb.causes.values():
        place = kb.place("causes", cause.id)
        if not evidence_for(kb, cause.id):
            yield Problem.at(place, f"no answer speaks for the cause {cause.id!r}")
        elif not any(ways_to(kb, cause.id).values()):
            message = f"the cause {cause.id!r} is never reached: no tree of its symptoms asks what speaks for it"
            yield Problem.at(place, message)
