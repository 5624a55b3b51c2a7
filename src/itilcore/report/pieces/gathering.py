"""Gathering, while incidents stream by, what the pieces need beside the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from itilcore.incident import Facts, Incident, Phase, stays

__all__: list[str] = []


class Gathering:
    """The rows of all incidents, and the hours that the resolved ones spent on hold, by reason.

    It keeps one row of facts an incident: the memory of a page grows with the export.
    """

    def __init__(self) -> None:
        self.facts: list[Facts] = []
        self.hold_seconds: dict[str, float] = {}

    def watch(self, incidents: Iterable[Incident]) -> Iterator[Incident]:
        """Pass *incidents* on, and keep what is needed of them."""
        facts, held = self.facts, self.hold_seconds
        for incident in incidents:
            row = incident.facts
            facts.append(row)
            if row.waiting_seconds and row.resolved_at is not None:
                for stay in stays(incident.timeline):
                    if stay.status.phase is Phase.WAITING:
                        reason = stay.hold_reason
                        name = "reason unknown" if reason is None else str(reason)
                        held[name] = held.get(name, 0.0) + (stay.seconds or 0.0)
            yield incident
