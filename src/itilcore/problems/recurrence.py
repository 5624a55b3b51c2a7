"""Recurrence: what comes back more often than it usually does, and is no problem's yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from math import exp
from typing import Any, Final

from attrs import field, frozen

from itilcore.calendars import Interval
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import in_utc

from .chance import adjusted, log_survival

__all__ = ["Candidate", "Occurrence", "recurrences"]

Key = tuple[str, str]
"""A dimension, such as a category or a configuration item, and a value of it."""

_DAY: Final = timedelta(days=1)
_SHOWN: Final = 10
"""So many defects are told at once."""


def _utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return in_utc(require_aware("at", value))
    return value


def _pairs(given: Any) -> Any:
    if isinstance(given, Mapping):
        given = given.items()
    try:
        return tuple(sorted(given))
    except TypeError:  # what has no order is no text: told with the other defects
        return given


@frozen
class Occurrence:
    """An incident as something that may come back.

    ``at`` is when, given with any UTC offset and kept in UTC.  ``keys`` are what it was about:
    a mapping from the name of a dimension to the value there, kept as pairs in order.
    ``problem`` is the reference of the problem that it is linked to, if it is to any.  Raises
    `itilcore.errors.InvalidInput` for blank texts and wrong types, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> Occurrence("INC1", at, {"item": "srv-7", "category": "Network > VPN"}).keys
    (('category', 'Network > VPN'), ('item', 'srv-7'))
    """

    reference: str
    at: datetime = field(converter=_utc)
    keys: tuple[Key, ...] = field(default=(), converter=_pairs)
    problem: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("reference", self.reference)
        if self.problem is not None:
            defects += blank_defects("problem", self.problem)
        if not isinstance(self.keys, tuple):
            problem = f"is {self.keys!r:.60}: give a mapping from dimensions to values"
            defects.append(Defect("keys", problem))
        else:
            defects += _key_defects(self.keys)
        if defects:
            raise InvalidInput("occurrence", defects)
        require_aware("at", self.at)


def _key_defects(keys: tuple[Any, ...]) -> list[Defect]:
    defects: list[Defect] = []
    dimensions: set[str] = set()
    for index, pair in enumerate(keys):
        if not (isinstance(pair, tuple) and len(pair) == 2):
            problem = f"is {pair!r:.60}: give the name of a dimension and a value"
            defects.append(Defect(f"keys[{index}]", problem))
            continue
        blank = [
            *blank_defects(f"keys[{index}]", pair[0]),
            *blank_defects(f"{pair[0]!s:.60}", pair[1]),
        ]
        defects += blank
        if not blank and pair[0] in dimensions:
            defects.append(Defect(f"keys[{index}]", f"is a second value of {pair[0]!r:.60}"))
        if not blank:
            dimensions.add(pair[0])
    return defects


@frozen(kw_only=True)
class Candidate:
    """Something that comes back more often than usual: what a problem may be behind.

    ``value`` of ``dimension`` was counted ``recent`` times in the recent span and ``usual``
    times in the usual one, which makes ``recent_rate`` and ``usual_rate`` a day and ``ratio``
    of the first to the second, ``None`` where it never was usual.  ``chance`` is the p-value,
    ``adjusted_chance`` the one corrected for everything that was looked at.  ``references``
    are the incidents of the recent span, the earliest first, ``reasons`` say it in words.

    >>> Candidate(
    ...     dimension="item", value="srv-7", recent=4, usual=2, recent_rate=0.4, usual_rate=0.1,
    ...     ratio=4.0, chance=0.02, adjusted_chance=0.04, references=(), reasons=("4 in 10 days",)
    ... ).reasons
    ('4 in 10 days',)
    """

    dimension: str
    value: str
    recent: int
    usual: int
    recent_rate: float
    usual_rate: float
    ratio: float | None
    chance: float
    adjusted_chance: float
    references: tuple[str, ...]
    reasons: tuple[str, ...]


def recurrences(
    occurrences: Iterable[Occurrence],
    recent: Interval | tuple[datetime, datetime],
    usual: Interval | tuple[datetime, datetime],
    level: float = 0.05,
    *,
    fixed: Mapping[str, datetime] | None = None,
) -> tuple[Candidate, ...]:
    r"""What recurs more in *recent* than in *usual*, the least likely first.

    Every value of every dimension that either span has is looked at by the exact conditional
    test of two Poisson rates: if the rate is the same in both spans, then of the ``n``
    occurrences of both the recent ones are binomial, ``n`` trials with the recent span's share
    of the time of both; the p-value is the probability of as many or more.  The p-values are
    corrected together by Benjamini and Hochberg, so that of what is reported at most *level*
    on average is the work of chance.  A span holds its start and not its end.

    An occurrence that is linked to a problem is that problem's and does not count in either
    span, so that linking starts the count anew; but it does where it came after the instant
    that *fixed* has for the problem, and the candidate says that it returned.

    Raises `itilcore.errors.InvalidInput` for spans without length or that overlap, a *level*
    that does not lie between 0 and 1, a reference that comes twice and for wrong types, and
    `itilcore.errors.NaiveInstant` for instants without a UTC offset.

    >>> from datetime import UTC
    >>> days = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in range(2, 8)]
    >>> march, april, january = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 1))
    >>> seen = [Occurrence(f"INC{at.day}", at, {"item": "srv-7"}) for at in days]
    >>> for candidate in recurrences(seen, (march, april), (january, march)):
    ...     print(candidate.value, *candidate.reasons, sep="\n  ")
    srv-7
      6 in the recent 31 days, none in the usual 59 days
      chance alone makes it so with p = 0.0017, 0.0017 after correction for 1 value
    """
    spans = _spans(recent, usual, level)
    fixes = fixes_of(fixed)
    now, before = _counted(_checked(occurrences), spans, fixes)
    counts = Counter(chain.from_iterable(each.keys for each in now))
    usually = Counter(chain.from_iterable(each.keys for each in before))
    tested = sorted({*counts, *usually})
    days = (spans[0].duration / _DAY, spans[1].duration / _DAY)
    share = spans[0].duration / (spans[0].duration + spans[1].duration)
    known: dict[tuple[int, int], float] = {}
    chances = []
    for key in tested:
        pair = (counts[key], counts[key] + usually[key])
        if pair not in known:
            known[pair] = exp(log_survival(*pair, share))
        chances.append(known[pair])
    found = {
        key: (chance, corrected)
        for key, chance, corrected in zip(tested, chances, adjusted(chances), strict=True)
        if corrected <= level
    }
    members = _members(now, found)
    made = [
        _candidate(key, found[key], members[key], usually[key], days, len(tested)) for key in found
    ]
    return tuple(sorted(made, key=lambda each: (each.chance, each.dimension, each.value)))


def _spans(recent: Any, usual: Any, level: Any) -> tuple[Interval, Interval]:
    defects: list[Defect] = []
    spans: list[Interval] = []
    for name, given in (("recent", recent), ("usual", usual)):
        span = given
        if not isinstance(given, Interval):
            if not (isinstance(given, tuple | list) and len(given) == 2):
                problem = f"is {given!r:.60}: give an Interval, or a start and an end"
                defects.append(Defect(name, problem))
                continue
            try:
                span = Interval(*given)
            except InvalidInput as error:
                defects += [Defect(name, str(each)) for each in error.defects]
                continue
        if not span:
            defects.append(Defect(name, "has no length"))
        spans.append(span)
    if len(spans) == 2 and spans[0] & spans[1]:
        defects.append(Defect("usual", "overlaps the recent span"))
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        defects.append(Defect("level", f"is {level!r:.60}: give a number between 0 and 1"))
    if defects:
        raise InvalidInput("recurrences", defects)
    return spans[0], spans[1]


def fixes_of(fixed: Any) -> dict[str, datetime]:
    """The instants at which problems were fixed, in UTC."""
    if fixed is None:
        return {}
    if not isinstance(fixed, Mapping):
        problem = f"is {fixed!r:.60}: give a mapping from problems to instants"
        raise InvalidInput("recurrences", [Defect("fixed", problem)])
    return {
        problem: in_utc(require_aware(f"fixed[{problem!r:.60}]", at))
        for problem, at in fixed.items()
    }


def _checked(occurrences: Iterable[Any]) -> list[Occurrence]:
    if not isinstance(occurrences, Iterable):
        problem = f"is {occurrences!r:.60}: give occurrences"
        raise InvalidInput("recurrences", [Defect("occurrences", problem)])
    found = list(occurrences)
    defects = [
        Defect(f"occurrences[{index}]", f"is {each!r:.60}: give an Occurrence")
        for index, each in enumerate(found)
        if not isinstance(each, Occurrence)
    ]
    if not defects and len({each.reference for each in found}) < len(found):
        times = Counter(each.reference for each in found)
        twice = sorted(reference for reference, count in times.items() if count > 1)
        defects = [
            Defect("occurrences", f"{reference!r:.60} comes {times[reference]} times")
            for reference in twice
        ]
    if defects:
        raise InvalidInput("recurrences", defects[:_SHOWN])
    return found


def _counted(
    occurrences: list[Occurrence], spans: tuple[Interval, Interval], fixes: dict[str, datetime]
) -> tuple[list[Occurrence], list[Occurrence]]:
    """The occurrences of the recent and of the usual span that are no known problem's."""
    (since, until), (start, end) = ((in_utc(span.start), in_utc(span.end)) for span in spans)
    now: list[Occurrence] = []
    before: list[Occurrence] = []
    for each in occurrences:
        if not is_nobodys(each, fixes):
            continue
        if since <= each.at < until:
            now.append(each)
        elif start <= each.at < end:
            before.append(each)
    return now, before


