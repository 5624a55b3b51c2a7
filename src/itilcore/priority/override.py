"""A person's word over the rule's: what was computed stays beside what was set."""

from __future__ import annotations

from attrs import frozen

from itilcore.actor import Actor
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects

from .scales import Priority

__all__ = ["Override"]


@frozen
class Override:
    """A priority set over the computed one: the decision, the priority, why, and by whom.

    Raises `itilcore.errors.InvalidInput` without a reason, a priority or an actor.

    >>> from itilcore.priority import Impact, PriorityMatrix, Urgency
    >>> computed = PriorityMatrix.itil().assess(Impact.LOW, Urgency.LOW)
    >>> override = Override(computed, Priority.P2, "the auditors are here", Actor.person("ada"))
    >>> print(override.decision.explain())
    P2, because:
      ada set P2: the auditors are here [priority override]
      LOW impact and LOW urgency give P4 [priority matrix]
    decided by priority-matrix:...
    >>> override.computed.answer
    Priority.P4
    """

    computed: Decision[Priority | None]
    priority: Priority
    reason: str
    by: Actor

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(name, f"is {value!r}, not {kind.__name__}")
            for name, value, kind in (
                ("computed", self.computed, Decision),
                ("priority", self.priority, Priority),
                ("by", self.by, Actor),
            )
            if not isinstance(value, kind)
        ]
        defects += blank_defects("reason", self.reason)
        if defects:
            raise InvalidInput("priority override", defects)

    @property
    def decision(self) -> Decision[Priority | None]:
        """The decision in force: the override first, then the reasons that it set aside."""
        inputs = {"by": self.by, "computed": self.computed.answer}
        text = f"{self.by.identifier} set {self.priority}: {self.reason}"
        reason = Reason("priority override", text, inputs)
        return Decision(self.priority, (reason, *self.computed.reasons), self.computed.version)
