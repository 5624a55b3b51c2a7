"""The service catalogue: how critical a service is, whose it is, and what it stands on."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from functools import cached_property

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import distinct, several, shown
from itilcore.version import JSONValue, content_version

__all__ = ["Criticality", "Service", "ServiceCatalogue"]


class Criticality(Enum):
    """What the business loses without a service."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@frozen(kw_only=True)
class Service:
    """A service of the catalogue.

    ``owner`` is a person or a group; ``tolerable_downtime`` is how long it may be down at most,
    ``None`` where nobody said.  Downtime is an outage within ``hours`` (``None`` for around the
    clock), and a degradation as well where ``degradation_counts``.  ``depends_on`` are the
    services that it stands on.  Raises `itilcore.errors.InvalidInput` for a blank name, a
    tolerable downtime of nothing or below, and for a service that depends on itself.

    >>> Service(name="payroll", owner="Finance IT", depends_on=["sso", "db"]).depends_on
    ('db', 'sso')
    """

    name: str
    criticality: Criticality = Criticality.MEDIUM
    owner: str | None = None
    tolerable_downtime: timedelta | None = None
    degradation_counts: bool = False
    hours: BusinessCalendar | None = None
    depends_on: tuple[str, ...] = field(default=(), converter=distinct)

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        if not isinstance(self.criticality, Criticality):
            defects.append(Defect("criticality", f"is {self.criticality!r}: give a Criticality"))
        if self.owner is not None:
            defects += blank_defects("owner", self.owner)
        longest = self.tolerable_downtime
        if longest is not None and not (isinstance(longest, timedelta) and longest > timedelta()):
            problem = f"is {shown(longest)}: give a timedelta of more than nothing"
            defects.append(Defect("tolerable_downtime", problem))
        if not isinstance(self.degradation_counts, bool):
            problem = f"is {self.degradation_counts!r}: give True or False"
            defects.append(Defect("degradation_counts", problem))
        if self.hours is not None and not isinstance(self.hours, BusinessCalendar):
            defects.append(Defect("hours", f"is {self.hours!r}: give a BusinessCalendar"))
        for index, name in enumerate(self.depends_on):
            defects += blank_defects(f"depends_on[{index}]", name)
            if name == self.name:
                defects.append(Defect(f"depends_on[{index}]", "is the service itself"))
        if defects:
            raise InvalidInput("service", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the calendar by its version."""
        longest = self.tolerable_downtime
        return {
            "name": self.name,
            "criticality": self.criticality.value,
            "owner": self.owner,
            "tolerable_downtime": None if longest is None else longest.total_seconds(),
            "degradation_counts": self.degradation_counts,
            "hours": None if self.hours is None else self.hours.version,
            "depends_on": list(self.depends_on),
        }


@frozen
class ServiceCatalogue:
    """Services, as one value that holds together; the order in which they are given means nothing.

    Raises `itilcore.errors.InvalidInput` with everything at once: a name that stands twice, a
    dependency that is no service, dependencies that go round in a circle.

    >>> catalogue = ServiceCatalogue(
    ...     [Service(name="payroll", depends_on="db"), Service(name="db"), Service(name="mail")]
    ... )
    >>> [service.name for service in catalogue.dependents_of("db")]
    ['payroll']
    """

    services: tuple[Service, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"[{index}]", f"is {each!r:.60}: give a Service")
            for index, each in enumerate(self.services)
            if not isinstance(each, Service)
        ]
        if not defects:
            ordered = tuple(sorted(self.services, key=lambda each: each.name))
            object.__setattr__(self, "services", ordered)
            defects = list(self._defects())
        if defects:
            raise InvalidInput("service catalogue", defects)

    def _defects(self) -> Iterator[Defect]:
        for name, count in Counter(each.name for each in self.services).items():
            if count > 1:
                yield Defect(name, "stands twice")
        known = list(self._services)
        for service in self.services:
            for name in service.depends_on:
                if name not in self._services:
                    problem = f"has {name!r}, which is no service; {nearest(name, known[:20])}"
                    yield Defect(f"{service.name}.depends_on", problem)
        yield from self._circles()

    def _circles(self) -> Iterator[Defect]:
        """One defect for each service that stands on itself by way of others."""
        told: set[str] = set()
        for start in self._services:
            line = _way_round(start, self._edges)
            if line and not told.intersection(line):
                told.update(line)
                yield Defect(f"{start}.depends_on", f"goes round: {' < '.join(line)}")

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {each.name: each for each in self.services}

    @cached_property
    def _edges(self) -> dict[str, tuple[str, ...]]:
        return {each.name: each.depends_on for each in self.services}

    @cached_property
    def _back(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {each.name: [] for each in self.services}
        for each in self.services:
            for name in each.depends_on:
                found[name].append(each.name)
        return {name: tuple(names) for name, names in found.items()}

    def service(self, name: str) -> Service | None:
        """The service of that name, ``None`` where there is none."""
        return self._services.get(name)

    def dependencies_of(self, name: str) -> tuple[Service, ...]:
        """What the service stands on, directly or not, by name; nothing for an unknown one."""
        return self._beyond(name, self._edges)

    def dependents_of(self, name: str) -> tuple[Service, ...]:
        """What stands on the service, directly or not, by name: what suffers when it is down."""
        return self._beyond(name, self._back)

    def _beyond(self, name: str, edges: Mapping[str, tuple[str, ...]]) -> tuple[Service, ...]:
        seen: set[str] = set()
        waiting = deque(edges.get(name, ()))
        while waiting:
            each = waiting.popleft()
            if each not in seen:
                seen.add(each)
                waiting.extend(edges[each])
        return tuple(self._services[each] for each in sorted(seen))

    @cached_property
    def version(self) -> str:
        """The content version: the same services have the same."""
        return content_version("services", [each.content for each in self.services])


def _way_round(start: str, edges: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The shortest way from *start* back to itself; nothing where there is none."""
    came: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for name in edges.get(at, ()):
            if name == start:
                line = [start, at]
                while line[-1] != start:
                    line.append(came[line[-1]])
                return line[::-1]
            if name not in came:
                came[name] = at
                waiting.append(name)
    return []
