"""From what is known of a situation to its priority, with every reason on the way."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import UnknownPriorityInput
from itilcore.version import content_version

from .adjustment import Adjustments
from .definitions import ImpactRules, UrgencyRules
from .facts import SituationFacts
from .lookup import Lookup
from .scales import Impact, Priority, Severity, Urgency
from .severity import SeverityRules

__all__ = ["Assessment", "assess"]

_NO_ADJUSTMENTS: Final = Adjustments()
_NO_SEVERITIES: Final = SeverityRules()


@frozen(kw_only=True)
class Assessment:
    """How bad it is: ``impact`` and ``urgency``, the priority that they ``computed``, the
    ``priority`` after adjustments, and the ``severity``.

    A priority is ``None`` where the matrix gives none, a severity where no definition fits.
    """

    impact: Impact
    urgency: Urgency
    computed: Priority | None
    priority: Priority | None
    severity: Severity | None

    def __str__(self) -> str:
        known = (level for level in (self.priority, self.severity) if level is not None)
        return ", ".join(map(str, known)) or "unknown"

    @classmethod
    def of(
        cls,
        facts: SituationFacts,
        impact_rules: ImpactRules,
        urgency_rules: UrgencyRules,
        matrix: Lookup,
        *,
        adjustments: Adjustments = _NO_ADJUSTMENTS,
        severities: SeverityRules = _NO_SEVERITIES,
    ) -> Decision[Assessment]:
        """All of it, with the reasons of every step.

        Levels that the *matrix* does not have give no priority, and the reason says so.  Raises
        `itilcore.errors.InvalidInput` for facts that are none.

        >>> from itilcore.priority import PriorityMatrix
        >>> facts = SituationFacts(critical_service=True, service_down=True, work_halted=True)
        >>> rules = ImpactRules.default(), UrgencyRules.default(), PriorityMatrix.itil()
        >>> found = Assessment.of(facts, *rules, severities=SeverityRules.default())
        >>> print(found.answer)
        P1, SEV2
        """
        impact = impact_rules.assess(facts)
        urgency = urgency_rules.assess(facts)
        try:
            looked_up = matrix.assess(impact.answer, urgency.answer)
        except UnknownPriorityInput as error:
            reason = Reason("assessment", f"no priority: {error}")
            looked_up = Decision(None, [reason], matrix.version)
        computed = priority = looked_up.answer
        reasons = [*impact.reasons, *urgency.reasons, *looked_up.reasons]
        if computed is not None:
            adjusted = adjustments.apply(computed, facts, matrix.priorities)
            priority = adjusted.answer
            reasons += adjusted.reasons
        severity = severities.assess(facts)
        if severities.definitions:
            reasons += severity.reasons
        answer = cls(
            impact=impact.answer,
            urgency=urgency.answer,
            computed=computed,
            priority=priority,
            severity=severity.answer,
        )
        version = content_version(
            "assessment",
            [
                impact.version,
                urgency.version,
                matrix.version,
                adjustments.version,
                severity.version,
            ],
        )
        return Decision(answer, reasons, version)


def assess(
    facts: SituationFacts,
    impact_rules: ImpactRules,
    urgency_rules: UrgencyRules,
    matrix: Lookup,
    *,
    adjustments: Adjustments = _NO_ADJUSTMENTS,
) -> Decision[Priority | None]:
    """The priority that *facts* have, with all reasons: those of impact, of urgency, of the
    *matrix* (or table) and of what adjusted it.

    >>> from itilcore.priority import PriorityMatrix
    >>> search = SituationFacts(critical_service=False, users_affected=8)
    >>> rules = ImpactRules.default(), UrgencyRules.default(), PriorityMatrix.itil()
    >>> assess(search, *rules).answer
    Priority.P3
    """
    found = Assessment.of(facts, impact_rules, urgency_rules, matrix, adjustments=adjustments)
    return Decision(found.answer.priority, found.reasons, found.version)
