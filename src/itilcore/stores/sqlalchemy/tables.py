"""The tables: what is kept where, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from itilcore.errors import MissingExtra
from itilcore.stores.columns import COLUMN_OF
from itilcore.stores.given import text_given

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

__all__: list[str] = []

# Written out: another column is another version of the schema.
NAMED: Final = (
    "kind",
    "status",
    "phase",
    "priority",
    "group",
    "assignee",
    "requester",
    "category",
    "service",
)
DATED: Final = ("logged_at", "resolved_at", "closed_at")
SEARCHED: Final = ("phase", "status", "group", "priority")
"""What a service desk asks for most, each with an index of its own."""


@frozen(eq=False)
class Tables:
    """The tables of one store, under the names that they have in its database."""

    metadata: MetaData
    incidents: Table
    events: Table
    notifications: Table
    commits: Table
    policies: Table
    settings: Table


def tables(prefix: str, schema: str | None) -> Tables:
    """The tables with *prefix* before each name, in *schema* where one is named."""
    try:
        from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text
    except ImportError:
        raise MissingExtra("SQLAlchemy", "sql") from None

    text_given("prefix", prefix)
    if schema is not None:
        text_given("schema", schema)
    metadata = MetaData(schema=schema)
    # SQLite numbers rows only where the column is called INTEGER; it holds 64 bits there too.
    number = BigInteger().with_variant(Integer(), "sqlite")

    def table(name: str, *columns: Column[Any]) -> Table:
        return Table(f"{prefix}{name}", metadata, *columns)

    incidents = table(
        "incidents",
        Column("sequence", number, primary_key=True, autoincrement=False),
        Column("reference", Text(), nullable=False, unique=True),
        Column("version", Integer(), nullable=False),
        *(Column(COLUMN_OF.get(name, name), Text()) for name in NAMED),
        *(Column(name, BigInteger()) for name in (*DATED, "look_again_at")),
    )
    looked_at = incidents.c.look_again_at
    waits = looked_at.is_not(None)
    Index(
        f"{prefix}incidents_look_again_at",
        looked_at,
        incidents.c.sequence,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    for name in SEARCHED:
        column = incidents.c[COLUMN_OF.get(name, name)]
        Index(f"{prefix}incidents_{column.name}", column, incidents.c.sequence)
    events = table(
        "events",
        Column("reference", Text(), primary_key=True),
        Column("sequence", Integer(), primary_key=True, autoincrement=False),
        Column("at", BigInteger(), nullable=False),
        Column("recorded_at", BigInteger()),
        Column("event", Text(), nullable=False),
    )
    notifications = table(
        "notifications",
        Column("sequence", number, primary_key=True),
        Column("identifier", Text(), nullable=False, unique=True),
        Column("reference", Text(), nullable=False),
        Column("key", Text()),
        Column("version", Integer(), nullable=False),
        Column("body", Text(), nullable=False),
        Column("delivered", Integer(), nullable=False),
    )
    waiting = notifications.c.delivered == 0
    Index(
        f"{prefix}notifications_waiting",
        notifications.c.sequence,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    of_commit = notifications.c.key.is_not(None)
    Index(
        f"{prefix}notifications_of",
        notifications.c.key,
        sqlite_where=of_commit,
        postgresql_where=of_commit,
    )
    commits = table(
        "commits",
        Column("key", Text(), primary_key=True),
        Column("reference", Text(), nullable=False),
        Column("before", Integer(), nullable=False),
        Column("version", Integer(), nullable=False),
    )
    policies = table(
        "policies",
        Column("sequence", number, primary_key=True),
        Column("version", Text(), nullable=False, unique=True),
        Column("text", Text(), nullable=False),
    )
    settings = table(
        "itilcore_settings",
        Column("name", Text(), primary_key=True),
        Column("number", BigInteger()),
        Column("text", Text()),
    )
    return Tables(metadata, incidents, events, notifications, commits, policies, settings)
