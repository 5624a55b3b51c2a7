"""The book: all of a team's rules as one value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.incident import Incident
from itilcore.metrics import MTTA, MTTR, Metric, SlaMetric
from itilcore.priority import PriorityMatrix, PriorityTable
from itilcore.sla import Agreement, Reading
from itilcore.version import content_version

__all__ = ["Book"]


@frozen(kw_only=True)
class Book:
    """A team's rules: calendars by name, the priority matrix, and what was promised.

    Without any arguments it holds the library's defaults, and promises nothing.  Made from a
    file by `itilcore.policy.load`.  ``name`` is no part of what it says: two books with the
    same rules are equal and have one ``version``.

    >>> Book().priority == PriorityMatrix.itil(), Book().agreements
    (True, ())
    """

    name: str = field(default="default", eq=False)
    calendars: tuple[tuple[str, BusinessCalendar], ...] = ()
    priority: PriorityMatrix | PriorityTable = field(factory=PriorityMatrix.itil)
    agreements: tuple[Agreement, ...] = ()

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version(
            "book",
            {
                "calendars": {name: calendar.version for name, calendar in self.calendars},
                "priority": self.priority.version,
                "sla": [[each.name, each.version] for each in self.agreements],
            },
        )

    def calendar(self, name: str) -> BusinessCalendar | None:
        """The calendar of that name, ``None`` where there is none."""
        return dict(self.calendars).get(name)

    def agreement(self, name: str) -> Agreement | None:
        """The agreement of that name, ``None`` where there is none."""
        return {each.name: each for each in self.agreements}.get(name)

    def read(self, incident: Incident, at: datetime) -> tuple[Reading, ...]:
        """How every clock of every agreement stands at *at*."""
        return tuple(
            reading for agreement in self.agreements for reading in agreement.read(incident, at)
        )

    def metrics(self) -> tuple[Metric, ...]:
        """What can be measured by this book and not without it.

        Compliance with every clock; times to resolve and to acknowledge without holds, and by
        the working time of every calendar, with and without holds.

        >>> [metric.name for metric in Book().metrics()]
        ['MTTR_MINUS_HOLD', 'MTTA_MINUS_HOLD']
        """
        return tuple(self._metrics())

    def _metrics(self) -> Iterator[Metric]:
        for agreement in self.agreements:
            for clock in agreement.clocks:
                yield SlaMetric.of(agreement, clock)
        yield MTTR.minus_hold()
        yield MTTA.minus_hold()
        # Around the clock working time is the time on the wall, which MTTR itself counts.
        working_calendars = [
            (name, calendar)
            for name, calendar in self.calendars
            if calendar != BusinessCalendar.always(calendar.tz)
        ]
        several = len(working_calendars) > 1
        for name, calendar in working_calendars:
            suffix = "".join(c if c.isalnum() else "_" for c in name).upper()
            for metric in (MTTR, MTTA):
                working = metric.in_working_time(
                    calendar, f"WORKING_{suffix}" if several else "WORKING"
                )
                yield working
                yield working.minus_hold()
