"""Rows: events and notifications as JSON text, and the histories that rows tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import Any, Final, TypeVar

from attrs import fields, has

from itilcore.codec import loads, to_json
from itilcore.communications import Notification
from itilcore.errors import CorruptEvent, CorruptNotification, Defect, InvalidInput, StorageFailure
from itilcore.incident import Event, Incident
from itilcore.repositories import Commit, Committed

from .columns import escaped, microseconds, optional_microseconds, unescaped

__all__: list[str] = []

T = TypeVar("T")

# json.dumps with options makes an encoder each time.
_dumped = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode

BEFORE_ALL: Final = -(2**63)
"""A number that is before those of all rows."""

# The sign of an escape, as JSON has it.
_SIGN: Final = r"\u001a"


def json_text(value: object) -> str:
    r"""*value* as JSON in ASCII, its texts with an escape for what UTF-8 cannot hold.

    >>> print(json_text("a" + chr(0xD800)))
    "a\u001ad800"
    """
    plain = to_json(value)
    text = _dumped(plain)
    # A half of a surrogate pair looks like a whole one here, which costs a second look.
    return _dumped(_held(plain)) if "\\ud" in text or _SIGN in text else text


def from_json_text(kind: type[T], text: str) -> T:
    """The value of *kind* that was written as `json_text`.

    Raises `itilcore.errors.InvalidInput` as `itilcore.codec.loads` does.
    """
    if not isinstance(text, str):
        raise InvalidInput(kind.__name__, [Defect("", f"is {text!r:.60}, not a text")])
    value = loads(kind, text)
    restored: T = _restored(value) if _SIGN in text else value
    return restored


def _held(plain: Any) -> Any:
    if isinstance(plain, str):
        return escaped(plain)
    if isinstance(plain, list):
        return [_held(each) for each in plain]
    if isinstance(plain, dict):
        return {name: _held(each) for name, each in plain.items()}
    return plain


def _restored(value: Any) -> Any:
    """*value* with the texts that were meant, for the codec lets none of these in."""
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, tuple):
        return tuple(map(_restored, value))
    if not has(type(value)):
        return value
    made = copy(value)
    for each in fields(type(value)):
        object.__setattr__(made, each.name, _restored(getattr(value, each.name)))
    return made


def event_rows(commit: Commit) -> list[dict[str, Any]]:
    """The rows of a commit's events, numbered on from those that are there."""
    reference = escaped(commit.reference)
    return [
        {
            "reference": reference,
            "sequence": sequence,
            "at": microseconds("at", event.at),
            "recorded_at": optional_microseconds("recorded_at", event.recorded_at),
            "event": json_text(event),
        }
        for sequence, event in enumerate(commit.events, commit.expected_version + 1)
    ]


def notification_rows(commit: Commit, told: Iterable[Notification]) -> list[dict[str, Any]]:
    """The rows of those of a commit's notifications that are new to the outbox."""
    reference = escaped(commit.reference)
    key = None if commit.idempotency_key is None else escaped(commit.idempotency_key)
    return [
        {
            "identifier": escaped(each.identifier),
            "reference": reference,
            "key": key,
            "version": commit.version,
            "body": json_text(each),
            "delivered": 0,
        }
        for each in told
    ]


def notification_of(identifier: str, body: str) -> Notification:
    """The notification that a row holds.

    Raises `itilcore.errors.CorruptNotification` for one that cannot be read, and for one that
    is another than the row says: marking it as delivered would mark nothing.
    """
    name = unescaped(identifier) if isinstance(identifier, str) else repr(identifier)
    try:
        found = from_json_text(Notification, body)
    except InvalidInput as error:
        raise CorruptNotification(name, "; ".join(map(str, error.defects))) from None
    if found.identifier != name:
        raise CorruptNotification(name, f"it is notification {found.identifier!r:.60}")
    return found


