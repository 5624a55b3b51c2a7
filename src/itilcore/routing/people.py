"""People and support groups: who they are, what they can do, how much they take on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from attrs import evolve, field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import distinct, several
from itilcore.incident import Assigned, Event, HandedOff, Incident, Observed
from itilcore.version import JSONValue, content_version

__all__ = ["Directory", "Person", "SupportGroup"]


def _number_defects(path: str, value: object) -> list[Defect]:
    """The defect of what must be ``None`` or a whole number from 1 on."""
    if value is None or (type(value) is int and value >= 1):
        return []
    return [Defect(path, f"is {value!r}: give a whole number from 1 on, or None")]


@frozen(kw_only=True)
class Person:
    """Somebody, by the ``identifier`` under which a directory knows them.

    ``manager`` is an identifier as well.  ``tier`` is 1, 2 or 3 for people of a service desk;
    ``capacity`` is how many open incidents they take on at once, ``None`` for any number;
    ``skills`` are names.  Raises `itilcore.errors.InvalidInput` for a blank identifier, a
    tier or a capacity below 1, and for somebody who is their own manager.

    >>> Person(identifier="ada", skills=["vpn", "mail"], tier=2).skills
    ('mail', 'vpn')
    """

    identifier: str
    name: str | None = None
    manager: str | None = None
    site: str | None = None
    tier: int | None = None
    skills: tuple[str, ...] = field(default=(), converter=distinct)
    capacity: int | None = None
    is_vip: bool = False

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("identifier", self.identifier)
        for name in ("name", "manager", "site"):
            if getattr(self, name) is not None:
                defects += blank_defects(name, getattr(self, name))
        for name in ("tier", "capacity"):
            defects += _number_defects(name, getattr(self, name))
        for index, skill in enumerate(self.skills):
            defects += blank_defects(f"skills[{index}]", skill)
        if not isinstance(self.is_vip, bool):
            defects.append(Defect("is_vip", f"is {self.is_vip!r}: give True or False"))
        if self.manager is not None and self.manager == self.identifier:
            defects.append(Defect("manager", "is the person themselves"))
        if defects:
            raise InvalidInput("person", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "identifier": self.identifier,
            "name": self.name,
            "manager": self.manager,
            "site": self.site,
            "tier": self.tier,
            "skills": list(self.skills),
            "capacity": self.capacity,
            "is_vip": self.is_vip,
        }


@frozen(kw_only=True)
class SupportGroup:
    """A group that incidents are assigned to: its ``members``, what they can do and own.

    ``hours`` are when it works, ``None`` for around the clock; ``capacity`` is how many open
    incidents it takes on at once, ``None`` for any number.  ``services`` and ``categories``
    are what it owns.  Raises `itilcore.errors.InvalidInput` for a blank name, a tier or a
    capacity below 1, and for what is no category.

    >>> SupportGroup(name="Network", tier=2, members=["bob", "ada"]).members
    ('ada', 'bob')
    """

    name: str
    tier: int | None = None
    members: tuple[str, ...] = field(default=(), converter=distinct)
    skills: tuple[str, ...] = field(default=(), converter=distinct)
    hours: BusinessCalendar | None = None
    capacity: int | None = None
    services: tuple[str, ...] = field(default=(), converter=distinct)
    categories: tuple[str, ...] = field(default=(), converter=distinct)

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        for name in ("tier", "capacity"):
            defects += _number_defects(name, getattr(self, name))
        for name in ("members", "skills", "services", "categories"):
            for index, value in enumerate(getattr(self, name)):
                defects += blank_defects(f"{name}[{index}]", value)
        for index, text in enumerate(self.categories):
            if not blank_defects("", text):
                try:
                    Category.parse(text)
                except InvalidInput as error:
                    defects += [Defect(f"categories[{index}]", d.problem) for d in error.defects]
        if self.hours is not None and not isinstance(self.hours, BusinessCalendar):
            defects.append(Defect("hours", f"is {self.hours!r}: give a BusinessCalendar"))
        if defects:
            raise InvalidInput("support group", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the calendar by its version."""
        return {
            "name": self.name,
            "tier": self.tier,
            "members": list(self.members),
            "skills": list(self.skills),
            "hours": None if self.hours is None else self.hours.version,
            "capacity": self.capacity,
            "services": list(self.services),
            "categories": list(self.categories),
        }


