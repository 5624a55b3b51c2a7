"""Families of incidents: a parent and its children, an incident and its duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from .events import LinkKind
from .record import Incident

__all__ = ["family_heads"]

_BELONGS: Final = (LinkKind.PARENT, LinkKind.DUPLICATE_OF)


def family_heads(incidents: Iterable[Incident]) -> Iterator[Incident]:
    """Those of *incidents* that have no parent and duplicate nothing: each family once.

    Hand them to a metric to count an outage that forty people reported as one.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Linked, Logged
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> one = Incident.replay("INC1", [Logged(nine)])
    >>> two = Incident.replay("INC2", [Logged(nine), Linked(nine, LinkKind.PARENT, "INC1")])
    >>> [incident.reference for incident in family_heads([one, two])]
    ['INC1']
    """
    for incident in incidents:
        if not any(kind in _BELONGS for kind, _ in incident.links):
            yield incident
