"""Queries and pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Any, Final

from attrs import field, fields, frozen

from itilcore.classification import Category, TicketKind
from itilcore.errors import CorruptEvent, Defect, InvalidInput, nearest, require_aware
from itilcore.incident import Incident, Phase, Status
from itilcore.priority import Priority

from .state import IncidentState

__all__ = ["Page", "Query", "Unreadable"]

Unreadable = CorruptEvent
"""An incident of a page whose history cannot be read: the error that `get` raises for it."""

Range = tuple[datetime | None, datetime | None]
"""From an instant up to another; ``None`` has no bound."""

_EVERY: Final = (None, None)

_CLOSED: Final = {
    "kind": tuple(each.value for each in TicketKind),
    "phase": tuple(each.value for each in Phase),
}
"""The parts whose names are a fixed set."""


class _Any(tuple[str, ...]):
    """What a part is that was not given: equal to no names at all, and yet not an empty list."""

    __slots__ = ()


_ANY: Final = _Any()


def _names(given: Any) -> tuple[str, ...]:
    items = (given,) if isinstance(given, str | Enum | Status | Priority | Category) else given
    # What is no name is refused together with all else.
    if isinstance(items, _Any) or not isinstance(items, Iterable):
        return items
    return tuple(map(_name, items))


def _name(item: Any) -> str:
    if isinstance(item, Enum):
        return str(item.value)
    if isinstance(item, Status | Priority):
        return item.name
    if isinstance(item, Category):
        return str(item)
    return item  # type: ignore[no-any-return]  # refused at birth, where it is no text


def _kinds(given: Any) -> tuple[str, ...]:
    return _spelt(_names(given), TicketKind)


def _phases(given: Any) -> tuple[str, ...]:
    return _spelt(_names(given), Phase)


def _spelt(names: tuple[str, ...], known: type[Enum]) -> tuple[str, ...]:
    """*names* in the letters of those that are known; others as they are."""
    if isinstance(names, _Any) or not isinstance(names, tuple):
        return names
    spelt = {each.value.casefold(): each.value for each in known}
    return tuple(
        spelt.get(name.casefold(), name) if isinstance(name, str) else name for name in names
    )


def _range(given: Any) -> Range:
    made: Range = tuple(given) if isinstance(given, list) else given
    return made


@frozen(kw_only=True)
class Query:
    """Which incidents: every part that is set must fit, none at all fits every incident.

    Each of the first nine lists what will do, as values or by name; a category takes in those
    below it.  Kinds and phases are a fixed set, in letters of any case.  The ranges are
    half-open, ``(start, end)``, and ``None`` for an end is no bound; an incident without the
    instant lies in none.  Raises `itilcore.errors.InvalidInput` for what is no name, for a
    kind or phase that there is not, for a list that is given and empty (leave it out where any
    will do), and for a range that is no pair of instants or ends before it starts,
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from itilcore.incident import Phase
    >>> Query(phase=[Phase.OPEN, Phase.ACTIVE], group="network").phase
    ('open', 'active')
    """

    kind: tuple[str, ...] = field(default=_ANY, converter=_kinds)
    status: tuple[str, ...] = field(default=_ANY, converter=_names)
    phase: tuple[str, ...] = field(default=_ANY, converter=_phases)
    priority: tuple[str, ...] = field(default=_ANY, converter=_names)
    group: tuple[str, ...] = field(default=_ANY, converter=_names)
    assignee: tuple[str, ...] = field(default=_ANY, converter=_names)
    requester: tuple[str, ...] = field(default=_ANY, converter=_names)
    category: tuple[str, ...] = field(default=_ANY, converter=_names)
    service: tuple[str, ...] = field(default=_ANY, converter=_names)
    logged_at: Range = field(default=_EVERY, converter=_range)
    resolved_at: Range = field(default=_EVERY, converter=_range)
    closed_at: Range = field(default=_EVERY, converter=_range)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for each in fields(type(self)):
            value = getattr(self, each.name)
            if each.name.endswith("_at"):
                defects += _range_defects(each.name, value)
            elif not isinstance(value, _Any):
                defects += _name_defects(each.name, value)
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


def _name_defects(path: str, value: Any) -> list[Defect]:
    if not isinstance(value, tuple):
        return [Defect(path, f"is {value!r:.60}: give names")]
    if not value:
        return [Defect(path, "is an empty list, which nothing fits: leave it out for any")]
    known = _CLOSED.get(path)
    defects: list[Defect] = []
    for name in value:
        if not isinstance(name, str):
            defects.append(Defect(path, f"has {name!r:.60}, which is no name"))
        elif known is not None and name not in known:
            defects.append(
                Defect(path, f"has {name!r:.60}, which there is not; {nearest(name, known)}")
            )
    return defects


def _range_defects(path: str, value: Any) -> list[Defect]:
    if not isinstance(value, tuple) or len(value) != 2:
        return [Defect(path, f"is {value!r:.60}: give two instants, (start, end)")]
    defects: list[Defect] = []
    for bound in value:
        if bound is not None:
            try:
                require_aware(path, bound)
            except InvalidInput as error:
                defects += error.defects
    start, end = value
    if not defects and start is not None and end is not None and end < start:
        defects.append(Defect(path, "ends before it starts"))
    return defects


@frozen
class Page:
    """Some of the incidents asked for, and ``next``: where to go on, ``None`` at the end.

    ``unreadable`` are those whose stored history is damaged.
    """

    incidents: tuple[Incident, ...]
    next: str | None = None
    unreadable: tuple[CorruptEvent, ...] = ()
