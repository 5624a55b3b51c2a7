"""The lifecycle: which status may follow which, as rows that draw and check themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from itilcore.errors import ActionRefused, Defect, InvalidInput, InvalidLifecycle, nearest
from itilcore.version import JSONValue, content_version

from . import workflows
from .events import CHANGES, STATES, Event
from .instant import in_utc
from .record import Incident
from .requirement import Requirement, missing
from .status import Status

__all__ = ["BACKWARDS", "Deviation", "Lifecycle", "Move", "Option", "Transition", "moves"]

BACKWARDS = "time runs backwards"
"""The deviation of an event that happened before the one in front of it."""

_NO_FACTS: Final[Mapping[str, object]] = MappingProxyType({})


def _names(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        # A forgotten comma would otherwise require each letter.
        problem = f"is the text {names!r}: it must be a tuple of names"
        raise InvalidInput("transition", [Defect("requires", problem)])
    return tuple(names)


@frozen
class Transition:
    """One row: from ``source`` by ``action`` to ``target``, given the facts ``requires`` names.

    Names joined by ``|``, as in ``"confirmed|auto_close_due"``, are alternatives.
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
class Option:
    """An action that the lifecycle has, for one incident as it stands.

    ``allowed`` says whether it may be taken now, to ``target``; otherwise ``missing`` are the
    facts that would allow it, or ``why`` says why none would.
    """

    action: str
    target: Status
    allowed: bool
    missing: tuple[Requirement, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        if self.allowed:
            return f"{self.action} -> {self.target}"
        needs = "needs " + "; ".join(map(str, self.missing)) if self.missing else self.why
        return f"{self.action} -> {self.target}: {needs}"


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
    >>> from itilcore.incident import Closed, Logged, Resolved
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
        """The same as `itil`.

        >>> len(Lifecycle.default().statuses)
        7
        """
        return cls.itil()

    @classmethod
    def _of(cls, rows: tuple[workflows.Row, ...]) -> Lifecycle:
        return cls((Transition(*row) for row in rows), rows[0][0])

    @classmethod
    def itil(cls) -> Lifecycle:
        """New, assigned, in progress, on hold, resolved, closed, cancelled.

        Source: the incident management practice of ITIL 4, in the words of this library.

        >>> str(Lifecycle.itil().initial)
        'NEW'
        """
        return cls._of(workflows.ITIL)

    @classmethod
    def servicenow(cls) -> Lifecycle:
        """The six states of ServiceNow's incident table; what is closed stays closed.

        Source: ServiceNow's documentation of the incident state model.

        >>> [str(status) for status in Lifecycle.servicenow().statuses]
        ['New', 'In Progress', 'On Hold', 'Resolved', 'Canceled', 'Closed']
        """
        return cls._of(workflows.SERVICENOW)

    @classmethod
    def jira(cls) -> Lifecycle:
        """The incident workflow of Jira Service Management's template for IT services.

        Source: Atlassian's documentation of that template's workflows.

        >>> [str(status) for status in Lifecycle.jira().statuses]
        ['Open', 'Work in progress', 'Pending', 'Completed', 'Canceled', 'Closed']
        """
        return cls._of(workflows.JIRA)

    @classmethod
    def named(cls, name: str) -> Lifecycle:
        """A lifecycle by its name: ``itil``, ``servicenow`` or ``jira``.

        Raises `itilcore.errors.InvalidInput` for another name, with the nearest one.

        >>> Lifecycle.named("itil") == Lifecycle.default()
        True
        """
        known = {"itil": cls.itil, "servicenow": cls.servicenow, "jira": cls.jira}
        if name not in known:
            problem = f"there is none named {name!r}; {nearest(name, list(known))}"
            raise InvalidInput("lifecycle", [Defect("", problem)])
        return known[name]()

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

    @cached_property
    def _from(self) -> dict[tuple[Status | None, str], tuple[Transition, ...]]:
        found: dict[tuple[Status | None, str], tuple[Transition, ...]] = {}
        for row in self.transitions:
            key = (row.source, row.action)
            found[key] = (*found.get(key, ()), row)
        return found

    def step(
        self,
        incident: Incident,
        action: str,
        facts: Mapping[str, object] = _NO_FACTS,
        *,
        target: Status | None = None,
    ) -> Transition:
        """The row by which *action* may be taken now; nothing is changed.

        Where several rows fit, the first whose requirements are met counts, or the one to
        *target*.  Raises `itilcore.errors.ActionRefused` with the facts that are missing.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Logged
        >>> incident = Incident.replay("INC1", [Logged(datetime(2026, 1, 5, tzinfo=UTC))])
        >>> str(Lifecycle.default().step(incident, "assign", {"group": "Network"}).target)
        'ASSIGNED'
        >>> Lifecycle.default().step(incident, "hold")
        Traceback (most recent call last):
        itilcore.errors.ActionRefused: INC1 is NEW: cannot hold: that is for ASSIGNED, ...
        """
        lacking: tuple[Requirement, ...] = ()
        for row in self._from.get((self._known(incident.status), action), ()):
            if target is not None and row.target != target:
                continue
            if not row.requires:
                return row
            lacks = missing(row.requires, incident, facts)
            if not lacks:
                return row
            lacking = lacking or lacks
        status = None if incident.status is None else str(incident.status)
        why = "" if lacking else self._why_not(incident.status, action, target)
        pairs = [(each.name, each.text) for each in lacking]
        raise ActionRefused(incident.reference, action, status, pairs, why)

    def _known(self, status: Status | None) -> Status:
        """The status whose rows count: a foreign one goes on like the first of its phase.

        One of which not even the phase is known goes on like one that was just logged, so that
        no incident is stuck for its import or for a change of the lifecycle.
        """
        if status is None or status in self._sources:
            return self.initial if status is None else status
        return next((each for each in self.statuses if each.phase is status.phase), self.initial)

    @cached_property
    def _sources(self) -> frozenset[Status]:
        return frozenset(self.statuses)

    def _why_not(self, status: Status | None, action: str, target: Status | None) -> str:
        rows = [row for row in self.transitions if row.action == action]
        if not rows:
            actions = list(dict.fromkeys(row.action for row in self.transitions))
            return f"there is no such action; {nearest(action, actions)}"
        if target is not None and any(row.source == self._known(status) for row in rows):
            return f"it does not lead to {target}"
        return f"that is for {', '.join(dict.fromkeys(str(row.source) for row in rows))}"

    def options(
        self, incident: Incident, facts: Mapping[str, object] = _NO_FACTS
    ) -> tuple[Option, ...]:
        """Every action that the lifecycle has, for *incident* as it stands: what may be done
        next, and for the rest what is missing or why not.  Nothing is done.

        *facts* are what the caller knows, by the names that the rows require; what follows
        from the incident itself (its group, a confirmation) need not be said.  What is
        allowed comes first, then what lacks a fact, then what is for another status.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Logged
        >>> incident = Incident.replay("INC1", [Logged(datetime(2026, 1, 5, tzinfo=UTC))])
        >>> for option in Lifecycle.default().options(incident, {"reason": "a mistake"})[:3]:
        ...     print(option)
        start -> IN_PROGRESS
        cancel -> CANCELLED
        assign -> ASSIGNED: needs group: the support group that takes it
        """
        allowed: list[Option] = []
        lacking: list[Option] = []
        here = set()
        status = self._known(incident.status)
        for row in self.transitions:
            if row.source != status:
                continue
            here.add((row.action, row.target))
            lacks = missing(row.requires, incident, facts)
            option = Option(row.action, row.target, not lacks, lacks)
            (lacking if lacks else allowed).append(option)
        elsewhere = dict.fromkeys((row.action, row.target) for row in self.transitions)
        others = [
            Option(action, target, False, (), self._why_not(incident.status, action, target))
            for action, target in elsewhere
            if (action, target) not in here
        ]
        return (*allowed, *lacking, *others)

    def audit(self, timeline: Iterable[Event]) -> tuple[Deviation, ...]:
        """Where *timeline* leaves this lifecycle or runs backwards, in its order.

        History is not judged on the way in: this lists, and changes nothing.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Closed, Logged
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
