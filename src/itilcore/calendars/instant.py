"""Instants as whole microseconds since 1970 in UTC: what the arithmetic is done on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from itilcore.errors import Defect, InvalidInput, NaiveInstant

__all__ = [
    "DAY",
    "EPOCH",
    "FIRST_YEAR",
    "HOUR",
    "LAST_YEAR",
    "SECOND",
    "datetime_like",
    "micros",
    "year_start",
]

FIRST_YEAR: Final = 1600
LAST_YEAR: Final = 4000
"""Between these every rule holds: the Gregorian Easter is reckoned for 1583 to 4099."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
DAY: Final = 86_400 * SECOND
_EPOCH_ORDINAL: Final = EPOCH.toordinal()


def micros(name: str, value: datetime) -> int:
    """*value* as microseconds since 1970; raises `NaiveInstant` where it has no UTC offset
    and `InvalidInput` where it is no date-time.

    >>> micros("at", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    try:
        # Never between two values of one zone: Python would then subtract wall-clock times.
        since = value - EPOCH
    except TypeError:
        if isinstance(value, datetime):
            raise NaiveInstant(name, value) from None
        problem = f"is {value!r:.60}: give a date-time with a UTC offset"
        raise InvalidInput("instant", [Defect(name, problem)]) from None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def datetime_like(value: int, like: datetime) -> datetime:
    """The instant *value* in the zone of *like*.

    >>> datetime_like(1_000_000, EPOCH).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    instant = EPOCH + timedelta(microseconds=value)
    zone = like.tzinfo
    return instant if zone is UTC else instant.astimezone(zone)


def year_start(year: int) -> int:
    """The first instant of *year* in UTC.

    >>> year_start(1971) == 365 * DAY
    True
    """
    before = year - 1
    ordinal = before * 365 + before // 4 - before // 100 + before // 400 + 1
    return (ordinal - _EPOCH_ORDINAL) * DAY
