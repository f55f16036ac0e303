"""What a desk says of its sessions: name, status, tags, assignee, internal notes; a user sees none of it."""

from __future__ import annotations

import sqlalchemy as sa

from assistant.errors import UsageError
from assistant.session import reading, tables
from assistant.session.database import Database
from assistant.session.model import DeskStatus, Note

MOST_CHARACTERS = 64
"""Of a tag."""


class Desk:
    """The desk's part of a store. Every ``id`` may be the beginning of a session's id; all raise ``SessionError``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rename(self, id: str, name: str) -> None:
        """Call a session so; the empty name takes the name away."""
        self._set(id, name=" ".join(name.split()))

    def assign(self, id: str, assignee: str) -> None:
        """Say who takes care of a session; empty for nobody."""
        self._set(id, assignee=" ".join(assignee.split()))

    def set_status(self, id: str, status: DeskStatus) -> None:
        """Say where the desk stands with a session."""
        self._set(id, status=status.value)

    def tag(self, id: str, *tags: str) -> None:
        """Put tags on a session; those that it has stay.

        Raises:
            UsageError: one is empty or too long.
        """
        wanted = tuple(dict.fromkeys(_checked(one) for one in tags))
        with self._database.writing() as connection:
            session = reading.session(connection, id).id
            _take_off(connection, session, wanted)
            for one in wanted:
                connection.execute(tables.tags.insert().values(session=session, tag=one))

    def untag(self, id: str, *tags: str) -> None:
        """Take tags off a session; those that it has not are no matter."""
        with self._database.writing() as connection:
            _take_off(connection, reading.session(connection, id).id, tuple(tags))

    def hand_on(self, id: str, to: str) -> None:
        """Give a session that goes on from another the other's name, assignee and tags."""
        with self._database.reading() as connection:
            found = reading.infos(connection, reading.session(connection, id).id)
        for info in found:
            if info.name:
                self.rename(to, info.name)
            self.assign(to, info.assignee)
            self.tag(to, *info.tags)

    def note(self, id: str, text: str) -> Note:
        """Write an internal note.

        Raises:
            UsageError: it says nothing.
        """
        if not text.strip():
            raise UsageError("A note must say something.")
        with self._database.writing() as connection:
            session = reading.session(connection, id).id
            mine = tables.notes.c.session == session
            last = connection.execute(sa.select(sa.func.max(tables.notes.c.number)).where(mine)).scalar()
            note = Note(number=(last or 0) + 1, at=reading.now(), text=text.strip())
            connection.execute(tables.notes.insert().values(session=session, **note.model_dump()))
        return note

    def notes(self, id: str) -> tuple[Note, ...]:
        """The internal notes of a session, in the order written."""
        with self._database.reading() as connection:
            return reading.notes(connection, reading.session(connection, id).id)

    def _set(self, id: str, **values: str) -> None:
        with self._database.writing() as connection:
            session = reading.session(connection, id).id
            mine = tables.details.c.session == session
            if connection.execute(sa.select(tables.details.c.session).where(mine)).first() is None:
                connection.execute(tables.details.insert().values(session=session))
            connection.execute(tables.details.update().where(mine).values(values))


def _take_off(connection: sa.Connection, session: str, tags: tuple[str, ...]) -> None:
    folded = {one.casefold() for one in tags}
    of_session = tables.tags.c.session == session
    for tag in connection.execute(sa.select(tables.tags.c.tag).where(of_session)).scalars().all():
        if tag.casefold() in folded:
            connection.execute(tables.tags.delete().where(of_session, tables.tags.c.tag == tag))


def _checked(tag: str) -> str:
    text = " ".join(tag.split())
    if not text or len(text) > MOST_CHARACTERS:
        raise UsageError(f"A tag has 1 to {MOST_CHARACTERS} characters.")
    return text
