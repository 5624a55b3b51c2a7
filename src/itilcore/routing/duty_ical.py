"""Duties as an iCalendar text (RFC 5545), for the calendars that people have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from itilcore.errors import require_aware
from itilcore.incident import in_utc

from .duty import duties_of
from .rota import Duty, Rota

__all__ = ["rota_to_ical"]

_MOST: Final = 75
"""Octets of a line, without the line break."""

_NAMESPACE: Final = UUID("6f1d2c3e-5b0a-5c8e-9d57-0a3c1f8b7e42")
"""In which the identifiers of duties are made; another one would make others."""


def rota_to_ical(
    rotas: Rota | Iterable[Rota], start: datetime, end: datetime, *, made_at: datetime
) -> str:
    r"""The duties of one rota or several from *start* up to *end* as an iCalendar text.

    One event a duty, ascending, with the names of the rota and of the person as its summary;
    instants are in UTC and to the second, as the format has them, fractions left out.
    *made_at* is when the text was made.  An event is known by its rota and its start: whoever
    reads a later text finds a duty that changed hands, or that ends earlier, as the same event.
    So a *start* in the middle of a duty makes another event of it than one at its handover.

    Line breaks in names are kept, other control characters are a blank each.  Raises what
    `Rota.duties` does, and `itilcore.errors.InvalidInput` for what is no rota and for two of
    one name.

    >>> from datetime import UTC, date
    >>> desk = Rota(name="Desk, VIP", people="ada", first=date(2026, 1, 5), tz="UTC", turn_days=7)
    >>> monday, tuesday = (datetime(2026, 1, day, 9, tzinfo=UTC) for day in (5, 6))
    >>> text = rota_to_ical(desk, monday, tuesday, made_at=monday)
    >>> print(*text.split("\r\n")[5:9], sep="\n")
    DTSTAMP:20260105T090000Z
    DTSTART:20260105T090000Z
    DTEND:20260106T090000Z
    SUMMARY:Desk\, VIP: ada
    """
    stamp = _instant(in_utc(require_aware("made_at", made_at)))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//itilcore//rota//EN"]
    for duty in duties_of(rotas, start, end):
        lines += _event(duty, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(duty: Duty, stamp: str) -> Iterator[str]:
    since, until = _instant(duty.start), _instant(duty.end)
    if since == until:
        return  # it lasts less than a second, and an event must not end when it starts
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid5(_NAMESPACE, json.dumps([duty.rota, since]))}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART:{since}"
    yield f"DTEND:{until}"
    yield f"SUMMARY:{_escaped(f'{duty.rota}: {duty.person}')}"
    yield f"DESCRIPTION:{_escaped(duty.why)}"
    yield "END:VEVENT"


def _instant(at: datetime) -> str:
    text = at.replace(microsecond=0, tzinfo=None).isoformat()
    return text.replace("-", "").replace(":", "") + "Z"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    # Some readers take every one of these for the end of a line, which would end the value.
    text = "\\n".join(f"{text}|".splitlines())[:-1]
    text = "".join(sign if sign.isprintable() or not sign.isascii() else " " for sign in text)
    return text.encode("utf-8", "replace").decode()  # half a pair of UTF-16 has no UTF-8


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, each but the first with a blank before it."""
    part, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _MOST:
            yield part
            part, size = " ", 1
        part += sign
        size += width
    yield part
