"""Queries and pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import field, fields, frozen

from itilcore.classification import Category
from itilcore.errors import CorruptEvent, Defect, InvalidInput, require_aware
from itilcore.incident import Incident, Status
from itilcore.priority import Priority

from .state import IncidentState

__all__ = ["Page", "Query", "Unreadable"]

Unreadable = CorruptEvent
"""An incident of a page whose history cannot be read: the error that `get` raises for it."""

Range = tuple[datetime | None, datetime | None]
"""From an instant up to another; ``None`` has no bound."""

_EVERY: Final = (None, None)


def _names(given: Any) -> tuple[str, ...]:
    items = (given,) if isinstance(given, str | Enum | Status | Priority | Category) else given
    if not isinstance(items, Iterable):
        raise InvalidInput("query", [Defect("", f"is {given!r}: give names")])
    return tuple(_name(item) for item in items)


def _name(item: object) -> str:
    if isinstance(item, Enum):
        return str(item.value)
    if isinstance(item, Status | Priority):
        return item.name
    if isinstance(item, str | Category):
        return str(item)
    raise InvalidInput("query", [Defect("", f"has {item!r}, which is no name")])


@frozen(kw_only=True)
class Query:
    """Which incidents: every part that is set must fit, none at all fits every incident.

    Each of the first nine lists what will do, as values or by name; a category takes in those
    below it.  The ranges are half-open, ``(start, end)``, and ``None`` for an end is no
    bound; an incident without the instant lies in none.  Raises
    `itilcore.errors.InvalidInput` for what is no name and for a range that ends before it
    starts, `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from itilcore.incident import Phase
    >>> Query(phase=[Phase.OPEN, Phase.ACTIVE], group="network").phase
    ('open', 'active')
    """

    kind: tuple[str, ...] = field(default=(), converter=_names)
    status: tuple[str, ...] = field(default=(), converter=_names)
    phase: tuple[str, ...] = field(default=(), converter=_names)
    priority: tuple[str, ...] = field(default=(), converter=_names)
    group: tuple[str, ...] = field(default=(), converter=_names)
    assignee: tuple[str, ...] = field(default=(), converter=_names)
    requester: tuple[str, ...] = field(default=(), converter=_names)
    category: tuple[str, ...] = field(default=(), converter=_names)
    service: tuple[str, ...] = field(default=(), converter=_names)
    logged_at: Range = _EVERY
    resolved_at: Range = _EVERY
    closed_at: Range = _EVERY

    def __attrs_post_init__(self) -> None:
        defects = []
        for name, (start, end) in self.ranges():
            for bound in (start, end):
                if bound is not None:
                    require_aware(name, bound)
            if start is not None and end is not None and end < start:
                defects.append(Defect(name, "ends before it starts"))
        if defects:
            raise InvalidInput("query", defects)

    def names(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The parts that list names and are set, by the names of the columns."""
        found = ((each.name, getattr(self, each.name)) for each in fields(type(self)))
        return tuple((name, value) for name, value in found if value and not name.endswith("_at"))

    def ranges(self) -> tuple[tuple[str, Range], ...]:
        """The ranges that are set, by the names of the columns."""
        found = ((each.name, getattr(self, each.name)) for each in fields(type(self)))
        return tuple(
            (name, value) for name, value in found if name.endswith("_at") and value != _EVERY
        )

    def fits(self, state: IncidentState) -> bool:
        """Whether an incident in *state* is one of them: what every store must agree with.

        >>> Query(category="Network").fits(IncidentState(category="Network > VPN"))
        True
        """
        for name, wanted in self.names():
            value = getattr(state, name)
            if value is None:
                return False
            below = name == "category" and any(value.startswith(f"{each} > ") for each in wanted)
            if value not in wanted and not below:
                return False
        for name, (start, end) in self.ranges():
            at = getattr(state, name)
            if at is None or (start is not None and at < start) or (end is not None and at >= end):
                return False
        return True


@frozen
class Page:
    """Some of the incidents asked for, and ``next``: where to go on, ``None`` at the end.

    ``unreadable`` are those whose stored history is damaged.
    """

    incidents: tuple[Incident, ...]
    next: str | None = None
    unreadable: tuple[CorruptEvent, ...] = ()
