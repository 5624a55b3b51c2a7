"""The section ``[sla]``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, get_args

from attrs import evolve

from itilcore.calendars import BusinessCalendar, Due, Snap
from itilcore.classification import TicketKind
from itilcore.errors import Defect, InvalidInput, nearest
from itilcore.incident import Direction, Phase
from itilcore.sla import (
    Agreement,
    AgreementKind,
    Applies,
    BusinessDays,
    Condition,
    Conventions,
    Reopening,
    Retargeting,
    Target,
    TargetKind,
    Threshold,
)

from .reading import Place, as_written
from .written import (
    WrittenAgreement,
    WrittenApplies,
    WrittenCondition,
    WrittenConditions,
    WrittenTarget,
)

__all__ = ["duration", "hours_within", "read_agreements"]

_UNITS: Final = {"h": 3_600, "hour": 3_600, "m": 60, "min": 60, "minute": 60, "s": 1, "second": 1}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.ASCII)
_ISO: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?\Z", re.ASCII)
_DAYS: Final = re.compile(r"(\d+)\s+business\s+days?\Z", re.ASCII)
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%\Z", re.ASCII)
_OFFSET: Final = re.compile(r"(.+?)\s+(before|after)\Z", re.ASCII)
_MOST_SECONDS: Final = 10**10


def _wrong(problem: str) -> InvalidInput:
    return InvalidInput("duration", [Defect("", problem)])


def duration(
    text: str, snap: Snap = "end_of_day", *, days: bool = True
) -> timedelta | BusinessDays:
    """Working time such as ``4h``, ``1h 30m`` or ``PT4H``, or ``3 business days``.

    Where *days* is ``False`` the hints do not speak of business days.

    Raises `itilcore.errors.InvalidInput` for anything else; a plain day is refused, because
    it is 24 hours to some and a business day to others.

    >>> str(duration("1h 30m")), str(duration("2 business days"))
    ('1:30:00', '2 business days, end_of_day')
    >>> duration("2d")
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: duration: 1 defect
      is '2d': say '48h' of working time, or '2 business days'
    """
    given = text.strip()
    whole = _DAYS.match(given)
    if whole is not None and len(whole[1]) < 7:
        return _business_days(int(whole[1]), snap)
    plain = re.match(r"P?(\d{1,6})\s*(d|days?)\Z", given, re.ASCII | re.IGNORECASE)
    if plain is not None:
        count = int(plain[1])
        several = "" if count == 1 else "s"
        way = f"say '{count * 24}h'"
        if days:
            way += f" of working time, or '{count} business day{several}'"
        raise _wrong(f"is {given!r}: {way}")
    seconds = _seconds(given)
    if seconds is not None and seconds > _MOST_SECONDS:
        raise _wrong(f"is {given[:100]!r}: at most {_MOST_SECONDS // 3_600:,} hours")
    if seconds is None:
        hint = "'4h', '1h 30m' or '3 business days'" if days else "'4h' or '1h 30m'"
        raise _wrong(f"is {given[:100]!r}: give such as {hint}")
    return timedelta(seconds=seconds)


def hours_within(place: Place, text: str | None) -> timedelta | None:
    """The time of *text*; ``None``, and a defect, for business days and what is no time."""
    if text is not None:
        with place.catching():
            found = duration(text, days=False)
            if isinstance(found, timedelta):
                return found
            place.refuse("is in business days: give hours or minutes")
    return None


def _business_days(count: int, snap: Snap) -> BusinessDays:
    try:
        return BusinessDays(count, snap)
    except InvalidInput as error:
        raise InvalidInput(
            "duration", [Defect("", each.problem) for each in error.defects]
        ) from None


def _seconds(given: str) -> float | None:
    iso = _ISO.match(given)
    if iso is not None and given != "PT":
        return sum(int(n or 0) * unit for n, unit in zip(iso.groups(), (3_600, 60, 1), strict=True))
    total, at = 0.0, 0
    text = given.casefold()
    while at < len(text):
        part = _PART.match(text, at)
        unit = None if part is None else _UNITS.get(part[2]) or _UNITS.get(part[2].rstrip("s"))
        if part is None or unit is None:
            return None
        total += float(part[1]) * unit
        at = part.end()
    return total if given else None


def _promised(text: str, snap: Snap) -> timedelta | BusinessDays:
    found = duration(text, snap)  # which is never negative
    if not (found.days if isinstance(found, BusinessDays) else found):
        raise _wrong(f"is {text.strip()!r}: it must be more than nothing")
    return found


def _threshold(text: object) -> Threshold:
    if not isinstance(text, str):
        raise _wrong(f"is {text!r}: give such as '75 %' or '30m before'")
    percent = _PERCENT.match(text.strip())
    if percent is not None:
        return Threshold.percent(float(percent[1]))
    offset = _OFFSET.match(text.strip())
    if offset is None:
        raise _wrong(f"is {text[:100]!r}: give such as '75 %' or '30m before'")
    length = duration(offset[1])
    if offset[2] == "after":
        return Threshold.after(length)
    return Threshold.before(length)


def read_agreements(
    place: Place,
    given: object,
    calendars: Mapping[str, BusinessCalendar],
    written: Iterable[str],
    priorities: Collection[str],
) -> tuple[Agreement, ...]:
    """The agreements in their order.

    *written* are the names of calendars, right or wrong; *priorities* those that the book's
    matrix gives, none where it has no matrix: then targets may name any.
    """
    found = []
    for name, table in place.tables(given).items():
        at = place / name
        record = at.record(WrittenAgreement, table)
        if record is not None:
            agreement = _Agreement(at, record, calendars, tuple(written), priorities).read(name)
            if agreement is not None:
                found.append(agreement)
    return tuple(found)


class _Agreement:
    """Reads one agreement: at a place, from its record, with the calendars there are."""

    def __init__(
        self,
        place: Place,
        record: WrittenAgreement,
        calendars: Mapping[str, BusinessCalendar],
        written: tuple[str, ...],
        priorities: Collection[str],
    ) -> None:
        self._place = place
        self._record = record
        self._calendars = calendars
        self._written = written
        self._priorities = priorities
        self._calendar_told = False

    def read(self, name: str) -> Agreement | None:
        place, record = self._place, self._record
        before = len(place.defects)
        kind = (place / "kind").choice(AgreementKind, record.kind)
        conventions = self._conventions()
        default = self._calendar(place / "calendar", record.calendar)
        targets = [
            self._target(at, written, default, conventions)
            for at, written in place.records("targets", WrittenTarget, record.targets or ())
        ]
        self._never_chosen(targets)
        whole = [target for target in targets if target is not None]
        # Without a calendar, which may be wrong elsewhere, there is no target and no defect here.
        wrong = len(place.defects) > before or len(whole) < len(targets)
        if wrong or kind is None or conventions is None or record.targets is None:
            return None
        with place.catching():
            return Agreement(name, whole, conventions, kind)
        return None

    def _never_chosen(self, targets: Sequence[Target | None]) -> None:
        """Refuse each target that one above it of the same clock leaves nothing to."""
        seen: dict[object, list[tuple[int, Target]]] = {}
        for index, target in enumerate(targets):
            if target is None:
                continue
            clock = (target.name, target.kind)
            above = [
                found
                for sign in target.applies.may_lie_in
                for found in seen.get((clock, sign), ())
                if found[1].applies.covers(target.applies)
            ]
            if above:
                first, other = min(above, key=lambda found: found[0])
                place = self._place / f"targets[{index}]"
                place.refuse(
                    f"is never chosen: targets[{first}] fits {other.applies}, and stands first"
                )
            for sign in target.applies.reach:
                seen.setdefault((clock, sign), []).append((index, target))

    def _conventions(self) -> Conventions | None:
        place, record = self._place, self._record
        found: Conventions | None = None
        with (place / "conventions").catching():
            found = Conventions.named(record.conventions)
        changed: dict[str, Any] = {}
        if record.due is not None:
            ways = {name: name for name in get_args(Due)}
            changed["due"] = (place / "due").named(record.due, ways, "closing instant")
        if record.reopening is not None:
            changed["reopening"] = (place / "reopening").choice(Reopening, record.reopening)
        if record.retargeting is not None:
            changed["retargeting"] = (place / "retargeting").choice(Retargeting, record.retargeting)
        if found is None:
            return None
        known = {name: value for name, value in changed.items() if value is not None}
        if not known or known == {name: getattr(found, name) for name in known}:
            return found
        return evolve(found, name=f"{found.name}, changed", **known)

    def _calendar(self, place: Place, name: str | None) -> BusinessCalendar | None:
        if name is None:
            return None
        return place.named(name, self._calendars, "calendar", self._written)

    def _target(
        self,
        place: Place,
        record: WrittenTarget,
        default: BusinessCalendar | None,
        conventions: Conventions | None,
    ) -> Target | None:
        before = len(place.defects)
        kind = (place / "kind").choice(TargetKind, record.kind)
        snap = (place / "snap").named(record.snap, {s: s for s in get_args(Snap)}, "snap")
        within: timedelta | BusinessDays | None = None
        if record.within is not None:
            with (place / "within").catching():
                within = _promised(record.within, "end_of_day" if snap is None else snap)
        calendar = default
        if record.calendar is not None:
            calendar = self._calendar(place / "calendar", record.calendar)
        elif self._record.calendar is None and not self._calendar_told:
            self._calendar_told = True  # once is enough
            place.refuse("has no calendar, and the agreement has none")
        applies = _applies(place / "applies", record.applies)
        for name in applies.priorities:
            if self._priorities and name not in self._priorities:
                problem = f"there is no priority {name!r}; {nearest(name, list(self._priorities))}"
                (place / "applies" / "priority").refuse(problem)
        warn = []
        for index, text in enumerate(record.warn):
            with (place / f"warn[{index}]").catching():
                warn.append(_threshold(text))
        conditions = None
        if record.conditions is not None:
            rows = _conditions(place / "conditions", record.conditions)
            if kind is not None and conventions is not None:
                conditions = evolve(conventions.conditions(kind), **rows)
        if len(place.defects) > before or kind is None or within is None or calendar is None:
            return None
        with place.catching():
            return Target(kind, within, calendar, applies, warn, conditions, record.name)
        return None


def _applies(place: Place, given: object) -> Applies:
    record = place.record(WrittenApplies, given) or WrittenApplies()
    for name, values in given.items() if isinstance(given, Mapping) else ():
        if values == []:
            (place / str(name)).refuse("is empty: leave it out where all are meant")
    kinds = [
        kind
        for text in (place / "kind").names(record.kind)
        if (kind := (place / "kind").choice(TicketKind, text)) is not None
    ]
    names: dict[str, list[str]] = {
        key: (place / key).names(getattr(record, key))
        for key in ("priority", "category", "service", "customer")
    }
    with place.catching(as_written):
        return Applies(
            priorities=names["priority"],
            categories=names["category"],
            services=names["service"],
            customers=names["customer"],
            kinds=kinds,
        )
    return Applies()


def _conditions(place: Place, given: object) -> dict[str, list[Condition]]:
    """The rows that are written, by what they do."""
    record = place.record(WrittenConditions, given) or WrittenConditions()
    return {
        name: [
            _condition(at, row)
            for at, row in place.records(name, WrittenCondition, getattr(record, name))
        ]
        for name in ("start", "pause", "stop", "cancel")
        if getattr(record, name) is not None
    }


def _condition(place: Place, row: WrittenCondition) -> Condition:
    told = any(each.path.startswith(place.path) for each in place.defects)
    if row == WrittenCondition() and not told:
        place.refuse("sets nothing, and would always hold")
    phases = [
        phase
        for index, text in enumerate(row.phases)
        if (phase := (place / f"phases[{index}]").choice(Phase, text)) is not None
    ]
    contact = None
    if row.last_contact is not None:
        contact = (place / "last_contact").choice(Direction, row.last_contact)
    return Condition(
        phases=phases,
        statuses=row.statuses,
        hold_reasons=row.hold_reasons,
        groups=row.groups,
        acknowledged=row.acknowledged,
        responded=row.responded,
        assigned=row.assigned,
        last_contact=contact,
    )
