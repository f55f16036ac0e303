"""Opening a store's database: making it where there is none, safely for any number of processes at once."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from assistant.errors import SessionError
from assistant.session.tables import TRIGGERS, metadata

SECONDS_TO_WAIT_FOR_A_LOCK = 20.0

SCHEMA = 2
"""Version of the tables; a database of an older version is brought up to it when it is opened."""

_WRITES = "keras_triage_writes"


class Database:
    """The database of a store; what it raises becomes one sentence."""

    def __init__(self, url: str) -> None:
        """Open the database at an address, making what is missing.

        Raises:
            SessionError: it cannot be opened, or a newer release of this program has made it.
        """
        self.url = url
        with self._told():
            self._engine = _opened(url)
            self._writing = self._engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database."""
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that takes the lock of writers when it begins: what it reads cannot change before it writes."""
        with self._told(), self._writing.begin() as connection:
            yield connection

    def wipe(self) -> None:
        """Take what was deleted out of the files of an SQLite database."""
        if self._engine.dialect.name != "sqlite":
            return
        # Past SQLAlchemy, which would begin a transaction; neither can stand in one.
        with self._told(), contextlib.closing(self._engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            first_line = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise SessionError(f"The sessions in {self.url} cannot be opened: {first_line}.") from error


def _opened(url: str) -> sa.Engine:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name != "sqlite":
        _create_anywhere(engine)
        return engine
    _listen(engine)
    if engine.url.database and engine.url.database != ":memory:":
        path = Path(engine.url.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_ahead(path)
    _create(engine)
    return engine


def _create_anywhere(engine: sa.Engine) -> None:
    """Create the tables that are missing; of two processes that do so at once, the slower finds them made."""
    try:
        metadata.create_all(engine)
    except sa.exc.DBAPIError:
        metadata.create_all(engine)


def _listen(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # SQLAlchemy's listener below begins transactions; the driver must not.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {SECONDS_TO_WAIT_FOR_A_LOCK * 1000:.0f}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(path: Path) -> None:
    """Let readers and a writer work side by side, for good.

    SQLite waits for no lock when it changes this mode, hence the waiting here.

    Raises:
        OSError: others have held the database for too long, or it is none.
    """
    deadline = time.monotonic() + SECONDS_TO_WAIT_FOR_A_LOCK
    connection = sqlite3.connect(path, timeout=SECONDS_TO_WAIT_FOR_A_LOCK, isolation_level=None)
    try:
        while True:
            try:
                if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                    return
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise OSError(str(error)) from error
                time.sleep(random.uniform(0.005, 0.05))
    except sqlite3.DatabaseError as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def _create(engine: sa.Engine) -> None:
    """Create what is missing in one transaction that no other process can enter.

    Raises:
        SessionError: a newer release has made the database.
    """
    with engine.connect() as connection:
        version = _version(connection)
    if version == SCHEMA:
        return
    if version > SCHEMA:
        raise SessionError(
            f"The sessions in {engine.url.database} were kept by a newer keras-triage; install that to open them."
        )
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        if _version(connection) == SCHEMA:
            return
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
        for statement in TRIGGERS:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _version(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
