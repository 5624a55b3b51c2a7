"""Cadences: a rhythm of updates for each severity, and what it expects of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.given import several
from itilcore.incident import Incident, SeverityDeclared, StakeholdersUpdated, in_utc
from itilcore.priority import Severity
from itilcore.version import JSONValue, content_version

from .cadence import Cadence, severity_name
from .expected import ExpectedUpdate, NextUpdate, UpdateOutcome
from .waiting import Waiting

__all__ = ["Cadences"]

_SPEAKS: Final = frozenset({SeverityDeclared, StakeholdersUpdated})


@frozen
class Cadences:
    """A row for each severity that has a rhythm; for others there is word as changes occur.

    The wait begins with each word, and with the severity where there was none before.  A promise
    of an earlier word holds, one of a later word does not: due is whichever comes first.
    Another severity moves what is due to an earlier instant, never to a later one; a resolution
    leaves it as it is: the last word.  Words count at the instant at which they were said,
    whenever they were written down, and one to several audiences at once is one.  Raises
    `itilcore.errors.InvalidInput` for what is no row and a severity that stands twice.

    >>> print(*Cadences.default().rows, sep="; ")
    SEV1: every 15 min to 30 min; SEV2: every 30 min to 1 h
    """

    rows: tuple[Cadence, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        known: set[str] = set()
        for index, row in enumerate(self.rows):
            if not isinstance(row, Cadence):
                defects.append(Defect(f"[{index}]", f"is {row!r:.60}: give a Cadence"))
                continue
            name = row.severity.casefold()
            if name in known:
                problem = f"is {row.severity!r}, which stands above already"
                defects.append(Defect(f"[{index}].severity", problem))
            known.add(name)
        if defects:
            raise InvalidInput("cadences", defects)

    @classmethod
    def default(cls) -> Cadences:
        """SEV1 every 15 to 30 minutes, SEV2 every 30 to 60, others as changes occur."""
        minute = timedelta(minutes=1)
        return cls(
            (
                Cadence(severity=Severity.SEV1, soonest=15 * minute, latest=30 * minute),
                Cadence(severity=Severity.SEV2, soonest=30 * minute, latest=60 * minute),
            )
        )

    def of(self, severity: Severity | str | None) -> Cadence | None:
        """The row of *severity*, in any case; ``None`` where there is word as changes occur.

        >>> Cadences.default().of(Severity.SEV4) is None
        True
        """
        if severity is None:
            return None
        name = str(severity_name(severity)).casefold()
        return next((row for row in self.rows if row.severity.casefold() == name), None)

    def next_update(self, incident: Incident, at: datetime) -> NextUpdate:
        """When there must be word of *incident* again, as it stood *at* an instant.

        Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

        >>> from datetime import UTC
        >>> from itilcore.incident import Logged
        >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> bad = Incident.replay("INC1", [Logged(nine), SeverityDeclared(nine, Severity.SEV1)])
        >>> found = Cadences.default().next_update(bad, nine + timedelta(minutes=40))
        >>> str(found.overdue), found.why
        ('0:10:00', 'SEV1: every 15 min to 30 min, since SEV1 was declared')
        """
        now = in_utc(require_aware("at", at))
        return self._waited(incident, now).standing(now)

    def expected(self, incident: Incident, at: datetime) -> tuple[ExpectedUpdate, ...]:
        """Every word that was expected of *incident* by *at*, in order, and what became of it.

        Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

        >>> from datetime import UTC
        >>> from itilcore.incident import Logged
        >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> told = StakeholdersUpdated(nine + timedelta(minutes=35), "users")
        >>> bad = Incident.replay(
        ...     "INC1", [Logged(nine), SeverityDeclared(nine, Severity.SEV1), told])
        >>> for each in Cadences.default().expected(bad, nine + timedelta(hours=1)):
        ...     print(each.outcome.value, each.late)
        late 0:05:00
        not due yet 0:00:00
        """
        now = in_utc(require_aware("at", at))
        wait = self._waited(incident, now)
        wait.end(now, UpdateOutcome.NOT_YET)
        return tuple(wait.found)

    def _waited(self, incident: Incident, now: datetime) -> Waiting:
        wait = Waiting(self.of, incident.reference)
        events = incident.timeline.events
        if _SPEAKS.isdisjoint(map(type, events)):
            return wait  # as of most: nobody declared a severity, and nobody was told anything
        for event in sorted(events, key=lambda event: in_utc(event.at)):
            if in_utc(event.at) <= now:
                wait.take(event)
        return wait

    def __iter__(self) -> Iterator[Cadence]:
        return iter(self.rows)

    @property
    def content(self) -> list[JSONValue]:
        """The rows as JSON values; their order means nothing."""
        return [row.content for row in sorted(self.rows, key=lambda row: row.severity)]

    @cached_property
    def version(self) -> str:
        """The content version: the same rows have the same."""
        return content_version("cadences", self.content)
