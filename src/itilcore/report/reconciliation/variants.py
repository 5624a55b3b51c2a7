"""Variants: an agreement with one convention changed, each by the name of what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Final

from attrs import evolve, field, frozen

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

__all__ = ["Variant", "pairs", "variants"]

_MOST_REASONS: Final = 8
_MOST_LEADING: Final = 4

Change = Callable[[Agreement], Agreement]
"""Makes another agreement of one."""


@frozen
class Variant:
    """An agreement under another convention: ``convention`` names which, ``name`` which one.

    ``change`` makes the same change in another agreement.
    """

    convention: str
    name: str
    agreement: Agreement
    change: Change = field(eq=False, repr=False)


def _targets(change: Callable[[Agreement, Target], Target]) -> Change:
    return lambda agreement: evolve(
        agreement, targets=[change(agreement, target) for target in agreement.targets]
    )


def _calendars(change: Callable[[BusinessCalendar], BusinessCalendar]) -> Change:
    return _targets(lambda _, target: evolve(target, calendar=change(target.calendar)))


def _around_the_clock(calendar: BusinessCalendar) -> BusinessCalendar:
    return BusinessCalendar.always(calendar.tz)


def _moved_to(zone: str) -> Callable[[BusinessCalendar], BusinessCalendar]:
    return lambda calendar: calendar.in_zone(zone)


def _conditions(agreement: Agreement, target: Target) -> Conditions:
    return target.conditions or agreement.conventions.conditions(target.kind)


def _pausing(pause: Iterable[Condition]) -> Change:
    rows = tuple(pause)
    return _targets(
        lambda agreement, target: evolve(
            target, conditions=evolve(_conditions(agreement, target), pause=rows)
        )
    )


def _stopping(phases: tuple[Phase, ...]) -> Change:
    stop = (Condition(phases=phases),)

    def change(agreement: Agreement, target: Target) -> Target:
        if target.kind is not TargetKind.RESOLUTION:
            return target
        return evolve(target, conditions=evolve(_conditions(agreement, target), stop=stop))

    return _targets(change)


def _under(name: str, value: object) -> Change:
    return lambda agreement: evolve(
        agreement,
        conventions=evolve(agreement.conventions, **{name: value}),  # type: ignore[arg-type]  # fields of Conventions
    )


def variants(
    agreement: Agreement, hold_reasons: Iterable[str] = (), zones: Iterable[str] = ()
) -> Iterator[Variant]:
    """Every variant of *agreement* that differs from it, each in one convention.

    Reopening, the closing instant, a change of target, pauses (none, every hold, each of
    *hold_reasons* alone), what stops it, calendar boundaries (no holidays, around the clock),
    and the zone of the hours, by each of *zones*.
    """
    for convention, name, change in _all(tuple(hold_reasons)[:_MOST_REASONS], tuple(zones)):
        changed = change(agreement)
        if changed.version != agreement.version:
            yield Variant(convention, name, changed, change)


def _both(one: Change, other: Change) -> Change:
    return lambda agreement: one(other(agreement))


def pairs(agreement: Agreement, ranked: Iterable[Variant]) -> Iterator[Variant]:
    """Two conventions changed at once: the first variant of each of the leading conventions."""
    leading: dict[str, Variant] = {}
    for variant in ranked:
        leading.setdefault(variant.convention, variant)
    for one, other in combinations(list(leading.values())[:_MOST_LEADING], 2):
        both = _both(one.change, other.change)
        names = (f"{one.convention} + {other.convention}", f"{one.name} + {other.name}")
        yield Variant(*names, both(agreement), both)


def _all(reasons: tuple[str, ...], zones: tuple[str, ...]) -> Iterator[tuple[str, str, Change]]:
    for reopening in Reopening:
        yield "reopening", reopening.value, _under("reopening", reopening)
    for due in ("close", "next_open"):
        yield "closing instant", due, _under("due", due)
    for way in Retargeting:
        yield "change of target", way.value, _under("retargeting", way)
    yield "pauses", "none", _pausing(())
    yield "pauses", "every hold", _pausing([Condition(phases=Phase.WAITING)])
    for reason in reasons:
        only = [Condition(phases=Phase.WAITING, hold_reasons=reason)]
        yield "pauses", f"only {reason}", _pausing(only)
        if len(reasons) > 1:
            others = tuple(other for other in reasons if other != reason)
            but = [Condition(phases=Phase.WAITING, hold_reasons=others)]
            yield "pauses", f"all but {reason}", _pausing(but)
    yield "stops at", "closing", _stopping((Phase.CLOSED,))
    boundaries = "calendar boundaries"
    yield boundaries, "no holidays", _calendars(BusinessCalendar.without_holidays)
    yield boundaries, "around the clock", _calendars(_around_the_clock)
    for zone in zones:
        yield "zone", _zone_name(zone), _calendars(_moved_to(zone))


def _zone_name(zone: str) -> str:
    """The zone; of those with the sign turned round, as people say them.

    >>> _zone_name("Etc/GMT-5"), _zone_name("Asia/Kolkata")
    ('UTC+5', 'Asia/Kolkata')
    """
    prefix, _, hours = zone.partition("Etc/GMT")
    return zone if prefix or not hours else f"UTC{-int(hours):+d}"
