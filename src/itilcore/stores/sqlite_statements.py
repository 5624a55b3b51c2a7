"""What `SqliteStore` asks of SQLite: statements and what their rows mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, Final

from itilcore.communications import Notification
from itilcore.errors import CorruptEvent, NewerSchema, StorageFailure, UnknownIncident
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, IncidentState, Query

from . import rows
from .columns import COLUMN_OF, escaped, microseconds
from .settings import CREATED, SCHEMA, VERSION, absent, schema_version
from .sqlite_schema import DDL, MIGRATIONS

__all__: list[str] = []

_MANY: Final = 500
"""Values in one statement: SQLite has a limit for what it is handed at once."""

_OFTEN: Final = 100
"""Attempts to change the mode of a file that others use."""


@contextmanager
def failures() -> Generator[None]:
    """Whatever SQLite says is a `StorageFailure`."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageFailure(str(error)) from error


def write_ahead(on: sqlite3.Connection) -> None:
    for _ in range(_OFTEN):
        try:
            on.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            # SQLite does not wait where the mode changes, as with others who open a new file
            # at the same moment; it does wait here.
            on.execute("BEGIN EXCLUSIVE")
            on.execute("ROLLBACK")
        else:
            return
    raise sqlite3.OperationalError("database is locked")


def up_to_date(on: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an earlier version up to date."""
    there = on.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'itilcore_settings'"
    ).fetchone()[0]
    if not there:
        for statement in DDL:
            on.execute(statement)
        return
    found = schema_version(setting(on, "number", SCHEMA))
    if found > VERSION:
        raise NewerSchema(found, VERSION)
    for version in range(found, VERSION):
        for statement in MIGRATIONS[version]:
            on.execute(statement)
    on.execute("UPDATE itilcore_settings SET number = ? WHERE name = ?", (VERSION, SCHEMA))


def setting(on: sqlite3.Connection, column: str, name: str) -> Any:
    """One setting.  Raises `itilcore.errors.StorageFailure` where it has no row."""
    sql = f"SELECT {column} FROM itilcore_settings WHERE name = ?"  # noqa: S608  # one of two names of ours
    row = on.execute(sql, (name,)).fetchone()
    if row is None:
        raise absent(name)
    return row[0]


def version_of(on: sqlite3.Connection, reference: str) -> int | None:
    """The version of an incident; ``None`` where there is none."""
    sql = "SELECT version FROM incidents WHERE reference = ?"
    row = on.execute(sql, (escaped(reference),)).fetchone()
    return None if row is None else row[0]


def put_incident(on: sqlite3.Connection, commit: Commit, columns: dict[str, Any]) -> None:
    """Put the row of an incident as it is after *commit*."""
    named = {**columns, "version": commit.version, "reference": escaped(commit.reference)}
    if commit.expected_version:
        sets = ", ".join(f"{name} = :{name}" for name in named if name != "reference")
        on.execute(f"UPDATE incidents SET {sets} WHERE reference = :reference", named)  # noqa: S608  # names of columns
        return
    on.execute("UPDATE itilcore_settings SET number = number + 1 WHERE name = ?", (CREATED,))
    named["sequence"] = setting(on, "number", CREATED)
    names = ", ".join(named)
    marks = ", ".join(f":{name}" for name in named)
    on.execute(f"INSERT INTO incidents ({names}) VALUES ({marks})", named)  # noqa: S608  # names of columns


def state_after(on: sqlite3.Connection, commit: Commit) -> IncidentState:
    """The state that *commit* leads to: as it says, or folded."""
    if commit.state is not None:
        return commit.state
    before = Incident.replay(commit.reference, ())
    if commit.expected_version:
        before = incident(on, commit.reference)
    return IncidentState.of(before.record(*commit.events))


def new_to_outbox(on: sqlite3.Connection, told: Iterable[Notification]) -> tuple[Notification, ...]:
    """Those of *told* that are not in the outbox yet: said once is said."""
    first: dict[str, Notification] = {}
    sql = "SELECT 1 FROM notifications WHERE identifier = ?"
    for each in told:
        if on.execute(sql, (escaped(each.identifier),)).fetchone() is None:
            first.setdefault(each.identifier, each)
    return tuple(first.values())


def committed_under(on: sqlite3.Connection, key: str) -> Committed | None:
    """What was stored under *key*."""
    sql = "SELECT reference, before, version FROM commits WHERE key = ?"
    row = on.execute(sql, (escaped(key),)).fetchone()
    if row is None:
        return None
    told = on.execute(
        "SELECT identifier, body FROM notifications WHERE key = ? ORDER BY sequence",
        (escaped(key),),
    )
    return rows.committed_of(key, row[0], row[1], row[2], told)


def waiting(on: sqlite3.Connection, limit: int) -> tuple[Notification, ...]:
    """What is not marked as delivered and can be read."""
    sql = (
        "SELECT sequence, identifier, body FROM notifications "
        "WHERE delivered = 0 AND sequence > ? ORDER BY sequence LIMIT ?"
    )
    return rows.waiting(lambda last: on.execute(sql, (last, limit)).fetchall(), limit)


def incident(on: sqlite3.Connection, reference: str) -> Incident:
    """The incident."""
    version = version_of(on, reference)
    if version is None:
        raise UnknownIncident(reference)
    (found,) = histories(on, [(escaped(reference), version)])
    if isinstance(found, CorruptEvent):
        raise found
    return found


def histories(
    on: sqlite3.Connection, versions: Sequence[tuple[str, int]]
) -> list[Incident | CorruptEvent]:
    """Each incident as it was at its version, or what is wrong with it."""
    names = list(dict(versions))
    events: list[tuple[Any, Any, Any]] = []
    for start in range(0, len(names), _MANY):
        some = names[start : start + _MANY]
        sql = (
            "SELECT reference, sequence, event FROM events "  # noqa: S608  # question marks
            f"WHERE reference IN ({', '.join('?' * len(some))}) ORDER BY reference, sequence"
        )
        events += on.execute(sql, some)
    return rows.histories(versions, events)


def policy_text(on: sqlite3.Connection, version: str) -> str | None:
    """The text of a policy book; both as they are stored."""
    row = on.execute("SELECT text FROM policies WHERE version = ?", (version,)).fetchone()
    return None if row is None else row[0]


def fitting(query: Query) -> tuple[list[str], list[Any]]:
    """What a row must be, so that *query* fits it: conditions, and the values in them."""
    conditions: list[str] = []
    values: list[Any] = []
    for name, wanted in query.names():
        column = COLUMN_OF.get(name, name)
        stored = [escaped(each) for each in wanted]
        ways = [f"{column} IN ({', '.join('?' * len(stored))})"]
        values += stored
        if name == "category":
            below = [f"{each} > " for each in stored]
            # Not LIKE, which has signs of its own and no eye for case.
            ways += [f"substr({column}, 1, ?) = ?"] * len(below)
            values += [part for each in below for part in (len(each), each)]
        conditions.append(f"({' OR '.join(ways)})")
    for name, (start, end) in query.ranges():
        conditions.append(f"{name} IS NOT NULL")
        for sign, bound in ((">=", start), ("<", end)):
            if bound is not None:
                conditions.append(f"{name} {sign} ?")
                values.append(microseconds(name, bound))
    return conditions, values
