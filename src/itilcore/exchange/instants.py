"""Instants from the texts of an export."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

__all__ = ["InstantReader", "UnreadableInstant"]

_PATTERNS: Final = {
    "d": r"(?P<day>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "Y": r"(?P<year>\d{4})",
    "H": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_REMEMBERED: Final = 65_536


@frozen
class UnreadableInstant:
    """Why a text is no instant: a value, because a bad cell is no exception."""

    reason: str


def _strptime(text_format: str) -> Callable[[str], datetime | None]:
    """A reader for *text_format*; numeric formats are read by a pattern, four times faster."""
    directives = re.findall(r"%(.)", text_format)
    plain = set(directives) <= set(_PATTERNS) and len(set(directives)) == len(directives)
    # strptime knows what a format means that leaves one out in the middle.
    whole = set(directives) in ({*"dmY"}, {*"dmYH"}, {*"dmYHM"}, {*"dmYHMS"})
    if not plain or not whole:

        def slow(text: str) -> datetime | None:
            try:
                return datetime.strptime(text, text_format)  # noqa: DTZ007  # the caller adds a zone
            except ValueError:
                return None

        return slow

    parts = re.split(r"%(.)", text_format)
    pattern = "".join(_PATTERNS[part] if i % 2 else re.escape(part) for i, part in enumerate(parts))
    compiled = re.compile(pattern)
    order = ("year", "month", "day", "hour", "minute", "second")
    names = [name for name in order if name in compiled.groupindex]

    def quick(text: str) -> datetime | None:
        found = compiled.fullmatch(text)
        if found is None:
            return None
        try:
            year, month, day, *rest = map(int, found.group(*names))
            return datetime(year, month, day, *rest)  # type: ignore[arg-type]  # noqa: DTZ001  # as in slow
        except ValueError:
            return None

    return quick


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _epoch(unit: timedelta) -> Callable[[str], datetime | None]:
    def read(text: str) -> datetime | None:
        try:
            return _EPOCH + float(text) * unit
        except (ValueError, OverflowError):
            return None

    return read


class InstantReader:
    """Reads texts as instants in UTC, by the first of *formats* that fits.

    A time without an offset is taken in *zone*; without a zone it is unreadable.  In the
    hour that a zone has twice the first one is meant; in the hour it has not, the time is
    moved by the gap.

    >>> reader = InstantReader(["%d/%m/%Y %H:%M"], "Europe/London")
    >>> reader.read("1/7/2026 9:05")
    datetime.datetime(2026, 7, 1, 8, 5, tzinfo=datetime.timezone.utc)
    >>> reader.read("31/2/2026 9:05")
    UnreadableInstant(reason='is no time in the format %d/%m/%Y %H:%M')
    """

    def __init__(self, formats: tuple[str, ...] | list[str], zone: str | None) -> None:
        named = {"iso": _iso, "epoch_s": _epoch(timedelta(seconds=1)),
                 "epoch_ms": _epoch(timedelta(milliseconds=1))}  # fmt: skip
        self._formats = " or ".join(formats)
        self._readers = [named.get(f) or _strptime(f) for f in formats]
        self._zone = None if zone is None else UTC if zone == "UTC" else ZoneInfo(zone)
        self._seen: dict[str, datetime | UnreadableInstant] = {}

    def read(self, text: str) -> datetime | UnreadableInstant:
        """The instant that *text* says, or why it says none."""
        seen = self._seen
        found = seen.get(text)
        if found is None:
            # Exports repeat times row after row; the memory of them is bounded.
            if len(seen) >= _REMEMBERED:
                seen.clear()
            found = seen[text] = self._read(text.strip())
        return found

    def _read(self, text: str) -> datetime | UnreadableInstant:
        for reader in self._readers:
            found = reader(text)
            if found is None:
                continue
            if found.tzinfo is None:
                if self._zone is None:
                    return UnreadableInstant("has no UTC offset and the mapping names no zone")
                if self._zone is UTC:
                    return found.replace(tzinfo=UTC)
                found = found.replace(tzinfo=self._zone)
            try:
                return found.astimezone(UTC)
            except (OverflowError, ValueError):
                return UnreadableInstant("lies outside the years 1 to 9999 in UTC")
        return UnreadableInstant(f"is no time in the format {self._formats}")
