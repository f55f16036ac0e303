"""The store of sessions: append-only tables of events, each event on disk before the next thing happens."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import platformdirs
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from assistant.errors import SessionError
from assistant.events import AnyEvent, from_json, to_json
from assistant.session import database, tables
from assistant.session.model import OpenedWith, SessionInfo


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


class Store:
    """All kept sessions."""

    def __init__(self, url: str | None = None) -> None:
        """Open a store, making it where there is none.

        Args:
            url: a database address that SQLAlchemy knows, or a file path; None for the user's data folder.

        Raises:
            SessionError: it cannot be opened.
        """
        address = url or default_url()
        self._url = address if "://" in address else f"sqlite:///{Path(address).absolute()}"
        with self._told():
            self._engine = database.opened(self._url)
            self._writing = database.writing(self._engine)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._engine.dispose()

    def begin(self, opened: OpenedWith, knowledge_base: str) -> KeptSession:
        """Begin a session.

        Raises:
            SessionError: the store cannot be written.
        """
        id = uuid.uuid4().hex[:8]
        row = {"id": id, "created": _now(), "opened": opened.model_dump_json(), "knowledge_base": knowledge_base}
        with self._told(), self._writing.begin() as connection:
            connection.execute(tables.sessions.insert().values(row))
        return KeptSession(self, id, opened, ())

    def open(self, id: str) -> KeptSession:
        """The session whose id begins with ``id``, with all its events.

        Raises:
            SessionError: there is none, or more than one.
        """
        with self._told(), self._engine.connect() as connection:
            like = (
                sa.select(tables.sessions).where(tables.sessions.c.id.startswith(id.lower(), autoescape=True)).limit(2)
            )
            found = connection.execute(like).all()
            if len(found) != 1:
                raise SessionError(
                    f"There {'are several sessions' if found else 'is no session'} {id!r}; "
                    "`keras-triage sessions` lists them."
                )
            rows = connection.execute(
                sa.select(tables.events.c.event)
                .where(tables.events.c.session == found[0].id)
                .order_by(tables.events.c.place)
            ).scalars()
            events = tuple(from_json(row) for row in rows)
        return KeptSession(self, found[0].id, OpenedWith.model_validate_json(found[0].opened), events)

    def sessions(self) -> tuple[SessionInfo, ...]:
        """All sessions, the latest first."""
        count = sa.func.count(tables.events.c.place).label("kept")
        last = sa.func.coalesce(sa.func.max(tables.events.c.at), tables.sessions.c.created).label("last")
        query = (
            sa.select(tables.sessions, count, last)
            .select_from(tables.sessions.outerjoin(tables.events))
            .group_by(tables.sessions.c.id)
            .order_by(sa.desc("last"))
        )
        with self._told(), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(
            SessionInfo(
                id=row.id,
                created=row.created,
                opened=OpenedWith.model_validate_json(row.opened),
                events=row.kept,
                last=row.last,
                knowledge_base=row.knowledge_base,
            )
            for row in rows
        )

    def write(self, session: str, place: int, event: AnyEvent) -> None:
        """Keep an event at its place in a session.

        Raises:
            SessionError: it cannot be written, or the place is taken.
        """
        row = {"session": session, "place": place, "at": _now(), "event": to_json(event)}
        with self._told(), self._writing.begin() as connection:
            try:
                connection.execute(tables.events.insert().values(row))
            except IntegrityError as error:
                raise SessionError(f"Session {session} is being continued by another process.") from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database raises into one sentence."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            first_line = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise SessionError(f"The sessions in {self._url} cannot be opened: {first_line}.") from error


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
