"""What is written: statements in the order that keeps every promise of a commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve

from itilcore.communications import Notification
from itilcore.errors import IdempotencyKeyReused, VersionConflict
from itilcore.incident import Incident
from itilcore.repositories import Commit, Committed, IncidentState
from itilcore.stores.columns import escaped, state_columns, unescaped
from itilcore.stores.given import commit_given, text_given
from itilcore.stores.rows import event_rows, notification_rows
from itilcore.stores.settings import CREATED, LATEST, absent

from .reading import committed, get, known_version, stored_policy
from .tables import Tables
from .transactions import Overtaken

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__: list[str] = []

BATCH: Final = 500
"""Identifiers in one statement: databases have a limit for what they are handed at once."""


def commit(connection: Connection, tables: Tables, change: Commit) -> Committed:
    """Store *change*, or say what was stored under its key, or refuse it."""
    key, reference = commit_given(change).idempotency_key, change.reference
    if (earlier := _earlier(connection, tables, change)) is not None:
        return earlier
    version = known_version(connection, tables, reference) or 0
    if version != change.expected_version:
        # It may be the same commit by another connection, ended since the key was looked for.
        if (earlier := _earlier(connection, tables, change)) is not None:
            return earlier
        raise VersionConflict(reference, change.expected_version, version)
    events = event_rows(change)
    _put_incident(connection, tables, change)
    if events:
        connection.execute(tables.events.insert(), events)
    told = _new(connection, tables, change.notifications)
    if told:
        connection.execute(tables.notifications.insert(), notification_rows(change, told))
    done = Committed(reference, change.expected_version, change.version, told)
    if key is not None:
        row = {"before": done.before, "version": done.version}
        names = {"key": escaped(key), "reference": escaped(reference)}
        connection.execute(tables.commits.insert(), {**names, **row})
    return done


def _earlier(connection: Connection, tables: Tables, change: Commit) -> Committed | None:
    """What was stored under the key of *change*."""
    key, reference = change.idempotency_key, change.reference
    earlier = None if key is None else committed(connection, tables, key)
    if key is None or earlier is None:
        return None
    if earlier.reference != reference:
        raise IdempotencyKeyReused(key, reference, earlier.reference)
    return evolve(earlier, repeated=True)


def _put_incident(connection: Connection, tables: Tables, change: Commit) -> None:
    incidents, settings = tables.incidents, tables.settings
    columns = state_columns(_state(connection, tables, change), change.look_again_at)
    columns["version"] = change.version
    reference = escaped(change.reference)
    if change.expected_version:
        seen = (
            incidents.c.reference == reference,
            incidents.c.version == change.expected_version,
        )
        if connection.execute(incidents.update().where(*seen).values(columns)).rowcount == 0:
            raise Overtaken
        return
    # The row of the counter is locked up to the end of the transaction.  So incidents come to
    # be in the order of their numbers, and a page that has gone past a number misses none: a
    # sequence of the database hands out numbers in another order than they are committed in.
    from sqlalchemy import select

    counter, number = settings.c.name == CREATED, settings.c.number
    if not connection.execute(settings.update().where(counter).values(number=number + 1)).rowcount:
        raise absent(CREATED)
    columns["reference"] = reference
    columns["sequence"] = select(number).where(counter).scalar_subquery()
    connection.execute(incidents.insert().values(columns))


def _state(connection: Connection, tables: Tables, change: Commit) -> IncidentState:
    if change.state is not None:
        return change.state
    events = change.events
    if change.expected_version:
        events = (*get(connection, tables, change.reference).timeline, *events)
    return IncidentState.of(Incident.replay(change.reference, events))


def _new(
    connection: Connection, tables: Tables, told: Sequence[Notification]
) -> tuple[Notification, ...]:
    """Those of *told* that are not in the outbox yet: said once is said."""
    from sqlalchemy import select

    first: dict[str, Notification] = {}
    for each in told:
        first.setdefault(each.identifier, each)
    rows = tables.notifications.c
    for batch in _batches(list(first)):
        known = select(rows.identifier).where(rows.identifier.in_(batch))
        for identifier in connection.execute(known).scalars():
            del first[unescaped(identifier)]
    return tuple(first.values())


def delivered(connection: Connection, tables: Tables, identifiers: Sequence[str]) -> int:
    """Mark what was delivered; how many were not marked before."""
    rows = tables.notifications.c
    marked = 0
    for batch in _batches(identifiers):
        waiting = (rows.identifier.in_(batch), rows.delivered == 0)
        update = tables.notifications.update().where(*waiting).values(delivered=1)
        marked += connection.execute(update).rowcount
    return marked


def save_policy(connection: Connection, tables: Tables, version: str, text: str) -> None:
    """Keep a policy book, and make it the latest."""
    names = {
        "version": escaped(text_given("version", version)),
        "text": escaped(text_given("text", text)),
    }
    stored = stored_policy(connection, tables, names["version"])
    if stored is None:
        connection.execute(tables.policies.insert(), names)
    elif stored != names["text"]:
        raise VersionConflict("the policy book", version, "another text of that version")
    latest = tables.settings.update().where(tables.settings.c.name == LATEST)
    if not connection.execute(latest.values(text=names["version"])).rowcount:
        raise absent(LATEST)


def _batches(identifiers: Sequence[str]) -> list[list[str]]:
    names = list(map(escaped, identifiers))
    return [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
