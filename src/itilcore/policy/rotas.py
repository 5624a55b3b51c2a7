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
        first = _read(at / "first", record.first, date.fromisoformat, date)
        handover = _read(at / "handover", record.handover, time.fromisoformat, time)
        cover = (at / "cover").named(record.cover, calendars, "calendar", written)
        overrides = list(_overrides(at, record.overrides))
        swaps = list(_swaps(at, record.swaps))
        _known(at / "people", names, people)
        for override in overrides:
            _known(at / "overrides", [override.person], people)
        if len(place.defects) > before or record.people is None or first is None:
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


def _read(place: Place, given: Any, read: Any, kind: Any) -> Any:
    """A date, a time or an instant, of TOML itself or as its text; ``None`` and a defect."""
    value: Any = given
    if isinstance(given, str):
        try:
            value = read(given)
        except ValueError:
            value = None
    # A date-time is a date as well, and none that is meant.
    if type(value) is kind and (kind is not datetime or value.tzinfo is not None):
        return value
    if given is not None:
        what = {date: "a date", time: "a time of day", datetime: "an instant with its offset"}
        place.refuse(f"is {given!r}: give {what[kind]}")
    return None


def _overrides(place: Place, given: Iterable[object]) -> Iterable[Override]:
    for at, row in place.records("overrides", WrittenOverride, given):
        start = _read(at / "start", row.start, datetime.fromisoformat, datetime)
        end = _read(at / "end", row.end, datetime.fromisoformat, datetime)
        if row.person is not None and start is not None and end is not None:
            with at.catching():
                yield Override(row.person, start, end, row.reason)


def _swaps(place: Place, given: Iterable[object]) -> Iterable[Swap]:
    for at, row in place.records("swaps", WrittenSwap, given):
        first = _read(at / "first", row.first, date.fromisoformat, date)
        second = _read(at / "second", row.second, date.fromisoformat, date)
        if first is not None and second is not None:
            with at.catching():
                yield Swap(first, second)
