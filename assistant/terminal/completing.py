"""What completes a slash command while it is typed: commands, then the names of causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.terminal import actions

Cause = tuple[str, str]
"""Id and title."""


@dataclass(frozen=True)
class Completion:
    """One way to go on.

    Attributes:
        text: the whole line, as it would be written out.
        shown: what is offered.
        help: what it means.
        ready: whether the line can be sent as it is; otherwise something has to follow.
    """

    text: str
    shown: str
    help: str
    ready: bool


def completions(typed: str, causes: Sequence[Cause]) -> tuple[Completion, ...]:
    """Ways to complete the line, best first; none where it is no command, or its rest is free."""
    if not typed.startswith("/"):
        return ()
    name, space, argument = typed.removeprefix("/").partition(" ")
    if not space:
        return tuple(_command(one) for one in actions.matching(typed))
    action = actions.SLASH.get(name.lower())
    if action is None or "CAUSE" not in action.takes:
        return ()
    found = _causes_like(argument.strip().lower(), causes)
    return tuple(Completion(f"/{action.slash} {id}", id, title, ready=True) for id, title in found)


def _command(action: actions.Action) -> Completion:
    needs_more = bool(action.takes) and not action.takes.startswith("[")
    shown = f"/{action.slash} {action.takes}".strip()
    return Completion(f"/{action.slash}{' ' if needs_more else ''}", shown, action.help, ready=not needs_more)


def _causes_like(word: str, causes: Sequence[Cause]) -> list[Cause]:
    """Causes by id or title: those that begin so, then those that hold it."""
    names = [(f"{id} {id.replace('_', ' ')} {title.lower()}", id, title) for id, title in causes]
    begins = [(id, title) for _, id, title in names if id.startswith(word.replace(" ", "_"))]
    holds = [(id, title) for name, id, title in names if word in name and (id, title) not in begins]
    return begins + holds
