"""The hours of a week, as text or by weekday."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from itilcore.errors import Defect, InvalidInput, nearest

from .shift import DAY_SECONDS, MOST_TEXT, Hours, Shift, shifts_of

__all__ = ["WEEKDAYS", "Week", "WeeklyHours", "week_of", "week_text"]

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Week = tuple[tuple[Shift, ...], ...]
"""The shifts of Monday to Sunday."""

WeeklyHours = str | Mapping[str, Hours]
"""``"Mon-Fri 09:00-17:00; Sat 10:00-14:00"``, or the hours of a date by weekday."""

_CLAUSE: Final = re.compile(
    r"\s*(?P<days>[^\W\d_]+(?:\s*[-–,]\s*[^\W\d_]+)*)\s+(?P<hours>\S.*)\Z",
    re.DOTALL,
)


def weekday(name: str) -> int:
    """The number of a weekday, Monday 0, by its English name or at least three letters of it.

    Raises `itilcore.errors.InvalidInput` for any other word.

    >>> weekday("Tues"), weekday("sun")
    (1, 6)
    """
    word = name.strip().casefold()
    for number, full in enumerate(_NAMES):
        if len(word) >= 3 and full.startswith(word):
            return number
    known = [full.title() for full in _NAMES]
    raise InvalidInput(
        "weekday", [Defect("", f"{name.strip()!r} is no weekday; {nearest(name.strip(), known)}")]
    )


def _days(text: str) -> list[int]:
    """The weekdays of ``Mon-Fri, Sun``; a range may run over the end of the week."""
    if text.strip().casefold() in {"daily", "everyday"}:
        return list(range(7))
    found: list[int] = []
    for part in text.replace("–", "-").split(","):
        ends = [weekday(name) for name in part.split("-")]
        if len(ends) > 2:
            raise InvalidInput("weekdays", [Defect("", f"{part.strip()!r} is no range of days")])
        length = (ends[-1] - ends[0]) % 7
        found += [(ends[0] + step) % 7 for step in range(length + 1)]
    return found


def week_of(given: WeeklyHours) -> Week:
    """The shifts of each weekday, Monday first.

    A text is clauses parted by semicolons: weekdays (``Mon``, ``Mon-Fri``, ``Sat, Sun``,
    ``daily``) and hours.  A mapping has weekdays as keys.  Raises
    `itilcore.errors.InvalidInput` with every defect, among them shifts that overlap, also
    from one date into the next.

    >>> week = week_of("Mon-Fri 09:00-12:00, 13:00-17:30; Sat 10:00-14:00; Sun 22:00-06:00")
    >>> [str(shift) for shift in week[0]], [str(shift) for shift in week[6]]
    (['09:00-12:00', '13:00-17:30'], ['22:00-06:00'])
    >>> week_of({"mon": [("09:00", "17:00")]}) == week_of("Mon 09:00-17:00")
    True
    """
    defects: list[Defect] = []
    days: list[list[Shift]] = [[] for _ in WEEKDAYS]
    for path, names, hours in _clauses(given, defects):
        try:
            numbers = _days(names)
        except InvalidInput as error:
            defects += [Defect(path, defect.problem) for defect in error.defects]
            numbers = []
        try:
            shifts = shifts_of(hours)
        except InvalidInput as error:
            defects += [_under(path, defect) for defect in error.defects]
            continue
        for number in numbers:
            days[number] += shifts
    if not defects:
        defects = list(_overlaps(days))
    if defects:
        raise InvalidInput("weekly hours", defects)
    return tuple(tuple(sorted(shifts)) for shifts in days)


def _under(path: str, defect: Defect) -> Defect:
    return Defect(f"{path}{defect.path}", defect.problem)


def _clauses(given: object, defects: list[Defect]) -> Iterable[tuple[str, str, Hours]]:
    if isinstance(given, Mapping):
        for key, hours in given.items():
            yield str(key), str(key), hours
    elif isinstance(given, str) and len(given) <= MOST_TEXT:
        for index, clause in enumerate(given.split(";")):
            match = _CLAUSE.match(clause)
            if match is not None:
                yield f"[{index}]", match["days"], match["hours"]
            elif clause.strip():
                problem = f"{clause.strip()!r} is not like 'Mon-Fri 09:00-17:00'"
                defects.append(Defect(f"[{index}]", problem))
    elif isinstance(given, str):
        defects.append(Defect("", f"is longer than {MOST_TEXT:,} characters"))
    else:
        defects.append(Defect("", f"is {given!r}: give a text, or the hours by weekday"))


def _overlaps(days: list[list[Shift]]) -> Iterable[Defect]:
    week = sorted((n, shift) for n, shifts in enumerate(days) for shift in shifts)
    spans = [
        (number * DAY_SECONDS + shift.opens, number * DAY_SECONDS + shift.closes, number, shift)
        for number, shift in week
    ]
    if not spans:
        return
    start, end, number, shift = spans[0]
    spans.append((start + 7 * DAY_SECONDS, end + 7 * DAY_SECONDS, number, shift))
    for one, other in pairwise(spans):
        if other[0] < one[1] and len(week) > 1:
            names = [f"{WEEKDAYS[number]} {shift}" for _, _, number, shift in (one, other)]
            yield Defect("", f"{names[0]} and {names[1]} overlap")


def week_text(week: Week) -> str:
    """A week as the text that `week_of` reads, days of the same hours together.

    >>> week_text(week_of({"fri": "9:00-17:00", "mon": "9:00-17:00", "tue": "9:00-17:00"}))
    'Mon-Tue, Fri 09:00-17:00'
    """
    clauses: dict[tuple[Shift, ...], list[list[int]]] = {}
    for number, shifts in enumerate(week):
        if shifts:
            runs = clauses.setdefault(shifts, [])
            if runs and runs[-1][-1] == number - 1:
                runs[-1].append(number)
            else:
                runs.append([number])
    return "; ".join(
        ", ".join(
            WEEKDAYS[run[0]] + (f"-{WEEKDAYS[run[-1]]}" if len(run) > 1 else "") for run in runs
        )
        + " "
        + ", ".join(map(str, shifts))
        for shifts, runs in clauses.items()
    )
