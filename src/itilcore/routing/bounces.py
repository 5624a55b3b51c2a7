"""Bounces: which groups had an incident when, and how often it went to and fro between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Final

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Assigned, Event, HandedOff, Observed, in_utc
from itilcore.version import JSONValue, content_version

__all__ = [
    "Bounce",
    "BounceCheck",
    "GroupStay",
    "bounces",
    "check_bounces",
    "group_stays",
    "transfers",
]

_SHOWING: Final = frozenset({Assigned, HandedOff, Observed})


@frozen
class GroupStay:
    """With ``group`` from ``start`` to ``end``; ``None`` for a group is nobody, or not known.

    ``end`` is ``None`` for the last one, which still lasts.  A stay may be negative where
    events run backwards in time.
    """

    group: str | None
    start: datetime
    end: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it was, in seconds of wall-clock time; ``None`` while it lasts."""
        return None if self.end is None else (self.end - self.start).total_seconds()


def _arrivals(events: Iterable[Event]) -> Iterator[tuple[str | None, datetime]]:
    """Each change of the group and its instant in UTC, the first showing included."""
    now: str | None = None
    shown = False
    for event in events:
        if type(event) not in _SHOWING:
            continue
        group: str | None = event.group  # type: ignore[attr-defined]  # by _SHOWING
        if shown and group == now:
            continue
        shown, now = True, group
        yield group, in_utc(event.at)


def group_stays(events: Iterable[Event]) -> tuple[GroupStay, ...]:
    """The stays with groups that *events* show, in their order.  Instants are in UTC.

    Only changes of the group count: a new assignee of the same group goes on with the stay.
    A stay lasts past a resolution and a closing, which change no group.

    >>> from datetime import UTC, datetime
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> events = [Assigned(nine, "Desk"), Assigned(nine, "Desk", "ada"), HandedOff(ten, "Network")]
    >>> [(stay.group, stay.seconds) for stay in group_stays(events)]
    [('Desk', 3600.0), ('Network', None)]
    """
    found = list(_arrivals(events))
    ends: list[datetime | None] = [at for _, at in found[1:]]
    return tuple(
        GroupStay(group, start, end)
        for (group, start), end in zip(found, [*ends, None], strict=False)
    )


def _known(events: Iterable[Event]) -> list[tuple[str, datetime]]:
    """The arrivals at known groups that differ from the known one before."""
    found: list[tuple[str, datetime]] = []
    for group, at in _arrivals(events):
        if group is not None and not (found and found[-1][0] == group):
            found.append((group, at))
    return found


def transfers(events: Iterable[Event]) -> int:
    """How often the incident went from one known group to another.

    While nobody has it, nothing is counted: from a group to nobody and on to another group is
    one transfer, and back to the same group is none.  That is what ``Facts.reassignments`` counts
    where the source claims no number; a number that the source claims is not what the trail
    shows, and is left out here.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> transfers([Assigned(at, "Desk"), Assigned(at, None), HandedOff(at, "Network")])
    1
    """
    return max(len(_known(events)) - 1, 0)


@frozen
class Bounce:
    """To and fro: from ``group`` to ``via`` at ``sent_at``, and back at ``returned_at``.

    ``group`` is the one that it came back to.  Instants are in UTC.
    """

    group: str
    via: str
    sent_at: datetime
    returned_at: datetime

    @property
    def seconds(self) -> float:
        """How long it was away, in seconds of wall-clock time."""
        return (self.returned_at - self.sent_at).total_seconds()


def bounces(events: Iterable[Event]) -> tuple[Bounce, ...]:
    """Each time that the incident came back to the group before the last, in their order.

    Only known groups count, as in `transfers`, and a claim of the source does not.  From A to B,
    to A and to B are two: it came back to A, and then to B.

    >>> from datetime import UTC, datetime
    >>> hours = [datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12)]
    >>> events = [Assigned(at, name) for at, name in zip(hours, ["Desk", "Network", "Desk"])]
    >>> [(bounce.group, bounce.via, bounce.seconds) for bounce in bounces(events)]
    [('Desk', 'Network', 7200.0)]
    """
    known = _known(events)
    return tuple(
        Bounce(now, via, sent_at, returned_at)
        for (before, _), (via, sent_at), (now, returned_at) in zip(
            known, known[1:], known[2:], strict=False
        )
        if before == now
    )


@frozen
class BounceCheck:
    """What is noticed about the way of an incident between groups.

    ``most`` is the number of transfers from which on they are noticed.  Raises
    `itilcore.errors.InvalidInput` unless it is a whole number from 1 on.

    >>> BounceCheck(0)
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: bounce check: 1 defect
      most: is 0: give a whole number from 1 on
    """

    most: int = field(default=3)

    def __attrs_post_init__(self) -> None:
        if type(self.most) is not int or self.most < 1:
            problem = f"is {self.most!r}: give a whole number from 1 on"
            raise InvalidInput("bounce check", [Defect("most", problem)])

    def check(self, events: Iterable[Event]) -> Decision[tuple[str, ...]]:
        """What there is to notice, as texts: too many transfers, ping-pong of two groups.

        An answer of ``()`` means that there is nothing; the reasons say what was looked at.
        A claim of the source is left out, as in `transfers`.

        >>> BounceCheck().check([]).answer
        ()
        """
        found = tuple(events)
        count, way = transfers(found), [group for group, _ in _known(found)]
        noticed: list[str] = []
        inputs = {"transfers": count, "most": self.most, "groups": tuple(way)}
        if count >= self.most:
            noticed.append(f"transferred {_times(count)}")
            text = f"transferred {_times(count)}, {self.most} or more: {' > '.join(way)}"
        else:
            text = f"transferred {_times(count)}, fewer than {self.most}"
        reasons = [Reason("transfers", text, inputs)]
        pairs: dict[frozenset[str], list[Bounce]] = {}
        for bounce in bounces(found):
            pairs.setdefault(frozenset((bounce.group, bounce.via)), []).append(bounce)
        for each in pairs.values():
            words = f"ping-pong between {each[0].group} and {each[0].via}"
            noticed.append(words)
            backs = ", ".join(f"to {b.group} at {b.returned_at.isoformat()}" for b in each)
            reasons.append(Reason("ping-pong", f"{words}: it came back {backs}"))
        if not pairs:
            reasons.append(Reason("ping-pong", "it never came back to the group before the last"))
        return Decision(tuple(noticed), reasons, self.version)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {"most": self.most}

    @cached_property
    def version(self) -> str:
        """The content version: the same check has the same."""
        return content_version("bounce check", self.content)


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def check_bounces(events: Iterable[Event], most: int = 3) -> Decision[tuple[str, ...]]:
    """What `BounceCheck` notices about *events* with *most* transfers.

    Raises `itilcore.errors.InvalidInput` unless *most* is a whole number from 1 on.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> check_bounces([Assigned(at, name) for name in ("A", "B", "A", "C")]).answer
    ('transferred 3 times', 'ping-pong between A and B')
    """
    return BounceCheck(most).check(events)
