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

APPEND_ONLY = ("sessions", "events")
