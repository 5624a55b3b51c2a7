"""The section ``[cadence]``."""

from __future__ import annotations

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


def read_cadence(place: Place, given: object) -> tuple[Cadences, Audiences]:
    """How often there is word, and to whom; the defaults for what is not written."""
    record = place.record(WrittenCadence, given)
    cadences, audiences = Cadences.default(), Audiences.default()
    if record is None:
        return cadences, audiences
    if record.severities is not None:
        rows: dict[str, Cadence] = {}
        tables = (place / "severities").array(record.severities)
        for at, row in place.records("severities", WrittenRow, tables):
            made = _row(at, row)
            if made is not None and made.severity.casefold() in rows:
                (at / "severity").refuse(f"is {made.severity!r}, which stands above already")
            elif made is not None:
                rows[made.severity.casefold()] = made
        cadences = Cadences(rows.values())
    if record.audiences is not None:
        audiences = _audiences(place, record.audiences)
    return cadences, audiences


def _row(at: Place, row: WrittenRow) -> Cadence | None:
    soonest = _time(at / "soonest", row.soonest)
    latest = _time(at / "latest", row.latest)
    if row.severity is None or latest is None:
        return None
    with at.catching():
        return Cadence(severity=row.severity, soonest=soonest, latest=latest)
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
    rows: dict[str, Audience] = {}
    tables = (place / "audiences").array(given)
    for at, row in place.records("audiences", WrittenAudience, tables):
        told = (at / "told").names(row.told)
        if row.name is None:
            continue
        if row.name in rows:
            (at / "name").refuse(f"is {row.name!r}, which stands above already")
            continue
        with at.catching():
            rows[row.name] = Audience(name=row.name, told=told)
    return Audiences(rows.values())
