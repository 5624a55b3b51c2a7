"""Targets: what is promised, to whom, by which hours, and when to warn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, get_args

from attrs import field, frozen

from itilcore.calendars import MOST_BUSINESS_DAYS, BusinessCalendar, Snap
from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects, name_defects, nearest
from itilcore.priority import Priority
from itilcore.version import JSONValue

from .condition import Conditions
from .conventions import TargetKind
from .situation import Situation

__all__ = ["Applies", "BusinessDays", "Target", "Threshold"]


@frozen
class BusinessDays:
    """A number of business days, and the instant meant on the last one.

    ``snap`` as in `itilcore.calendars.BusinessCalendar.add_days`.

    >>> str(BusinessDays(5))
    '5 business days, end_of_day'
    """

    days: int
    snap: Snap = "end_of_day"

    def __attrs_post_init__(self) -> None:
        defects = []
        if type(self.days) is not int:
            defects.append(Defect("days", f"is {self.days!r}: give a whole number"))
        elif abs(self.days) > MOST_BUSINESS_DAYS:
            problem = f"is {self.days:,}: at most {MOST_BUSINESS_DAYS:,}"
            defects.append(Defect("days", problem))
        if self.snap not in get_args(Snap):
            known = list(get_args(Snap))
            defects.append(Defect("snap", f"is {self.snap!r}; {nearest(str(self.snap), known)}"))
        if defects:
            raise InvalidInput("business days", defects)

    def __str__(self) -> str:
        return f"{self.days} business day{'' if self.days == 1 else 's'}, {self.snap}"


@frozen
class Threshold:
    """An instant to warn at: a percentage of the target, or an offset from its due instant.

    Make one with `percent`, `before` or `after`.  Offsets are working time of the target's
    calendar, or business days.

    >>> str(Threshold.percent(75)), str(Threshold.before(timedelta(minutes=30)))
    ('75 %', '30 min before')
    """

    share: float | None = None
    offset: timedelta | BusinessDays | None = None

    def __attrs_post_init__(self) -> None:
        if (self.share is None) == (self.offset is None):
            raise InvalidInput("threshold", [Defect("", "needs a percentage or an offset")])
        if self.share is not None and not isinstance(self.share, int | float):
            raise InvalidInput("threshold", [Defect("percent", f"is {self.share!r}: no number")])
        if self.offset is not None and not isinstance(self.offset, timedelta | BusinessDays):
            problem = f"is {self.offset!r}: give a timedelta or BusinessDays"
            raise InvalidInput("threshold", [Defect("offset", problem)])
        if self.share is not None and not 0 < self.share <= 1:
            problem = (
                f"is {100 * self.share:.10g} %: more than 0 and at most 100 %; "
                "use after() for later"
            )
            raise InvalidInput("threshold", [Defect("percent", problem)])

    @classmethod
    def percent(cls, percent: float) -> Threshold:
        """When *percent* of the target have elapsed: more than 0, at most 100."""
        return cls(share=percent / 100 if isinstance(percent, int | float) else percent)

    @classmethod
    def before(cls, offset: timedelta | BusinessDays) -> Threshold:
        """*offset* of working time, or business days, before it is due; more than nothing."""
        if isinstance(offset, BusinessDays) and offset.days > 0:
            return cls(offset=BusinessDays(-offset.days, offset.snap))
        if not isinstance(offset, timedelta) or offset <= timedelta():
            shown = str(offset) if isinstance(offset, timedelta | BusinessDays) else repr(offset)
            problem = f"is {shown}: give a time of more than nothing; use after() for later"
            raise InvalidInput("threshold", [Defect("offset", problem)])
        return cls(offset=-offset)

    @classmethod
    def after(cls, offset: timedelta | BusinessDays) -> Threshold:
        """*offset* of working time, or business days, after it was due."""
        return cls(offset=offset)

    def __str__(self) -> str:
        if self.share is not None:
            return f"{self.share * 100:g} %"
        if isinstance(self.offset, BusinessDays):
            way = "before" if self.offset.days < 0 else "after"
            count = abs(self.offset.days)
            return f"{count} business day{'' if count == 1 else 's'} {way}"
        assert self.offset is not None
        minutes = abs(self.offset) / timedelta(minutes=1)
        return f"{minutes:g} min {'before' if self.offset < timedelta() else 'after'}"

    def on(self, target: Target, start: datetime, due: datetime, pauses: Iterable[Any]) -> datetime:
        """The instant, for a clock that started at *start* and is due at *due*."""
        calendar = target.calendar
        if self.share is not None:
            whole = target.within
            if not isinstance(whole, timedelta):
                whole = calendar.elapsed(start, due, pauses=pauses)
            return calendar.add(start, whole * self.share, pauses=pauses)
        if isinstance(self.offset, BusinessDays):
            return calendar.add_days(due, self.offset.days, snap="clip_to_close")
        assert self.offset is not None
        if isinstance(target.within, timedelta) and timedelta() > self.offset >= -target.within:
            # Counted from the start: so it is the first instant with that much left.  Counted
            # back from a due instant that an open pause moves, it could move with it.
            return calendar.add(start, target.within + self.offset, pauses=pauses)
        return calendar.add(due, self.offset, pauses=pauses)


def _several(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str | TicketKind | Priority) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def _names(value: Any) -> tuple[Any, ...]:
    return tuple(v.name if isinstance(v, Priority) else v for v in _several(value))


@frozen
class Applies:
    """Which incidents a target is for: every part that is set must fit, none fits all.

    ``priorities`` by name; ``categories`` as texts such as ``"Network"`` or
    ``"Network > VPN"``, which fit what lies below them; ``services`` and ``customers`` by name;
    ``kinds``.  Raises `itilcore.errors.InvalidInput` for anything that is none of these.

    >>> str(Applies(priorities="P1", services=["mail", "web"]))
    'priority P1, service mail or web'
    """

    priorities: tuple[str, ...] = field(default=(), converter=_names)
    categories: tuple[str, ...] = field(default=(), converter=_names)
    services: tuple[str, ...] = field(default=(), converter=_names)
    customers: tuple[str, ...] = field(default=(), converter=_names)
    kinds: tuple[TicketKind, ...] = field(default=(), converter=_several)

    def __attrs_post_init__(self) -> None:
        defects = [
            defect
            for name in ("priorities", "categories", "services", "customers")
            for index, value in enumerate(getattr(self, name))
            for defect in blank_defects(f"{name}[{index}]", value)
        ]
        for index, kind in enumerate(self.kinds):
            if not isinstance(kind, TicketKind):
                defects.append(Defect(f"kinds[{index}]", f"is {kind!r}: give a TicketKind"))
        for index, text in enumerate(self.categories):
            if blank_defects("", text):
                continue  # told above
            try:
                Category.parse(text)
            except InvalidInput as error:
                defects += [Defect(f"categories[{index}]", d.problem) for d in error.defects]
        if defects:
            raise InvalidInput("applies", defects)

    def fits(self, now: Situation, customer: str | None) -> bool:
        """Whether an incident in the situation *now* is one of them."""
        fold = now.fold
        if self.priorities and (fold.priority is None or fold.priority.name not in self.priorities):
            return False
        if self.services and fold.service not in self.services:
            return False
        if self.kinds and fold.kind not in self.kinds:
            return False
        if self.customers:
            who = fold.requester if customer is None else customer
            if who not in self.customers:
                return False
        if self.categories:
            path = () if fold.category is None else fold.category.path
            return any(path[: len(each)] == each for each in self._paths)
        return True

    def covers(self, other: Applies) -> bool:
        """Whether all that *other* fits fits this too; a clock's later target is then never chosen.

        >>> Applies().covers(Applies(priorities="P1")), Applies(priorities="P1").covers(Applies())
        (True, False)
        >>> Applies(categories="Network").covers(Applies(categories=["Network > VPN"]))
        True
        """
        if self.categories and not other.categories:
            return False
        within = all(
            any(path[: len(each)] == each for each in self._paths) for path in other._paths
        )
        named = (
            (mine, theirs)
            for mine, theirs in (
                (self.priorities, other.priorities),
                (self.services, other.services),
                (self.customers, other.customers),
                (self.kinds, other.kinds),
            )
            if mine
        )
        return (not self.categories or within) and all(
            theirs and set(theirs) <= set(mine) for mine, theirs in named
        )

    @cached_property
    def reach(self) -> tuple[object, ...]:
        """Signs of what it fits, by one of its conditions: see `may_lie_in`."""
        for name, values in self._signs:
            if values:
                return tuple((name, value) for value in values)
        return ((None, None),)

    @cached_property
    def may_lie_in(self) -> tuple[object, ...]:
        """Signs of which whatever covers it has one in its `reach`: only these need a closer look.

        >>> wide, narrow = Applies(priorities=["P1", "P2"]), Applies(priorities="P2", services="x")
        >>> bool(set(wide.reach) & set(narrow.may_lie_in))
        True
        """
        found: list[object] = [(None, None)]
        for name, values in self._signs:
            if values and name == "categories":
                found += [(name, values[0][:depth]) for depth in range(1, len(values[0]) + 1)]
            elif values:
                found.append((name, values[0]))
        return tuple(found)

    @cached_property
    def _signs(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        return (
            ("customers", self.customers),
            ("services", self.services),
            ("categories", self._paths),
            ("priorities", self.priorities),
            ("kinds", self.kinds),
        )

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        return tuple(Category.parse(text).path for text in self.categories)

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        parts = []
        for name, word in (
            ("priorities", "priority"),
            ("categories", "category"),
            ("services", "service"),
            ("customers", "customer"),
            ("kinds", "kind"),
        ):
            values = [v.value if isinstance(v, TicketKind) else v for v in getattr(self, name)]
            if values:
                parts.append(f"{word} {' or '.join(values)}")
        return ", ".join(parts) or "every incident"

    @property
    def content(self) -> dict[str, JSONValue]:
        """What is set, as JSON values."""
        found: dict[str, JSONValue] = {}
        for name in ("priorities", "categories", "services", "customers", "kinds"):
            values = [v.value if isinstance(v, TicketKind) else v for v in getattr(self, name)]
            if values:
                found[name] = values
        return found


def _length(within: timedelta | BusinessDays) -> str:
    """Working time in hours and minutes: a day of it would be read as a day of the calendar."""
    if isinstance(within, BusinessDays):
        return str(within)
    minutes, seconds = divmod(within.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{hours} h" * bool(hours), f"{minutes} min" * bool(minutes)]
    return " ".join([*filter(None, parts), *([f"{seconds:g} s"] if seconds else [])])


def _thresholds(given: Threshold | Iterable[Threshold]) -> tuple[Threshold, ...]:
    return (given,) if isinstance(given, Threshold) else tuple(given)


def _more_than_nothing(within: timedelta | BusinessDays) -> bool:
    return within.days > 0 if isinstance(within, BusinessDays) else within > timedelta()


@frozen
class Target:
    """A promise: ``within`` so much time of ``calendar``, for the incidents that it ``applies``.

    ``within`` is working time (a day of it is 24 hours), or `BusinessDays`.  ``warn`` are
    thresholds.  ``conditions`` replace those of the conventions; ``name`` tells clocks of one
    kind apart, and is the kind's where there is only one.  Raises
    `itilcore.errors.InvalidInput` for a target of zero or below.

    >>> always = BusinessCalendar.always()
    >>> Target(TargetKind.RESOLUTION, timedelta(hours=4), always).name
    'resolution'
    >>> Target(TargetKind.RESOLUTION, timedelta(0), always)
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: target: 1 defect
      within: is 0:00:00: it must be more than nothing
    """

    kind: TargetKind
    within: timedelta | BusinessDays
    calendar: BusinessCalendar
    applies: Applies = Applies()
    warn: tuple[Threshold, ...] = field(default=(), converter=_thresholds)
    conditions: Conditions | None = None
    name: str = field(default="")

    def __attrs_post_init__(self) -> None:
        defects = []
        if not isinstance(self.kind, TargetKind):
            defects.append(Defect("kind", f"is {self.kind!r}: give a TargetKind"))
        days = isinstance(self.within, BusinessDays)
        if not days and not isinstance(self.within, timedelta):
            defects.append(
                Defect("within", f"is {self.within!r}: give a timedelta or BusinessDays")
            )
        elif not _more_than_nothing(self.within):
            defects.append(Defect("within", f"is {self.within}: it must be more than nothing"))
        if not isinstance(self.calendar, BusinessCalendar):
            defects.append(Defect("calendar", f"is {self.calendar!r}: give a BusinessCalendar"))
        if not isinstance(self.applies, Applies):
            defects.append(Defect("applies", f"is {self.applies!r}: give Applies"))
        if self.conditions is not None and not isinstance(self.conditions, Conditions):
            defects.append(Defect("conditions", f"is {self.conditions!r}: give Conditions"))
        if self.name != "":
            defects += name_defects("name", self.name)
        for index, threshold in enumerate(self.warn):
            if not isinstance(threshold, Threshold):
                defects.append(Defect(f"warn[{index}]", f"is {threshold!r}: give a Threshold"))
        if defects:
            raise InvalidInput("target", defects)
        if not self.name:
            object.__setattr__(self, "name", self.kind.value)

    def __str__(self) -> str:
        return f"{self.name} within {_length(self.within)} for {self.applies}"

    def due(self, start: datetime, at: str, pauses: Iterable[Any]) -> datetime:
        """The due instant of a clock that started at *start*; *at* is the convention for
        a closing instant.
        """
        if isinstance(self.within, BusinessDays):
            return self.calendar.add_days(
                start, self.within.days, snap=self.within.snap, pauses=pauses
            )
        return self.calendar.add(start, self.within, due=at, pauses=pauses)  # type: ignore[arg-type]  # checked by Conventions

    def is_late(self, start: datetime, end: datetime, due: datetime, pauses: Iterable[Any]) -> bool:
        """Whether a clock that ran from *start* to *end* and was *due* had more than its time.

        A clock that is paused at the very due instant has not.
        """
        if isinstance(self.within, BusinessDays):
            return end > due
        return end > due and self.calendar.elapsed(start, end, pauses=pauses) > self.within

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the calendar by its version."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "within": str(self.within),
            "calendar": self.calendar.version,
            "applies": self.applies.content,
            "warn": [str(threshold) for threshold in self.warn],
            "conditions": None if self.conditions is None else self.conditions.content,
        }
