"""The usual rules: a policy to begin with, which names nobody of a particular team."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from itilcore.incident import EscalationKind

from .rule import EscalationRule, Stop
from .scope import EscalationScope
from .trigger import Trigger, TriggerKind

__all__ = ["usual_rules"]


def usual_rules() -> tuple[EscalationRule, ...]:
    """Rows for what is urgent, for promises, and for what goes round or comes back."""
    urgent = EscalationScope(priorities=["P1", "P2"])
    minutes, hours = timedelta(minutes=1), timedelta(hours=1)
    up: dict[str, Any] = {"kind": EscalationKind.HIERARCHIC, "to": "manager"}
    on: dict[str, Any] = {"kind": EscalationKind.FUNCTIONAL, "to": "next tier"}
    return (
        EscalationRule(
            name="nobody took it",
            trigger=Trigger(TriggerKind.NO_ACKNOWLEDGEMENT),
            after=15 * minutes,
            repeat_every=15 * minutes,
            most=3,
            applies=urgent,
            **up,
        ),
        EscalationRule(
            name="no progress",
            trigger=Trigger(TriggerKind.NO_PROGRESS),
            after=2 * hours,
            applies=urgent,
            **up,
        ),
        EscalationRule(
            name="breach is near",
            trigger=Trigger(TriggerKind.PERCENT_OF_TARGET, percent=75, clocks="resolution"),
            stops=Stop.ON_HOLD,
            **on,
        ),
        EscalationRule(
            name="it is late",
            trigger=Trigger(TriggerKind.BREACH, clocks="resolution"),
            **up,
        ),
        EscalationRule(
            name="handed around", trigger=Trigger(TriggerKind.REASSIGNMENTS, count=3), **up
        ),
        EscalationRule(
            name="came back twice", trigger=Trigger(TriggerKind.REOPENINGS, count=2), **up
        ),
        EscalationRule(name="impact grew", trigger=Trigger(TriggerKind.IMPACT_GROWN), **on),
        EscalationRule(
            name="a VIP waits",
            trigger=Trigger(TriggerKind.VIP_REQUESTER),
            after=hours,
            stops=Stop.ACKNOWLEDGED,
            **up,
        ),
        EscalationRule(
            name="vendor is silent",
            trigger=Trigger(TriggerKind.VENDOR_SILENT),
            after=48 * hours,
            **up,
        ),
    )
