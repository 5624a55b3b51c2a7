"""Priority creep: whether more is called urgent than impact and urgency give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, UnknownPriorityInput
from itilcore.incident import Facts, Incident
from itilcore.priority import Impact, Priority, PriorityRule, Urgency

from .trend import TrendTest, trend_test

__all__ = ["CreepCount", "PriorityCreep", "priority_creep"]

_HIGH: Final = 2


@frozen(kw_only=True)
class CreepCount:
    """Priorities of some incidents against the matrix; ``key`` says of which, ``None`` unknown.

    Of ``incidents`` with a priority ``high`` have a high one.  ``judged`` are those whose impact
    and urgency the matrix knows: of these ``judged_high`` have a high priority, ``expected_high``
    would by the matrix, ``above`` have a higher one than it gives and ``below`` a lower one.
    ``overridden`` were set over a computed priority, as far as that is recorded; ``changed`` had
    another priority before.
    """

    key: str | None
    incidents: int = 0
    high: int = 0
    judged: int = 0
    judged_high: int = 0
    expected_high: int = 0
    above: int = 0
    below: int = 0
    overridden: int = 0
    changed: int = 0

    @property
    def high_share(self) -> float | None:
        """The share with a high priority; ``None`` of nothing."""
        return self.high / self.incidents if self.incidents else None

    @property
    def judged_share(self) -> float | None:
        """The same of those that were judged."""
        return self.judged_high / self.judged if self.judged else None

    @property
    def expected_share(self) -> float | None:
        """The share of those that would have a high priority by the matrix."""
        return self.expected_high / self.judged if self.judged else None

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "key": self.key,
            "incidents": self.incidents,
            "high": self.high,
            "judged": self.judged,
            "judged_high": self.judged_high,
            "expected_high": self.expected_high,
            "above": self.above,
            "below": self.below,
            "overridden": self.overridden,
            "changed": self.changed,
            "high_share": self.high_share,
            "judged_share": self.judged_share,
            "expected_share": self.expected_share,
        }


@frozen(kw_only=True)
class PriorityCreep:
    """What became of priorities: overall, by month, by team, by requester.

    ``high`` is the rank down to which a priority is high.  ``months`` are those in which
    incidents were logged, in UTC and in order; ``teams`` (the group that has it) and
    ``requesters`` are those with most overrides first, then with most above the matrix, then by
    name.  ``excluded`` says why incidents are not counted at all, ``unjudged`` why some that are
    could not be judged.  ``drift`` tests whether the share of high priorities rises or falls by
    month, ``above_drift`` that of those above the matrix; ``None`` where that cannot show.
    """

    high: int
    total: CreepCount
    months: tuple[CreepCount, ...]
    teams: tuple[CreepCount, ...]
    requesters: tuple[CreepCount, ...]
    excluded: tuple[tuple[str, int], ...]
    unjudged: tuple[tuple[str, int], ...]
    drift: TrendTest | None
    above_drift: TrendTest | None

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "high": self.high,
            "total": self.total.to_dict(),
            "months": [each.to_dict() for each in self.months],
            "teams": [each.to_dict() for each in self.teams],
            "requesters": [each.to_dict() for each in self.requesters],
            "excluded": dict(self.excluded),
            "unjudged": dict(self.unjudged),
            "drift": None if self.drift is None else self.drift.to_dict(),
            "above_drift": None if self.above_drift is None else self.above_drift.to_dict(),
        }


def priority_creep(
    source: Iterable[Incident | Facts], matrix: PriorityRule, *, high: int = _HIGH
) -> PriorityCreep:
    """The priorities of *source*, consumed once, against what *matrix* gives.

    High are priorities down to rank *high*: P1 and P2 as it is.  An incident counts in the month
    in which it was logged, with the impact, urgency and priority it had in the end.  Levels that
    the matrix does not have cannot be judged; ranks are compared, whatever the names.  Raises
    `itilcore.errors.InvalidInput` for what is no matrix, and for a rank below 1.

    >>> from datetime import UTC, datetime
    >>> from itilcore.priority import PriorityMatrix
    >>> low = {"impact": Impact.LOW, "urgency": Urgency.LOW}
    >>> day = datetime(2026, 1, 5, tzinfo=UTC)
    >>> rows = [
    ...     Facts(reference="1", logged_at=day, priority=Priority.P1, **low),
    ...     Facts(reference="2", logged_at=day, priority=Priority.P4, **low),
    ... ]
    >>> found = priority_creep(rows, PriorityMatrix.itil())
    >>> found.total.high_share, found.total.expected_share, found.total.above
    (0.5, 0.0, 1)
    """
    defects: list[Defect] = []
    if not callable(getattr(matrix, "assess", None)):
        defects.append(Defect("matrix", f"is {matrix!r:.60}: give a matrix or a table"))
    if type(high) is not int or high < 1:
        defects.append(Defect("high", f"is {high!r:.60}: it must be a whole number from 1"))
    if defects:
        raise InvalidInput("priority creep", defects)
    judge = _Judge(matrix)
    total: Counter[str] = Counter()
    months: dict[tuple[int, int], Counter[str]] = {}
    teams: dict[str | None, Counter[str]] = {}
    requesters: dict[str | None, Counter[str]] = {}
    excluded: Counter[str] = Counter()
    unjudged: Counter[str] = Counter()
    for item in source:
        facts = item if isinstance(item, Facts) else item.facts
        logged_at = facts.logged_at
        if facts.priority is None or logged_at is None:
            what = "priority" if facts.priority is None else "logged_at"
            excluded[f"{what} unknown"] += 1
            continue
        expected, why = judge.expected(facts.impact, facts.urgency)
        if expected is None:
            unjudged[why] += 1
        marks = tuple(_marks(facts, facts.priority, expected, high))
        total.update(marks)
        months.setdefault((logged_at.year, logged_at.month), Counter()).update(marks)
        teams.setdefault(facts.group, Counter()).update(marks)
        requesters.setdefault(facts.requester, Counter()).update(marks)
    counts = {
        year * 12 + month: CreepCount(key=f"{year:04d}-{month:02d}", **marks)
        for (year, month), marks in sorted(months.items())
    }
    return PriorityCreep(
        high=high,
        total=CreepCount(key=None, **total),
        months=tuple(counts.values()),
        teams=_by_overrides(teams),
        requesters=_by_overrides(requesters),
        excluded=tuple(sorted(excluded.items())),
        unjudged=tuple(sorted(unjudged.items())),
        drift=trend_test((at, each.high, each.incidents) for at, each in counts.items()),
        above_drift=trend_test((at, each.above, each.judged) for at, each in counts.items()),
    )


class _Judge:
    """What the matrix gives, asked once for each impact and urgency."""

    def __init__(self, matrix: PriorityRule) -> None:
        self._matrix = matrix
        self._known: dict[object, tuple[Priority | None, str]] = {}

    def expected(
        self, impact: Impact | None, urgency: Urgency | None
    ) -> tuple[Priority | None, str]:
        """The priority, or ``None`` and why there is none."""
        place = (impact, urgency)
        if place not in self._known:
            self._known[place] = self._asked(impact, urgency)
        return self._known[place]

    def _asked(self, impact: Impact | None, urgency: Urgency | None) -> tuple[Priority | None, str]:
        if impact is None or urgency is None:
            return None, f"{'impact' if impact is None else 'urgency'} unknown"
        try:
            return self._matrix.assess(impact, urgency).answer, "the matrix gives no priority"
        except UnknownPriorityInput as error:
            return None, f"{error.name} is not on the scale of the matrix"


def _marks(facts: Facts, given: Priority, expected: Priority | None, high: int) -> Iterator[str]:
    """The counts of `CreepCount` to which an incident adds."""
    yield "incidents"
    if given.rank <= high:
        yield "high"
    if facts.computed_priority is not None and facts.computed_priority != given:
        yield "overridden"
    if facts.priority_changes:
        yield "changed"
    if expected is None:
        return
    yield "judged"
    if given.rank <= high:
        yield "judged_high"
    if expected.rank <= high:
        yield "expected_high"
    if given.rank != expected.rank:
        yield "above" if given.rank < expected.rank else "below"


def _by_overrides(groups: Mapping[str | None, Counter[str]]) -> tuple[CreepCount, ...]:
    counts = [CreepCount(key=key, **marks) for key, marks in groups.items()]
    return tuple(
        sorted(counts, key=lambda c: (-c.overridden, -c.above, c.key is None, c.key or ""))
    )
