"""The sections ``[people]``, ``[groups]`` and ``[services]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import nearest
from itilcore.intake import Criticality, Service, ServiceCatalogue
from itilcore.routing import Directory, Person, SupportGroup

from .promises import hours_within
from .reading import Place

__all__ = ["read_directory", "read_services"]

T = TypeVar("T")


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
    services: Collection[str],
) -> Directory:
    """People and groups; an empty directory where they do not hold together.

    *services* are those of the book; where it has none, a group may be for any.
    """
    known = [
        _person(place / "people" / name, name, table)
        for name, table in (place / "people").tables(people).items()
    ]
    found = [
        _group(place / "groups" / name, name, table, calendars, written, services)
        for name, table in (place / "groups").tables(groups).items()
    ]
    with place.catching():
        return Directory(_there(known), _there(found))
    return Directory()


def _there(found: Iterable[T | None]) -> list[T]:
    return [each for each in found if each is not None]


def _person(at: Place, name: str, table: object) -> Person | None:
    written = at.record(WrittenPerson, table) or WrittenPerson()
    skills = (at / "skills").names(written.skills)
    return at.made(
        lambda: Person(
            identifier=name,
            name=written.name,
            manager=written.manager,
            site=written.site,
            tier=written.tier,
            skills=skills,
            capacity=written.capacity,
            is_vip=written.vip,
        ),
        lambda: Person(identifier=name, manager=written.manager),
        lambda: Person(identifier=name),
        rename=lambda path: "vip" if path == "is_vip" else path,
    )


def _group(
    at: Place,
    name: str,
    table: object,
    calendars: Mapping[str, BusinessCalendar],
    known: Iterable[str],
    services: Collection[str],
) -> SupportGroup | None:
    written = at.record(WrittenGroup, table) or WrittenGroup()
    lists = {
        key: (at / key).names(getattr(written, key))
        for key in ("members", "skills", "services", "categories")
    }
    for index, service in enumerate(lists["services"]):
        (at / f"services[{index}]").known(service, services, "service")
    hours = (at / "hours").named(written.hours, calendars, "calendar", known)
    return at.made(
        lambda: SupportGroup(
            name=name, tier=written.tier, capacity=written.capacity, hours=hours, **lists
        ),
        lambda: SupportGroup(name=name, members=lists["members"]),
        lambda: SupportGroup(name=name),
    )


def read_services(
    place: Place,
    given: object,
    calendars: Mapping[str, BusinessCalendar],
    written: Iterable[str],
    owners: Collection[str],
) -> ServiceCatalogue:
    """The services; an empty catalogue where they do not hold together.

    *owners* are the people and groups of the book; where there are none, anybody may own one.
    """
    found = [
        _service(place / name, name, table, calendars, written, owners)
        for name, table in place.tables(given).items()
    ]
    with place.catching():
        return ServiceCatalogue(_there(found))
    return ServiceCatalogue()


def _service(
    at: Place,
    name: str,
    table: object,
    calendars: Mapping[str, BusinessCalendar],
    known: Iterable[str],
    owners: Collection[str],
) -> Service | None:
    written = at.record(WrittenService, table) or WrittenService()
    criticality = (at / "criticality").choice(Criticality, written.criticality)
    hours = (at / "hours").named(written.hours, calendars, "calendar", known)
    below = (at / "depends_on").names(written.depends_on)
    if owners and written.owner is not None and written.owner not in owners:
        near = nearest(written.owner, sorted(owners)[:20])
        (at / "owner").refuse(f"is {written.owner!r}, whom nobody knows; {near}")
    longest = hours_within(at / "tolerable_downtime", written.tolerable_downtime)
    return at.made(
        lambda: Service(
            name=name,
            criticality=criticality or Criticality.MEDIUM,
            owner=written.owner,
            tolerable_downtime=longest,
            degradation_counts=written.degradation_counts,
            hours=hours,
            depends_on=below,
        ),
        lambda: Service(name=name, depends_on=[each for each in below if each != name]),
        lambda: Service(name=name),
    )
