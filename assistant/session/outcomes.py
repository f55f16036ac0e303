"""What a session has come to, in short, and bringing that up to date where a process ended before it could."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dialogue import Dialogue
from assistant.report.build import status_of
from assistant.session.model import FoundCause, Outcome, SessionInfo
from knowledge_base.loading import load
from knowledge_base.problems import LoadError
from probes.catalogue import catalogue

if TYPE_CHECKING:
    from assistant.session.store import Store


def outcome_of(dialogue: Dialogue) -> Outcome:
    """What a dialogue has come to."""
    symptom = dialogue.symptom
    return Outcome(
        knowledge_base=dialogue.kb.version,
        status=status_of(dialogue),
        symptom=symptom.id if symptom else None,
        answers={one.question: one.answer for one in dialogue.path()},
        findings=tuple(
            FoundCause(
                cause=one.cause,
                title=dialogue.kb.causes[one.cause].title,
                status=one.status,
                confidence=round(one.confidence, 4),
            )
            for one in dialogue.findings()
        ),
    )


def up_to_date(store: Store, found: tuple[SessionInfo, ...]) -> tuple[SessionInfo, ...]:
    """The same sessions with what each has come to by now.

    It is worked out from the events where nobody kept it, by today's knowledge base. Sessions whose own knowledge base
    does not load any more stay as they are.

    Raises:
        SessionError: the store cannot be read or written.
    """
    return tuple(one if one.outcome_events == one.events else _up_to_date(store, one) for one in found)


def _up_to_date(store: Store, one: SessionInfo) -> SessionInfo:
    try:
        kb = load([Path(folder) for folder in one.opened.knowledge_bases])
    except LoadError:
        return one
    kept = store.open(one.id)
    outcome = outcome_of(Dialogue(kb, catalogue(), kept.events, budget=one.opened.budget, trials=one.opened.trials))
    store.keep_outcome(one.id, len(kept.events), outcome)
    return one.model_copy(update={"outcome": outcome, "outcome_events": len(kept.events)})
