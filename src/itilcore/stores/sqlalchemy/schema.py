"""The schema: made, brought up to date, and never gone back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from itilcore.errors import NewerSchema, StorageFailure
from itilcore.stores.settings import CREATED, LATEST, SCHEMA, VERSION, absent, schema_version

from .tables import Tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__: list[str] = []

# Any number will do, as long as no other program takes it for a lock of its own.
_LOCK: Final = 0x6974696C


def _index_what_waits(connection: Connection, tables: Tables) -> None:
    # Version 1 looked through all notifications for those that wait.
    for index in tables.notifications.indexes:
        if str(index.name).endswith("notifications_waiting"):
            index.create(connection)


MIGRATIONS: Final[dict[int, Callable[[Connection, Tables], None]]] = {1: _index_what_waits}
"""What leads from a version to the next."""


def create(connection: Connection, tables: Tables) -> None:
    """Make the tables, or bring them up to date, within the transaction of *connection*."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy import func, select

        # Two programs that start at once: the second waits, and finds it done.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    found = _version(connection, tables)
    if found is None:
        _create_all(connection, tables)
    elif found > VERSION:
        raise NewerSchema(found, VERSION)
    else:
        for version in range(found, VERSION):
            MIGRATIONS[version](connection, tables)
        row = tables.settings.c.name == SCHEMA
        connection.execute(tables.settings.update().where(row).values(number=VERSION))


def check(connection: Connection, tables: Tables) -> None:
    """Refuse a database that is not of this version."""
    found = _version(connection, tables)
    if found is None:
        raise StorageFailure("the database has no tables of itilcore: call create_schema()")
    if found > VERSION:
        raise NewerSchema(found, VERSION)
    if found < VERSION:
        raise StorageFailure(
            f"the database has schema version {found}, this itilcore needs {VERSION}: "
            "call create_schema()"
        )


def _version(connection: Connection, tables: Tables) -> int | None:
    from sqlalchemy import inspect, select

    settings = tables.settings
    if not inspect(connection).has_table(settings.name, schema=settings.schema):
        return None
    found = select(settings.c.number).where(settings.c.name == SCHEMA)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise absent(SCHEMA)
    return schema_version(row.number)


def _create_all(connection: Connection, tables: Tables) -> None:
    # Not "where it is absent": a table of somebody else's under that name is an error.
    tables.metadata.create_all(connection, checkfirst=False)
    connection.execute(
        tables.settings.insert(),
        [
            {"name": SCHEMA, "number": VERSION},
            {"name": CREATED, "number": 0},
            {"name": LATEST, "number": None},
        ],
    )
