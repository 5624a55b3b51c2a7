"""Conditions: rows over the state of an incident that start, pause, stop or cancel a clock."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Direction, HoldReason, Phase
from itilcore.version import JSONValue

from .situation import Situation

__all__ = ["Condition", "Conditions"]


def _several(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str | Enum | HoldReason) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def _names(value: Any) -> tuple[Any, ...]:
    return tuple(v.name if isinstance(v, HoldReason) else v for v in _several(value))


@frozen
class Condition:
    """A row over the state of an incident: it holds where every part that is set does.

    ``phases``, ``statuses`` (names), ``hold_reasons`` (names) and ``groups`` list what will
    do; none is anything.  ``acknowledged``: somebody took it on.  ``responded``: the
    requester was contacted since the clock started.  ``assigned``: a person has it.
    ``last_contact``: the direction of the latest contact.  ``None`` does not ask.

    >>> Condition(phases=Phase.WAITING, hold_reasons="AWAITING_CALLER").phases
    (<Phase.WAITING: 'waiting'>,)
    """

    phases: tuple[Phase, ...] = field(default=(), converter=_several)
    statuses: tuple[str, ...] = field(default=(), converter=_names)
    hold_reasons: tuple[str, ...] = field(default=(), converter=_names)
    groups: tuple[str, ...] = field(default=(), converter=_names)
    acknowledged: bool | None = None
    responded: bool | None = None
    assigned: bool | None = None
    last_contact: Direction | None = None

    def __attrs_post_init__(self) -> None:
        kinds = {"phases": Phase, "statuses": str, "hold_reasons": str, "groups": str}
        defects = [
            Defect(f"{name}[{index}]", f"is {item!r}, which is no {kind.__name__}")
            for name, kind in kinds.items()
            for index, item in enumerate(getattr(self, name))
            if not isinstance(item, kind)
        ]
        for name in ("acknowledged", "responded", "assigned"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, bool):
                defects.append(Defect(name, f"is {value!r}: give true, false or None"))
        if self.last_contact is not None and not isinstance(self.last_contact, Direction):
            problem = f"is {self.last_contact!r}: give a Direction"
            defects.append(Defect("last_contact", problem))
        if defects:
            raise InvalidInput("condition", defects)

    def holds(self, now: Situation) -> bool:
        """Whether it holds in the situation *now*."""
        fold = now.fold
        if self.phases and fold.phase not in self.phases:
            return False
        if self.acknowledged is not None and now.acknowledged is not self.acknowledged:
            return False
        if self.responded is not None and now.responded is not self.responded:
            return False
        if self.statuses and (fold.status is None or fold.status.name not in self.statuses):
            return False
        if self.hold_reasons and (
            fold.hold_reason is None or fold.hold_reason.name not in self.hold_reasons
        ):
            return False
        if self.groups and fold.group not in self.groups:
            return False
        if self.assigned is not None and (fold.assignee is not None) is not self.assigned:
            return False
        return self.last_contact is None or now.last_contact is self.last_contact

    @property
    def content(self) -> dict[str, JSONValue]:
        """What is set, as JSON values."""
        found: dict[str, JSONValue] = {}
        for name in ("phases", "statuses", "hold_reasons", "groups"):
            values = getattr(self, name)
            if values:
                found[name] = [each.value if isinstance(each, Phase) else each for each in values]
        for name in ("acknowledged", "responded", "assigned"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        if self.last_contact is not None:
            found["last_contact"] = self.last_contact.value
        return found


def _rows(given: Any) -> tuple[Any, ...]:
    if isinstance(given, Condition | str) or not isinstance(given, Iterable):
        return (given,)
    return tuple(given)


_ENDED: Final = (Phase.RESOLVED, Phase.CLOSED)


@frozen
class Conditions:
    """When a clock starts, pauses, stops and is cancelled: in each case any of several rows.

    No ``start`` means from the first event on.  Where more than one holds, cancelling comes
    first, then stopping, then pausing.

    >>> Conditions.resolution().stop[0].phases
    (<Phase.RESOLVED: 'resolved'>, <Phase.CLOSED: 'closed'>)
    """

    start: tuple[Condition, ...] = field(default=(), converter=_rows)
    pause: tuple[Condition, ...] = field(default=(), converter=_rows)
    stop: tuple[Condition, ...] = field(default=(), converter=_rows)
    cancel: tuple[Condition, ...] = field(
        default=(Condition(phases=Phase.CANCELLED),), converter=_rows
    )

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"{name}[{index}]", f"is {row!r}: give a Condition")
            for name in ("start", "pause", "stop", "cancel")
            for index, row in enumerate(getattr(self, name))
            if not isinstance(row, Condition)
        ]
        if defects:
            raise InvalidInput("conditions", defects)

    @classmethod
    def response(cls, *, pause: Iterable[Condition] = ()) -> Conditions:
        """Until somebody takes it on, answers the requester or resolves it; never paused."""
        stop = (
            Condition(acknowledged=True),
            Condition(responded=True),
            Condition(phases=_ENDED),
        )
        return cls(pause=tuple(pause), stop=stop)

    @classmethod
    def resolution(cls) -> Conditions:
        """Until it is resolved or closed; paused while it is on hold for whatever reason."""
        return cls(pause=Condition(phases=Phase.WAITING), stop=Condition(phases=_ENDED))

    @classmethod
    def update(cls, *, pause: Iterable[Condition] = ()) -> Conditions:
        """Until it is resolved or closed; each update of the stakeholders begins a new cycle."""
        return cls(pause=tuple(pause), stop=Condition(phases=_ENDED))

    @property
    def content(self) -> dict[str, JSONValue]:
        """The rows as JSON values."""
        return {
            name: [row.content for row in getattr(self, name)]
            for name in ("start", "pause", "stop", "cancel")
        }
