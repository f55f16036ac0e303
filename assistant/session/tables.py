"""The tables of a store, and the rules that a database keeps by itself."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("opened", sa.Text, nullable=False),
    sa.Column("knowledge_base", sa.String(64), nullable=False),
)
"""One row a session, never changed."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
)
"""The logs, never changed; a place is taken once."""

details = sa.Table(
    "details",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("status", sa.String(16), nullable=False, server_default="open"),
    sa.Column("assignee", sa.Text, nullable=False, server_default=""),
    sa.Column("parent", sa.String(8)),
    sa.Column("relation", sa.String(16)),
)
"""What a desk says of a session; a session without a row here is open and has no name."""

tags = sa.Table(
    "tags",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("tag", sa.String(64), primary_key=True),
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("since", sa.DateTime, nullable=False),
)
"""Which process goes on with a session."""

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
)
"""What a session had come to after so many events, with the knowledge base that led it."""

deletions = sa.Table("deletions", metadata, sa.Column("session", sa.String(8), primary_key=True))
"""Sessions that are being deleted; empty but within that transaction."""

OF_A_SESSION = (outcomes, leases, notes, tags, details, events)
"""The tables that hold rows of a session, besides its own."""

TRIGGERS = tuple(
    statement
    for table, key in (("sessions", "id"), ("events", "session"))
    for statement in (
        f"DROP TRIGGER IF EXISTS {table}_keep_update",
        f"DROP TRIGGER IF EXISTS {table}_keep_delete",
        f"CREATE TRIGGER {table}_keep_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'sessions are append-only'); END",
        f"CREATE TRIGGER {table}_keep_delete BEFORE DELETE ON {table} "
        f"WHEN OLD.{key} NOT IN (SELECT session FROM deletions) "
        "BEGIN SELECT RAISE(ABORT, 'sessions are append-only'); END",
    )
)
"""What keeps logs append-only in SQLite, but for a session that is deleted as a whole."""
