"""Which of the kept sessions a person wants to see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.session.model import DeskStatus, SessionInfo


@dataclass(frozen=True)
class Wanted:
    """What sessions must have; what is not named may be anything.

    Attributes:
        words: each must occur in the program, the name, the findings, the notes, the tags, the symptom or the assignee.
        status: where the desk stands.
        tag: one of their tags.
        assignee: who takes care; the empty text for nobody.
        symptom: id of the symptom.
    """

    words: str = ""
    status: DeskStatus | None = None
    tag: str | None = None
    assignee: str | None = None
    symptom: str | None = None


def matching(sessions: Iterable[SessionInfo], wanted: Wanted) -> tuple[SessionInfo, ...]:
    """The sessions that are wanted, in the order given; their outcomes must be up to date."""
    return tuple(one for one in sessions if _is_wanted(one, wanted))


def _is_wanted(one: SessionInfo, wanted: Wanted) -> bool:
    symptom = one.outcome.symptom if one.outcome else None
    return (
        (wanted.status is None or one.status == wanted.status)
        and (wanted.tag is None or wanted.tag.casefold() in {tag.casefold() for tag in one.tags})
        and (wanted.assignee is None or one.assignee.casefold() == wanted.assignee.casefold())
        and (wanted.symptom is None or symptom == wanted.symptom)
        and _has_all(_searched(one), wanted.words)
    )


def _has_all(text: str, words: str) -> bool:
    return all(word in text for word in words.casefold().split())


def _searched(one: SessionInfo) -> str:
    """Everything that a search looks into; causes that were ruled out are no findings of a session."""
    found = [cause for cause in one.outcome.findings if cause.status != "ruled_out"] if one.outcome else []
    parts = [
        one.id,
        one.name,
        one.opened.program,
        one.status.words,
        one.assignee,
        (one.outcome.symptom if one.outcome else None) or "",
        *one.tags,
        *(note.text for note in one.notes),
        *(f"{cause.cause} {cause.title}" for cause in found),
    ]
    return "\n".join(parts).casefold()
