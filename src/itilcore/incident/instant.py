"""Instants: one rule for comparing and subtracting them."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["in_utc"]


def in_utc(value: datetime) -> datetime:
    """The same instant in UTC.

    Python compares and subtracts two datetimes of one zone by their wall clocks, which is
    wrong over a change to or from summer time: one of the two has to be in UTC.

    >>> from zoneinfo import ZoneInfo
    >>> evening = datetime(2026, 3, 28, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> morning = datetime(2026, 3, 29, 6, tzinfo=ZoneInfo("Europe/Berlin"))
    >>> str(morning - evening), str(in_utc(morning) - evening)
    ('8:00:00', '7:00:00')
    """
    return value if value.tzinfo is UTC else value.astimezone(UTC)
