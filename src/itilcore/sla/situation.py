"""The situation: the state of an incident after an event, as conditions look at it."""

from __future__ import annotations

from datetime import datetime

from itilcore.incident import Asserted, Contacted, Direction, Event, Fold, StakeholdersUpdated

__all__ = ["Situation"]


class Situation:
    """The fold that makes `Facts`, and what of contacts it does not keep."""

    __slots__ = ("acknowledged", "claims", "fold", "last_contact", "responded", "updated_at")

    def __init__(self) -> None:
        self.fold = Fold()
        self.acknowledged = False
        self.responded = False
        self.last_contact: Direction | None = None
        self.updated_at: datetime | None = None
        self.claims: dict[str, object] = {}

    def take(self, event: Event) -> None:
        """Take *event* in.  ``updated_at`` is set by an event that tells somebody something."""
        fold = self.fold
        fold.run((event,))
        self.acknowledged = fold.acknowledged_at is not None
        self.updated_at = None
        if isinstance(event, Contacted):
            self.last_contact = event.direction
            if event.direction is Direction.OUTBOUND:
                self.responded = True
                self.updated_at = event.at
        elif isinstance(event, StakeholdersUpdated):
            self.updated_at = event.at
        elif isinstance(event, Asserted):
            self.claims.update(event.claims)
