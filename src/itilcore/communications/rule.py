"""Rules that write notifications: rows of what happens, who hears of it, and what is said."""

from __future__ import annotations

from collections.abc import Iterable
from string import Template
from typing import Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import several
from itilcore.incident import CHANGES, Assigned, Event, HandedOff, Incident, Logged, Phase
from itilcore.version import JSONValue

from .notification import Notification

__all__ = ["NotificationRule", "notify", "status_updates"]

FIELDS: Final = (
    "assignee",
    "category",
    "group",
    "hold_reason",
    "priority",
    "reference",
    "requester",
    "resolution_notes",
    "service",
    "status",
    "title",
)
"""What ``$`` may name in a text."""

MOST_TEXT: Final = 10_000
"""Characters of what a user typed that one field brings into a text."""


@frozen(kw_only=True)
class NotificationRule:
    """When one of ``when`` happens to an incident, tell the ``audience``.

    ``when`` are names of statuses, names of phases in small letters, ``logged``, or
    ``assigned``: to another group.  Entering a status again counts, staying in it does not,
    and a hold for another reason is entering it.  The audience is
    ``requester``, ``assignee`` or ``group``, whom the incident names, or any other name, whose
    recipients the deliverer knows.  ``subject`` and ``text`` may name ``$reference``,
    ``$title``, ``$status``, ``$priority``, ``$group``, ``$assignee``, ``$requester``,
    ``$service``, ``$category``, ``$hold_reason`` and ``$resolution_notes``; ``$$`` is a dollar.
    Raises `itilcore.errors.InvalidInput` for any other and for a blank name, audience or
    subject.

    >>> NotificationRule(name="held", when="ON_HOLD", audience="requester",
    ...     subject="$reference waits: $hold_resaon")
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: notification rule: 1 defect
      subject: has $hold_resaon; did you mean 'hold_reason'?
    """

    name: str
    when: tuple[str, ...] = field(converter=several)
    audience: str
    subject: str
    text: str = ""

    def __attrs_post_init__(self) -> None:
        defects = [
            defect
            for name in ("name", "audience", "subject")
            for defect in blank_defects(name, getattr(self, name))
        ]
        if not self.when:
            defects.append(Defect("when", "names no status and no phase"))
        for index, status in enumerate(self.when):
            defects += blank_defects(f"when[{index}]", status)
        for name in ("subject", "text"):
            defects += _template_defects(name, getattr(self, name))
        if defects:
            raise InvalidInput("notification rule", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "name": self.name,
            "when": list(self.when),
            "audience": self.audience,
            "subject": self.subject,
            "text": self.text,
        }

    def written(self, incident: Incident, event: Event, version: int) -> Notification | None:
        """What *event*, which made *incident* what it is, has it say; ``None`` for nobody.

        An audience that the incident does not name (no assignee yet) is nobody.
        """
        recipient = None
        if self.audience in _RECIPIENTS:
            recipient = {
                "requester": incident.facts.requester,
                "assignee": incident.assignee,
                "group": incident.group,
            }[self.audience]
            if recipient is None:
                return None
        words = _words(incident)
        return Notification(
            identifier=f"{incident.reference}:{version}:{self.name}:{self.audience}",
            reference=incident.reference,
            rule=self.name,
            audience=self.audience,
            recipient=recipient,
            at=event.at,
            # A subject is one line, whatever a user typed as the title.
            subject=" ".join(Template(self.subject).substitute(words).split()),
            text=Template(self.text).substitute(words),
        )


_RECIPIENTS: Final = ("requester", "assignee", "group")


def _template_defects(path: str, text: object) -> list[Defect]:
    if not isinstance(text, str):
        return [Defect(path, f"is {text!r}: give a text")]
    template = Template(text)
    if not template.is_valid():
        return [Defect(path, "has a $ that names nothing: write $$ for a dollar")]
    return [
        Defect(path, f"has ${name}; {nearest(name, FIELDS)}")
        for name in template.get_identifiers()
        if name not in FIELDS
    ]


def _words(incident: Incident) -> dict[str, str]:
    facts = incident.facts
    resolution = incident.resolution
    found = {
        "assignee": facts.assignee,
        "category": facts.category,
        "group": facts.group,
        "hold_reason": facts.hold_reason,
        "priority": facts.priority,
        "reference": incident.reference,
        "requester": facts.requester,
        "resolution_notes": None if resolution is None else resolution.notes,
        "service": facts.service,
        "status": facts.status,
        "title": incident.title,
    }
    return {name: "" if value is None else str(value)[:MOST_TEXT] for name, value in found.items()}


def status_updates() -> tuple[NotificationRule, ...]:
    """A word to whom it concerns at New, Assigned, In Progress, On Hold, Resolved and Closed.

    >>> [(rule.name, rule.audience) for rule in status_updates()][:2]
    [('logged', 'requester'), ('assigned', 'group')]
    """
    return tuple(
        NotificationRule(name=name, when=when, audience=audience, subject=subject, text=text)
        for name, when, audience, subject, text in (
            ("logged", ("logged",), "requester", "$reference: we have your report", "$title"),
            ("assigned", ("assigned",), "group", "$reference is yours: $title", "$priority"),
            ("started", ("active",), "requester", "$reference: we are working on it", "$title"),
            (
                "held",
                ("waiting",),
                "requester",
                "$reference waits: $hold_reason",
                "$title",
            ),
            (
                "resolved",
                ("resolved",),
                "requester",
                "$reference is resolved: please confirm, or tell us that it is not",
                "$title\n\n$resolution_notes",
            ),
            ("closed", ("closed",), "requester", "$reference is closed", "$title"),
        )
    )


def notify(
    rules: Iterable[NotificationRule], before: Incident, events: Iterable[Event]
) -> tuple[Notification, ...]:
    """What *rules* have to say about *events*, by which *before* goes on, in their order.

    The identifier of a notification is made of the reference, the version that the event
    made, the rule and the audience: the same events say the same things under the same
    identifiers, however often they are asked.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> new = Incident.replay("INC1", [])
    >>> (said,) = notify(status_updates(), new, [Logged(nine, "Mail is slow", "ada")])
    >>> said.identifier, said.recipient, said.subject
    ('INC1:1:logged:requester', 'ada', 'INC1: we have your report')
    """
    found = []
    incident = before
    rows = tuple(rules)
    for event in events:
        after = incident.record(event)
        words = _happened(incident, event, after)
        incident = after
        for rule in rows:
            if words.intersection(rule.when):
                said = rule.written(incident, event, incident.version)
                if said is not None:
                    found.append(said)
    return tuple(found)


def _happened(before: Incident, event: Event, after: Incident) -> set[str]:
    """What *event* is, in the words that rules use."""
    kind = type(event)
    if kind is Assigned or kind is HandedOff:
        return set() if after.group is None or after.group == before.group else {"assigned"}
    status = after.status
    if status is None or status.phase is Phase.UNKNOWN:
        return set()
    words = {status.name, status.phase.value}
    if kind is Logged:
        return {"logged", *words}
    entered = (status, after.hold_reason) != (before.status, before.hold_reason)
    return words if kind in CHANGES and entered else set()
