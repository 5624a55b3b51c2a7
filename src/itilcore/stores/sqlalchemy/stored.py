"""Values as they are stored, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from itilcore.codec import loads, to_json
from itilcore.communications import Notification
from itilcore.errors import CorruptEvent, Defect, InvalidInput, require_aware
from itilcore.incident import Event, Incident
from itilcore.repositories import Commit, IncidentState

from .tables import COLUMN_OF

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_BAD = re.compile("[\x00\x1b\ud800-\udfff]")
_ESC = re.compile("\x1b([0-9a-f]{4})")


def escaped(text: str) -> str:
    return _BAD.sub(lambda hit: f"\x1b{ord(hit[0]):04x}", text)


def unescaped(text: str) -> str:
    return _ESC.sub(lambda hit: chr(int(hit[1], 16)), text)


def instant_column(name: str, value: datetime) -> int:
    require_aware(name, value)
    try:
        return (value.astimezone(UTC) - _EPOCH) // _US
    except OverflowError:
        raise InvalidInput("commit", [Defect(name, "out of range")]) from None


def _dump(value: object) -> str:
    return json.dumps(to_json(value), allow_nan=False, separators=(",", ":"))


def event_columns(change: Commit) -> list[dict[str, Any]]:
    reference = escaped(change.reference)
    return [
        {
            "reference": reference,
            "sequence": number,
            "at": instant_column("at", event.at),
            "recorded_at": None
            if event.recorded_at is None
            else instant_column("recorded_at", event.recorded_at),
            "event": _dump(event),
        }
        for number, event in enumerate(change.events, change.expected_version + 1)
    ]


def notification_columns(change: Commit, told: Sequence[Notification]) -> list[dict[str, Any]]:
    return [
        {
            "identifier": escaped(each.identifier),
            "reference": escaped(change.reference),
            "version": change.version,
            "body": _dump(each),
            "delivered": 0,
        }
        for each in told
    ]


def notification(body: str) -> Notification:
    return loads(Notification, body)


def state_columns(state: IncidentState, look_again_at: datetime | None) -> dict[str, Any]:
    import attrs

    found: dict[str, Any] = {}
    for name, value in attrs.asdict(state).items():
        if isinstance(value, datetime):
            value = instant_column(name, value)
        elif isinstance(value, str):
            value = escaped(value)
        found[COLUMN_OF.get(name, name)] = value
    found["look_again_at"] = (
        None if look_again_at is None else instant_column("look_again_at", look_again_at)
    )
    return found


def history(reference: str, version: int, texts: Sequence[tuple[int, str]]) -> Incident:
    events = []
    for expected, (sequence, text) in enumerate(texts, 1):
        if sequence != expected:
            raise CorruptEvent(reference, expected, "is missing")
        try:
            events.append(loads(Event, text))
        except InvalidInput as error:
            raise CorruptEvent(reference, sequence, str(error)) from None
    if len(events) != version:
        raise CorruptEvent(reference, len(events) + 1, "is missing")
    return Incident.replay(reference, events)


def cursor(place: Sequence[int]) -> str:
    return ".".join(map(str, place))


def position(after: str, parts: int) -> tuple[int, ...]:
    found = after.split(".")
    if len(found) != parts or not all(re.fullmatch("-?[0-9]{1,18}", each) for each in found):
        raise InvalidInput("page", [Defect("after", f"is {after!r}: no cursor")])
    return tuple(map(int, found))


def checked_limit(limit: int) -> int:
    if type(limit) is not int or not 1 <= limit <= 1_000:
        raise InvalidInput("page", [Defect("limit", f"is {limit!r}: 1 to 1000")])
    return limit
