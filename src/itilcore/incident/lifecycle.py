"""The lifecycle: which status may follow which, as rows that draw and check themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, InvalidLifecycle
from itilcore.version import JSONValue, content_version

from .events import (
    Cancelled,
    Closed,
    Event,
    Held,
    Logged,
    Observed,
    Reopened,
    Resolved,
    StatusChanged,
)
from .instant import in_utc
from .status import Status

__all__ = ["BACKWARDS", "Deviation", "Lifecycle", "Move", "Transition", "moves"]

BACKWARDS = "time runs backwards"
"""The deviation of an event that happened before the one in front of it."""


STATES = frozenset({Logged, Observed})
CHANGES = frozenset({StatusChanged, Held, Resolved, Reopened, Closed, Cancelled})


def _names(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        # A forgotten comma would otherwise require each letter.
        problem = f"is the text {names!r}: it must be a tuple of names"
        raise InvalidInput("transition", [Defect("requires", problem)])
    return tuple(names)


@frozen
class Transition:
    """One row: from ``source`` by ``action`` to ``target``, given the facts ``requires`` names.

    ``requires`` is for commands: an audit of history does not ask for it.  Raises
    `itilcore.errors.InvalidInput` where it is one text instead of a tuple of them.
    """

    source: Status
    action: str
    target: Status
    requires: tuple[str, ...] = field(default=(), converter=_names)


@frozen
class Move:
    """A change of status in a timeline: the ``index`` of its event, when, from what to what."""

    index: int
    at: datetime
    source: Status
    target: Status

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@frozen
class Deviation:
    """Where a timeline leaves the lifecycle: ``what`` at event ``index``.

    ``what`` is ``"NEW -> CLOSED"`` for a move that no row allows, or `BACKWARDS`.
    """

    index: int
    at: datetime
    what: str


def moves(events: Iterable[Event]) -> Iterator[Move]:
    """The changes of status that *events* show, in their order.

    A state that was only observed is where the next move starts from, and no move itself.
    An event that leaves the status as it was is no move.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> [str(move) for move in moves([Logged(at), Resolved(at), Closed(at)])]
    ['NEW -> RESOLVED', 'RESOLVED -> CLOSED']
    """
    now: Status | None = None
    for index, event in enumerate(events):
        kind = type(event)
        if kind in STATES or kind in CHANGES:
            status: Status | None = event.status  # type: ignore[attr-defined]  # by STATES, CHANGES
            if status is None:
                continue
            if kind in CHANGES and now is not None and status != now:
                yield Move(index, event.at, now, status)
            now = status


def _rows(rows: Iterable[Transition]) -> tuple[Transition, ...]:
    return tuple(rows)


@frozen
class Lifecycle:
    """A team's statuses and the moves between them.

    It does not exist with a status that nothing leads to from ``initial`` or that leads to
    no end (a status whose phase is closed or cancelled): `itilcore.errors.InvalidLifecycle`
    lists every such status, and every row that is there twice.

    >>> Lifecycle.default().allows(Status.NEW, Status.RESOLVED)
    True
    >>> Lifecycle.default().allows(Status.NEW, Status.CLOSED)
    False
    """

    transitions: tuple[Transition, ...] = field(converter=_rows)
    initial: Status = Status.NEW

    def __attrs_post_init__(self) -> None:
        defects = list(self._defects())
        if defects:
            raise InvalidLifecycle("lifecycle", defects)

    @classmethod
    def default(cls) -> Lifecycle:
        """The lifecycle of ITIL's practice guide in the words of this library.

        >>> len(Lifecycle.default().statuses)
        7
        """
        return cls(tuple(Transition(*row) for row in _DEFAULT_ROWS))

    @cached_property
    def statuses(self) -> tuple[Status, ...]:
        """Every status, in the order in which the rows name them."""
        seen = dict.fromkeys([self.initial])
        for row in self.transitions:
            seen.setdefault(row.source)
            seen.setdefault(row.target)
        return tuple(seen)

    @cached_property
    def _pairs(self) -> frozenset[tuple[Status, Status]]:
        return frozenset((row.source, row.target) for row in self.transitions)

    @cached_property
    def version(self) -> str:
        """The content version of the rows."""
        statuses: list[JSONValue] = [[s.name, s.phase.value, s.raw] for s in self.statuses]
        number = {status: index for index, status in enumerate(self.statuses)}
        rows: list[JSONValue] = [
            [number[row.source], row.action, number[row.target], *row.requires]
            for row in self.transitions
        ]
        return content_version("lifecycle", [statuses, rows])

    def _defects(self) -> Iterator[Defect]:
        seen: set[tuple[Status, str, Status]] = set()
        for row in self.transitions:
            key = (row.source, row.action, row.target)
            if key in seen:
                yield Defect(f"{row.source} -> {row.target}", f"stands twice for {row.action}")
            seen.add(key)
        forward: dict[Status, list[Status]] = {}
        backward: dict[Status, list[Status]] = {}
        for source, target in self._pairs:
            forward.setdefault(source, []).append(target)
            backward.setdefault(target, []).append(source)
        reached = _reachable([self.initial], forward)
        ending = _reachable([s for s in self.statuses if s.phase.is_end], backward)
        for status in self.statuses:
            if status not in reached:
                yield Defect(str(status), f"cannot be reached from {self.initial}")
            if status not in ending:
                yield Defect(str(status), "cannot reach an end: nothing after it is closed")

    def allows(self, source: Status, target: Status) -> bool:
        """Whether a row leads from *source* to *target*.

        >>> Lifecycle.default().allows(Status.ON_HOLD, Status.ON_HOLD)
        True
        """
        return (source, target) in self._pairs

    def audit(self, timeline: Iterable[Event]) -> tuple[Deviation, ...]:
        """Where *timeline* leaves this lifecycle or runs backwards, in its order.

        History is not judged on the way in: this lists, and changes nothing.

        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 1, 5, tzinfo=UTC)
        >>> [deviation.what for deviation in Lifecycle.default().audit([Logged(at), Closed(at)])]
        ['NEW -> CLOSED']
        """
        events = tuple(timeline)
        found = [
            Deviation(move.index, move.at, str(move))
            for move in moves(events)
            if (move.source, move.target) not in self._pairs
        ]
        found += [
            Deviation(index, event.at, BACKWARDS)
            for index, event in enumerate(events[1:], 1)
            if event.at < in_utc(events[index - 1].at)
        ]
        return tuple(sorted(found, key=lambda deviation: deviation.index))

    def mermaid(self) -> str:
        """The lifecycle as the text of a Mermaid state diagram.

        >>> Lifecycle.default().mermaid().splitlines()[:3]
        ['stateDiagram-v2', '    [*] --> NEW', '    NEW --> ASSIGNED: assign']
        """
        words = _words(self.statuses)
        lines = ["stateDiagram-v2"]
        lines += [
            f'    state "{_plain(str(status))}" as {word}'
            for status, word in words.items()
            if word != status.name
        ]
        lines.append(f"    [*] --> {words[self.initial]}")
        lines += [
            f"    {words[row.source]} --> {words[row.target]}: {_plain(row.action)}"
            for row in self.transitions
        ]
        lines += [f"    {words[status]} --> [*]" for status in self.statuses if status.phase.is_end]
        return "\n".join(lines) + "\n"


def _words(statuses: tuple[Status, ...]) -> dict[Status, str]:
    """A word of its own for each status, whatever the team calls it: its name where that is one."""
    names = [status.name for status in statuses]
    taken = {"end", *(f"s{index}" for index in range(len(names)))}
    plain = {
        name
        for name in names
        if name.isascii() and name.isidentifier() and name not in taken and names.count(name) == 1
    }
    return {
        status: status.name if status.name in plain else f"s{index}"
        for index, status in enumerate(statuses)
    }


def _plain(text: str) -> str:
    """On one line, without what ends a label."""
    return " ".join(text.replace('"', "'").replace(";", ",").split())


def _reachable(start: Iterable[Status], edges: dict[Status, list[Status]]) -> set[Status]:
    seen = set(start)
    queue = deque(seen)
    while queue:
        for after in edges.get(queue.popleft(), ()):
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return seen


_NEW, _ASSIGNED, _ACTIVE = Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS
_HOLD, _RESOLVED = Status.ON_HOLD, Status.RESOLVED
_GROUP, _WHY_HOLD, _HOW = ("group",), ("hold_reason",), ("resolution_code", "notes")
_DEFAULT_ROWS: tuple[tuple[Status, str, Status, tuple[str, ...]], ...] = (
    (_NEW, "assign", _ASSIGNED, _GROUP),
    (_NEW, "start", _ACTIVE, ()),
    (_NEW, "resolve", _RESOLVED, _HOW),
    (_NEW, "cancel", Status.CANCELLED, ("reason",)),
    (_ASSIGNED, "unassign", _NEW, ()),
    (_ASSIGNED, "assign", _ASSIGNED, _GROUP),
    (_ASSIGNED, "start", _ACTIVE, ()),
    (_ASSIGNED, "hold", _HOLD, _WHY_HOLD),
    (_ASSIGNED, "cancel", Status.CANCELLED, ("reason",)),
    (_ACTIVE, "assign", _ASSIGNED, _GROUP),
    (_ACTIVE, "hold", _HOLD, _WHY_HOLD),
    (_ACTIVE, "resolve", _RESOLVED, _HOW),
    (_ACTIVE, "cancel", Status.CANCELLED, ("reason",)),
    (_HOLD, "hold", _HOLD, _WHY_HOLD),
    (_HOLD, "resume", _ACTIVE, ()),
    (_HOLD, "assign", _ASSIGNED, _GROUP),
    (_HOLD, "resolve", _RESOLVED, _HOW),
    (_HOLD, "cancel", Status.CANCELLED, ("reason",)),
    (_RESOLVED, "close", Status.CLOSED, ()),
    (_RESOLVED, "reopen", _ACTIVE, ("reason",)),
    (_RESOLVED, "reopen", _ASSIGNED, ("reason",)),
)
