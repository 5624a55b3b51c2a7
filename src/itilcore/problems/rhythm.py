"""Rhythms: incidents that come at an hour, on a weekday, on a day of the month, after patches."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from math import exp, inf, log
from typing import Any, Final

from attrs import frozen

from itilcore.calendars import Interval, resolve_local
from itilcore.errors import Defect, InvalidInput, require_aware

from .phases import LEAST_OCCASIONS, PHASES, Period, Tally, named, places
from .wall_clock import DAY, EPOCH, HOUR, MOST_LAG, micros, pieces

__all__ = ["Period", "Rhythm", "rhythms"]

_MOST_YEARS: Final = 30
_FIRST: Final = micros(datetime(2, 1, 1, tzinfo=UTC))
_LAST: Final = micros(datetime(9999, 1, 1, tzinfo=UTC))
"""Between these every zone's wall clock shows a year from 1 to 9999."""


@frozen(kw_only=True)
class Rhythm:
    """Instants that keep to a phase of a period.

    ``phase`` says it in words; ``weekday`` (0 is Monday), ``hour``, ``day`` of the month (-1 is
    the last), ``nth`` (which of the days on ``weekday`` of a month, and -1 for the last working
    day) and ``lag`` (whole hours since an event) say it in numbers, ``None`` where the phase has
    none.
    Of ``watched`` instants ``count`` are in the phase, on ``occasions`` of ``possible`` ones;
    ``expected`` is the phase's share of the time, or of all incidents where others were given,
    and ``strength`` how many times as large a share of the instants is.  ``chance`` is the
    p-value, ``adjusted_chance`` the one corrected for all phases.  ``instants`` are those that
    fit, in order and in the zone's wall clock.

    >>> nightly = Rhythm(
    ...     period=Period.DAILY, phase="03:00", hour=3, count=9, watched=12, occasions=9,
    ...     possible=30, expected=1 / 24, chance=1e-10, adjusted_chance=2e-8, instants=())
    >>> nightly.strength
    18.0
    """

    period: Period
    phase: str
    weekday: int | None = None
    hour: int | None = None
    day: int | None = None
    nth: int | None = None
    lag: int | None = None
    count: int
    watched: int
    occasions: int
    possible: int
    expected: float
    chance: float
    adjusted_chance: float
    instants: tuple[datetime, ...]

    @property
    def strength(self) -> float:
        """The phase's share of the instants over the share expected; 1 is no rhythm."""
        return self.count / self.watched / self.expected

    def __str__(self) -> str:
        return (
            f"{self.period.value}, {self.phase}: {self.count} of {self.watched}, "
            f"{self.strength:.3g} times as many as expected, on {self.occasions} of "
            f"{self.possible} occasions (p = {self.adjusted_chance:.2g} after correction)"
        )


def rhythms(
    instants: Iterable[datetime],
    tz: str | tzinfo,
    level: float = 0.01,
    *,
    after: Iterable[datetime] = (),
    others: Iterable[datetime] | None = None,
    during: Interval | None = None,
) -> tuple[Rhythm, ...]:
    """The rhythms of *instants* by the wall clock of *tz*, the clearest first.

    The phases are every hour of the week, every hour of the day, every day of the month, its
    last day, its last one from Monday to Friday (holidays are not known), its first to fourth of
    each weekday and, where *after* has instants such as those of patches, every whole hour up to
    48 after the last of them.  A phase is tested by the exact binomial test: if instants come
    evenly, each of ``n`` is in the phase with its share of the time that was watched, in which an
    hour that summer time repeats or leaves out lasts as long as it did; the p-value is the
    probability of as many or more.  It is corrected by Bonferroni, over all phases that the time
    watched has at all, so that instants without rhythm give any at most with probability *level*.

    What keeps to none of these is told, if at all, by what it comes near: every ten days at nine
    as daily at nine, about a full hour as two hours, every second Tuesday of a month at one and
    the same hour as weekly at that.  The ``possible`` occasions show it: most of them have none.

    Most desks have a rhythm of their own, the working day.  Where *others* has the instants of
    the other incidents, the question is what sets these apart from them: if nothing does, they
    are drawn from all by chance, and the test is Fisher's exact one (the hypergeometric
    probability of as many or more in the phase as all have there).

    The fullest occasion of a phase does not speak for it, and it takes three: one bad morning
    is no rhythm.  When a rhythm is found its time and its instants are taken out and the rest
    is looked at again, so that what comes daily at nine is not weekly on Mondays as well.

    The time watched is *during*, and what lies outside does not count.  Without it the time is
    from the first to the last instant of all, and these two, which set it, do not count where
    there are no *others*.  Instants are taken to be independent: give one for all incidents of
    one outage.

    Raises `itilcore.errors.InvalidInput` for an unknown zone, a *level* that does not lie
    between 0 and 1, more than thirty years and wrong types, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> mondays = [datetime(2026, 1, 5, 8, 30, tzinfo=UTC) + timedelta(weeks=n) for n in range(9)]
    >>> for rhythm in rhythms(mondays, "Europe/Berlin"):
    ...     print(rhythm.period.name, rhythm.phase, len(rhythm.instants))
    WEEKLY Monday 09:00 9
    """
    _check(level, during)
    zone = _zone(tz)
    found = _micros("instants", instants)
    rest = _micros("others", () if others is None else others)
    if during is not None:
        start, end = micros(during.start), micros(during.end)
        found = found[bisect_left(found, start) : bisect_left(found, end)]
    else:
        ends = [*found[:1], *found[-1:], *rest[:1], *rest[-1:]]
        start, end = (min(ends), max(ends) + 1) if ends else (0, 0)
    if defects := _watch_defects(start, end):
        raise InvalidInput("rhythms", defects)
    counted = found if during is not None or others is not None else found[1:-1]
    within = [at for at in _micros("after", after) if start - MOST_LAG * HOUR < at < end]
    tally = Tally(others is not None)
    for since, until, hour, lag, event in pieces(zone, start, end, sorted(set(within))):
        count = _between(counted, since, until)
        weight = until - since if others is None else count + _between(rest, since, until)
        tally.take((since, until, count, weight, places(hour, lag, event)))
    return tuple(_all_found(tally, found, zone, log(level)))


