"""Columns: texts, instants, states and cursors as every database can hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final

from attrs import asdict

from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.repositories import IncidentState

__all__: list[str] = []

MOST: Final = 1_000
"""The most that one page holds."""

# A word of SQL, which nobody should have to quote.
COLUMN_OF: Final = {"group": "grp"}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
LAST: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""The last instant that there is."""

# NUL and lone surrogates, which databases refuse or cut off, and the sign that stands for them.
_UNSTORABLE: Final = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED: Final = re.compile("\x1a([0-9a-f]{4})")
# What is in a cursor: whole numbers that fit into 64 bits.
_PLACE: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.ASCII)


_LEAST: Final = -(10**18) + 1


def escaped(text: str) -> str:
    r"""*text* as a database can hold it; another one for every text, so equal if they are.

    >>> escaped("a" + chr(0) + "b"), unescaped(escaped("a" + chr(0) + "b")) == "a" + chr(0) + "b"
    ('a\x1a0000b', True)

    Raises `itilcore.errors.InvalidInput` for what is no text.
    """
    try:
        return _UNSTORABLE.sub(lambda hit: f"\x1a{ord(hit[0]):04x}", text)
    except TypeError:
        raise InvalidInput("text", [Defect("", f"is {text!r:.60}: give a text")]) from None


def unescaped(text: str) -> str:
    """The text that was `escaped`."""
    if "\x1a" not in text:
        return text
    return _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), text)


def microseconds(name: str, value: datetime) -> int:
    """*value* as microseconds since 1970, which sort as instants do.

    Raises `itilcore.errors.InvalidInput` where no year from 1 to 9999 holds it in UTC, and
    `itilcore.errors.NaiveInstant` without a UTC offset; *name* is what it is then called.

    >>> microseconds("at", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (require_aware(name, value).astimezone(UTC) - _EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """The instant in UTC of so many microseconds since 1970.

    >>> instant(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def optional_microseconds(name: str, value: datetime | None) -> int | None:
    """`microseconds` of an instant, ``None`` of none."""
    return None if value is None else microseconds(name, value)


def state_columns(state: IncidentState, look_again_at: datetime | None) -> dict[str, Any]:
    """The derived columns of an incident, by their names."""
    columns: dict[str, Any] = {}
    for name, value in asdict(state).items():
        stored = escaped(value) if isinstance(value, str) else optional_microseconds(name, value)
        columns[COLUMN_OF.get(name, name)] = stored
    columns["look_again_at"] = optional_microseconds("look_again_at", look_again_at)
    return columns


def cursor(place: Sequence[int]) -> str:
    """Where a page ended, as a text.

    >>> cursor([1000000, 7]), position("1000000.7", 2)
    ('1000000.7', (1000000, 7))
    """
    # A column of SQLite that is damaged may hold a fraction, or a number of another size.
    return ".".join(str(max(ceil(each), _LEAST)) for each in place)


def position(after: str, numbers: int) -> tuple[int, ...]:
    """The place that a cursor of so many *numbers* tells; the inverse of `cursor`.

    Raises `itilcore.errors.InvalidInput` for what is no cursor of such a page.
    """
    parts = after.split(".") if isinstance(after, str) else []
    if len(parts) != numbers or not all(map(_PLACE.fullmatch, parts)):
        problem = f"is {after!r}: give the `next` of the page before"
        raise InvalidInput("page", [Defect("after", problem)])
    return tuple(map(int, parts))


def checked_limit(limit: int) -> int:
    """*limit*, if a page may be that long.  Raises `itilcore.errors.InvalidInput`."""
    if type(limit) is not int or not 1 <= limit <= MOST:
        raise InvalidInput("page", [Defect("limit", f"is {limit!r}: it must be 1 to {MOST}")])
    return limit
