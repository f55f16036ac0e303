"""A kept session in a line and in a few more."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.content import Content

from assistant.session.model import SessionInfo
from assistant.terminal import texts

WIDE = 100
"""From so many columns on, the line says what was found."""

NAME, STATUS = 26, 17


def session_line(one: SessionInfo, columns: int) -> Content:
    """Name, status, and what was found where there is room for it, with when it was led."""
    when = (f"{local(one.last):%d %b %H:%M}", "$text-soft")
    name = _fitted(one.title, NAME if columns >= WIDE else max(12, columns - 40))
    status = (f"{texts.DESK_STATUS[one.status.value]:<{STATUS}}", "$text-soft")
    if columns < 60:
        return Content.assemble((name, "bold"), " ", when)
    parts: list[str | tuple[str, str]] = [(name, "bold"), " ", status, when]
    if columns >= WIDE:
        parts += ["  ", found(one)]
    return Content.assemble(*parts)


def session_detail(one: SessionInfo, columns: int) -> Content:
    """What the line leaves out."""
    parts: list[str | tuple[str, str]] = [(one.id, "$primary"), f"  {one.opened.program}"]
    if columns < WIDE:
        parts.append(f"\n{found(one)}")
    for label, text in (
        (texts.SESSION_TAGS, ", ".join(one.tags)),
        (texts.SESSION_ASSIGNEE, one.assignee),
        (texts.SESSION_NOTES, one.notes[-1].text if one.notes else ""),
        (texts.SESSION_HELD, one.holder or ""),
    ):
        if text:
            parts += [(f"\n{label} ", "$text-soft"), " ".join(text.split())]
    return Content.assemble(*parts)


def found(one: SessionInfo) -> str:
    """What a session has come to, in a few words."""
    if one.events == 0 or one.outcome is None:
        return texts.SESSION_UNBEGUN if one.events == 0 else ""
    first = next(iter(one.outcome.confirmed), None)
    if first is not None:
        return f"{texts.STATUS[first.status]}: {first.title}"
    return texts.SESSION_OUTCOME.get(one.outcome.status, one.outcome.status)


def local(moment: datetime) -> datetime:
    """A moment kept in UTC, on this machine's clock."""
    return moment.replace(tzinfo=UTC).astimezone()


def _fitted(text: str, width: int) -> str:
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 3]}..."
