"""The sections ``[people]``, ``[groups]`` and ``[services]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.intake import Criticality, Service, ServiceCatalogue
from itilcore.routing import Directory, Person, SupportGroup

from .promises import duration
from .reading import Place

__all__ = ["read_directory", "read_services"]


@frozen(kw_only=True)
class WrittenPerson:
    """``[people.IDENTIFIER]``."""

    name: str | None = None
    manager: str | None = None
    site: str | None = None
    tier: int | None = None
    skills: Any = field(factory=list)
    capacity: int | None = None
    vip: bool = False


@frozen(kw_only=True)
class WrittenGroup:
    """``[groups.NAME]``."""

    tier: int | None = None
    members: Any = field(factory=list)
    skills: Any = field(factory=list)
    hours: str | None = None
    capacity: int | None = None
    services: Any = field(factory=list)
    categories: Any = field(factory=list)


@frozen(kw_only=True)
class WrittenService:
    """``[services.NAME]``."""

    criticality: str = "medium"
    owner: str | None = None
    tolerable_downtime: str | None = None
    degradation_counts: bool = False
    hours: str | None = None
    depends_on: Any = field(factory=list)


def read_directory(
    place: Place,
    people: object,
    groups: object,
    calendars: Mapping[str, BusinessCalendar],
    written: Iterable[str],
) -> Directory:
    """People and groups; an empty directory where they do not hold together."""
    before = len(place.defects)
    known: list[Person] = []
    for name, table in (place / "people").tables(people).items():
        at = place / "people" / name
        person = at.record(WrittenPerson, table)
        if person is not None:
            with at.catching(lambda path: "vip" if path == "is_vip" else path):
                known.append(
                    Person(
                        identifier=name,
                        name=person.name,
                        manager=person.manager,
                        site=person.site,
                        tier=person.tier,
                        skills=(at / "skills").names(person.skills),
                        capacity=person.capacity,
                        is_vip=person.vip,
                    )
                )
    found: list[SupportGroup] = []
    for name, table in (place / "groups").tables(groups).items():
        at = place / "groups" / name
        group = at.record(WrittenGroup, table)
        if group is not None:
            lists = {
                key: (at / key).names(getattr(group, key))
                for key in ("members", "skills", "services", "categories")
            }
            hours = (at / "hours").named(group.hours, calendars, "calendar", written)
            with at.catching():
                found.append(
                    SupportGroup(
                        name=name, tier=group.tier, capacity=group.capacity, hours=hours, **lists
                    )
                )
    if len(place.defects) == before:  # what is wrong by itself is not told again as unknown
        with place.catching():
            return Directory(known, found)
    return Directory()


def read_services(
    place: Place,
    given: object,
    calendars: Mapping[str, BusinessCalendar],
    written: Iterable[str],
) -> ServiceCatalogue:
    """The services; an empty catalogue where they do not hold together."""
    before = len(place.defects)
    found: list[Service] = []
    for name, table in place.tables(given).items():
        at = place / name
        service = at.record(WrittenService, table)
        if service is None:
            continue
        criticality = (at / "criticality").choice(Criticality, service.criticality)
        hours = (at / "hours").named(service.hours, calendars, "calendar", written)
        longest = None
        if service.tolerable_downtime is not None:
            with (at / "tolerable_downtime").catching():
                longest = duration(service.tolerable_downtime)
        if longest is not None and not isinstance(longest, timedelta):
            (at / "tolerable_downtime").refuse("is in business days: give hours or minutes")
            longest = None
        with at.catching():
            found.append(
                Service(
                    name=name,
                    criticality=criticality or Criticality.MEDIUM,
                    owner=service.owner,
                    tolerable_downtime=longest,
                    degradation_counts=service.degradation_counts,
                    hours=hours,
                    depends_on=(at / "depends_on").names(service.depends_on),
                )
            )
    if len(place.defects) == before:
        with place.catching():
            return ServiceCatalogue(found)
    return ServiceCatalogue()
