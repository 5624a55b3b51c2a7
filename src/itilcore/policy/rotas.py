"""The section ``[rotas]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import nearest
from itilcore.routing import Override, Rota, Swap

from .reading import Place

__all__ = ["read_rotas"]

_HANDOVER: Final = time(9)


@frozen(kw_only=True)
class WrittenRota:
    """``[rotas.NAME]``."""

    people: Any
    first: Any
    tz: str = "UTC"
    turn_days: int = 7
    handover: Any = _HANDOVER
    cover: str | None = None
    overrides: list[Any] = field(factory=list)
    swaps: list[Any] = field(factory=list)


@frozen(kw_only=True)
class WrittenOverride:
    """Somebody else from ``start`` to ``end``, two instants with an offset."""

    person: str | None
    start: Any
    end: Any
    reason: str | None = None


@frozen(kw_only=True)
class WrittenSwap:
    """Two turns, by the dates on which they begin."""

    first: Any
    second: Any


def read_rotas(
    place: Place,
    given: object,
    calendars: Mapping[str, BusinessCalendar],
    written: Iterable[str],
    people: Collection[str],
) -> tuple[Rota, ...]:
    """The rotas in their order.

    *people* are whom the book knows, nobody where it has no section of people: then a rota may
    name anybody.
    """
    found: list[Rota] = []
    for name, table in place.tables(given).items():
        at = place / name
        record = at.record(WrittenRota, table)
        if record is None:
            continue
        before = len(place.defects)
        names = [] if record.people is None else (at / "people").names(record.people)
        first = (at / "first").dated(record.first, date)
        handover = (at / "handover").dated(record.handover, time)
        cover = (at / "cover").named(record.cover, calendars, "calendar", written)
        overrides = list(_overrides(at, record.overrides))
        swaps = list(_swaps(at, record.swaps))
        _known(at / "people", names, people)
        for override in overrides:
            _known(at / "overrides", [override.person], people)
        if (
            len(place.defects) > before
            or record.people is None
            or first is None
            or handover is None
        ):
            continue
        with at.catching():
            found.append(
                Rota(
                    name=name,
                    people=names,
                    first=first,
                    tz=record.tz,
                    turn_days=record.turn_days,
                    handover=handover,
                    cover=cover,
                    overrides=overrides,
                    swaps=swaps,
                )
            )
    return tuple(found)


def _known(place: Place, names: Iterable[str], people: Collection[str]) -> None:
    for name in names:
        if people and name not in people:
            near = nearest(name, sorted(people)[:20])
            place.refuse(f"has {name!r}, whom nobody knows; {near}")


def _overrides(place: Place, given: Iterable[object]) -> Iterable[Override]:
    for at, row in place.records("overrides", WrittenOverride, given):
        start = (at / "start").dated(row.start, datetime)
        end = (at / "end").dated(row.end, datetime)
        if row.person is not None and start is not None and end is not None:
            with at.catching():
                yield Override(row.person, start, end, row.reason)


def _swaps(place: Place, given: Iterable[object]) -> Iterable[Swap]:
    for at, row in place.records("swaps", WrittenSwap, given):
        first = (at / "first").dated(row.first, date)
        second = (at / "second").dated(row.second, date)
        if first is not None and second is not None:
            with at.catching():
                yield Swap(first, second)
