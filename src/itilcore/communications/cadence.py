"""Cadence: how often those whom an incident concerns hear of it, by its severity."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.priority import Severity
from itilcore.version import JSONValue

__all__ = ["Cadence", "severity_name"]

_LONGEST: Final = timedelta(days=366)


def severity_name(given: Any) -> Any:
    """The name of a severity, given as itself or by it already."""
    return given.name if isinstance(given, Severity) else given


def _words(wait: timedelta) -> str:
    """*wait* in hours and minutes, and in seconds where it has any.

    >>> _words(timedelta(minutes=90)), _words(timedelta(seconds=61))
    ('1 h 30 min', '1 min 1 s')
    """
    seconds = int(wait.total_seconds())
    parts = ((seconds // 3_600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count:,} {unit}" for count, unit in parts if count) or "0 min"


@frozen(kw_only=True)
class Cadence:
    """How often there is word of an incident of a ``severity``, given by its name or itself.

    The next word is due ``latest`` after the one before, and need not come before ``soonest``.
    Both are more than nothing, at most 366 days, and ``soonest`` is no longer than ``latest``;
    `itilcore.errors.InvalidInput` otherwise, with everything at once.

    >>> half = timedelta(minutes=30)
    >>> print(Cadence(severity=Severity.SEV1, soonest=half / 2, latest=half))
    SEV1: every 15 min to 30 min
    """

    severity: str = field(converter=severity_name)
    latest: timedelta
    soonest: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("severity", self.severity)
        for name in ("soonest", "latest"):
            value = getattr(self, name)
            if value is None and name == "soonest":
                continue
            if not isinstance(value, timedelta):
                defects.append(Defect(name, f"is {value!r:.60}: give a timedelta"))
            elif not timedelta() < value <= _LONGEST:
                problem = f"is {value}: give more than nothing and at most {_LONGEST.days} days"
                defects.append(Defect(name, problem))
        if not defects and self.soonest is not None and self.soonest > self.latest:
            defects.append(Defect("soonest", f"is {self.soonest}, longer than {self.latest}"))
        if defects:
            raise InvalidInput("cadence", defects)

    def __str__(self) -> str:
        soonest = "" if self.soonest is None else f"{_words(self.soonest)} to "
        return f"{self.severity}: every {soonest}{_words(self.latest)}"

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values, times in seconds."""
        soonest = self.soonest
        return {
            "severity": self.severity,
            "soonest": None if soonest is None else soonest.total_seconds(),
            "latest": self.latest.total_seconds(),
        }
