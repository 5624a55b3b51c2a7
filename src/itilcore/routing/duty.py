"""Several rotas side by side: where nobody is on duty, who is twice, and who is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby, pairwise

from attrs import evolve, frozen

from itilcore.calendars import BusinessCalendar, Interval, merged
from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import in_utc

from .overrides import spell_defects
from .rota import Duty, Rota

__all__ = [
    "Absence",
    "DoubleBooking",
    "absences_on_duty",
    "double_bookings",
    "duties_of",
    "gaps",
    "on_duty_now",
    "rotas_by_name",
]


@frozen
class Absence:
    """``person`` is away from ``start`` up to, not including, ``end``; kept in UTC.

    Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset, and
    `itilcore.errors.InvalidInput` for a blank person and an end that is not after the start.

    >>> from zoneinfo import ZoneInfo
    >>> monday, tuesday = (
    ...     datetime(2026, 1, day, 9, tzinfo=ZoneInfo("Asia/Tokyo")) for day in (5, 6)
    ... )
    >>> Absence("ada", monday, tuesday).start.isoformat()
    '2026-01-05T00:00:00+00:00'
    """

    person: str
    start: datetime
    end: datetime

    def __attrs_post_init__(self) -> None:
        if defects := spell_defects(self.person, self.start, self.end):
            raise InvalidInput("absence", defects)
        for name in ("start", "end"):
            object.__setattr__(self, name, in_utc(getattr(self, name)))


@frozen
class DoubleBooking:
    """``person`` is on duty for all of ``rotas``, which are names, throughout ``interval``.

    >>> from datetime import UTC
    >>> monday, tuesday = (datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6))
    >>> print(DoubleBooking("ada", ("Mail", "Web"), Interval(monday, tuesday)))
    ada for Mail and Web, 2026-01-05T00:00:00+00:00/2026-01-06T00:00:00+00:00
    """

    person: str
    rotas: tuple[str, ...]
    interval: Interval

    def __str__(self) -> str:
        return f"{self.person} for {' and '.join(self.rotas)}, {self.interval}"


def rotas_by_name(rotas: Rota | Iterable[Rota]) -> tuple[Rota, ...]:
    """One rota or several in the order of their names; the order they come in means nothing.

    Raises `itilcore.errors.InvalidInput` with whatever is none, and for a name of two.

    >>> rotas_by_name([])
    ()
    """
    given = tuple(rotas) if isinstance(rotas, Iterable) else (rotas,)
    defects = [
        Defect(f"rotas[{index}]", f"is {each!r:.60}: give a Rota")
        for index, each in enumerate(given)
        if not isinstance(each, Rota)
    ]
    if not defects:
        given = tuple(sorted(given, key=lambda rota: rota.name))
        for name, same in groupby(given, key=lambda rota: rota.name):
            if (count := len(list(same))) > 1:
                defects.append(Defect("rotas", f"{name!r} is the name of {count} of them"))
    if defects:
        raise InvalidInput("rotas", defects)
    return given


def _bounds(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    return in_utc(require_aware("start", start)), in_utc(require_aware("end", end))


def duties_of(rotas: Rota | Iterable[Rota], start: datetime, end: datetime) -> tuple[Duty, ...]:
    """The duties of one rota or several, ascending by start, then by rota; in UTC.

    Raises what `Rota.duties` does, and `itilcore.errors.InvalidInput` for what is no rota and
    for two of one name.

    >>> from datetime import UTC
    >>> duties_of([], datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))
    ()
    """
    low, high = _bounds(start, end)
    found = [duty for rota in rotas_by_name(rotas) for duty in rota.duties(low, high)]
    return tuple(sorted(found, key=lambda duty: (duty.start, duty.rota)))


def on_duty_now(rotas: Rota | Iterable[Rota], at: datetime) -> tuple[tuple[str, str], ...]:
    """The names of the rotas that have somebody on duty at *at*, each with that person.

    In the order of the names.  Raises what `Rota.who` does, and
    `itilcore.errors.InvalidInput` for what is no rota and for two of one name.

    >>> from datetime import UTC, date
    >>> desk, mail = (
    ...     Rota(name=name, people=person, first=date(2026, 1, 5), tz="UTC", turn_days=7)
    ...     for name, person in (("Desk", "ada"), ("Mail", "bob"))
    ... )
    >>> on_duty_now([mail, desk], datetime(2026, 1, 5, 12, tzinfo=UTC))
    (('Desk', 'ada'), ('Mail', 'bob'))
    """
    require_aware("at", at)
    found = ((rota.name, rota.who(at)) for rota in rotas_by_name(rotas))
    return tuple((name, person) for name, person in found if person is not None)


def gaps(
    rotas: Rota | Iterable[Rota], cover: BusinessCalendar | None, start: datetime, end: datetime
) -> tuple[Interval, ...]:
    """When somebody is wanted from *start* up to *end*, and none of *rotas* has anybody on duty.

    *cover* are the hours in which somebody is wanted, ``None`` for always.  The gaps are
    ascending, apart from each other, and in UTC.  None where *end* is not after *start*.  Raises
    what `Rota.duties` and `itilcore.calendars.BusinessCalendar.intervals` do, and
    `itilcore.errors.InvalidInput` for what is no rota or calendar and for two rotas of one name.

    >>> from datetime import UTC, date
    >>> desk = Rota(
    ...     name="Desk", people="ada", first=date(2026, 1, 5), tz="UTC", turn_days=7,
    ...     cover=BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC"),
    ... )
    >>> noon, midnight = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)
    >>> print(*gaps(desk, None, noon, midnight))
    2026-01-05T17:00:00+00:00/2026-01-06T00:00:00+00:00
    """
    if cover is not None and not isinstance(cover, BusinessCalendar):
        problem = f"is {cover!r:.60}: give a BusinessCalendar, or None"
        raise InvalidInput("gaps", [Defect("cover", problem)])
    low, high = _bounds(start, end)
    taken = merged(duty.interval for duty in duties_of(rotas, low, high))
    if low >= high:
        return ()
    wanted = (Interval(low, high),) if cover is None else cover.intervals(low, high)
    return _without(wanted, taken)


def double_bookings(
    rotas: Rota | Iterable[Rota], start: datetime, end: datetime
) -> tuple[DoubleBooking, ...]:
    """Where one person is on duty for several rotas at once, from *start* up to *end*.

    Each with all rotas of that time: where a third comes in, another begins.  Ascending by
    start, then by person; in UTC.  Raises what `Rota.duties` does, and
    `itilcore.errors.InvalidInput` for what is no rota and for two of one name.

    >>> from datetime import UTC, date
    >>> desk, mail = (
    ...     Rota(name=name, people=people, first=date(2026, 1, 5), tz="UTC", turn_days=1)
    ...     for name, people in (("Desk", ["ada", "bob"]), ("Mail", "ada"))
    ... )
    >>> monday, friday = (datetime(2026, 1, day, tzinfo=UTC) for day in (5, 9))
    >>> for booking in double_bookings([desk, mail], monday, friday):
    ...     print(booking)
    ada for Desk and Mail, 2026-01-05T09:00:00+00:00/2026-01-06T09:00:00+00:00
    ada for Desk and Mail, 2026-01-07T09:00:00+00:00/2026-01-08T09:00:00+00:00
    """
    by_person: dict[str, dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    for duty in duties_of(rotas, start, end):
        by_person[duty.person][duty.rota].append(duty.interval)
    found = [
        DoubleBooking(person, names, interval)
        for person, times in by_person.items()
        for names, interval in _at_once(times)
    ]
    return tuple(sorted(found, key=lambda each: (each.interval.start, each.person)))


def absences_on_duty(
    rotas: Rota | Iterable[Rota], absences: Iterable[Absence], start: datetime, end: datetime
) -> tuple[Duty, ...]:
    """The duties from *start* up to *end* of people who are away, clipped to their absences.

    Absences of one person that overlap or touch count as one.  Ascending by start, then by
    rota; in UTC.  Raises what `Rota.duties` does, and `itilcore.errors.InvalidInput` for what
    is no rota or absence and for two rotas of one name.

    >>> from datetime import UTC, date
    >>> desk = Rota(name="Desk", people="ada", first=date(2026, 1, 5), tz="UTC", turn_days=7)
    >>> noon, one = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (12, 13))
    >>> print(*absences_on_duty(desk, [Absence("ada", noon, one)], noon, one))
    Desk: ada, 2026-01-05T12:00:00+00:00/2026-01-05T13:00:00+00:00 (turn 1)
    """
    away = _by_person(absences)
    found = []
    for duty in duties_of(rotas, start, end):
        for each in away.get(duty.person, ()):
            if both := duty.interval & each:
                found.append(evolve(duty, start=both.start, end=both.end))
    return tuple(sorted(found, key=lambda duty: (duty.start, duty.rota)))


def _by_person(absences: Iterable[Absence]) -> dict[str, tuple[Interval, ...]]:
    given = tuple(absences) if isinstance(absences, Iterable) else (absences,)
    if defects := [
        Defect(f"absences[{index}]", f"is {each!r:.60}: give an Absence")
        for index, each in enumerate(given)
        if not isinstance(each, Absence)
    ]:
        raise InvalidInput("absences", defects)
    times: dict[str, list[Interval]] = defaultdict(list)
    for each in given:
        times[each.person].append(Interval(each.start, each.end))
    return {person: merged(intervals) for person, intervals in times.items()}


def _without(wanted: Iterable[Interval], taken: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """What of *wanted* lies in none of *taken*; both ascending, apart and in UTC."""
    found = []
    place = 0
    for each in wanted:
        at = each.start
        while place < len(taken) and taken[place].end <= at:
            place += 1
        index = place
        while index < len(taken) and taken[index].start < each.end:
            if taken[index].start > at:
                found.append(Interval(at, taken[index].start))
            at = taken[index].end
            index += 1
        if at < each.end:
            found.append(Interval(at, each.end))
    return tuple(found)


def _at_once(times: dict[str, list[Interval]]) -> list[tuple[tuple[str, ...], Interval]]:
    """When several of *times* hold at once, and which, from edge to edge."""
    edges: dict[datetime, set[str]] = defaultdict(set)
    for name, intervals in times.items():
        for each in merged(intervals):
            edges[each.start] ^= {name}
            edges[each.end] ^= {name}
    found = []
    lasting: set[str] = set()
    for since, until in pairwise(sorted(edges)):
        lasting ^= edges[since]
        if len(lasting) > 1:
            found.append((tuple(sorted(lasting)), Interval(since, until)))
    return found
