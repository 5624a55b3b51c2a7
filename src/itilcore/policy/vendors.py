"""The section ``[vendors]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.errors import nearest
from itilcore.routing import Vendor, Vendors

from .promises import hours_within
from .reading import Place

__all__ = ["read_vendors"]


@frozen(kw_only=True)
class WrittenVendor:
    """``[vendors.NAME]``."""

    services: Any = field(factory=list)
    status_page: str | None = None
    answer_within: str | None = None
    deliver_within: str | None = None
    hours: str | None = None
    contact: str | None = None


def read_vendors(
    place: Place,
    given: object,
    calendars: Mapping[str, BusinessCalendar],
    written: Iterable[str],
    services: Collection[str],
) -> Vendors:
    """The vendors, without those that are wrong.

    They help with *services* alone; with any where the book has none.
    """
    found = [
        _vendor(place / name, name, table, calendars, written, services)
        for name, table in place.tables(given).items()
    ]
    return Vendors(each for each in found if each is not None)


def _vendor(
    at: Place,
    name: str,
    table: object,
    calendars: Mapping[str, BusinessCalendar],
    known: Iterable[str],
    services: Collection[str],
) -> Vendor | None:
    written = at.record(WrittenVendor, table) or WrittenVendor()
    hours = (at / "hours").named(written.hours, calendars, "calendar", known)
    helped = (at / "services").names(written.services)
    for index, service in enumerate(helped):
        if services and service not in services:
            near = nearest(service, list(services)[:20])
            (at / "services" / f"[{index}]").refuse(f"there is no service {service!r}; {near}")
    answer = hours_within(at / "answer_within", written.answer_within)
    deliver = hours_within(at / "deliver_within", written.deliver_within)
    return at.made(
        lambda: Vendor(
            name=name,
            services=helped,
            status_page=written.status_page,
            answer_within=answer,
            deliver_within=deliver,
            hours=hours,
            contact=written.contact,
        )
    )