def waiting(
    fetch: Callable[[int], Sequence[tuple[int, str, str]]], limit: int
) -> tuple[Notification, ...]:
    """The first notifications that can be read, up to *limit*, so that they can be delivered.

    *fetch* gives up to *limit* rows of a number, an identifier and a body, of those later than
    a number and in the order of these.  Raises `itilcore.errors.CorruptNotification` for the
    first of those that cannot be read where there is nothing else.
    """
    found: list[Notification] = []
    damaged: list[CorruptNotification] = []
    last = BEFORE_ALL
    while True:
        rows = fetch(last)
        _read((row[1:] for row in rows), found, damaged)
        if len(rows) < limit or len(found) >= limit:
            return _what_can_be_read(found[:limit], damaged)
        last = rows[-1][0]


def told(rows: Iterable[tuple[str, str]]) -> tuple[Notification, ...]:
    """The notifications of *rows* of an identifier and a body, as `waiting` gives them."""
    found: list[Notification] = []
    damaged: list[CorruptNotification] = []
    _read(rows, found, damaged)
    return _what_can_be_read(found, damaged)


def committed_of(
    key: str, reference: Any, before: Any, version: Any, rows: Iterable[tuple[str, str]]
) -> Committed:
    """What was stored under *key*, with the notifications of *rows*, as `told` gives them.

    Raises `itilcore.errors.StorageFailure` where the row of the key is damaged.
    """
    if not isinstance(reference, str) or type(before) is not int or type(version) is not int:
        raise StorageFailure(f"what is stored under the key {key!r:.60} is damaged")
    return Committed(unescaped(reference), before, version, told(rows))


def _read(
    rows: Iterable[Sequence[Any]], found: list[Notification], damaged: list[CorruptNotification]
) -> None:
    for identifier, body in rows:
        try:
            found.append(notification_of(identifier, body))
        except CorruptNotification as error:
            damaged.append(error)


def _what_can_be_read(
    found: list[Notification], damaged: list[CorruptNotification]
) -> tuple[Notification, ...]:
    if damaged and not found:
        raise damaged[0]
    return tuple(found)


def histories(
    versions: Sequence[Sequence[Any]], events: Iterable[Sequence[Any]]
) -> list[Incident | CorruptEvent]:
    """Each incident as it was at its version, or what is wrong with it.

    *versions* are rows of a reference and a version, *events* rows of a reference, a number
    and a text, in the order of the numbers.  Nothing is taken for granted of what they hold: a
    column of SQLite takes anything.
    """
    texts: dict[Any, list[tuple[int, str]]] = {reference: [] for reference, _ in versions}
    latest = {name: version if type(version) is int else 0 for name, version in versions}
    for reference, sequence, text in events:
        # An event that came after the version was looked up belongs to a later answer.
        if type(sequence) is int and sequence <= latest[reference]:
            texts[reference].append((sequence, text))
    return [_history(name, version, texts[name]) for name, version in versions]


def _history(
    reference: Any, version: Any, texts: Sequence[tuple[int, str]]
) -> Incident | CorruptEvent:
    if not isinstance(reference, str) or not reference.strip():
        return CorruptEvent(repr(reference), 1, "the row of the incident has no reference")
    name = unescaped(reference)
    if type(version) is not int or version < 1:
        problem = f"the row of the incident has {version!r:.60} for its number of events"
        return CorruptEvent(name, 1, problem)
    try:
        return incident_of(name, version, texts)
    except CorruptEvent as error:
        return error


def incident_of(reference: str, version: int, events: Sequence[tuple[int, str]]) -> Incident:
    """The incident whose *events* are rows of a sequence number and a text, in order.

    Raises `itilcore.errors.CorruptEvent` for one that cannot be read, and for one that is not
    there: the numbers go from 1 to *version*.

    >>> incident_of("INC1", 2, [(1, '{"event":"logged","at":"2026-01-05T09:00:00+00:00"}')])
    Traceback (most recent call last):
    itilcore.errors.CorruptEvent: event 2 of INC1 cannot be read: it is not there
    """
    found: list[Event] = []
    for sequence, text in events:
        if sequence != len(found) + 1:
            break
        try:
            found.append(from_json_text(Event, text))
        except InvalidInput as error:
            problem = "; ".join(map(str, error.defects))
            raise CorruptEvent(reference, sequence, problem) from None
    if len(found) != version:
        raise CorruptEvent(reference, len(found) + 1, "it is not there")
    return Incident.replay(reference, found)
