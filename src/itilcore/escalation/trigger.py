"""Triggers: what has to be so for an escalation to begin."""

from __future__ import annotations

from enum import Enum
from math import isfinite
from typing import Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct
from itilcore.version import JSONValue

__all__ = ["Trigger", "TriggerKind"]


class TriggerKind(Enum):
    """What an escalation looks at.

    NO_ACKNOWLEDGEMENT: nobody has taken it on since it was logged.  NO_PROGRESS: no event by
    a person.  PERCENT_OF_TARGET and BREACH: of a clock that runs.  REASSIGNMENTS, REOPENINGS:
    so many.  AUTHORITY_EXCEEDED: the group that has it is of a tier below what it takes.
    DIAGNOSTICS_EXHAUSTED: the notes of the last hand-off say that every step was tried.
    EXPERTISE_NEEDED: the group lacks a skill.  IMPACT_GROWN: the impact was raised.
    VIP_REQUESTER: the directory says so of the requester.  VENDOR_SILENT: a vendor that was asked
    has said nothing, or it is on hold for one.
    """

    NO_ACKNOWLEDGEMENT = "no acknowledgement"
    NO_PROGRESS = "no progress"
    PERCENT_OF_TARGET = "percent of target"
    BREACH = "breach"
    REASSIGNMENTS = "reassignments"
    REOPENINGS = "reopenings"
    AUTHORITY_EXCEEDED = "authority exceeded"
    DIAGNOSTICS_EXHAUSTED = "diagnostics exhausted"
    EXPERTISE_NEEDED = "expertise needed"
    IMPACT_GROWN = "impact grown"
    VIP_REQUESTER = "VIP requester"
    VENDOR_SILENT = "vendor silent"


_NEEDS: Final = {
    TriggerKind.PERCENT_OF_TARGET: "percent",
    TriggerKind.REASSIGNMENTS: "count",
    TriggerKind.REOPENINGS: "count",
    TriggerKind.AUTHORITY_EXCEEDED: "tier",
    TriggerKind.EXPERTISE_NEEDED: "skills",
}
"""The one number or list that a trigger cannot do without; the others have none."""

_CLOCKED: Final = (TriggerKind.PERCENT_OF_TARGET, TriggerKind.BREACH)
_MOST_PERCENT: Final = 1_000


@frozen
class Trigger:
    """What has to be so: a ``kind``, and what that kind counts.

    ``percent`` of a target, more than 0 and at most 1,000; ``count`` of reassignments or
    reopenings; ``tier``, the lowest that has the authority; ``skills`` that it takes.
    ``clocks`` are names of clocks, such as ``"resolution"``, whose targets are meant; none is
    every clock.  Raises `itilcore.errors.InvalidInput` for what the kind needs and lacks, and
    for what it has no use for.

    >>> str(Trigger(TriggerKind.REASSIGNMENTS, count=3))
    'reassignments: count 3'
    """

    kind: TriggerKind
    percent: float | None = field(default=None, kw_only=True)
    count: int | None = field(default=None, kw_only=True)
    tier: int | None = field(default=None, kw_only=True)
    skills: tuple[str, ...] = field(default=(), kw_only=True, converter=distinct)
    clocks: tuple[str, ...] = field(default=(), kw_only=True, converter=distinct)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.kind, TriggerKind):
            problem = f"is {self.kind!r:.60}: give a TriggerKind"
            raise InvalidInput("trigger", [Defect("kind", problem)])
        defects = []
        need = _NEEDS.get(self.kind)
        for name in ("percent", "count", "tier", "skills"):
            value = getattr(self, name)
            given = value is not None and value != ()
            if given and name != need:
                defects.append(Defect(name, f"means nothing to {self.kind.value}"))
            elif name == need and not given:
                defects.append(Defect(name, f"is what {self.kind.value} needs"))
            elif given:
                defects += self._value_defects(name, value)
        if self.clocks and self.kind not in _CLOCKED:
            defects.append(Defect("clocks", f"mean nothing to {self.kind.value}"))
        for index, clock in enumerate(self.clocks):
            defects += blank_defects(f"clocks[{index}]", clock)
        if defects:
            raise InvalidInput("trigger", defects)

    def _value_defects(self, name: str, value: object) -> list[Defect]:
        if name == "skills":
            return [
                defect
                for index, skill in enumerate(self.skills)
                for defect in blank_defects(f"skills[{index}]", skill)
            ]
        if name == "percent":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if number and isfinite(value) and 0 < value <= _MOST_PERCENT:  # type: ignore[arg-type, operator]  # a number by then
                return []
            return [Defect(name, f"is {value!r}: more than 0 and at most {_MOST_PERCENT:,}")]
        if type(value) is int and value >= 1:
            return []
        return [Defect(name, f"is {value!r}: give a whole number from 1 on")]

    @property
    def is_clocked(self) -> bool:
        """Whether it looks at clocks."""
        return self.kind in _CLOCKED

    @property
    def content(self) -> dict[str, JSONValue]:
        """What is set, as JSON values."""
        found: dict[str, JSONValue] = {"kind": self.kind.value}
        for name in ("percent", "count", "tier"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        for name in ("skills", "clocks"):
            if getattr(self, name):
                found[name] = list(getattr(self, name))
        return found

    def __str__(self) -> str:
        parts = [
            f"{name} {getattr(self, name)}"
            for name in ("percent", "count", "tier")
            if getattr(self, name) is not None
        ]
        parts += [
            f"{name} {', '.join(getattr(self, name))}"
            for name in ("skills", "clocks")
            if getattr(self, name)
        ]
        return ": ".join(filter(None, (self.kind.value, ", ".join(parts))))
