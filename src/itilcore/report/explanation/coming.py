"""What comes next of one incident: when there must be word, what has fallen due, when to look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from itilcore.communications import NextUpdate
from itilcore.incident import Incident
from itilcore.policy import Book, DueItem

__all__ = ["Coming", "coming"]


@frozen
class Coming:
    """What comes next by a book, as things stand.

    ``update`` is when there must be word to stakeholders again, ``due`` what has fallen due and
    was not announced yet, ``look_again_at`` when an agenda has something to do: in the past
    where something has fallen due, ``None`` where there never will be.
    """

    update: NextUpdate
    due: tuple[DueItem, ...]
    look_again_at: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values, instants in ISO 8601, times in seconds."""
        update = self.update
        return {
            "update": {
                "due_at": update.due_at and update.due_at.isoformat(),
                "earliest_at": update.earliest_at and update.earliest_at.isoformat(),
                "overdue": None if update.overdue is None else update.overdue.total_seconds(),
                "why": update.why,
            },
            "due": [
                {"at": item.at.isoformat(), "kind": item.kind.value, "what": _what(item)}
                for item in self.due
            ],
            "look_again_at": self.look_again_at and self.look_again_at.isoformat(),
        }

    def rows(self) -> Iterator[tuple[datetime | None, str, str]]:
        """When, what and why, in words: what has fallen due, the next word, the next look."""
        for item in self.due:
            yield item.at, f"{item.kind.value} has fallen due", _what(item)
        update = self.update
        late = "" if update.overdue is None else ", overdue"
        yield update.due_at, f"the next word to stakeholders{late}", update.why
        yield self.look_again_at, "the agenda looks again", ""


def _what(item: DueItem) -> str:
    if item.step is not None:
        return f"{item.step.rule}, to {item.step.to}"
    return " ".join(filter(None, (item.agreement, item.clock, item.threshold)))


def coming(
    book: Book, incident: Incident, at: datetime, local: Callable[[datetime], datetime]
) -> Coming:
    """What comes next of *incident* by *book* as of *at*; *local* gives an instant in its zone.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, SeverityDeclared
    >>> from itilcore.priority import Severity
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> bad = Incident.replay("INC1", [Logged(nine), SeverityDeclared(nine, Severity.SEV1)])
    >>> for when, what, why in coming(Book(), bad, nine, lambda instant: instant).rows():
    ...     print(f"{when:%H:%M:%S.%f} {what}")
    09:30:00.000000 the next word to stakeholders
    09:30:00.000001 the agenda looks again
    """

    def there(instant: datetime | None) -> datetime | None:
        return None if instant is None else local(instant)

    outlook = book.due(incident, at)
    update = book.cadences.next_update(incident, at)
    return Coming(
        evolve(update, due_at=there(update.due_at), earliest_at=there(update.earliest_at)),
        tuple(evolve(item, at=local(item.at)) for item in outlook.items),
        there(outlook.look_again_at),
    )
