"""The store of sessions: append-only tables of events, each event on disk before the next thing happens."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import platformdirs
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from assistant.errors import SessionError
from assistant.events import AnyEvent, FollowedUp, Undone, from_json, to_json
from assistant.session import leases, reading, tables
from assistant.session.database import Database
from assistant.session.desk import Desk
from assistant.session.model import OpenedWith, Outcome, Relation, SessionInfo
from assistant.session.reading import now

if TYPE_CHECKING:
    from assistant.dialogue import Dialogue


_OF_ANOTHER_RELEASE = "Session {id} was kept by another release of keras-triage, and this one cannot read it."


def default_url() -> str:
    """The store in the user's data folder."""
    return f"sqlite:///{platformdirs.user_data_path('keras-triage', appauthor=False) / 'sessions.db'}"


class KeptSession:
    """One session of a store."""

    def __init__(self, store: Store, id: str, opened: OpenedWith, events: tuple[AnyEvent, ...]) -> None:
        self.id = id
        self.opened = opened
        self.events = events
        self._store = store

    def append(self, event: AnyEvent) -> None:
        """Keep an event; on return it is on disk.

        Raises:
            SessionError: it cannot be written, or another process goes on with the same session.
        """
        self._store.write(self.id, len(self.events), event)
        self.events = (*self.events, event)

    def settle(self, dialogue: Dialogue) -> None:
        """Keep what the dialogue has come to, for the list of sessions and for comparisons.

        Raises:
            SessionError: it cannot be written.
        """
        # A report's modules are of no use to who only reads logs.
        from assistant.session.outcomes import outcome_of

        self._store.keep_outcome(self.id, len(self.events), outcome_of(dialogue))

    def release(self) -> None:
        """Let other processes go on with the session.

        Raises:
            SessionError: the store cannot be written.
        """
        self._store.release(self.id)


