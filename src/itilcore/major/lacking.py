"""Lacking: what nobody wrote down, and those who came later had to ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from itilcore.incident import (
    Detected,
    HandedOff,
    ImpactStarted,
    Incident,
    MajorIncidentMarked,
    MajorState,
    SeverityDeclared,
    StakeholdersUpdated,
    WorkaroundFound,
)
from itilcore.routing import HandOffRules

from .rules import MajorIncidentRules

__all__ = ["lacking"]

_FIELDS: Final = ("category", "service", "impact", "urgency", "priority", "requester", "group")
_EVENTS: Final = (
    (ImpactStarted, "nobody wrote down when the service began to suffer"),
    (Detected, "nobody wrote down how it was detected"),
    (SeverityDeclared, "no severity was declared"),
    (WorkaroundFound, "no workaround was written down"),
    (StakeholdersUpdated, "no audience was told anything"),
)


def lacking(
    incident: Incident, hand_offs: HandOffRules, rules: MajorIncidentRules
) -> Iterator[str]:
    """What is missing of *incident*, a sentence each; roles where it was a major incident.

    >>> found = list(lacking(Incident.replay("INC1", []), HandOffRules(), MajorIncidentRules()))
    >>> found[0], found[-1]
    ('the category is not known', 'no audience was told anything')
    """
    facts = incident.facts
    for name in _FIELDS:
        if getattr(facts, name) is None:
            yield f"the {name} is not known"
    if facts.acknowledged_at is None:
        yield "it was never acknowledged"
    kinds = {type(event) for event in incident.timeline}
    for kind, text in _EVENTS:
        if kind not in kinds:
            yield text
    resolution = incident.resolution
    if resolution is not None:
        for name in ("kind", "code", "notes"):
            if getattr(resolution, name) is None:
                yield f"the resolution has no {name}"
    for event in incident.timeline:
        if isinstance(event, HandedOff):
            missing = hand_offs.missing(event.details, incident.category)
            if missing:
                at = f"{event.at:%Y-%m-%d %H:%M} {event.at:%Z}"
                yield f"the hand-off to {event.group} at {at} lacked {', '.join(missing)}"
    yield from _roles(incident, rules)


def _roles(incident: Incident, rules: MajorIncidentRules) -> Iterator[str]:
    promoted = any(
        isinstance(event, MajorIncidentMarked) and event.state is MajorState.PROMOTED
        for event in incident.timeline
    )
    if not promoted:
        return  # no other incident needs them
    for role in rules.unfilled(spell.role.name for spell in incident.role_spells):
        yield f"nobody was ever {role}"
