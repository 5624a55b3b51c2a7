"""The life of a generated incident, as a value that no export's shape has touched yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["History", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One update: from ``at`` on the incident stands like this.

    ``status`` is one of new, active, hold, resolved, closed and stray; ``hold`` the reason
    where it is on hold; ``impact``, ``urgency`` and ``priority`` are ranks from 1, the highest.
    """

    at: datetime
    status: str
    hold: str | None
    group: str
    assignee: str | None
    actor: str
    impact: int
    urgency: int

    @property
    def priority(self) -> int:
        """The rank of the priority by ServiceNow's matrix: 1 to 5."""
        return self.impact + self.urgency - 1


@dataclass(frozen=True, slots=True)
class History:
    """A generated incident: what it is about, and its steps in the order of time.

    ``scenario`` is the planted truth: ordinary, lockout, outage, weekly failure, vague
    complaint or onboarding failure.  ``logged_at`` and all instants are in UTC, on whole
    minutes.
    """

    reference: str
    scenario: str
    logged_at: datetime
    requester: str
    channel: str
    site: str
    category: str
    subcategory: str
    service: str
    item: str | None
    title: str
    close_code: str
    steps: tuple[Step, ...]
    parent: str | None = None

    @property
    def reopenings(self) -> int:
        """How often a step leads out of resolved or closed."""
        pairs = zip(self.steps, self.steps[1:], strict=False)
        done, open_again = {"resolved", "closed"}, {"new", "active", "hold"}
        return sum(a.status in done and b.status in open_again for a, b in pairs)

    @property
    def reassignments(self) -> int:
        """How often the group changed."""
        return sum(a.group != b.group for a, b in zip(self.steps, self.steps[1:], strict=False))

    @property
    def resolution(self) -> Step | None:
        """The step that resolved it last, unless it is open again."""
        done = self.steps[-1].status in {"resolved", "closed"}
        return self._last_into("resolved") if done else None

    @property
    def closing(self) -> Step | None:
        """The step that closed it, unless it is open again."""
        return self._last_into("closed") if self.steps[-1].status == "closed" else None

    @property
    def acknowledgement(self) -> Step | None:
        """The first step that has an assignee."""
        return next((step for step in self.steps if step.assignee is not None), None)

    def _last_into(self, status: str) -> Step | None:
        found: Step | None = None
        before: Step | None = None
        for step in self.steps:
            if step.status == status and (before is None or before.status != status):
                found = step
            before = step
        return found
