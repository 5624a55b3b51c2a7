"""Cost rows: what an hour of downtime costs, by service and by severity."""

from __future__ import annotations

import math
from typing import Any

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, name_defects
from itilcore.priority import Severity

__all__ = ["CostRow"]


def _name(value: Any) -> Any:
    return value.name if isinstance(value, Severity) else value


@frozen
class CostRow:
    """``per_hour`` is what an hour of downtime costs, for a ``service``, a ``severity`` or both.

    ``None`` fits every one, the unknown included; a severity is told by its name.  Raises
    `itilcore.errors.InvalidInput` for a cost below 0 and for names that are none.

    >>> CostRow(9_000, service="Payroll", severity=Severity.SEV1).severity
    'SEV1'
    """

    per_hour: float
    service: str | None = field(default=None, kw_only=True)
    severity: str | None = field(default=None, kw_only=True, converter=_name)

    def __attrs_post_init__(self) -> None:
        defects = []
        if not sound(self.per_hour):
            problem = f"is {self.per_hour!r:.60}: a cost per hour is a number of at least 0"
            defects.append(Defect("per_hour", problem))
        for name in ("service", "severity"):
            if getattr(self, name) is not None:
                defects += name_defects(name, getattr(self, name))
        if defects:
            raise InvalidInput("cost row", defects)

    def fits(self, service: str | None, severity: str | None) -> bool:
        """Whether it is the cost of an incident with this *service* and *severity*."""
        return self.service in (None, service) and self.severity in (None, severity)


def sound(cost: object) -> bool:
    """Whether *cost* is a finite number of at least 0.

    >>> sound(0), sound(True), sound(float("nan"))
    (True, False, False)
    """
    return (
        isinstance(cost, int | float)
        and not isinstance(cost, bool)
        and math.isfinite(cost)
        and cost >= 0
    )
