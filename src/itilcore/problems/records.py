"""Problem records: what is behind incidents, what is known of it, what its fix resolves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import distinct
from itilcore.incident import Incident, LinkKind, in_utc

__all__ = ["Problem", "offered"]


def _utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return in_utc(require_aware("an instant of a problem", value))
    return value


@frozen(kw_only=True)
class Problem:
    """A problem: the one thing behind ``incidents``, which are references, each once.

    ``cause`` is what is wrong, ``workaround`` how to live with it until it is fixed; ``None``
    is *not known yet*.  ``fixed_at`` is when the cause was gone, ``closed_at`` when nobody
    looked at it any more; a problem may be closed without a fix.  Instants are given with any
    UTC offset and kept in UTC.

    Raises `itilcore.errors.InvalidInput` for blank texts, wrong types and for a fix or a
    closing before the opening, and `itilcore.errors.NaiveInstant` for an instant without a UTC
    offset.

    >>> from datetime import UTC
    >>> opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> leak = Problem(reference="PRB1", title="VPN drops", opened_at=opened, cause="a leak")
    >>> leak.is_known_error
    False
    """

    reference: str
    title: str
    opened_at: datetime = field(converter=_utc)
    cause: str | None = None
    workaround: str | None = None
    incidents: tuple[str, ...] = field(default=(), converter=distinct)
    fixed_at: datetime | None = field(default=None, converter=_utc)
    closed_at: datetime | None = field(default=None, converter=_utc)

    def __attrs_post_init__(self) -> None:
        defects = [*blank_defects("reference", self.reference)]
        defects += blank_defects("title", self.title)
        for name, text in (("cause", self.cause), ("workaround", self.workaround)):
            if text is not None:
                defects += blank_defects(name, text)
        for index, reference in enumerate(self.incidents):
            defects += blank_defects(f"incidents[{index}]", reference)
        ends = (("fixed_at", self.fixed_at), ("closed_at", self.closed_at))
        for name, at in (("opened_at", self.opened_at), *ends):
            if not isinstance(at, datetime) and (at is not None or name == "opened_at"):
                problem = f"is {at!r:.60}: give a date-time with a UTC offset"
                defects.append(Defect(name, problem))
        if defects:
            raise InvalidInput("problem", defects)
        require_aware("opened_at", self.opened_at)
        for name, at in ends:
            if at is not None and require_aware(name, at) < self.opened_at:
                defects.append(Defect(name, f"is before it was opened: {at.isoformat()}"))
        if defects:
            raise InvalidInput("problem", defects)

    @property
    def is_known_error(self) -> bool:
        """Whether both the cause and a workaround are known."""
        return self.cause is not None and self.workaround is not None


def offered(problem: Problem, incidents: Iterable[Incident]) -> tuple[str, ...]:
    """The incidents that the fix of *problem* resolves: references, for closing them together.

    They are those of *incidents* that the problem names or that are linked to it, that were
    logged by the time of the fix (or nobody knows when) and are not resolved.  One that was
    logged after the fix came back in spite of it and is not offered; without a fix none is.
    Raises `itilcore.errors.InvalidInput` for what is no problem or no incident.

    >>> from datetime import UTC
    >>> from itilcore.incident import Linked, Logged
    >>> nine, ten = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10))
    >>> events = [Logged(nine), Linked(nine, LinkKind.PROBLEM, "PRB1")]
    >>> leak = Problem(reference="PRB1", title="VPN drops", opened_at=nine, fixed_at=ten)
    >>> offered(leak, [Incident.replay("INC1", events), Incident.replay("INC2", events[:1])])
    ('INC1',)
    """
    defects: list[Defect] = []
    if not isinstance(problem, Problem):
        defects.append(Defect("problem", f"is {problem!r:.60}: give a Problem"))
    given = list(incidents) if isinstance(incidents, Iterable) else [incidents]
    defects += [
        Defect(f"incidents[{index}]", f"is {each!r:.60}: give an Incident")
        for index, each in enumerate(given)
        if not isinstance(each, Incident)
    ]
    if defects:
        raise InvalidInput("offered incidents", defects)
    fixed = problem.fixed_at
    if fixed is None:
        return ()
    named = set(problem.incidents)
    link = (LinkKind.PROBLEM, problem.reference)
    found = set()
    for each in given:
        if (each.reference in named or link in each.links) and _is_unresolved(each):
            logged = each.facts.logged_at
            if logged is None or logged <= fixed:
                found.add(each.reference)
    return tuple(sorted(found))


def _is_unresolved(incident: Incident) -> bool:
    return incident.phase is not None and incident.phase.is_unresolved
