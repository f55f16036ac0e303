"""Reading what a store keeps, within a connection."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from assistant.errors import SessionError
from assistant.session import tables
from assistant.session.holding import Holder
from assistant.session.model import DeskStatus, Note, OpenedWith, Outcome, SessionInfo


def now() -> datetime:
    """This moment in UTC, as it is kept."""
    return datetime.now(UTC).replace(tzinfo=None)


def session(connection: sa.Connection, id: str) -> sa.Row[Any]:
    """The row of the session whose id begins with ``id``.

    Raises:
        SessionError: there is none, or more than one.
    """
    begins_so = tables.sessions.c.id.startswith(id.lower(), autoescape=True)
    found = connection.execute(sa.select(tables.sessions).where(begins_so).limit(2)).all()
    if len(found) != 1:
        raise SessionError(
            f"There {'are several sessions' if found else 'is no session'} {id!r}; `keras-triage sessions` lists them."
        )
    return found[0]


def events(connection: sa.Connection, session: str) -> Sequence[str]:
    """The log of a session, as it was written."""
    log = sa.select(tables.events.c.event).where(tables.events.c.session == session).order_by(tables.events.c.place)
    return connection.execute(log).scalars().all()


def infos(connection: sa.Connection, only: str | None = None) -> tuple[SessionInfo, ...]:
    """All sessions, or one, the latest first.

    Those that another release has kept and this one cannot read are left out.
    """
    tags, written = _tags(connection, only), _notes(connection, only)
    found: list[SessionInfo] = []
    for row in connection.execute(_of(only)):
        with contextlib.suppress(ValidationError):
            found.append(_info(row, tuple(tags[row.id]), tuple(written[row.id])))
    return tuple(found)


def notes(connection: sa.Connection, session: str) -> tuple[Note, ...]:
    """The internal notes of a session, in the order written."""
    return tuple(_notes(connection, session)[session])


def count(connection: sa.Connection) -> int:
    """How many sessions there are, readable or not."""
    return connection.execute(sa.select(sa.func.count()).select_from(tables.sessions)).scalar_one()


def _of(only: str | None) -> sa.Select[Any]:
    log = (
        sa.select(
            tables.events.c.session, sa.func.count().label("kept"), sa.func.max(tables.events.c.at).label("last_at")
        )
        .group_by(tables.events.c.session)
        .subquery()
    )
    last = sa.func.coalesce(log.c.last_at, tables.sessions.c.created).label("last")
    query = (
        sa.select(
            tables.sessions,
            sa.func.coalesce(log.c.kept, 0).label("kept"),
            last,
            tables.details.c.name,
            tables.details.c.status,
            tables.details.c.assignee,
            tables.details.c.parent,
            tables.details.c.relation,
            tables.outcomes.c.events.label("outcome_events"),
            tables.outcomes.c.outcome,
            tables.leases.c.host,
            tables.leases.c.pid,
            tables.leases.c.started,
            tables.leases.c.since,
        )
        .select_from(tables.sessions)
        .outerjoin(log, log.c.session == tables.sessions.c.id)
        .outerjoin(tables.details, tables.details.c.session == tables.sessions.c.id)
        .outerjoin(tables.outcomes, tables.outcomes.c.session == tables.sessions.c.id)
        .outerjoin(tables.leases, tables.leases.c.session == tables.sessions.c.id)
        .order_by(sa.desc("last"))
    )
    return query.where(tables.sessions.c.id == only) if only is not None else query


def _info(row: sa.Row[Any], tags: tuple[str, ...], notes: tuple[Note, ...]) -> SessionInfo:
    held = Holder(row.host, row.pid, row.started, row.since) if row.host is not None else None
    return SessionInfo(
        id=row.id,
        created=row.created,
        opened=OpenedWith.model_validate_json(row.opened),
        events=row.kept,
        last=row.last,
        knowledge_base=row.knowledge_base,
        name=row.name or "",
        status=DeskStatus(row.status or DeskStatus.OPEN),
        assignee=row.assignee or "",
        tags=tags,
        notes=notes,
        parent=row.parent,
        relation=row.relation,
        outcome=Outcome.model_validate_json(row.outcome) if row.outcome else None,
        outcome_events=row.outcome_events or 0,
        holder=held.words if held is not None and held.alive and not held.is_this_process else None,
    )


def _tags(connection: sa.Connection, only: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(_rows(tables.tags, only).order_by(tables.tags.c.tag)):
        found[row.session].append(row.tag)
    return found


def _rows(table: sa.Table, only: str | None) -> sa.Select[Any]:
    """The rows of all sessions, or of one."""
    return sa.select(table) if only is None else sa.select(table).where(table.c.session == only)


def _notes(connection: sa.Connection, only: str | None) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = defaultdict(list)
    for row in connection.execute(_rows(tables.notes, only).order_by(tables.notes.c.number)):
        found[row.session].append(Note(number=row.number, at=row.at, text=row.text))
    return found
