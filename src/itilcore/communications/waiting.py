"""The wait for the next word of an incident, event by event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from itilcore.incident import (
    CHANGES,
    Event,
    Logged,
    Observed,
    SeverityDeclared,
    StakeholdersUpdated,
    in_utc,
)
from itilcore.priority import Severity

from .cadence import Cadence
from .expected import ExpectedUpdate, NextUpdate, UpdateOutcome

__all__ = ["Waiting"]

_LATEST: Final = datetime.max.replace(tzinfo=UTC)


def _later(at: datetime, wait: timedelta) -> datetime:
    """*at*, in UTC, and *wait* more: at most the last instant that there is."""
    return at + min(wait, _LATEST - at)


class Waiting:
    """The wait for the next word, event by event: it changes, and lives as long as one pass."""

    def __init__(self, row_of: Callable[[Severity], Cadence | None], reference: str) -> None:
        self._row_of = row_of
        self._reference = reference
        self._row: Cadence | None = None
        self._since: datetime | None = None
        self._told_at: datetime | None = None
        self._due: datetime | None = None
        self._why = ""
        self._unresolved = True
        self.found: list[ExpectedUpdate] = []

    def take(self, event: Event) -> None:
        """Go on by *event*."""
        if isinstance(event, SeverityDeclared):
            self._declared(event)
        elif isinstance(event, StakeholdersUpdated):
            self._told(event)
        elif type(event) in CHANGES or isinstance(event, Logged | Observed):
            status = event.status  # type: ignore[attr-defined]  # all of these have one
            if status is not None:
                self._moved(in_utc(event.at), status.phase.is_end, status.phase.is_unresolved)

    def _declared(self, event: SeverityDeclared) -> None:
        at = in_utc(event.at)
        before, self._row = self._row, self._row_of(event.severity)
        if self._unresolved and self._row is not None and before is not self._row:
            self._wait(at, f"{self._row}, since {self._row.severity} was declared", None)

    def _wait(self, at: datetime, why: str, promised: datetime | None) -> None:
        """Wait from *at* on; what is due already does not move to a later instant."""
        known = [] if self._due is None else [(self._due, self._why)]
        if self._row is not None and self._unresolved:
            known.append((_later(at, self._row.latest), why))
        if promised is not None:
            known.append((in_utc(promised), "promised with the last one"))
        if not known:
            return
        due, self._why = min(known)
        if self._due is None or due < self._due:
            self._due, self._since = due, at

    def _told(self, event: StakeholdersUpdated) -> None:
        at = in_utc(event.at)
        if at != self._told_at:  # one word to several audiences at once is one
            if self._due is not None:
                late = max(at - self._due, timedelta())
                outcome = UpdateOutcome.LATE if late else UpdateOutcome.IN_TIME
                self._write(at, outcome, late)
            self._told_at = at
            self._due = None
        why = "" if self._row is None else f"{self._row}, since the last one"
        self._wait(at, why, event.next_update_at)

    def _moved(self, at: datetime, is_end: bool, is_unresolved: bool) -> None:
        again = is_unresolved and not self._unresolved
        self._unresolved = is_unresolved
        if is_end:
            self.end(at, UpdateOutcome.OVER)
        elif again and self._row is not None:
            self._wait(at, f"{self._row}, since it was reopened", None)

    def end(self, at: datetime, otherwise: UpdateOutcome) -> None:
        """Nobody waits any more, from *at* on: what was due by then never came."""
        if self._due is not None:
            late = max(at - self._due, timedelta())
            self._write(None, UpdateOutcome.NEVER if late else otherwise, late)
        self._due = None

    def _write(self, told_at: datetime | None, outcome: UpdateOutcome, late: timedelta) -> None:
        assert self._due is not None  # whoever writes has looked
        self.found.append(
            ExpectedUpdate(
                reference=self._reference,
                due_at=self._due,
                told_at=told_at,
                outcome=outcome,
                late=late,
                why=self._why,
            )
        )

    def standing(self, now: datetime) -> NextUpdate:
        """How the wait stands."""
        if self._due is None or self._since is None:
            why = "it is as changes occur" if self._unresolved else "it is resolved or over"
            return NextUpdate(due_at=None, earliest_at=None, overdue=None, why=why)
        soonest = timedelta() if self._row is None else self._row.soonest or timedelta()
        overdue = now - self._due
        return NextUpdate(
            due_at=self._due,
            earliest_at=min(_later(self._since, soonest), self._due),
            overdue=overdue if overdue > timedelta() else None,
            why=self._why,
        )
