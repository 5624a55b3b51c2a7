"""What callers give where one will do for several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

__all__ = ["distinct", "several", "shown"]


def several(given: Any) -> tuple[Any, ...]:
    """*given* as a tuple: a text, and what cannot be walked over, stands for itself.

    What is wrong about it is for whoever keeps it to tell, with all other defects.

    >>> several("ada"), several(["ada", "bob"]), several(5)
    (('ada',), ('ada', 'bob'), (5,))
    """
    one = isinstance(given, str) or not isinstance(given, Iterable)
    return (given,) if one else tuple(given)


def distinct(given: Any) -> tuple[Any, ...]:
    """The same where order and repetition mean nothing: texts once each and sorted.

    Where one of them is no text they are left as they are.

    >>> distinct(["bob", "ada", "bob"])
    ('ada', 'bob')
    """
    found = several(given)
    if all(isinstance(each, str) for each in found):
        return tuple(sorted(set(found)))
    return found


def shown(given: object) -> str:
    """*given* as messages show it: dates, times and lengths of time as people read them.

    All else is as Python shows it, texts with their quotes.

    >>> from datetime import UTC, datetime
    >>> print(shown(timedelta(0)), shown(datetime(2026, 1, 5, tzinfo=UTC)), shown("4h"))
    0:00:00 2026-01-05 00:00:00+00:00 '4h'
    """
    return str(given) if isinstance(given, date | time | timedelta) else repr(given)
