"""What departs from the turns of a rota: somebody takes over, or two turns are exchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import accumulate

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import in_utc
from itilcore.version import JSONValue

from .turns import Turns

__all__ = ["Override", "Swap", "override_defects", "spell_defects", "swap_defects"]


def spell_defects(person: object, start: datetime, end: datetime) -> list[Defect]:
    """What is wrong with a person, and with the two instants between which they do something.

    Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> spell_defects("ada", nine, ten)
    []
    >>> print(*spell_defects("ada", ten, nine))
    end: is 2026-01-05T09:00:00+00:00, not after the start
    """
    defects = blank_defects("person", person)
    found = []
    for name, value in (("start", start), ("end", end)):
        try:
            found.append(in_utc(require_aware(name, value)))
        except InvalidInput as error:
            defects += error.defects
    if len(found) == 2 and found[1] <= found[0]:
        defects.append(Defect("end", f"is {end.isoformat()}, not after the start"))
    return defects


@frozen
class Override:
    """``person`` takes over from ``start`` up to, not including, ``end``; kept in UTC.

    Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset, and
    `itilcore.errors.InvalidInput` for a blank person or reason and for an end that is not
    after the start.

    >>> from datetime import UTC
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> str(Override("bob", nine, ten, "ada is ill"))
    'bob takes over from 2026-01-05T09:00:00+00:00 to 2026-01-05T10:00:00+00:00: ada is ill'
    """

    person: str
    start: datetime
    end: datetime
    reason: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = spell_defects(self.person, self.start, self.end)
        if self.reason is not None:
            defects += blank_defects("reason", self.reason)
        if defects:
            raise InvalidInput("override", defects)
        for name in ("start", "end"):
            object.__setattr__(self, name, in_utc(getattr(self, name)))

    def __str__(self) -> str:
        since, until = self.start.isoformat(), self.end.isoformat()
        why = "" if self.reason is None else f": {self.reason}"
        return f"{self.person} takes over from {since} to {until}{why}"

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "person": self.person,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "reason": self.reason,
        }


@frozen
class Swap:
    """Two turns change hands: each is known by the local date on which it begins.

    Which of the two is given first means nothing.  Raises `itilcore.errors.InvalidInput` for
    what is no date, and for a turn that is exchanged with itself.

    >>> Swap(date(2026, 1, 9), date(2026, 1, 5)) == Swap(date(2026, 1, 5), date(2026, 1, 9))
    True
    """

    first: date
    second: date

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(name, f"is {getattr(self, name)!r:.60}: give a date")
            for name in ("first", "second")
            if type(getattr(self, name)) is not date
        ]
        if not defects and self.first == self.second:
            defects.append(Defect("second", f"is {self.second}: a turn is not swapped with itself"))
        if defects:
            raise InvalidInput("swap", defects)
        first, second = sorted((self.first, self.second))
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "second", second)

    def __str__(self) -> str:
        return f"{self.first} with {self.second}"

    @property
    def content(self) -> list[JSONValue]:
        """The two dates as JSON values, the earlier first."""
        return [self.first.isoformat(), self.second.isoformat()]


def _end(override: Override) -> datetime:
    return override.end


def override_defects(overrides: Sequence[object]) -> Iterator[Defect]:
    """Whatever of *overrides* is none, or begins while another lasts."""
    known: list[tuple[Override, int]] = []
    for index, each in enumerate(overrides):
        if isinstance(each, Override):
            known.append((each, index))
        else:
            yield Defect(f"overrides[{index}]", f"is {each!r:.60}: give an Override")
    known.sort(key=lambda pair: pair[0].start)
    longest = accumulate((each for each, _ in known), lambda *two: max(two, key=_end))
    for before, (each, index) in zip(longest, known[1:], strict=False):
        if each.start < before.end:
            yield Defect(f"overrides[{index}]", f"{each}, while {before}")


def swap_defects(swaps: Sequence[object], turns: Turns | None) -> Iterator[Defect]:
    """Whatever of *swaps* is none, is of a date on which no turn begins, or of a turn twice."""
    counted = Counter[date]()
    for index, each in enumerate(swaps):
        if not isinstance(each, Swap):
            yield Defect(f"swaps[{index}]", f"is {each!r:.60}: give a Swap")
            continue
        for when in (each.first, each.second):
            counted[when] += 1
            if turns is not None and (when < turns.first or turns.date_of(turns.on(when)) != when):
                yield Defect(f"swaps[{index}]", f"no turn begins on {when}")
    for when, count in counted.items():
        if count > 1:
            yield Defect("swaps", f"the turn of {when} is swapped {count} times")