def is_nobodys(each: Occurrence, fixes: Mapping[str, datetime]) -> bool:
    """Whether it is no known problem's, or came in spite of the fix."""
    fixed = None if each.problem is None else fixes.get(each.problem)
    return each.problem is None or (fixed is not None and each.at > fixed)


def _members(now: list[Occurrence], found: Mapping[Key, object]) -> dict[Key, list[Occurrence]]:
    members: dict[Key, list[Occurrence]] = {key: [] for key in found}
    if found:
        for each in now:
            for key in each.keys:
                if key in members:
                    members[key].append(each)
    return members


def _candidate(
    key: Key,
    chances: tuple[float, float],
    members: list[Occurrence],
    usual: int,
    days: tuple[float, float],
    tested: int,
) -> Candidate:
    members.sort(key=lambda each: (each.at, each.reference))
    count = len(members)
    rates = (count / days[0], usual / days[1])
    ratio = rates[0] / rates[1] if usual else None
    usually = f"none in the usual {days[1]:.4g} days"
    if ratio is not None:
        expected = rates[1] * days[0]
        usually = f"{expected:.3g} expected from {usual} in the usual {days[1]:.4g} days"
        usually += f": {ratio:.3g} times"
    reasons = [
        f"{count} in the recent {days[0]:.4g} days, {usually}",
        f"chance alone makes it so with p = {chances[0]:.2g}, {chances[1]:.2g} after correction "
        f"for {tested:,} value{'' if tested == 1 else 's'}",
    ]
    # Only what came after its problem's fix is counted in spite of the problem.
    returned = Counter(each.problem for each in members if each.problem is not None)
    reasons += [
        f"returned after the fix of {problem}: {again} of them"
        for problem, again in sorted(returned.items())
    ]
    return Candidate(
        dimension=key[0],
        value=key[1],
        recent=count,
        usual=usual,
        recent_rate=rates[0],
        usual_rate=rates[1],
        ratio=ratio,
        chance=chances[0],
        adjusted_chance=chances[1],
        references=tuple(each.reference for each in members),
        reasons=tuple(reasons),
    )
