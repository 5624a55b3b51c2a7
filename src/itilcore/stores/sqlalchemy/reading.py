"""What is read: incidents, pages, what waits to be delivered, policy books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from itilcore.communications import Notification
from itilcore.errors import CorruptEvent, UnknownIncident, UnknownPolicy
from itilcore.incident import Incident
from itilcore.repositories import Committed, Page, Query
from itilcore.stores.columns import (
    LAST,
    checked_limit,
    cursor,
    escaped,
    instant,
    microseconds,
    position,
    unescaped,
)
from itilcore.stores.given import query_given, text_given
from itilcore.stores.rows import committed_of, histories, waiting
from itilcore.stores.settings import LATEST, absent

from .conditions import fitting
from .tables import Tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__: list[str] = []


def known_version(connection: Connection, tables: Tables, reference: str) -> int | None:
    """The version of an incident; ``None`` where there is none."""
    from sqlalchemy import select

    rows = tables.incidents.c
    found = select(rows.version).where(rows.reference == escaped(reference))
    version: int | None = connection.execute(found).scalar_one_or_none()
    return version


def get(connection: Connection, tables: Tables, reference: str) -> Incident:
    """The incident."""
    version = known_version(connection, tables, text_given("reference", reference))
    if version is None:
        raise UnknownIncident(reference)
    found = _histories(connection, tables, [(escaped(reference), version)])[0]
    if isinstance(found, CorruptEvent):
        raise found
    return found


def find(
    connection: Connection, tables: Tables, query: Query, limit: int, after: str | None
) -> Page:
    """A page in the order of creation."""
    from sqlalchemy import select

    rows = tables.incidents.c
    wanted = select(rows.reference, rows.version, rows.sequence)
    wanted = wanted.where(*fitting(rows, query_given(query))).order_by(rows.sequence)
    if after is not None:
        (sequence,) = position(after, 1)
        wanted = wanted.where(rows.sequence > sequence)
    return _page(connection, tables, wanted, limit)


def due(
    connection: Connection, tables: Tables, until: datetime, limit: int, after: str | None
) -> Page:
    """A page of what is to be looked at again by *until*, the earliest first."""
    from sqlalchemy import select, tuple_

    rows = tables.incidents.c
    place = (rows.look_again_at, rows.sequence)
    wanted = select(rows.reference, rows.version, *place)
    wanted = wanted.where(rows.look_again_at <= microseconds("until", until)).order_by(*place)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > tuple_(*position(after, 2)))
    return _page(connection, tables, wanted, limit)


def next_due(connection: Connection, tables: Tables, after: datetime) -> datetime | None:
    """The first instant later than *after* at which something is to be looked at again."""
    from sqlalchemy import func, select

    place = tables.incidents.c.look_again_at
    # What is no number is later than every number to SQLite.
    wanted = select(func.min(place)).where(place > microseconds("after", after), place <= LAST)
    found: int | None = connection.execute(wanted).scalar_one()
    return None if found is None else instant(found)


def _page(connection: Connection, tables: Tables, wanted: Any, limit: int) -> Page:
    # The types of a selection differ between SQLAlchemy 2.0 and 2.1.
    rows: Sequence[Any] = connection.execute(wanted.limit(checked_limit(limit) + 1)).all()
    shown = rows[:limit]
    found = _histories(connection, tables, [(row[0], row[1]) for row in shown])
    return Page(
        tuple(each for each in found if isinstance(each, Incident)),
        cursor(shown[-1][2:]) if len(rows) > limit else None,
        tuple(each for each in found if isinstance(each, CorruptEvent)),
    )


def _histories(
    connection: Connection, tables: Tables, versions: Sequence[tuple[str, int]]
) -> list[Incident | CorruptEvent]:
    """Each incident as it was at its version, or what is wrong with it."""
    from sqlalchemy import select

    columns = tables.events.c
    wanted = select(columns.reference, columns.sequence, columns.event)
    wanted = wanted.where(columns.reference.in_([reference for reference, _ in versions]))
    events = connection.execute(wanted.order_by(columns.sequence))
    return histories(versions, events)


def committed(connection: Connection, tables: Tables, key: str) -> Committed | None:
    """What was stored under *key*."""
    from sqlalchemy import select

    rows = tables.commits.c
    wanted = select(rows.reference, rows.before, rows.version).where(
        rows.key == escaped(text_given("key", key))
    )
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    told = tables.notifications.c
    wanted_too = select(told.identifier, told.body).where(told.key == escaped(key))
    found = connection.execute(wanted_too.order_by(told.sequence)).all()
    return committed_of(key, row.reference, row.before, row.version, found)


def pending(connection: Connection, tables: Tables, limit: int) -> tuple[Notification, ...]:
    """What is not marked as delivered and can be read."""
    from sqlalchemy import select

    rows = tables.notifications.c
    wanted = select(rows.sequence, rows.identifier, rows.body).where(rows.delivered == 0)
    wanted = wanted.order_by(rows.sequence).limit(checked_limit(limit))

    def fetch(last: int) -> Sequence[Any]:
        return connection.execute(wanted.where(rows.sequence > last)).all()

    return waiting(fetch, limit)


def policy(connection: Connection, tables: Tables, version: str | None) -> str:
    """The text of a version, or of the latest."""
    from sqlalchemy import select

    settings = tables.settings.c
    name = None if version is None else escaped(text_given("version", version))
    if name is None:
        latest = select(settings.text).where(settings.name == LATEST)
        row = connection.execute(latest).one_or_none()
        if row is None:
            raise absent(LATEST)
        name = row.text
    text = None if name is None else stored_policy(connection, tables, name)
    if text is None:
        raise UnknownPolicy(version)
    return unescaped(text)


def stored_policy(connection: Connection, tables: Tables, version: str) -> str | None:
    """The text of a version, both as they are stored."""
    from sqlalchemy import select

    rows = tables.policies.c
    text: str | None = connection.execute(
        select(rows.text).where(rows.version == version)
    ).scalar_one_or_none()
    return text


def policy_versions(connection: Connection, tables: Tables) -> tuple[str, ...]:
    """Every version, the one that was first saved first."""
    from sqlalchemy import select

    rows = tables.policies.c
    found = connection.execute(select(rows.version).order_by(rows.sequence)).scalars()
    return tuple(map(unescaped, found))
