"""Escalation: when an incident goes further, to whom, and why."""

from __future__ import annotations

from .checking import check_escalation
from .finding import EscalationFinding, FindingKind
from .notices import escalation_notices
from .policy import EscalationPolicy
from .raised import RaisedEscalation, RaisedEscalations
from .recipient import Recipient, RecipientKind
from .replay import escalations_raised
from .rule import EscalationRule, Stop
from .scope import EscalationScope
from .simulation import SimulatedStep, Simulation, simulate
from .step import EscalationOutlook, EscalationStep
from .trigger import Trigger, TriggerKind

__all__ = [
    "EscalationFinding",
    "EscalationOutlook",
    "EscalationPolicy",
    "EscalationRule",
    "EscalationScope",
    "EscalationStep",
    "FindingKind",
    "RaisedEscalation",
    "RaisedEscalations",
    "Recipient",
    "RecipientKind",
    "SimulatedStep",
    "Simulation",
    "Stop",
    "Trigger",
    "TriggerKind",
    "check_escalation",
    "escalation_notices",
    "escalations_raised",
    "simulate",
]