def _check(level: Any, during: Any) -> None:
    defects: list[Defect] = []
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        defects.append(Defect("level", f"is {level!r:.60}: give a number between 0 and 1"))
    if not isinstance(during, Interval | None):
        defects.append(Defect("during", f"is {during!r:.60}: give an Interval, or None"))
    if defects:
        raise InvalidInput("rhythms", defects)


def _watch_defects(start: int, end: int) -> list[Defect]:
    if start < end and not _FIRST <= start < end <= _LAST:
        return [Defect("instants", "lie before the year 2 or after the year 9998")]
    if end - start > _MOST_YEARS * 366 * DAY:
        problem = f"last from {_local(start, UTC)} to {_local(end, UTC)}: "
        return [Defect("instants", f"{problem}more than {_MOST_YEARS} years")]
    return []


def _zone(tz: str | tzinfo) -> tzinfo:
    zone = resolve_local(datetime(2000, 1, 1), tz).tzinfo  # noqa: DTZ001  # read in that zone
    assert zone is not None  # what was resolved has one
    return zone


def _micros(name: str, instants: Any) -> list[int]:
    if isinstance(instants, str) or not isinstance(instants, Iterable):
        raise InvalidInput("rhythms", [Defect(name, f"is {instants!r:.60}: give instants")])
    return sorted([micros(require_aware(name, at)) for at in instants])


def _between(instants: list[int], since: int, until: int) -> int:
    return bisect_left(instants, until) - bisect_left(instants, since)


def _local(at: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone)


def _all_found(
    tally: Tally, instants: list[int], zone: tzinfo, log_level: float
) -> Iterator[Rhythm]:
    tried = [phase for phase in range(PHASES) if tally.weights[phase]]
    limit = log_level - log(len(tried)) if tried else -inf
    while tally.left >= LEAST_OCCASIONS:
        chance, phase = min((tally.log_chance(phase, limit), phase) for phase in tried)
        if chance > limit:
            return
        yield _taken_out(tally, phase, chance, len(tried), instants, zone)


def _taken_out(
    tally: Tally, phase: int, log_chance: float, tried: int, instants: list[int], zone: tzinfo
) -> Rhythm:
    count, watched = tally.counts[phase], tally.left
    expected, occasions = tally.weights[phase] / tally.whole, len(tally.occasions(phase))
    gone = tally.remove(phase)
    possible = {occasion for *_, where in gone for place, occasion in where if place == phase}
    fitting = [
        _local(at, zone)
        for since, until, *_ in gone
        for at in instants[bisect_left(instants, since) : bisect_left(instants, until)]
    ]
    return Rhythm(
        **named(phase),
        count=count,
        watched=watched,
        occasions=occasions,
        possible=len(possible),
        expected=expected,
        chance=exp(log_chance),
        adjusted_chance=min(exp(log_chance) * tried, 1.0),
        instants=tuple(fitting),
    )
