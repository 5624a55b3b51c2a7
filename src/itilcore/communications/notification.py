"""Notifications: what somebody is to be told, as values for an outbox."""

from __future__ import annotations

from datetime import datetime

from attrs import Attribute, field, frozen

from itilcore.errors import InvalidInput, blank_defects, require_aware

__all__ = ["Notification"]


def _aware(_instance: object, attribute: Attribute[datetime], value: datetime) -> None:
    require_aware(attribute.name, value)


@frozen(kw_only=True)
class Notification:
    """What an ``audience`` is to be told about an incident, and why.

    ``identifier`` stays the same however often the same thing is said: a receiver that has
    seen it drops it.  ``rule`` names the rule that wrote it, ``recipient`` the person or group
    where the incident names one.  ``subject`` and ``text`` are plain text, as users typed
    their parts of it: escape them for where they go.  Raises
    `itilcore.errors.InvalidInput` for a blank identifier, reference, audience or rule, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC, datetime
    >>> Notification(
    ...     identifier="INC1:1:logged:requester", reference="INC1", rule="logged",
    ...     audience="requester", at=datetime(2026, 1, 5, 9, tzinfo=UTC), subject="INC1 logged",
    ... ).recipient is None
    True
    """

    identifier: str
    reference: str
    rule: str
    audience: str
    at: datetime = field(validator=_aware)
    subject: str
    text: str = ""
    recipient: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = [
            defect
            for name in ("identifier", "reference", "rule", "audience")
            for defect in blank_defects(name, getattr(self, name))
        ]
        if defects:
            raise InvalidInput("notification", defects)
