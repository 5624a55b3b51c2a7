"""Filing: an incident as a book knows it, under categories that stand and with tiers."""

from __future__ import annotations

from attrs import evolve

from itilcore.classification import Taxonomy
from itilcore.incident import Classified, Event, Incident, Observed
from itilcore.routing import Directory

__all__ = ["filed"]


def filed(incident: Incident, taxonomy: Taxonomy, directory: Directory) -> Incident:
    """*incident* with every category as *taxonomy* has it now, and with the tiers of its groups.

    What the taxonomy never had stays as it is.

    >>> from datetime import UTC, datetime
    >>> from itilcore.classification import Category, TaxonomyNode
    >>> net = TaxonomyNode(identifier="n", name="Network", renamed_from="Net")
    >>> told = Classified(datetime(2026, 1, 5, tzinfo=UTC), category=Category("Net"))
    >>> filed(Incident.replay("INC1", [told]), Taxonomy([net]), Directory()).category
    Category('Network')
    """
    found = directory.tiered(incident)
    if not taxonomy.nodes:
        return found
    events = found.timeline.events
    standing = [_standing(event, taxonomy) for event in events]
    if all(one is other for one, other in zip(events, standing, strict=True)):
        return found
    return Incident.replay(incident.reference, standing)


def _standing(event: Event, taxonomy: Taxonomy) -> Event:
    if isinstance(event, Classified | Observed) and event.category is not None:
        category = taxonomy.counts_for(event.category)
        if category is not None and category != event.category:
            return evolve(event, category=category)
    return event
