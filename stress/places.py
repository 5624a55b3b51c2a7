"""Where a store is: a file of SQLite, or the address of a schema of PostgreSQL."""

from __future__ import annotations

import time

from itilcore.stores import SqlAlchemyStore, SqliteStore

PATIENCE = 120.0
"""Seconds that a writer waits for its turn, and we for sessions to end."""


def opened(place: str) -> SqliteStore | SqlAlchemyStore:
    """The store at *place*, with its tables."""
    if place.startswith("postgresql"):
        return SqlAlchemyStore.open(place)
    return SqliteStore(place, busy_timeout=PATIENCE)


def settled(place: str) -> None:
    """Wait until the database has noticed that the processes that were killed are gone."""
    if not place.startswith("postgresql"):
        return
    import psycopg

    until = time.monotonic() + PATIENCE
    with psycopg.connect(place.replace("+psycopg", ""), autocommit=True) as connection:
        while connection.execute(
            "SELECT 1 FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone():
            if time.monotonic() > until:
                raise TimeoutError("a session of a killed process does not end")
            time.sleep(0.005)
