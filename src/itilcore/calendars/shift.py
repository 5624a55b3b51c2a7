"""Shifts: from a wall-clock time of a date to another, past midnight if need be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput

__all__ = ["DAY_SECONDS", "Hours", "Shift", "clock", "shifts_of"]

DAY_SECONDS: Final = 86_400
MOST_TEXT: Final = 10_000
"""Hours are written by people: a longer text is no hours."""

_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\Z", re.ASCII)


def clock(seconds: int) -> str:
    """Seconds after midnight as a time of day: ``HH:MM``, with seconds where there are any.

    >>> clock(9 * 3600), clock(86_400), clock(30)
    ('09:00', '24:00', '00:00:30')
    """
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")


def _seconds(given: object, *, closing: bool) -> int:
    """Seconds after midnight; raises `ValueError` with what is wrong."""
    if isinstance(given, time):
        if given.tzinfo is not None or given.microsecond:
            raise ValueError(f"{given} must be a time to the second, without a zone")
        return (given.hour * 60 + given.minute) * 60 + given.second
    if not isinstance(given, str):
        raise ValueError(f"{given!r} is no time of day: give HH:MM")
    match = _TIME.match(given.strip())
    if match is None:
        raise ValueError(f"{given.strip()!r} is no time of day: give HH:MM")
    hour, minute, second = (int(part or 0) for part in match.groups())
    found = (hour * 60 + minute) * 60 + second
    if minute > 59 or second > 59 or found > DAY_SECONDS:
        raise ValueError(f"{given.strip()!r} is no time of day")
    if found == DAY_SECONDS and not closing:
        raise ValueError("nothing opens at 24:00: say 00:00 of the next day")
    return found


@frozen(order=True)
class Shift:
    """Open from ``opens`` to ``closes``, in seconds after the midnight that begins its date.

    ``closes`` is after ``opens`` by at most a day; past 86,400 it lies on the next date.
    Make one with `between`.

    >>> str(Shift.between("22:00", "06:00")), Shift.between("22:00", "06:00").closes // 3600
    ('22:00-06:00', 30)
    """

    opens: int
    closes: int

    def __attrs_post_init__(self) -> None:
        whole = type(self.opens) is int and type(self.closes) is int
        good = (
            whole and 0 <= self.opens < DAY_SECONDS and 0 < self.closes - self.opens <= DAY_SECONDS
        )
        if not good:
            problem = "must open within its date and close at most a day later"
            raise InvalidInput("shift", [Defect("", problem)])

    @classmethod
    def between(cls, opens: str | time, closes: str | time) -> Shift:
        """A shift by two times of day, ``HH:MM`` or ``HH:MM:SS``.

        One that closes no later than it opens runs past midnight; ``open == close`` is 24
        hours.  Raises `itilcore.errors.InvalidInput` for anything that is no time of day.

        >>> Shift.between("09:00", "09:00").closes // 3600
        33
        """
        defects = []
        found = []
        for name, given in (("opens", opens), ("closes", closes)):
            try:
                found.append(_seconds(given, closing=name == "closes"))
            except ValueError as error:
                defects.append(Defect(name, str(error)))
        if defects:
            raise InvalidInput("shift", defects)
        start, end = found
        return cls(start, end if end > start else end + DAY_SECONDS)

    def __str__(self) -> str:
        end = self.closes
        return f"{clock(self.opens)}-{clock(end if end <= DAY_SECONDS else end - DAY_SECONDS)}"


Hours = str | Iterable[Shift | tuple[str | time, str | time]]
"""The hours of one date: ``"09:00-12:00, 13:00-17:30"``, pairs of times, or shifts; none is
``""`` or ``"closed"``."""


def shifts_of(given: Hours) -> tuple[Shift, ...]:
    """The shifts of one date, ascending and apart from each other.

    Raises `itilcore.errors.InvalidInput` with every part that is no shift, and every two that
    overlap.

    >>> [str(shift) for shift in shifts_of("13:00-17:30, 09:00-12:00")]
    ['09:00-12:00', '13:00-17:30']
    >>> shifts_of([("09:00", "12:00"), ("11:00", "13:00")])
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: hours: 1 defect
      09:00-12:00 and 11:00-13:00 overlap
    """
    defects: list[Defect] = []
    found: list[Shift] = []
    for index, item in enumerate(_parts(given)):
        try:
            found.append(_shift(item))
        except InvalidInput as error:
            defects += [Defect(f"[{index}]", defect.problem) for defect in error.defects]
    found.sort()
    defects += [
        Defect("", f"{one} and {other} overlap")
        for one, other in pairwise(found)
        if other.opens < one.closes
    ]
    if defects:
        raise InvalidInput("hours", defects)
    return tuple(found)


def _shift(item: object) -> Shift:
    if isinstance(item, Shift):
        return item
    if isinstance(item, tuple) and len(item) == 2:
        return Shift.between(*item)
    raise InvalidInput("shift", [Defect("", f"is {item!r}: give an opening and a closing")])


def _parts(given: object) -> list[object]:
    if isinstance(given, str):
        if len(given) > MOST_TEXT:
            raise InvalidInput("hours", [Defect("", f"is longer than {MOST_TEXT:,} characters")])
        if given.strip().casefold() in {"", "closed"}:
            return []
        texts = [part.replace("–", "-").split("-") for part in given.split(",")]
        return [tuple(text) if len(text) == 2 else "-".join(text) for text in texts]
    if isinstance(given, Iterable):
        return [tuple(item) if isinstance(item, list) else item for item in given]
    raise InvalidInput("hours", [Defect("", f"is {given!r}: give a text or pairs of times")])
