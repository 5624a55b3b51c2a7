"""Statuses, the phases behind them, and the reasons for a hold.

A *status* is a team's own word; its *phase* is one of seven that never change.  Metrics,
clocks and audits read phases, so a team's own statuses work everywhere.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects

__all__ = ["HoldReason", "Phase", "Status"]


class Phase(Enum):
    """What a status means for the work: the fixed set that every rule reads.

    ========== =============================================================
    OPEN       known to the desk, nobody is working on it
    ACTIVE     somebody is working on it
    WAITING    work is stopped for a stated reason: on hold
    RESOLVED   service is back; the requester may still object
    CLOSED     ended after a resolution or by decision
    CANCELLED  ended because there was nothing to resolve
    UNKNOWN    the source said something that no mapping knows
    ========== =============================================================

    >>> Phase.WAITING.is_unresolved, Phase.RESOLVED.is_unresolved, Phase.UNKNOWN.is_unresolved
    (True, False, False)
    """

    OPEN = "open"
    ACTIVE = "active"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    is_unresolved: bool
    is_end: bool

    def __init__(self, value: str) -> None:
        # Plain attributes, because folds read them millions of times.
        self.is_unresolved = value in {"open", "active", "waiting"}
        self.is_end = value in {"closed", "cancelled"}


@frozen(cache_hash=True)
class Status:
    """A status: its ``name`` in the team's own words and its `Phase`.

    ``raw`` is set only for a value of a source that no mapping knew: see `unknown`.
    Two statuses are equal when name, phase and raw are.  Raises
    `itilcore.errors.InvalidInput` for a blank name or a phase that is none.

    >>> Status("WITH_VENDOR", Phase.WAITING)
    Status('WITH_VENDOR', WAITING)
    >>> str(Status.IN_PROGRESS)
    'IN_PROGRESS'
    """

    name: str
    phase: Phase
    raw: str | None = None

    NEW: ClassVar[Status]
    ASSIGNED: ClassVar[Status]
    IN_PROGRESS: ClassVar[Status]
    ON_HOLD: ClassVar[Status]
    RESOLVED: ClassVar[Status]
    CLOSED: ClassVar[Status]
    CANCELLED: ClassVar[Status]

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        if not isinstance(self.phase, Phase):
            defects.append(Defect("phase", f"is {self.phase!r}: it must be a Phase"))
        if defects:
            raise InvalidInput("status", defects)

    @classmethod
    def unknown(cls, raw: str) -> Status:
        """A source's value that no mapping knows, kept as it was.

        >>> Status.unknown("-100")
        Status('UNKNOWN', UNKNOWN, raw='-100')
        >>> str(Status.unknown("-100"))
        'UNKNOWN(-100)'
        """
        return cls("UNKNOWN", Phase.UNKNOWN, raw)

    def __str__(self) -> str:
        return self.name if self.raw is None else f"{self.name}({self.raw})"

    def __repr__(self) -> str:
        raw = "" if self.raw is None else f", raw={self.raw!r}"
        return f"Status({self.name!r}, {self.phase.name}{raw})"


Status.NEW = Status("NEW", Phase.OPEN)
Status.ASSIGNED = Status("ASSIGNED", Phase.OPEN)
Status.IN_PROGRESS = Status("IN_PROGRESS", Phase.ACTIVE)
Status.ON_HOLD = Status("ON_HOLD", Phase.WAITING)
Status.RESOLVED = Status("RESOLVED", Phase.RESOLVED)
Status.CLOSED = Status("CLOSED", Phase.CLOSED)
Status.CANCELLED = Status("CANCELLED", Phase.CANCELLED)

STANDARD_STATUSES: Final = (
    Status.NEW,
    Status.ASSIGNED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.RESOLVED,
    Status.CLOSED,
    Status.CANCELLED,
)
"""The seven statuses of the default lifecycle, in the order of a plain life."""


@frozen(cache_hash=True)
class HoldReason:
    """Why work is on hold, as a value: a team adds its own by making one.

    Raises `itilcore.errors.InvalidInput` for a blank name.

    >>> HoldReason.AWAITING_CALLER
    HoldReason('AWAITING_CALLER')
    >>> HoldReason("AWAITING_PARTS") == HoldReason("AWAITING_PARTS")
    True
    """

    name: str

    AWAITING_CALLER: ClassVar[HoldReason]
    AWAITING_VENDOR: ClassVar[HoldReason]
    AWAITING_CHANGE: ClassVar[HoldReason]
    AWAITING_PROBLEM: ClassVar[HoldReason]
    AWAITING_EVIDENCE: ClassVar[HoldReason]

    def __attrs_post_init__(self) -> None:
        if defects := blank_defects("name", self.name):
            raise InvalidInput("hold reason", defects)

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"HoldReason({self.name!r})"


HoldReason.AWAITING_CALLER = HoldReason("AWAITING_CALLER")
HoldReason.AWAITING_VENDOR = HoldReason("AWAITING_VENDOR")
HoldReason.AWAITING_CHANGE = HoldReason("AWAITING_CHANGE")
HoldReason.AWAITING_PROBLEM = HoldReason("AWAITING_PROBLEM")
HoldReason.AWAITING_EVIDENCE = HoldReason("AWAITING_EVIDENCE")
