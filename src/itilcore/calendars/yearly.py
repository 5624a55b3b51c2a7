"""Days that come back every year, as texts: ``12-25``, ``easter+1``, ``last Mon of May``."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from attrs import frozen
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from itilcore.errors import Defect, InvalidInput, UnknownYear

from .week import WEEKDAYS, weekday

__all__ = ["YearlyRule"]

_DATE: Final = re.compile(r"(\d{2})-(\d{2})\Z", re.ASCII)
_EASTER: Final = re.compile(r"(orthodox )?easter(?:\s*([+-])\s*(\d{1,3}))?\Z", re.ASCII)
_NTH: Final = re.compile(r"(1st|2nd|3rd|4th|5th|last) (\w+)(?: (?:of|in))? (\w+)\Z", re.ASCII)
_YEARS: Final = (1583, 4099)
"""For these the Easter of the Gregorian calendar is reckoned."""
_COUNTS: Final = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1}
_MONTHS: Final = tuple(name.casefold() for name in calendar.month_name)


def _month(name: str) -> int:
    for number, full in enumerate(_MONTHS):
        if number and len(name) >= 3 and full.startswith(name):
            return number
    raise InvalidInput("month", [Defect("", f"{name!r} is no month")])


@frozen(order=True)
class YearlyRule:
    """A day of every year, by its ``text``.

    ``12-25`` is a month and a day (02-29 is there in leap years only), ``easter``,
    ``easter-2`` and ``orthodox easter+1`` count days from Easter Sunday, ``4th Thu of Nov``
    and ``last Mon of May`` count weekdays.  A 5th weekday is there only in years that have
    one.  Raises `itilcore.errors.InvalidInput` for any other text.

    >>> YearlyRule("Easter + 1").text, YearlyRule("easter+1").on(2026)
    ('easter+1', datetime.date(2026, 4, 6))
    >>> YearlyRule("4th Thursday of November").on(2026)
    datetime.date(2026, 11, 26)
    >>> YearlyRule("02-29").on(2026) is None
    True
    """

    text: str

    def __attrs_post_init__(self) -> None:
        text = " ".join(self.text.casefold().split()) if isinstance(self.text, str) else ""
        try:
            normal = _normal(text)
        except InvalidInput as error:
            problem = f"{self.text!r:.60} is no day of the year: {error.defects[0].problem}"
            raise InvalidInput("yearly rule", [Defect("", problem)]) from None
        object.__setattr__(self, "text", normal)

    def __str__(self) -> str:
        return self.text

    def on(self, year: int) -> date | None:
        """The day of *year*, or ``None`` in a year without one.

        Raises `itilcore.errors.UnknownYear` outside 1583 to 4099.

        >>> YearlyRule("12-25").on(2026)
        datetime.date(2026, 12, 25)
        """
        if not _YEARS[0] <= year <= _YEARS[1]:
            raise UnknownYear(year, *_YEARS)
        return _found(self.text, year)


@lru_cache(4096)
def _found(text: str, year: int) -> date | None:
    match = _DATE.match(text)
    if match is not None:
        month, day = int(match[1]), int(match[2])
        leaps = (month, day) == (2, 29) and not calendar.isleap(year)
        return None if leaps else date(year, month, day)
    match = _EASTER.match(text)
    if match is not None:
        sunday = easter(year, EASTER_ORTHODOX) if match[1] else easter(year, EASTER_WESTERN)
        return sunday + timedelta(days=int((match[2] or "+") + (match[3] or "0")))
    count, name, month_name = text.replace(" of ", " ").split()
    month = _month(month_name)
    first, length = calendar.monthrange(year, month)
    days = range(1 + (weekday(name) - first) % 7, length + 1, 7)
    place = _COUNTS[count]
    if place > len(days):
        return None
    return date(year, month, days[place - 1 if place > 0 else -1])


def _normal(text: str) -> str:
    """The one way to write a rule; raises `InvalidInput` where there is none."""
    match = _DATE.match(text)
    if match is not None:
        try:
            date(2000, int(match[1]), int(match[2]))
        except ValueError as error:
            raise InvalidInput("", [Defect("", str(error))]) from None
        return text
    match = _EASTER.match(text)
    if match is not None:
        days = int((match[2] or "+") + (match[3] or "0"))
        if abs(days) > 250:
            raise InvalidInput("", [Defect("", "is further from Easter than a year goes")])
        return f"{match[1] or ''}easter" + (f"{days:+}" if days else "")
    match = _NTH.match(text)
    if match is not None:
        day, month = WEEKDAYS[weekday(match[2])], _MONTHS[_month(match[3])][:3].title()
        return f"{match[1]} {day} of {month}".casefold()
    wanted = "give MM-DD, easter+1, or last Mon of May"
    raise InvalidInput("", [Defect("", wanted)])
