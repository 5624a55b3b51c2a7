"""The ports to directories: where people, groups and services come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from itilcore.intake import Service, ServiceCatalogue
from itilcore.routing import Directory, Person, SupportGroup

__all__ = ["PeopleSource", "ServiceSource", "catalogue_of", "directory_of"]


@runtime_checkable
class PeopleSource(Protocol):
    """An identity system, or whatever else knows people and support groups."""

    def people(self) -> Iterable[Person]:
        """Everybody who may have to do with an incident."""
        ...

    def groups(self) -> Iterable[SupportGroup]:
        """The groups that incidents are assigned to; their members are among the people."""
        ...


@runtime_checkable
class ServiceSource(Protocol):
    """A configuration database, or whatever else knows the services."""

    def services(self) -> Iterable[Service]:
        """The services and what they stand on."""
        ...


def directory_of(source: PeopleSource) -> Directory:
    """What *source* knows now, as a value that holds together.

    Rules take values and ask no port: fetch as often as the source changes, and give a desk the
    book with the new directory.  Raises `itilcore.errors.InvalidInput` where it does not hold
    together, with everything that is wrong.

    >>> class Staff:
    ...     def people(self):
    ...         return [Person(identifier="ada")]
    ...     def groups(self):
    ...         return [SupportGroup(name="Desk", members="ada")]
    >>> [person.identifier for person in directory_of(Staff()).members("Desk")]
    ['ada']
    """
    return Directory(source.people(), source.groups())


def catalogue_of(source: ServiceSource) -> ServiceCatalogue:
    """The services of *source*, as `directory_of` takes people.

    >>> class Services:
    ...     def services(self):
    ...         return [Service(name="mail", depends_on="dns"), Service(name="dns")]
    >>> [service.name for service in catalogue_of(Services()).dependents_of("dns")]
    ['mail']
    """
    return ServiceCatalogue(source.services())
