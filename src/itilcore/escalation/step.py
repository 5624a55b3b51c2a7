"""Steps: what an escalation rule has to say, once, to one recipient."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from itilcore.decision import Decision, Reason
from itilcore.incident import EscalationKind

__all__ = ["EscalationOutlook", "EscalationStep"]


@frozen(kw_only=True)
class EscalationStep:
    """Step ``number`` of ``most`` of the ``rule``: ``to`` hears of the incident at ``at``.

    ``step`` tells it from every other step of its rule, and is the same however often it is
    asked for.  ``at`` is when it comes by the rule, in UTC.  ``policy`` is the version of the
    rules under which the chain of steps started, ``version`` that of those which say so now.

    >>> from datetime import UTC
    >>> step = EscalationStep(
    ...     reference="INC1", rule="late", step="gold/resolution/1#1", number=1, most=1,
    ...     at=datetime(2026, 1, 5, 9, tzinfo=UTC), kind=EscalationKind.HIERARCHIC, to="ada",
    ...     reasons=(Reason("late", "gold, resolution was due"),), policy="escalation:1",
    ...     version="escalation:1",
    ... )
    >>> print(step.decision.explain())
    ada, because:
      gold, resolution was due [late]
    decided by escalation:1
    """

    reference: str
    rule: str
    step: str
    number: int
    most: int
    at: datetime
    kind: EscalationKind
    to: str
    reasons: tuple[Reason, ...]
    policy: str
    version: str

    @property
    def decision(self) -> Decision[str]:
        """Who hears it, with the reasons."""
        return Decision(self.to, self.reasons, self.version)

    @property
    def why(self) -> str:
        """The reasons as one line of text."""
        return "; ".join(str(reason) for reason in self.reasons)


@frozen
class EscalationOutlook:
    """The steps that are due and were not taken yet, and when to look again.

    ``look_again_at`` is the first instant at which there is something to do, ``None`` where
    there never will be as things stand; ``untold`` says what cannot be told, and why.

    >>> EscalationOutlook((), None).untold
    ()
    """

    steps: tuple[EscalationStep, ...]
    look_again_at: datetime | None
    untold: tuple[str, ...] = ()
