"""Compliance with the cadence: how many words came in time, over which incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import field, frozen

from itilcore.incident import Incident

from .cadences import Cadences
from .expected import ExpectedUpdate, UpdateOutcome

__all__ = ["CadenceCompliance", "cadence_compliance"]


@frozen
class CadenceCompliance:
    """What became of every word that was ``expected`` by ``at``, in the order of the incidents.

    ``population`` is how many were; ``n`` of them count, the others are ``excluded`` by reason:
    not due yet, or over before they were due.
    """

    expected: tuple[ExpectedUpdate, ...]
    at: datetime
    _counts: Counter[UpdateOutcome] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        counts = Counter(each.outcome for each in self.expected)
        object.__setattr__(self, "_counts", counts)

    @property
    def population(self) -> int:
        """How many words were expected."""
        return len(self.expected)

    @property
    def n(self) -> int:
        """How many of them had to come by then."""
        return sum(count for outcome, count in self._counts.items() if outcome.counts)

    @property
    def excluded(self) -> tuple[tuple[str, int], ...]:
        """Why each of the others does not count."""
        reasons = (outcome for outcome in UpdateOutcome if not outcome.counts)
        return tuple((each.value, self._counts[each]) for each in reasons if self._counts[each])

    @property
    def in_time(self) -> int:
        """How many came in time."""
        return self._counts[UpdateOutcome.IN_TIME]

    @property
    def share(self) -> float | None:
        """The share that came in time, from 0 to 1; ``None`` over nothing."""
        return self.in_time / self.n if self.n else None

    @property
    def late(self) -> tuple[ExpectedUpdate, ...]:
        """Those that came late or never, the latest first."""
        late = (each for each in self.expected if each.late > timedelta())
        return tuple(sorted(late, key=lambda each: (-each.late, each.reference, each.due_at)))


def cadence_compliance(
    incidents: Iterable[Incident], cadences: Cadences, at: datetime
) -> CadenceCompliance:
    """How well *cadences* were kept for *incidents*, as it stood *at* an instant.

    Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, SeverityDeclared
    >>> from itilcore.priority import Severity
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> bad = Incident.replay("INC1", [Logged(nine), SeverityDeclared(nine, Severity.SEV1)])
    >>> found = cadence_compliance([bad], Cadences.default(), nine + timedelta(minutes=40))
    >>> found.share, [str(each.late) for each in found.late]
    (0.0, ['0:10:00'])
    """
    expected = (each for incident in incidents for each in cadences.expected(incident, at))
    return CadenceCompliance(tuple(expected), at)
