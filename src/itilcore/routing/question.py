"""What routing asks: the evidence about one incident, and texts as words that compare."""

from __future__ import annotations

from functools import cached_property
from typing import Final
from unicodedata import normalize

from attrs import field, frozen

from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.incident import Incident, Noted
from itilcore.priority import Impact, Priority, Severity, Urgency
from itilcore.words import words

from .people import Directory

__all__ = ["PARTS", "Evidence", "RoutingQuestion", "composed", "fold_words"]

Evidence = tuple[str, ...] | str | TicketKind | None
"""One part of a question as rules compare it: a category's path, a name, a kind."""

PARTS: Final[tuple[tuple[str, str, type[object]], ...]] = (
    ("category", "categories", Category),
    ("service", "services", str),
    ("impact", "impacts", Impact),
    ("urgency", "urgencies", Urgency),
    ("priority", "priorities", Priority),
    ("severity", "severities", Severity),
    ("kind", "kinds", TicketKind),
    ("site", "sites", str),
    ("customer", "customers", str),
    ("text", "words", str),
)
"""Each part of a question, the condition of a rule that looks at it, and what it is."""


def fold_words(text: str) -> str:
    """The words of *text*, as `itilcore.words.words` has them, with one blank around each.

    A text without words is ``""``.

    >>> fold_words("VPN: Zugang (Straße) weg!")
    ' vpn zugang strasse weg '
    """
    found = words(text)
    return f" {' '.join(found)} " if found else ""


def composed(name: str | None) -> str | None:
    """*name* as names compare: an accent is one sign, however it was typed.

    >>> composed("Sa\u0303o") == "São"
    True
    """
    return None if name is None else normalize("NFC", name)


@frozen(kw_only=True)
class RoutingQuestion:
    """What is known about an incident when somebody has to get it; ``None`` is *unknown*.

    ``site`` is where the requester is, ``text`` what they wrote, of which the first 5,000
    characters are read.  Raises
    `itilcore.errors.InvalidInput` with every part that is of another type, and for a blank
    service, site or customer.

    >>> RoutingQuestion(service="mail", priority=Priority.P1).service
    'mail'
    """

    category: Category | None = None
    service: str | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    priority: Priority | None = None
    severity: Severity | None = None
    kind: TicketKind | None = None
    site: str | None = None
    customer: str | None = None
    text: str | None = None
    evidence: tuple[Evidence, ...] = field(init=False, eq=False, repr=False)
    """All parts but the text as rules compare them, in the order of the parts above."""

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for name, _, kind in PARTS:
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, kind):
                problem = f"is {value!r:.60}: it must be of {kind.__name__}, or None"
                defects.append(Defect(name, problem))
            elif kind is str and name != "text":
                defects += blank_defects(name, value)
        if defects:
            raise InvalidInput("routing question", defects)
        evidence = (
            None if self.category is None else self.category.path,
            composed(self.service),
            None if self.impact is None else self.impact.name,
            None if self.urgency is None else self.urgency.name,
            None if self.priority is None else self.priority.name,
            None if self.severity is None else self.severity.name,
            self.kind,
            composed(self.site),
            composed(self.customer),
        )
        object.__setattr__(self, "evidence", evidence)

    @classmethod
    def of(
        cls,
        incident: Incident,
        directory: Directory | None = None,
        customer: str | None = None,
    ) -> RoutingQuestion:
        """What *incident* says by now; the requester's site from *directory*.

        Its text is the title, and the first note behind it.

        Where no *customer* is given it is the requester.  A text of the incident that is blank
        is unknown.  Raises `itilcore.errors.InvalidInput` for what is no incident, directory
        or customer.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Classified, Logged
        >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
        >>> events = [Logged(nine, "No mail", "eve"), Classified(nine, service="mail")]
        >>> question = RoutingQuestion.of(Incident.replay("INC1", events))
        >>> question.text, question.service, question.customer
        ('No mail', 'mail', 'eve')
        """
        defects = []
        if not isinstance(incident, Incident):
            defects.append(Defect("incident", f"is {incident!r:.60}: give an Incident"))
        if not isinstance(directory, Directory | None):
            defects.append(Defect("directory", f"is {directory!r:.60}: give a Directory, or None"))
        if customer is not None:
            defects += blank_defects("customer", customer)
        if defects:
            raise InvalidInput("routing question", defects)
        facts = incident.facts
        requester = _said(facts.requester)
        person = None
        if directory is not None and requester is not None:
            person = directory.person(requester)
        return cls(
            category=facts.category,
            service=_said(facts.service),
            impact=facts.impact,
            urgency=facts.urgency,
            priority=facts.priority,
            severity=facts.severity,
            kind=facts.kind,
            site=None if person is None else person.site,
            customer=requester if customer is None else customer,
            text=_text(incident),
        )

    @cached_property
    def folded(self) -> str:
        """The words of the text, as `fold_words` makes them; ``""`` where it is unknown."""
        return "" if self.text is None else fold_words(self.text)


def _text(incident: Incident) -> str | None:
    """The title, and the first note, which is what whoever reported it wrote."""
    note = next((each.text for each in incident.timeline if isinstance(each, Noted)), None)
    said = [text for text in (incident.title, note) if text is not None]
    return "\n".join(said) if said else None


def _said(text: str | None) -> str | None:
    # Imports bring blank texts: they say no more than none.
    return None if isinstance(text, str) and not text.strip() else text
