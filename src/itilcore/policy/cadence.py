"""The section ``[cadence]``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from itilcore.communications import UPDATE_PARTS, Audience, Audiences, Cadence, Cadences

from .promises import duration
from .reading import Place

__all__ = ["read_cadence"]


@frozen(kw_only=True)
class WrittenCadence:
    """``[cadence]``."""

    severities: Any = None
    audiences: Any = None


@frozen(kw_only=True)
class WrittenRow:
    """A row of ``severities``."""

    severity: str | None
    latest: str | None
    soonest: str | None = None


@frozen(kw_only=True)
class WrittenAudience:
    """A row of ``audiences``."""

    name: str | None
    told: Any = field(factory=lambda: list(UPDATE_PARTS))


def read_cadence(
    place: Place, given: object, severities: Collection[str] = ()
) -> tuple[Cadences, Audiences]:
    """How often there is word, and to whom; the defaults for what is not written.

    *severities* are those of the book; where there are none, any may be named, and in any case.
    """
    record = place.record(WrittenCadence, given)
    cadences, audiences = Cadences.default(), Audiences.default()
    if record is None:
        return cadences, audiences
    if record.severities is not None:
        rows: dict[str, Cadence] = {}
        seen: set[str] = set()
        tables = (place / "severities").array(record.severities)
        for at, row in place.records("severities", WrittenRow, tables):
            if row.severity is not None:
                (at / "severity").known(row.severity, severities, "severity", folded=True)
            made = _row(at, row)
            name = (row.severity or "").casefold()
            if name in seen:
                (at / "severity").refuse(f"is {row.severity!r}, which stands above already")
            elif made is not None:
                rows[name] = made
            seen.update({name} - {""})
        cadences = Cadences(rows.values())
    if record.audiences is not None:
        audiences = _audiences(place, record.audiences)
    return cadences, audiences


def _row(at: Place, row: WrittenRow) -> Cadence | None:
    soonest = _time(at / "soonest", row.soonest)
    latest = _time(at / "latest", row.latest)
    if latest is None:
        return None
    with at.catching():
        # What is missing has been told; the rest is judged all the same.
        return Cadence(
            severity="-" if row.severity is None else row.severity, soonest=soonest, latest=latest
        )
    return None


def _time(at: Place, given: str | None) -> timedelta | None:
    if given is None:
        return None
    with at.catching():
        found = duration(given, days=False)
        if isinstance(found, timedelta):
            return found
        at.refuse("is in business days: a word is due at all hours; give hours or minutes")
    return None


def _audiences(place: Place, given: object) -> Audiences:
    rows: dict[str, Audience | None] = {}
    tables = (place / "audiences").array(given)
    for at, row in place.records("audiences", WrittenAudience, tables):
        before = len(at.defects)
        told = (at / "told").names(row.told)
        unread = len(at.defects) > before
        if row.name in rows:
            (at / "name").refuse(f"is {row.name!r}, which stands above already")
        elif row.name is not None:
            rows[row.name] = None
        if unread:
            continue
        with at.catching():
            # What is missing has been told; the rest is judged all the same.
            made = Audience(name="-" if row.name is None else row.name, told=told)
            if row.name is not None:
                rows[row.name] = made
    return Audiences(each for each in rows.values() if each is not None)
