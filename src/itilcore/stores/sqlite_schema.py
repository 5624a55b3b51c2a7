"""The tables of `SqliteStore`, statement by statement: those that SQLAlchemy makes."""

from __future__ import annotations

from typing import Final

from .settings import CREATED, LATEST, SCHEMA, VERSION

__all__: list[str] = []

_WAITING: Final = (
    "CREATE INDEX notifications_waiting ON notifications (sequence) WHERE delivered = 0"
)

DDL: Final = (
    """CREATE TABLE incidents (
        sequence INTEGER NOT NULL PRIMARY KEY, reference TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL, kind TEXT, status TEXT, phase TEXT, priority TEXT, grp TEXT,
        assignee TEXT, requester TEXT, category TEXT, service TEXT, logged_at BIGINT,
        resolved_at BIGINT, closed_at BIGINT, look_again_at BIGINT)""",
    """CREATE INDEX incidents_look_again_at ON incidents (look_again_at, sequence)
        WHERE look_again_at IS NOT NULL""",
    "CREATE INDEX incidents_phase ON incidents (phase, sequence)",
    "CREATE INDEX incidents_status ON incidents (status, sequence)",
    "CREATE INDEX incidents_grp ON incidents (grp, sequence)",
    "CREATE INDEX incidents_priority ON incidents (priority, sequence)",
    """CREATE TABLE events (
        reference TEXT NOT NULL, sequence INTEGER NOT NULL, at BIGINT NOT NULL,
        recorded_at BIGINT, event TEXT NOT NULL, PRIMARY KEY (reference, sequence))""",
    """CREATE TABLE notifications (
        sequence INTEGER NOT NULL PRIMARY KEY, identifier TEXT NOT NULL UNIQUE,
        reference TEXT NOT NULL, key TEXT, version INTEGER NOT NULL, body TEXT NOT NULL,
        delivered INTEGER NOT NULL)""",
    _WAITING,
    "CREATE INDEX notifications_of ON notifications (key) WHERE key IS NOT NULL",
    """CREATE TABLE commits (
        key TEXT NOT NULL PRIMARY KEY, reference TEXT NOT NULL, before INTEGER NOT NULL,
        version INTEGER NOT NULL)""",
    """CREATE TABLE policies (
        sequence INTEGER NOT NULL PRIMARY KEY, version TEXT NOT NULL UNIQUE, text TEXT NOT NULL)""",
    "CREATE TABLE itilcore_settings (name TEXT NOT NULL PRIMARY KEY, number BIGINT, text TEXT)",
    f"INSERT INTO itilcore_settings (name, number) VALUES ('{SCHEMA}', {VERSION})",  # noqa: S608  # constants
    f"INSERT INTO itilcore_settings (name, number) VALUES ('{CREATED}', 0)",  # noqa: S608  # a constant
    f"INSERT INTO itilcore_settings (name, number) VALUES ('{LATEST}', NULL)",  # noqa: S608  # a constant
)
"""What makes a schema."""

MIGRATIONS: Final = {1: (_WAITING,)}
"""What leads from a version to the next: version 1 looked through all notifications."""
