"""Deciding about vendors: who is asked for help, and what came of it."""

from __future__ import annotations

from typing import Final

from itilcore.decision import Reason
from itilcore.errors import nearest
from itilcore.incident import Event, Incident, VendorAnswered, VendorEngaged, VendorEngagement
from itilcore.policy import Book

from . import command as do
from .asking import refusal, require_open

__all__ = ["engaged", "told_of_vendors", "vendor_answered"]

_MOST_TOLD: Final = 20
_FACTS: Final = ("ticket", "status_link", "workaround")


def engaged(book: Book, incident: Incident, command: do.EngageVendor) -> list[Event]:
    """A vendor of the book is asked for help; a book without vendors knows all of them."""
    require_open(incident, command)
    vendors = book.vendors
    if vendors.vendors and vendors.vendor(command.vendor) is None:
        near = nearest(command.vendor, [each.name for each in vendors.vendors[:_MOST_TOLD]])
        raise refusal(incident, command, f"there is no vendor {command.vendor!r}; {near}")
    told = {name: getattr(command, name) for name in _FACTS}
    known = _waited_for(incident).get(command.vendor)
    if known is not None and all(
        value is None or value == getattr(known, name) for name, value in told.items()
    ):
        return []
    return [VendorEngaged(command.at, command.vendor, **told, by=command.by)]


def told_of_vendors(book: Book, incident: Incident, events: list[Event]) -> tuple[Reason, ...]:
    """Which vendor was engaged for a service that is none of those it helps with."""
    found = []
    for event in events:
        vendor = book.vendors.vendor(event.vendor) if isinstance(event, VendorEngaged) else None
        service = incident.service
        if vendor is None or not vendor.services or service is None or service in vendor.services:
            continue
        helps = ", ".join(vendor.services[:_MOST_TOLD])
        text = f"{vendor.name} does not help with {service} by the book, but with {helps}"
        found.append(Reason("vendors", text, {"vendor": vendor.name, "service": service}))
    return tuple(found)


def vendor_answered(_book: Book, incident: Incident, command: do.RecordVendorAnswer) -> list[Event]:
    """A vendor that is waited for answered, and not before it was asked."""
    waited_for = _waited_for(incident)
    if command.vendor not in waited_for:
        raise refusal(incident, command, _why(incident, command.vendor, list(waited_for)))
    since = waited_for[command.vendor].start
    if command.at < since:
        why = (
            f"{command.vendor!r} was engaged at {since.isoformat()}, after {command.at.isoformat()}"
        )
        raise refusal(incident, command, why)
    return [
        VendorAnswered(command.at, command.vendor, command.delivered, command.note, by=command.by)
    ]


def _waited_for(incident: Incident) -> dict[str, VendorEngagement]:
    return {each.vendor: each for each in incident.vendor_engagements if each.end is None}


def _why(incident: Incident, vendor: str, waited_for: list[str]) -> str:
    """Why nobody waits for *vendor*."""
    ended = [each for each in incident.vendor_engagements if each.vendor == vendor]
    if ended:
        how = "it delivered" if ended[-1].delivered else "the incident was over"
        return f"nobody waits for {vendor!r} any more, since {how}"
    near = f"; {nearest(vendor, waited_for[:_MOST_TOLD])}" if waited_for else ""
    return f"{vendor!r} was not engaged{near}"
