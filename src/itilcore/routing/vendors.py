"""Vendors: who can be asked for help outside the house, and what they promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import Defect, InvalidInput, blank_defects, name_defects
from itilcore.given import distinct, several, shown
from itilcore.incident import is_link
from itilcore.version import JSONValue, content_version

__all__ = ["Vendor", "Vendors"]


@frozen(kw_only=True)
class Vendor:
    """A company that helps with ``services``, and what it promises.

    From an engagement on it answers within ``answer_within`` and delivers within
    ``deliver_within``, of the time of ``hours`` (``None`` for around the clock); ``None`` where
    nothing was promised.  ``status_page`` is an http or https address where it tells how its
    services are, ``contact`` how it is reached.  Raises `itilcore.errors.InvalidInput` for a
    blank name, a time of nothing or below, and any other address.

    >>> from datetime import UTC, datetime
    >>> acme = Vendor(name="Acme", services="mail", answer_within=timedelta(hours=4))
    >>> print(acme.answer_due(datetime(2026, 1, 5, 9, tzinfo=UTC)))
    2026-01-05 13:00:00+00:00
    """

    name: str
    services: tuple[str, ...] = field(default=(), converter=distinct)
    status_page: str | None = None
    answer_within: timedelta | None = None
    deliver_within: timedelta | None = None
    hours: BusinessCalendar | None = None
    contact: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = name_defects("name", self.name)
        for index, service in enumerate(self.services):
            defects += blank_defects(f"services[{index}]", service)
        if self.status_page is not None and not is_link(self.status_page):
            problem = "give an address that begins with http:// or https://"
            defects.append(Defect("status_page", f"is {self.status_page!r:.100}: {problem}"))
        for name in ("answer_within", "deliver_within"):
            within = getattr(self, name)
            if within is not None and not (isinstance(within, timedelta) and within > timedelta()):
                problem = f"is {shown(within)}: give a timedelta of more than nothing"
                defects.append(Defect(name, problem))
        if self.hours is not None and not isinstance(self.hours, BusinessCalendar):
            defects.append(Defect("hours", f"is {self.hours!r}: give a BusinessCalendar"))
        if self.contact is not None:
            defects += blank_defects("contact", self.contact)
        if defects:
            raise InvalidInput("vendor", defects)

    def answer_due(self, start: datetime) -> datetime | None:
        """By when it answers what it was asked at *start*; ``None`` where it promises nothing.

        Raises what `itilcore.calendars.BusinessCalendar.add` does.
        """
        return self._due(start, self.answer_within)

    def delivery_due(self, start: datetime) -> datetime | None:
        """By when it delivers what it was asked for at *start*, as `answer_due`."""
        return self._due(start, self.deliver_within)

    def _due(self, start: datetime, within: timedelta | None) -> datetime | None:
        if within is None:
            return None
        hours = BusinessCalendar.always("UTC") if self.hours is None else self.hours
        return hours.add(start, within)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the calendar by its version, times in seconds."""
        answer, deliver = self.answer_within, self.deliver_within
        return {
            "name": self.name,
            "services": list(self.services),
            "status_page": self.status_page,
            "answer_within": None if answer is None else answer.total_seconds(),
            "deliver_within": None if deliver is None else deliver.total_seconds(),
            "hours": None if self.hours is None else self.hours.version,
            "contact": self.contact,
        }


@frozen
class Vendors:
    """The vendors of a team; the order in which they are given means nothing.

    Raises `itilcore.errors.InvalidInput` for what is no vendor, and for a name that stands twice.

    >>> vendors = Vendors([Vendor(name="Globex", services="mail"), Vendor(name="Acme")])
    >>> [each.name for each in vendors.of_service("mail")], vendors.vendor("Initech")
    (['Globex'], None)
    """

    vendors: tuple[Vendor, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"[{index}]", f"is {each!r:.60}: give a Vendor")
            for index, each in enumerate(self.vendors)
            if not isinstance(each, Vendor)
        ]
        if not defects:
            ordered = tuple(sorted(self.vendors, key=lambda each: each.name))
            object.__setattr__(self, "vendors", ordered)
            defects = list(self._twice())
        if defects:
            raise InvalidInput("vendors", defects)

    def _twice(self) -> Iterator[Defect]:
        for name, count in Counter(each.name for each in self.vendors).items():
            if count > 1:
                yield Defect(name, "stands twice")

    @cached_property
    def _vendors(self) -> dict[str, Vendor]:
        return {each.name: each for each in self.vendors}

    def vendor(self, name: str) -> Vendor | None:
        """The vendor of that name, ``None`` where there is none."""
        return self._vendors.get(name)

    def of_service(self, service: str) -> tuple[Vendor, ...]:
        """The vendors that help with the service, by name; none for an unknown one."""
        return tuple(each for each in self.vendors if service in each.services)

    @cached_property
    def version(self) -> str:
        """The content version: the same vendors have the same."""
        return content_version("vendors", [each.content for each in self.vendors])