@frozen
class Directory:
    """People and support groups, as one value that holds together.

    The order in which they are given means nothing.  Raises `itilcore.errors.InvalidInput`
    with everything at once: an identifier or a name that stands twice, a member or a manager
    whom nobody knows, managers that go round in a circle.

    >>> desk = Directory([Person(identifier="ada")], [SupportGroup(name="Desk", members="ada")])
    >>> [group.name for group in desk.groups_of("ada")]
    ['Desk']
    >>> Directory([Person(identifier="ada", manager="bo")])
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: directory: 1 defect
      people.ada.manager: is 'bo', whom nobody knows; there are ada
    """

    people: tuple[Person, ...] = field(default=(), converter=several)
    groups: tuple[SupportGroup, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"{name}[{index}]", f"is {each!r:.60}: give a {kind.__name__}")
            for name, kind in (("people", Person), ("groups", SupportGroup))
            for index, each in enumerate(getattr(self, name))
            if not isinstance(each, kind)
        ]
        if not defects:
            object.__setattr__(
                self, "people", tuple(sorted(self.people, key=lambda each: each.identifier))
            )
            object.__setattr__(
                self, "groups", tuple(sorted(self.groups, key=lambda each: each.name))
            )
            defects = list(self._defects())
        if defects:
            raise InvalidInput("directory", defects)

    def _defects(self) -> Iterator[Defect]:
        yield from _twice("people", [each.identifier for each in self.people])
        yield from _twice("groups", [each.name for each in self.groups])
        known = list(self._people)
        for person in self.people:
            if person.manager is not None and person.manager not in self._people:
                problem = f"is {person.manager!r}, whom nobody knows"
                yield Defect(
                    f"people.{person.identifier}.manager",
                    f"{problem}; {nearest(person.manager, known[:20])}",
                )
        yield from self._circles()
        for group in self.groups:
            for member in group.members:
                if member not in self._people:
                    problem = f"has {member!r}, whom nobody knows"
                    yield Defect(
                        f"groups.{group.name}.members", f"{problem}; {nearest(member, known[:20])}"
                    )

    def _circles(self) -> Iterator[Defect]:
        """One defect for each circle of managers."""
        done: set[str] = set()
        for start in self._people:
            path: list[str] = []
            at: str | None = start
            while at is not None and at in self._people and at not in done and at not in path:
                path.append(at)
                at = self._people[at].manager
            if at is not None and at in path:
                circle = [*path[path.index(at) :], at]
                yield Defect(f"people.{at}.manager", f"goes round: {' < '.join(circle)}")
            done.update(path)

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {each.identifier: each for each in self.people}

    @cached_property
    def _groups(self) -> dict[str, SupportGroup]:
        return {each.name: each for each in self.groups}

    def person(self, identifier: str) -> Person | None:
        """The person of that identifier, ``None`` where there is none."""
        return self._people.get(identifier)

    def group(self, name: str) -> SupportGroup | None:
        """The group of that name, ``None`` where there is none."""
        return self._groups.get(name)

    def members(self, name: str) -> tuple[Person, ...]:
        """The people of the group of that name, by identifier; nobody where there is none."""
        group = self._groups.get(name)
        return () if group is None else tuple(self._people[each] for each in group.members)

    def groups_of(self, identifier: str) -> tuple[SupportGroup, ...]:
        """The groups that the person is in, by name."""
        return tuple(group for group in self.groups if identifier in group.members)

    def managers_of(self, identifier: str) -> tuple[Person, ...]:
        """The person's manager, the manager's manager and so on, up to whom nobody manages.

        >>> people = [Person(identifier="ada", manager="bo"), Person(identifier="bo")]
        >>> [each.identifier for each in Directory(people).managers_of("ada")]
        ['bo']
        """
        found: list[Person] = []
        person = self._people.get(identifier)
        while person is not None and person.manager is not None:
            person = self._people[person.manager]
            found.append(person)
        return tuple(found)

    @cached_property
    def _tiers(self) -> dict[str, int]:
        return {each.name: each.tier for each in self.groups if each.tier is not None}

    def tiered(self, incident: Incident) -> Incident:
        """*incident* with the tier of its groups, wherever it does not say which it was.

        For a history whose source knows no tiers: nothing that it says is changed.

        >>> from datetime import UTC, datetime
        >>> told = Incident.replay("INC1", [Assigned(datetime(2026, 1, 5, tzinfo=UTC), "Desk")])
        >>> Directory(groups=[SupportGroup(name="Desk", tier=1)]).tiered(told).facts.tier
        1
        """
        if not self._tiers:
            return incident
        events = incident.timeline.events
        found = [self._with_tier(event) for event in events]
        if all(one is other for one, other in zip(events, found, strict=True)):
            return incident
        return Incident.replay(incident.reference, found)

    def _with_tier(self, event: Event) -> Event:
        if isinstance(event, Assigned | HandedOff | Observed) and event.tier is None:
            tier = None if event.group is None else self._tiers.get(event.group)
            return event if tier is None else evolve(event, tier=tier)
        return event

    @cached_property
    def version(self) -> str:
        """The content version: the same people and groups have the same."""
        return content_version(
            "directory",
            {
                "people": [each.content for each in self.people],
                "groups": [each.content for each in self.groups],
            },
        )


def _twice(what: str, names: list[str]) -> Iterator[Defect]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Defect(f"{what}.{name}", "stands twice")
