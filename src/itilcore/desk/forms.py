"""Incidents from what reaches a desk: a form, an e-mail, an alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Final

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.policy import Book
from itilcore.priority import Impact, Urgency

from .command import LogIncident

__all__ = ["from_alert", "from_email", "from_form"]

MOST_TITLE: Final = 500
MOST_TEXT: Final = 200_000
"""Characters that are kept of what somebody sent: what is longer is cut, and says so."""

_FIELDS: Final = (
    "title", "requester", "channel", "text", "kind", "category", "service", "configuration_item",
    "impact", "urgency",
)  # fmt: skip


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 6]} [cut]"


def _level(name: str, given: object, levels: Iterable[Any], defects: list[Defect]) -> Any:
    known = {level.name.casefold(): level for level in levels}
    found = known.get(str(given).strip().casefold())
    if found is None:
        near = nearest(str(given), [level.name for level in known.values()])
        defects.append(Defect(name, f"is {given!r}; {near}"))
    return found


def from_form(
    reference: str, form: Mapping[str, object], at: datetime, *, book: Book | None = None
) -> LogIncident:
    """The command that logs what a form says, field by field as texts.

    The fields are ``title``, which is required, ``requester``, ``channel``, ``text``,
    ``kind``, ``category`` (``"Network > VPN"``), ``service``, ``configuration_item``, ``impact``
    and ``urgency``, by the names of the book's levels; a blank field is none.  Raises
    `itilcore.errors.InvalidInput` with every defect, unknown fields among them.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> from_form("INC1", {"title": "Mail is slow", "impact": "low"}, nine).impact
    Impact.LOW
    >>> from_form("INC1", {"titel": "Mail is slow", "impact": "huge"}, nine)
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: form: 3 defects
      titel: is no such field; did you mean 'title'?
      title: is None: it must be a text that is not blank
      impact: is 'huge'; there are HIGH, MEDIUM, LOW
    """
    if not isinstance(form, Mapping):
        raise InvalidInput("form", [Defect("", f"is {form!r:.60}: give fields by their names")])
    rules = Book() if book is None else book
    defects = [
        Defect(str(name), f"is no such field; {nearest(str(name), _FIELDS)}")
        for name in form
        if name not in _FIELDS
    ]
    found: dict[str, Any] = {}
    for name in _FIELDS:
        value = form.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if not isinstance(value, str):
            defects.append(Defect(name, f"is {value!r}: give a text"))
            continue
        found[name] = value.strip()
    if "title" not in found:
        defects += blank_defects("title", form.get("title"))
    if "kind" in found:
        found["kind"] = _kind(found["kind"], defects)
    if "category" in found:
        try:
            found["category"] = Category.parse(found["category"])
        except InvalidInput as error:
            defects += [Defect("category", each.problem) for each in error.defects]
    levels = {"impact": rules.priority.impacts, "urgency": rules.priority.urgencies}
    for name, known in levels.items():
        if name in found:
            found[name] = _level(name, found[name], known, defects)
    if defects:
        raise InvalidInput("form", defects)
    return LogIncident(reference=reference, at=at, **found)


def _kind(given: str, defects: list[Defect]) -> TicketKind | None:
    wanted = given.casefold().replace("_", " ")
    for kind in TicketKind:
        if wanted in {kind.value.casefold().replace("_", " "), kind.name.casefold()}:
            return kind
    known = [kind.value for kind in TicketKind]
    defects.append(Defect("kind", f"is {given!r}; {nearest(given, known)}"))
    return None


def from_email(reference: str, message: EmailMessage, at: datetime) -> LogIncident:
    """The command that logs an e-mail: its subject, its sender, its plain text.

    Parse what came in with ``email.message_from_bytes(raw, policy=email.policy.default)``.
    HTML is not read.  A subject of more than 500 characters and a text of more than 200,000
    are cut.  Raises `itilcore.errors.InvalidInput` for a message without a sender.

    >>> from datetime import UTC
    >>> message = EmailMessage()
    >>> message["From"], message["Subject"] = "Ada <ada@example.org>", "Mail is slow"
    >>> message.set_content("Since this morning.")
    >>> log = from_email("INC1", message, datetime(2026, 1, 5, 9, tzinfo=UTC))
    >>> log.requester, log.title, log.text
    ('ada@example.org', 'Mail is slow', 'Since this morning.')
    """
    if not isinstance(message, EmailMessage):
        way = "parse it with policy=email.policy.default"
        raise InvalidInput("e-mail", [Defect("", f"is of {type(message).__name__}: {way}")])
    sender = parseaddr(str(message.get("From", "")))[1]
    if not sender:
        raise InvalidInput("e-mail", [Defect("From", "names no sender")])
    subject = " ".join(str(message.get("Subject", "")).split())
    body = message.get_body(("plain",))
    text = ""
    if body is not None:
        try:
            text = str(body.get_content()).strip()
        except (LookupError, ValueError):  # an encoding that nobody knows
            payload = body.get_payload(decode=True)
            text = payload.decode("utf-8", "replace").strip() if isinstance(payload, bytes) else ""
    first = text.splitlines()[0] if text else "(no subject)"
    return LogIncident(
        reference=reference,
        at=at,
        by=Actor.person(sender),
        title=_cut(subject or first, MOST_TITLE),
        requester=sender,
        channel="email",
        text=_cut(text, MOST_TEXT) or None,
    )


def from_alert(
    reference: str,
    at: datetime,
    *,
    title: str,
    source: str = "monitoring",
    service: str | None = None,
    configuration_item: str | None = None,
    category: Category | None = None,
    text: str | None = None,
    impact: Impact | None = None,
    urgency: Urgency | None = None,
    started_at: datetime | None = None,
    detected_at: datetime | None = None,
) -> LogIncident:
    """The command that logs an alert of the monitoring system *source*.

    It has no requester, and its channel is no exchange with one.  ``started_at`` is when the
    impact started, ``detected_at`` when the alert fired, *at* unless it is given.

    >>> from datetime import UTC
    >>> log = from_alert("INC1", datetime(2026, 1, 5, 9, tzinfo=UTC), title="disk full on db1")
    >>> log.channel, log.by
    ('monitoring', Actor(identifier='monitoring', kind=<ActorKind.AUTOMATION: 'automation'>))
    """
    return LogIncident(
        reference=reference,
        at=at,
        by=Actor.automation(source),
        title=_cut(title, MOST_TITLE),
        channel="monitoring",
        text=None if text is None else _cut(text, MOST_TEXT),
        category=category,
        service=service,
        configuration_item=configuration_item,
        impact=impact,
        urgency=urgency,
        impact_started_at=started_at,
        detected_at=detected_at or at,
        detected_by=source,
    )
