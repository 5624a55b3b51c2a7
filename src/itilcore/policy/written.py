"""A book as it is written: the keys of every section.  The codec reads them, these are no rules.

``Any`` stands where the value that it becomes judges better than a type (hours, dates, names),
and where a table is a record of its own, read by itself.  A key without a default has to be
written; its value is ``None`` where it is not, or is wrong.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

__all__ = [
    "WrittenAgreement",
    "WrittenApplies",
    "WrittenCalendar",
    "WrittenClosure",
    "WrittenCondition",
    "WrittenConditions",
    "WrittenPriority",
    "WrittenSeason",
    "WrittenSpecialHours",
    "WrittenTarget",
]


@frozen(kw_only=True)
class WrittenClosure:
    """Closed from ``start`` up to ``end``, two times of the wall clock."""

    start: Any
    end: Any
    name: str = "closure"


@frozen(kw_only=True)
class WrittenSpecialHours:
    """The hours of one date."""

    hours: Any
    over_holidays: bool = False
    name: str = ""


@frozen(kw_only=True)
class WrittenSeason:
    """Other hours from ``start`` to ``end``."""

    start: Any
    end: Any
    hours: Any
    name: str = ""


@frozen(kw_only=True)
class WrittenCalendar:
    """``[calendars.NAME]``: hours of its own, or others joined."""

    hours: Any = None
    tz: str = "UTC"
    holidays: Any = ()
    special_hours: dict[str, Any] = field(factory=dict)
    closures: list[Any] = field(factory=list)
    seasons: list[Any] = field(factory=list)
    any_of: list[str] = field(factory=list)
    all_of: list[str] = field(factory=list)
    without: list[str] = field(factory=list)


@frozen(kw_only=True)
class WrittenPriority:
    """``[priority]``: a matrix by name, or scales and a grid."""

    preset: str | None = None
    impacts: list[str] = field(factory=list)
    urgencies: list[str] = field(factory=list)
    priorities: list[str] = field(factory=list)
    matrix: list[list[str]] | None = None
    table: list[list[str]] | None = None


@frozen(kw_only=True)
class WrittenApplies:
    """``applies``: one name or several each."""

    priority: Any = ()
    category: Any = ()
    service: Any = ()
    customer: Any = ()
    kind: Any = ()


@frozen(kw_only=True)
class WrittenCondition:
    """A row of ``start``, ``pause``, ``stop`` or ``cancel``."""

    phases: list[Any] = field(factory=list)
    statuses: list[str] = field(factory=list)
    hold_reasons: list[str] = field(factory=list)
    groups: list[str] = field(factory=list)
    acknowledged: bool | None = None
    responded: bool | None = None
    assigned: bool | None = None
    last_contact: str | None = None


@frozen(kw_only=True)
class WrittenConditions:
    """``conditions``: what is not written stays as the conventions have it."""

    start: list[Any] | None = None
    pause: list[Any] | None = None
    stop: list[Any] | None = None
    cancel: list[Any] | None = None


@frozen(kw_only=True)
class WrittenTarget:
    """``[[sla.NAME.targets]]``."""

    kind: str | None
    within: str | None
    snap: str = "end_of_day"
    name: str = ""
    calendar: str | None = None
    applies: Any = field(factory=dict)
    warn: list[Any] = field(factory=list)
    conditions: Any = None


@frozen(kw_only=True)
class WrittenAgreement:
    """``[sla.NAME]``."""

    targets: list[Any] | None
    kind: str = "SLA"
    calendar: str | None = None
    conventions: str = "default"
    due: str | None = None
    reopening: str | None = None
    retargeting: str | None = None
