"""Variants: an agreement with one convention changed, each by the name of what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.incident import Phase
from itilcore.sla import (
    Agreement,
    Condition,
    Conditions,
    Reopening,
    Retargeting,
    Target,
    TargetKind,
)

__all__ = ["Variant", "variants"]

_MOST_REASONS: Final = 8


@frozen
class Variant:
    """An agreement under another convention: ``convention`` names which, ``name`` which one."""

    convention: str
    name: str
    agreement: Agreement


def _calendars(agreement: Agreement, change: object) -> Agreement:
    assert callable(change)
    targets = [evolve(t, calendar=change(t.calendar)) for t in agreement.targets]
    return evolve(agreement, targets=targets)


def _conditions(agreement: Agreement, target: Target) -> Conditions:
    return target.conditions or agreement.conventions.conditions(target.kind)


def _pausing(agreement: Agreement, pause: Iterable[Condition]) -> Agreement:
    rows = tuple(pause)
    targets = [
        evolve(t, conditions=evolve(_conditions(agreement, t), pause=rows))
        for t in agreement.targets
    ]
    return evolve(agreement, targets=targets)


def _stopping(agreement: Agreement, phases: tuple[Phase, ...]) -> Agreement:
    stop = (Condition(phases=phases),)
    targets = [
        evolve(t, conditions=evolve(_conditions(agreement, t), stop=stop))
        if t.kind is TargetKind.RESOLUTION
        else t
        for t in agreement.targets
    ]
    return evolve(agreement, targets=targets)


def variants(
    agreement: Agreement, hold_reasons: Iterable[str] = (), zones: Iterable[str] = ()
) -> Iterator[Variant]:
    """Every variant of *agreement* that differs from it, each in one convention.

    Reopening, the closing instant, a change of target, pauses (none, every hold, each of
    *hold_reasons* alone), what stops it, calendar boundaries (no holidays, around the clock),
    and the zone of the hours, by each of *zones*.
    """
    for variant in _all(agreement, tuple(hold_reasons)[:_MOST_REASONS], tuple(zones)):
        if variant.agreement.version != agreement.version:
            yield variant


def _all(
    agreement: Agreement, reasons: tuple[str, ...], zones: tuple[str, ...]
) -> Iterator[Variant]:
    conventions = agreement.conventions

    def under(name: str, value: object) -> Agreement:
        return evolve(agreement, conventions=evolve(conventions, **{name: value}))  # type: ignore[arg-type]  # fields of Conventions

    for reopening in Reopening:
        yield Variant("reopening", reopening.value, under("reopening", reopening))
    for due in ("close", "next_open"):
        yield Variant("closing instant", due, under("due", due))
    for way in Retargeting:
        yield Variant("change of target", way.value, under("retargeting", way))
    yield Variant("pauses", "none", _pausing(agreement, ()))
    yield Variant("pauses", "every hold", _pausing(agreement, [Condition(phases=Phase.WAITING)]))
    for reason in reasons:
        only = [Condition(phases=Phase.WAITING, hold_reasons=reason)]
        yield Variant("pauses", f"only {reason}", _pausing(agreement, only))
        if len(reasons) > 1:
            others = tuple(other for other in reasons if other != reason)
            but = [Condition(phases=Phase.WAITING, hold_reasons=others)]
            yield Variant("pauses", f"all but {reason}", _pausing(agreement, but))
    yield Variant("stops at", "closing", _stopping(agreement, (Phase.CLOSED,)))
    yield Variant(
        "calendar boundaries",
        "no holidays",
        _calendars(agreement, BusinessCalendar.without_holidays),
    )
    yield Variant(
        "calendar boundaries",
        "around the clock",
        _calendars(agreement, lambda calendar: BusinessCalendar.always(calendar.tz)),
    )
    for zone in zones:

        def moved(calendar: BusinessCalendar, zone: str = zone) -> BusinessCalendar:
            return calendar.in_zone(zone)

        yield Variant("zone", zone, _calendars(agreement, moved))
