"""Findings: what is amiss with escalation rules, as values."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

__all__ = ["EscalationFinding", "FindingKind"]


class FindingKind(Enum):
    """What is amiss with escalation rules.

    GAP: nobody hears of a priority.  OVERLAP: somebody hears the same twice at one time.  LOOP:
    groups escalate to each other in a circle.  TOO_LATE: a step after the target is lost.
    NOBODY: no one hears it, or at some time.  SILENCE: the steps end while it may still be
    unacknowledged.  UNKNOWN: a group, a person or a rota that is not there.  NEVER: it cannot
    come to pass.
    """

    GAP = "gap"
    OVERLAP = "overlap"
    LOOP = "loop"
    TOO_LATE = "too late"
    NOBODY = "nobody"
    SILENCE = "silence"
    UNKNOWN = "unknown"
    NEVER = "never"


@frozen
class EscalationFinding:
    """Something amiss: its ``kind``, the names of the ``rules``, and the ``problem`` in words.

    >>> print(EscalationFinding(FindingKind.GAP, (), "P4: no rule is for every incident of it"))
    gap: P4: no rule is for every incident of it
    """

    kind: FindingKind
    rules: tuple[str, ...]
    problem: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.problem}"
