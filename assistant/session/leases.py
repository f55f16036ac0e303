"""The leases on sessions: one process at a time goes on with a session."""

from __future__ import annotations

import sqlalchemy as sa

from assistant.errors import SessionHeldError
from assistant.session.holding import Holder, this_process
from assistant.session.reading import now
from assistant.session.tables import leases


def holder(connection: sa.Connection, session: str) -> Holder | None:
    """The living process that holds a session; None where there is none."""
    row = connection.execute(sa.select(leases).where(leases.c.session == session)).first()
    found = Holder(row.host, row.pid, row.started, row.since) if row else None
    return found if found is not None and found.alive else None


def check(connection: sa.Connection, session: str) -> None:
    """Refuse where another process holds the session.

    Raises:
        SessionHeldError: it does.
    """
    found = holder(connection, session)
    if found is not None and not found.is_this_process:
        raise SessionHeldError(
            f"Session {session} is held by {found.words}; `keras-triage sessions show {session}` reads it meanwhile, "
            f"and `keras-triage sessions release {session}` frees it if that process is gone."
        )


def take(connection: sa.Connection, session: str) -> None:
    """Hold a session; the place of a process that is gone is free.

    Raises:
        SessionHeldError: another process holds it.
    """
    check(connection, session)
    mine = this_process(now())
    row = {"session": session, "host": mine.host, "pid": mine.pid, "started": mine.started, "since": mine.since}
    connection.execute(leases.delete().where(leases.c.session == session))
    connection.execute(leases.insert().values(row))


def give_back(connection: sa.Connection, session: str, *, whoever: bool = False) -> None:
    """Hold a session no longer; what another process holds stays so unless ``whoever``."""
    found = holder(connection, session)
    if found is None or found.is_this_process or whoever:
        connection.execute(leases.delete().where(leases.c.session == session))
