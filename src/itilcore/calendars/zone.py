"""Time zones: what the offset is from when to when, and what a wall-clock time means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

from itilcore.errors import Defect, InvalidInput

from .instant import DAY, EPOCH, SECOND

__all__ = ["Segment", "resolve_local", "segments", "tz_version", "zone_of"]

Segment = tuple[int, int, int]
"""From an instant up to another, in seconds since 1970, the offset from UTC in seconds."""

_DAY: Final = DAY // SECOND
_MOST: Final = 100
"""No zone has a longer name."""


def zone_of(given: str | tzinfo) -> ZoneInfo:
    """The zone by its IANA name, or as a `zoneinfo.ZoneInfo` that has one; UTC as it is.

    Raises `itilcore.errors.InvalidInput` for a name that the machine's database has not.

    >>> zone_of("Europe/Berlin").key
    'Europe/Berlin'
    """
    if given is UTC:
        given = "UTC"
    if isinstance(given, ZoneInfo) and given.key is not None:
        given = given.key  # one object a name, and one that pickles
    if not isinstance(given, str):
        problem = f"is {given!r}: give a name such as 'Europe/Berlin'"
        raise InvalidInput("tz", [Defect("", problem)])
    try:
        if not given or len(given) > _MOST:
            raise ValueError
        return ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problem = f"{given[:_MOST]!r} is no time zone of the database"
        raise InvalidInput("tz", [Defect("", problem)]) from None


def _offset(zone: ZoneInfo, at: int) -> int:
    """The offset from UTC in seconds at an instant in seconds since 1970."""
    local = (EPOCH + timedelta(seconds=at)).astimezone(zone)
    return int((local.utcoffset() or timedelta()).total_seconds())


def segments(zone: ZoneInfo, start: int, end: int) -> list[Segment]:
    """The offsets of *zone* from *start* up to *end*, in seconds since 1970.

    The zone is asked once a day: no zone has ever changed its offset and changed it back
    within less than three days.

    >>> spring = 1774742400  # 2026-03-29 00:00 UTC
    >>> [(a - spring, b - spring, offset) for a, b, offset in
    ...     segments(ZoneInfo("Europe/Berlin"), spring, spring + 86_400)]
    [(0, 3600, 3600), (3600, 86400, 7200)]
    """
    found: list[Segment] = []
    since, offset = start, _offset(zone, start)
    at = start
    while at < end:
        later = min(at + _DAY, end)
        after = _offset(zone, later)
        if after != offset:
            change = _change(zone, at, later, offset)
            if change < end:
                found.append((since, change, offset))
                since, offset = change, after
        at = later
    found.append((since, end, offset))
    return found


def _change(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The first second after *low* by which the offset is no longer *offset*."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def resolve_local(local: datetime, tz: str | tzinfo) -> datetime:
    """The instant of a wall-clock time in a zone.

    A time that a gap skips moves on by the length of the gap; one that comes twice is the
    first, or the second with ``fold=1``.  Raises `itilcore.errors.InvalidInput` for a zone
    that is none, and for a time that has a zone already or is none.

    >>> resolve_local(datetime(2026, 3, 29, 2, 30), "Europe/Berlin").isoformat()
    '2026-03-29T03:30:00+02:00'
    """
    if not isinstance(local, datetime):
        raise InvalidInput("local", [Defect("", f"is {local!r:.60}: give a date and a time")])
    if local.tzinfo is not None:
        raise InvalidInput("local", [Defect("", f"{local.isoformat()} has a zone already")])
    zone = zone_of(tz)
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def tz_version() -> str:
    """The version of the time-zone database in use, such as ``2025b``; ``unknown`` if untold.

    >>> isinstance(tz_version(), str)
    True
    """
    for folder in map(Path, TZPATH):
        for name in ("tzdata.zi", "+VERSION"):
            try:
                with (folder / name).open(encoding="ascii") as text:
                    line = text.readline(200).strip()
            except (OSError, ValueError):
                continue
            return line.removeprefix("# version ")
    try:
        return installed_version("tzdata")
    except PackageNotFoundError:
        return "unknown"
