"""What became of a command."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from itilcore.communications import Notification
from itilcore.decision import Reason
from itilcore.incident import Event, Incident

__all__ = ["Outcome"]


@frozen(kw_only=True)
class Outcome:
    """The ``incident`` after a command, the ``events`` that are new, whom to tell.

    ``look_again_at`` is when something falls due for it, ``None`` where nothing will.
    ``offers`` are references that the same could be done to: the children of a parent that
    was resolved.  ``reasons`` are why, where rules chose.  ``repeated`` says that a command
    with this key had been carried out before and nothing was done now.
    """

    incident: Incident
    events: tuple[Event, ...] = ()
    notifications: tuple[Notification, ...] = ()
    look_again_at: datetime | None = None
    offers: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    repeated: bool = False
