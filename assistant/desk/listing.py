"""Kept sessions as lines and pages for people, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath

from assistant.events import AnyEvent, FollowedUp
from assistant.session.model import SessionInfo


def line(one: SessionInfo) -> str:
    """A session in one line: what it is, where the desk stands, what was found."""
    tags = "".join(f" #{tag.replace(' ', '-')}" for tag in one.tags)
    parts = [
        one.id,
        f"{one.last:%Y-%m-%d %H:%M} UTC",
        f"{one.status.words:<16}",
        one.name or "/".join(PurePath(one.opened.program).parts[-2:]),
        found(one),
        f"@{one.assignee}" if one.assignee else "",
        tags.strip(),
        f"[held by {one.holder}]" if one.holder else "",
    ]
    return "  ".join(part for part in parts if part)


def found(one: SessionInfo) -> str:
    """What a session has come to, in a few words."""
    outcome = one.outcome
    if outcome is None:
        return "not examined yet" if not one.events else ""
    first = outcome.confirmed[0] if outcome.confirmed else None
    if first is not None:
        more = len(outcome.confirmed) - 1
        return f"{first.title} ({first.status}{f', and {more} more' if more else ''})"
    words = {"healthy": "nothing is wrong", "program_failed": "the program failed"}
    unsettled = outcome.symptom.replace("_", " ") if outcome.symptom else "not examined yet"
    return words.get(outcome.status, f"no cause confirmed ({unsettled})")


def sheet(one: SessionInfo) -> str:
    """What the desk knows of a session, one line each; the notes last."""
    came = {"branch": "Branched off from", "follow_up": "Follows"}.get(one.relation or "", "Came from")
    rows = [
        ("Session", one.id),
        ("Name", one.name),
        ("Program", one.opened.program),
        ("Status", one.status.words),
        ("Assignee", one.assignee),
        ("Tags", ", ".join(one.tags)),
        (came, one.parent or ""),
        ("Begun", f"{one.created:%Y-%m-%d %H:%M} UTC"),
        ("Last event", f"{one.last:%Y-%m-%d %H:%M} UTC, {one.events} in all"),
        ("Held by", one.holder or ""),
        ("Found", found(one)),
    ]
    lines = [f"{label + ':':<19}{value}" for label, value in rows if value]
    if one.notes:
        lines += ["", "Internal notes:", *notes(one)]
    return "\n".join(lines)


def followed_up(events: Iterable[AnyEvent]) -> Iterable[str]:
    """What became of the user's next programs, one line each."""
    for event in events:
        if isinstance(event, FollowedUp):
            yield f"{'Followed up:':<19}{event.program}, session {event.session}: {event.text}"


def came_from_it(one: SessionInfo) -> str:
    """A session that came from another, in one line under that."""
    how = "Branch:" if one.relation == "branch" else "Next program:"
    return f"{how:<19}{line(one)}"


def notes(one: SessionInfo) -> Iterable[str]:
    """The internal notes, each with its number and time."""
    for note in one.notes:
        first, *rest = note.text.splitlines()
        yield f"  {note.number}. {note.at:%Y-%m-%d %H:%M} UTC  {first}"
        yield from (f"     {more}" for more in rest)


def as_json(sessions: Iterable[SessionInfo]) -> str:
    """Everything that is kept of the sessions beside their events."""
    return json.dumps([{**one.model_dump(mode="json"), "title": one.title} for one in sessions], indent=2)
