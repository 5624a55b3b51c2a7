"""The section ``[[costs]]``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from attrs import frozen

from itilcore.metrics import CostRow

from .reading import Place

__all__ = ["read_costs"]


@frozen(kw_only=True)
class WrittenCost:
    """``[[costs]]``."""

    per_hour: Any
    service: str | None = None
    severity: str | None = None


def read_costs(
    place: Place, given: object, services: Collection[str], severities: Collection[str]
) -> tuple[CostRow, ...]:
    """What an hour of downtime costs, in their order: the first row that fits counts.

    *services* and *severities* are those of the book; where it has none, any may be named.
    """
    rows: list[CostRow] = []
    places: list[Place] = []
    for at, record in place.records("", WrittenCost, place.array(given)):
        if record.service is not None:
            (at / "service").known(record.service, services, "service")
        if record.severity is not None:
            (at / "severity").known(record.severity, severities, "severity")
        if record.per_hour is None:
            continue
        with at.catching():
            row = CostRow(record.per_hour, service=record.service, severity=record.severity)
            above = next(
                (i for i, each in enumerate(rows) if each.fits(row.service, row.severity)), None
            )
            if above is not None:
                at.refuse(f"is never reached: {places[above].path} fits before")
            rows.append(row)
            places.append(at)
    return tuple(rows)