class Store:
    """All kept sessions.

    Attributes:
        desk: names, status, tags, assignees and notes of the sessions.
    """

    def __init__(self, url: str | None = None) -> None:
        """Open a store, making it where there is none.

        Args:
            url: a database address that SQLAlchemy knows, or a file path; None for the user's data folder.

        Raises:
            SessionError: it cannot be opened.
        """
        address = url or default_url()
        self._database = Database(address if "://" in address else f"sqlite:///{Path(address).absolute()}")
        self.desk = Desk(self._database)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._database.close()

    def begin(self, opened: OpenedWith, knowledge_base: str, *, follows: str | None = None) -> KeptSession:
        """Begin a session; this process holds it.

        Args:
            opened: the program and how to run it.
            knowledge_base: version of the knowledge base.
            follows: the session whose user has sent this program as their next one.

        Raises:
            SessionError: the store cannot be written.
        """
        id = self._begin(opened, knowledge_base, (), (follows, "follow_up") if follows else None)
        return KeptSession(self, id, opened, ())

    def branch(self, id: str, keep: int) -> KeptSession:
        """Begin a session that stands where another stood after its first ``keep`` events in force.

        What was measured after that is remembered and not measured again. This process holds the new session.

        Raises:
            SessionError: there is no such session, or the store cannot be written.
        """
        parent = self.open(id)
        info = self.info(parent.id)
        own = (event for event in parent.events if not isinstance(event, FollowedUp))
        events = (*own, Undone(keep=keep))
        new = self._begin(parent.opened, info.knowledge_base, events, (parent.id, "branch"))
        return KeptSession(self, new, parent.opened, events)

    def open(self, id: str) -> KeptSession:
        """The session whose id begins with ``id``, with all its events, to be read.

        Raises:
            SessionError: there is none, or more than one.
        """
        with self._database.reading() as connection:
            row = reading.session(connection, id)
            log = reading.events(connection, row.id)
        try:
            events = tuple(from_json(one) for one in log)
            return KeptSession(self, row.id, OpenedWith.model_validate_json(row.opened), events)
        except ValidationError as error:
            raise SessionError(_OF_ANOTHER_RELEASE.format(id=row.id)) from error

    def take_up(self, id: str) -> KeptSession:
        """The session whose id begins with ``id``, to be gone on with; this process holds it from now on.

        Raises:
            SessionError: there is none, or more than one, or another process holds it.
        """
        with self._database.writing() as connection:
            row = reading.session(connection, id)
            leases.take(connection, row.id)
        return self.open(row.id)

    def release(self, session: str, *, whoever: bool = False) -> None:
        """Let other processes go on with a session.

        Args:
            session: its whole id.
            whoever: release it even if another process holds it.

        Raises:
            SessionError: the store cannot be written.
        """
        with self._database.writing() as connection:
            leases.give_back(connection, session, whoever=whoever)

    def sessions(self) -> tuple[SessionInfo, ...]:
        """All sessions, the latest first; ``outcomes.up_to_date`` and ``searching.matching`` go on from here.

        Raises:
            SessionError: the store cannot be read.
        """
        with self._database.reading() as connection:
            return reading.infos(connection)

    def info(self, id: str) -> SessionInfo:
        """What is kept of one session beside its events.

        Raises:
            SessionError: there is none, or more than one.
        """
        with self._database.reading() as connection:
            session = reading.session(connection, id).id
            found = reading.infos(connection, session)
        if not found:
            raise SessionError(_OF_ANOTHER_RELEASE.format(id=session))
        return found[0]

    def count(self) -> int:
        """How many sessions there are, with those that this release cannot read.

        Raises:
            SessionError: the store cannot be read.
        """
        with self._database.reading() as connection:
            return reading.count(connection)

    def write(self, session: str, place: int, event: AnyEvent) -> None:
        """Keep an event at its place in a session.

        Raises:
            SessionError: it cannot be written, another process holds the session, or the place is taken.
        """
        row = {"session": session, "place": place, "at": now(), "event": to_json(event)}
        with self._database.writing() as connection:
            leases.check(connection, session)
            try:
                connection.execute(tables.events.insert().values(row))
            except IntegrityError as error:
                raise SessionError(f"Session {session} is being continued by another process.") from error

    def keep_outcome(self, session: str, events: int, outcome: Outcome) -> None:
        """Keep what a session had come to after so many events, in place of what was kept before.

        Raises:
            SessionError: the store cannot be written.
        """
        of_session = tables.outcomes.c.session == session
        row = {"session": session, "events": events, "outcome": outcome.model_dump_json()}
        with self._database.writing() as connection:
            if not connection.execute(sa.select(tables.sessions.c.id).where(tables.sessions.c.id == session)).first():
                return
            connection.execute(tables.outcomes.delete().where(of_session))
            connection.execute(tables.outcomes.insert().values(row))

    def delete(self, id: str) -> None:
        """Delete a session for good, with all that was kept of it; sessions branched off from it stay.

        Raises:
            SessionError: there is no such session, another process holds it, or the store cannot be written.
        """
        with self._database.writing() as connection:
            session = reading.session(connection, id).id
            leases.check(connection, session)
            connection.execute(tables.deletions.insert().values(session=session))
            for table in tables.OF_A_SESSION:
                connection.execute(table.delete().where(table.c.session == session))
            connection.execute(tables.sessions.delete().where(tables.sessions.c.id == session))
            connection.execute(tables.deletions.delete())
        self._database.wipe()

    def _begin(
        self,
        opened: OpenedWith,
        knowledge_base: str,
        events: tuple[AnyEvent, ...],
        parent: tuple[str, Relation] | None,
    ) -> str:
        id, at = uuid.uuid4().hex[:8], now()
        row = {"id": id, "created": at, "opened": opened.model_dump_json(), "knowledge_base": knowledge_base}
        log: list[dict[str, Any]] = [
            {"session": id, "place": place, "at": at, "event": to_json(event)} for place, event in enumerate(events)
        ]
        with self._database.writing() as connection:
            connection.execute(tables.sessions.insert().values(row))
            if log:
                connection.execute(tables.events.insert(), log)
            if parent is not None:
                connection.execute(tables.details.insert().values(session=id, parent=parent[0], relation=parent[1]))
            leases.take(connection, id)
        return id
