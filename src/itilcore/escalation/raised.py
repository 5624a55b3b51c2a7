"""What a policy would have raised: steps and incidents by rule and by priority."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from attrs import frozen

__all__ = ["RaisedEscalation", "RaisedEscalations"]


@frozen(kw_only=True)
class RaisedEscalation:
    """So many ``steps`` of one ``rule`` for incidents of one ``priority``, as it was then.

    ``priority`` is ``None`` where none was known.  ``references`` are the incidents, once each,
    in the order of the source.

    >>> row = RaisedEscalation(rule="late", priority="P1", steps=2, references=("INC1",))
    >>> print(row)
    late, P1: 2 steps, 1 incident
    """

    rule: str
    priority: str | None
    steps: int
    references: tuple[str, ...]

    def __str__(self) -> str:
        rank = "no priority" if self.priority is None else self.priority
        steps = f"{self.steps:,} step{'s' * (self.steps != 1)}"
        count = len(self.references)
        return f"{self.rule}, {rank}: {steps}, {count:,} incident{'s' * (count != 1)}"


@frozen(kw_only=True)
class RaisedEscalations:
    """What the rules of a ``policy`` would have raised over so many ``incidents`` up to ``at``.

    ``policy`` and ``agreements`` are content versions.  ``rows`` are by rule, then by priority,
    the highest first; what was never raised has none.  ``untold`` says what could not be told,
    and of how many incidents.

    >>> from itilcore.escalation import EscalationPolicy, escalations_raised
    >>> found = escalations_raised([], EscalationPolicy.default())
    >>> found.steps, found.rows
    (0, ())
    """

    incidents: int
    at: datetime | None
    policy: str
    agreements: tuple[tuple[str, str], ...]
    rows: tuple[RaisedEscalation, ...]
    untold: tuple[tuple[str, int], ...] = ()

    @property
    def steps(self) -> int:
        """How many steps in all."""
        return sum(row.steps for row in self.rows)

    @property
    def by_rule(self) -> dict[str, int]:
        """The steps of each rule that raised any."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found[row.rule] += row.steps
        return dict(found)

    @property
    def by_priority(self) -> dict[str | None, int]:
        """The steps at each priority that had any; ``None`` is of no known priority."""
        found: Counter[str | None] = Counter()
        for row in self.rows:
            found[row.priority] += row.steps
        return dict(found)

    def references(self, rule: str | None = None) -> tuple[str, ...]:
        """The incidents of *rule*, of all rules without it, once each."""
        rows = (row for row in self.rows if rule in (None, row.rule))
        return tuple(dict.fromkeys(each for row in rows for each in row.references))

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "incidents": self.incidents,
            "at": None if self.at is None else self.at.isoformat(),
            "policy": self.policy,
            "agreements": dict(self.agreements),
            "steps": self.steps,
            "rows": [
                {
                    "rule": row.rule,
                    "priority": row.priority,
                    "steps": row.steps,
                    "incidents": list(row.references),
                }
                for row in self.rows
            ],
            "untold": dict(self.untold),
        }

    def __str__(self) -> str:
        head = (
            f"{self.steps:,} steps for {len(self.references()):,} of {self.incidents:,} incidents"
        )
        told = [f"cannot be told of {count:,}: {why}" for why, count in self.untold]
        return "\n".join([head, *map(str, self.rows), *told])
