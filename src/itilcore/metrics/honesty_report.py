"""What the honesty checks found, as values that ask and never accuse."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

__all__ = ["HonestyCheck", "HonestyReport"]


@frozen(kw_only=True)
class HonestyCheck:
    """What one check found: ``count`` of so many ``opportunities``, counted in ``unit``.

    ``expected`` is the count that chance would give, by ``test``, which rests on what it
    ``assumes``; ``p_value`` how likely so many or more are by chance, and ``adjusted`` the same
    corrected by Holm over all checks.  All are ``None`` without opportunities.  ``incidents``
    are the references of what was counted, in the order of the source.  ``opportunities`` and the
    counts of ``excluded`` add up to ``population``.  ``asks`` is the question, ``otherwise`` an
    honest answer that the check cannot rule out.
    """

    name: str
    unit: str
    definition: str
    count: int
    opportunities: int
    expected: float | None
    test: str
    assumes: str
    p_value: float | None
    adjusted: float | None
    level: float
    incidents: tuple[str, ...]
    excluded: tuple[tuple[str, int], ...]
    asks: str
    otherwise: str

    @property
    def population(self) -> int:
        """How many there are, those that are left out included."""
        return self.opportunities + sum(count for _, count in self.excluded)

    @property
    def rate(self) -> float | None:
        """The count over the opportunities."""
        return self.count / self.opportunities if self.opportunities else None

    @property
    def stands_out(self) -> bool:
        """Whether there are more than chance gives, at the level."""
        return self.adjusted is not None and self.adjusted <= self.level

    @property
    def question(self) -> str | None:
        """What to ask; ``None`` where nothing stands out."""
        return f"{self.asks} {self.otherwise}" if self.stands_out else None

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "definition": self.definition,
            "unit": self.unit,
            "count": self.count,
            "opportunities": self.opportunities,
            "rate": self.rate,
            "expected": self.expected,
            "test": self.test,
            "assumes": self.assumes,
            "p_value": self.p_value,
            "adjusted": self.adjusted,
            "stands_out": self.stands_out,
            "question": self.question,
            "incidents": list(self.incidents),
            "population": self.population,
            "excluded": dict(self.excluded),
        }

    def __str__(self) -> str:
        if self.expected is None or self.adjusted is None:
            return f"{self.name}: no {self.unit} to judge"
        chance = "below 0.0001" if self.adjusted < 0.0001 else f"{self.adjusted:.4f}"
        found = (
            f"{self.name}: {self.count:,} of {self.opportunities:,} {self.unit}, "
            f"{self.expected:,.1f} by chance (p {chance}, corrected)"
        )
        return found if self.question is None else f"{found}. {self.question}"


@frozen(kw_only=True)
class HonestyReport:
    """The ``checks`` over so many ``incidents`` up to ``at``.

    ``window`` says what is shortly before a target, ``soon`` what is soon after a resolution;
    a check stands out where its corrected p-value is at most ``level``.
    """

    incidents: int
    at: datetime | None
    window: float | timedelta
    soon: timedelta
    level: float
    agreements: tuple[tuple[str, str], ...]
    checks: tuple[HonestyCheck, ...]

    def __getitem__(self, name: str) -> HonestyCheck:
        return {check.name: check for check in self.checks}[name]

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask; nothing where no check stands out."""
        return tuple(check.question for check in self.checks if check.question is not None)

    @property
    def shortly(self) -> str:
        """What shortly before the target means, in words."""
        if isinstance(self.window, timedelta):
            minutes = self.window / timedelta(minutes=1)
            return f"the last {minutes:g} min, at most half, of the target's time"
        return f"the last {100 * self.window:g} % of the target's time"

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "incidents": self.incidents,
            "at": None if self.at is None else self.at.isoformat(),
            "window": self.shortly,
            "soon_hours": self.soon / timedelta(hours=1),
            "level": self.level,
            "agreements": dict(self.agreements),
            "checks": {check.name: check.to_dict() for check in self.checks},
        }

    def __str__(self) -> str:
        lines = [f"{self.incidents:,} incidents; shortly before the target is {self.shortly}"]
        return "\n".join([*lines, *map(str, self.checks)])
