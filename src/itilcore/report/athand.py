"""Incidents at hand, as the source of a report: from a store, or made by a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from attrs import frozen

from itilcore.exchange import RejectedRow
from itilcore.incident import Incident

__all__ = ["AtHand", "ReportSource"]


class ReportSource(Protocol):
    """What a report is built on: incidents, iterated once, and what is known of where from.

    An `itilcore.exchange.Reading` is one.
    """

    name: str

    @property
    def rows(self) -> int:
        """How many rows, or events, were read."""
        ...

    @property
    def rejected_count(self) -> int:
        """How many rows could not be used."""
        ...

    @property
    def rejected(self) -> Iterable[RejectedRow]:
        """The rows that could not be used."""
        ...

    @property
    def absent(self) -> Iterable[str]:
        """The columns that are not there."""
        ...

    @property
    def unmapped(self) -> Mapping[str, Mapping[str, int]]:
        """The texts that no rule knows, by column, counted."""
        ...

    @property
    def mapping(self) -> Any:
        """Its ``name``, ``shape``, ``zone`` and ``derive``."""
        ...

    def __iter__(self) -> Iterator[Incident]: ...


@frozen
class _NoMapping:
    name: str = "events"
    shape: str = "timelines"
    zone: str | None = "UTC"
    derive: tuple[Any, ...] = ()


class AtHand:
    """Incidents as the source of a report, under a *name*; ``rows`` counts their events.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged
    >>> from itilcore.report import build
    >>> logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> build(AtHand("my desk", [Incident.replay("INC1", [logged])])).incidents
    1
    """

    def __init__(self, name: str, incidents: Iterable[Incident]) -> None:
        self.name = name
        self.rows = 0
        self.rejected_count = 0
        self.rejected: tuple[RejectedRow, ...] = ()
        self.absent: tuple[str, ...] = ()
        self.unmapped: dict[str, dict[str, int]] = {}
        self.mapping = _NoMapping()
        self._incidents = incidents

    def __iter__(self) -> Iterator[Incident]:
        for incident in self._incidents:
            self.rows += incident.version
            yield incident
