"""Rows: events and notifications as JSON text, and the histories that rows tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, Final, TypeVar

from attrs import fields, has

from itilcore.codec import loads, to_json
from itilcore.communications import Notification
from itilcore.errors import CorruptEvent, InvalidInput
from itilcore.incident import Event, Incident
from itilcore.repositories import Commit

from .columns import escaped, microseconds, optional_microseconds, unescaped

__all__: list[str] = []

T = TypeVar("T")

# json.dumps with options makes an encoder each time.
_dumped = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode

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


def notification_of(body: str) -> Notification:
    """The notification that a row holds."""
    return from_json_text(Notification, body)


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
