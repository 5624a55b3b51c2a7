"""Commands: what somebody wants done to an incident, as values.

Every command names the incident by ``reference``, says ``at`` which instant it happens and
``by`` whom (``None`` = not known).  A desk decides on it; making one does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from attrs import Attribute, field, fields, frozen

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects, name_defects, require_aware
from itilcore.incident import (
    AnnouncementKind,
    Answered,
    Direction,
    EscalationKind,
    HandOffNotes,
    HoldReason,
    LinkKind,
    ResolutionKind,
    Role,
    Status,
    event_defects,
    is_link,
)
from itilcore.priority import Impact, Priority, Severity, Urgency

__all__ = [
    "Acknowledge",
    "Announce",
    "Answer",
    "Assign",
    "AssumeRole",
    "Cancel",
    "Classify",
    "Close",
    "Command",
    "Confirm",
    "Contact",
    "DeclareSeverity",
    "DemoteMajor",
    "EngageVendor",
    "Escalate",
    "HandOff",
    "Hold",
    "Link",
    "LogIncident",
    "MarkMajor",
    "Move",
    "Note",
    "Prioritise",
    "PromoteMajor",
    "ProposeMajor",
    "RecordVendorAnswer",
    "RecordWorkaround",
    "RejectMajor",
    "RenounceRole",
    "Reopen",
    "Resolve",
    "Restore",
    "Resume",
    "Start",
    "Unassign",
    "UpdateStakeholders",
]

MOST_TEXT = 2_000_000
"""Characters that one text of a command may have: a longer one is no note but a file."""


def _aware(_instance: object, attribute: Attribute[Any], value: datetime | None) -> None:
    if isinstance(value, datetime):  # another type is a defect among the others
        require_aware(attribute.name, value)


_KINDS: Final[Mapping[str, type]] = {
    kind.__name__: kind
    for kind in (
        Actor, AnnouncementKind, Category, Direction, EscalationKind, HandOffNotes, HoldReason,
        Impact, LinkKind, Priority, ResolutionKind, Role, Severity, Status, TicketKind, Urgency,
        bool, datetime, int, str,
    )
}  # fmt: skip
"""What the fields of commands may be declared as, with or without ``| None``."""


_MOST_NAME: Final = 200
_MOST_TOLD: Final = 20_000
_LINES: Final = str.maketrans("\t\r\n", "   ")


def _kind_defects(command: Command) -> list[Defect]:
    """The fields that hold something else than they are declared as, and texts without end."""
    defects = []
    for each in fields(type(command)):
        value, declared = getattr(command, each.name), str(each.type)
        name = declared.removesuffix(" | None")
        kind = _KINDS.get(name)
        if isinstance(value, str) and len(value) > MOST_TEXT:
            problem = f"has {len(value):,} characters: at most {MOST_TEXT:,}"
            defects.append(Defect(each.name, problem))
        elif kind is None or (value is None and name != declared):
            continue
        elif not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            what = "a text" if kind is str else f"of {name}"
            defects.append(Defect(each.name, f"is {value!r}: it must be {what}"))
    return defects


def _bounded(name: str, value: object, most: int, *, lines: bool = False) -> list[Defect]:
    """The defects of a text that a vendor gave: blank, too long, or not to be printed."""
    if defects := blank_defects(name, value):
        return defects
    text = str(value)
    if len(text) > most:
        return [Defect(name, f"has {len(text):,} characters: at most {most:,}")]
    return name_defects(name, text.translate(_LINES) if lines else text)


def _pairs(
    given: Iterable[tuple[LinkKind, str]] | Iterable[tuple[str, str]] | Mapping[str, object],
) -> tuple[tuple[Any, Any], ...]:
    # What is neither is told with the other defects.
    items = given.items() if isinstance(given, Mapping) else given
    return tuple(items) if isinstance(items, Iterable) else ((given, given),)


def _texts(given: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else (given,)


@frozen(kw_only=True)
class Command:
    """What every command has.  Not a command by itself: use one of its kinds.

    ``action`` is the action of the lifecycle that it takes, ``""`` for one that changes no
    status.  Raises `itilcore.errors.InvalidInput` for a blank reference, a field of another
    type than it is declared as and a text of more than 2,000,000 characters,
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC, datetime
    >>> Note(reference="INC1", at=datetime(2026, 1, 5, 9, tzinfo=UTC), text="called back").action
    ''
    """

    action: ClassVar[str] = ""
    reference: str
    at: datetime = field(validator=_aware)
    by: Actor | None = None

    def __attrs_post_init__(self) -> None:
        defects = [
            *_kind_defects(self),
            *blank_defects("reference", self.reference),
            *self._defects(),
        ]
        if defects:
            one: dict[str, Defect] = {}  # for each field the first
            for each in defects:
                one.setdefault(each.path, each)
            raise InvalidInput(type(self).__name__, list(one.values()))

    def _defects(self) -> list[Defect]:
        return []


@frozen(kw_only=True)
class LogIncident(Command):
    """Record an incident: what is known about it when it reaches the desk.

    ``channel`` is how it did: ``monitoring`` is no exchange with the requester, all else is.
    With impact and urgency the priority follows.  ``text`` becomes the first note, ``links``
    are pairs of a `itilcore.incident.LinkKind` and a reference.  ``configuration_item`` is the
    asset that is affected.  ``answers`` are those of the requester to an intake form, texts by
    the names of its fields.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> LogIncident(reference="INC1", at=nine, title="Mail is slow", requester="ada").channel
    'self-service'
    """

    title: str
    requester: str | None = None
    channel: str = "self-service"
    text: str | None = None
    kind: TicketKind | None = TicketKind.INCIDENT
    category: Category | None = None
    service: str | None = None
    configuration_item: str | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    impact_started_at: datetime | None = field(default=None, validator=_aware)
    detected_at: datetime | None = field(default=None, validator=_aware)
    detected_by: str | None = None
    links: tuple[tuple[LinkKind, str], ...] = field(default=(), converter=_pairs)
    answers: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)

    def _defects(self) -> list[Defect]:
        defects = blank_defects("title", self.title) + blank_defects("channel", self.channel)
        defects += _answer_defects(self.answers)
        for index, link in enumerate(self.links):
            path = f"links[{index}]"
            if not (isinstance(link, tuple) and len(link) == 2 and isinstance(link[0], LinkKind)):
                defects.append(Defect(path, f"is {link!r:.60}: give a LinkKind and a reference"))
            else:
                defects += _other(path, self.reference, link[1])
        return defects


def _answer_defects(answers: tuple[tuple[str, str], ...]) -> list[Defect]:
    """What the event would refuse, or nobody could keep."""
    try:
        return event_defects(Answered(datetime.min.replace(tzinfo=UTC), answers))
    except InvalidInput as error:
        return list(error.defects)


def _other(path: str, reference: str, other: object) -> list[Defect]:
    if other == reference:
        return [Defect(path, "is the incident itself")]
    return blank_defects(path, other)


@frozen(kw_only=True)
class Classify(Command):
    """Say what it is and what it is about; what is ``None`` stays as it was.

    ``configuration_item`` is the asset that is affected; an empty text says that none is.
    """

    kind: TicketKind | None = None
    category: Category | None = None
    service: str | None = None
    configuration_item: str | None = None


@frozen(kw_only=True)
class Prioritise(Command):
    """Say impact and urgency (``None`` stays as it was): the matrix gives the priority.

    With ``priority`` the matrix is overridden, which needs a ``reason``.
    """

    impact: Impact | None = None
    urgency: Urgency | None = None
    priority: Priority | None = None
    reason: str | None = None

    def _defects(self) -> list[Defect]:
        return [] if self.priority is None else blank_defects("reason", self.reason)


def _evidence(given: Any) -> tuple[Any, ...]:
    # What is neither a text nor a mapping is told with the other defects.
    if isinstance(given, str):
        return (("evidence", given),)
    return tuple(sorted(given.items(), key=str)) if isinstance(given, Mapping) else _texts(given)


@frozen(kw_only=True)
class DeclareSeverity(Command):
    """Say how bad it is for the business, on ``evidence``: names and texts, or one text.

    Who may, and on what, is in the book; a declaration that lacks it is refused.  ``override``
    is the reason for declaring it without, for those who may.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> given = {"reference": "INC1", "at": nine, "severity": Severity.SEV2}
    >>> DeclareSeverity(evidence="nobody is paid", **given).evidence
    (('evidence', 'nobody is paid'),)
    """

    severity: Severity
    evidence: tuple[tuple[str, str], ...] = field(default=(), converter=_evidence)
    override: str | None = None

    def _defects(self) -> list[Defect]:
        defects = [] if self.override is None else blank_defects("override", self.override)
        whole = 0
        for index, pair in enumerate(self.evidence):
            path = f"evidence[{index}]"
            if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], str)):
                defects.append(Defect(path, f"is {pair!r:.60}: give a name and a text"))
                continue
            whole += len(pair[1])
            defects += name_defects(path, pair[0])
        if whole > MOST_TEXT:
            problem = f"has {whole:,} characters: at most {MOST_TEXT:,}"
            defects.append(Defect("evidence", problem))
        return defects


@frozen(kw_only=True)
class Acknowledge(Command):
    """Take it on: somebody will work on it."""


@frozen(kw_only=True)
class Assign(Command):
    """Give it to a group, and to one of its people where ``assignee`` is said.

    Without a group it stays with the one that has it.  ``because`` is why, where a rule chose.
    """

    action: ClassVar[str] = "assign"
    group: str | None = None
    assignee: str | None = None
    tier: int | None = None
    because: str | None = None


@frozen(kw_only=True)
class HandOff(Command):
    """Hand it to another group, with what that group needs to go on: ``details``.

    What is required is in the book, by category; a hand-off that lacks it is refused.
    """

    action: ClassVar[str] = "assign"
    group: str
    assignee: str | None = None
    tier: int | None = None
    notes: str | None = None
    details: HandOffNotes | None = None

    def _defects(self) -> list[Defect]:
        return blank_defects("group", self.group)


@frozen(kw_only=True)
class AssumeRole(Command):
    """``person`` takes on a ``role``; ``replacing`` whoever has it, where one alone can have it."""

    role: Role
    person: str
    replacing: bool = False

    def _defects(self) -> list[Defect]:
        return blank_defects("person", self.person)


@frozen(kw_only=True)
class RenounceRole(Command):
    """``person`` gives a ``role`` back."""

    role: Role
    person: str

    def _defects(self) -> list[Defect]:
        return blank_defects("person", self.person)


@frozen(kw_only=True)
class Unassign(Command):
    """Take it from whoever has it."""

    action: ClassVar[str] = "unassign"


@frozen(kw_only=True)
class Start(Command):
    """Begin to work on it, which acknowledges it."""

    action: ClassVar[str] = "start"


@frozen(kw_only=True)
class Hold(Command):
    """Stop work until something else has happened."""

    action: ClassVar[str] = "hold"
    reason: HoldReason | None = None


@frozen(kw_only=True)
class Resume(Command):
    """Go on after a hold."""

    action: ClassVar[str] = "resume"


@frozen(kw_only=True)
class Note(Command):
    """Write a note."""

    text: str

    def _defects(self) -> list[Defect]:
        return blank_defects("text", self.text)


@frozen(kw_only=True)
class Contact(Command):
    """Record an exchange with the requester."""

    direction: Direction
    channel: str | None = None


@frozen(kw_only=True)
class Answer(Command):
    """Record what the requester answered to an intake form: texts by the names of its fields.

    A later answer to the same field replaces the earlier one.

    >>> from datetime import UTC, datetime
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> Answer(reference="INC1", at=nine, answers={"device": "PC 7"}).answers
    (('device', 'PC 7'),)
    """

    answers: tuple[tuple[str, str], ...] = field(converter=_pairs)

    def _defects(self) -> list[Defect]:
        if not self.answers:
            return [Defect("answers", "are none: give at least one")]
        return _answer_defects(self.answers)


@frozen(kw_only=True)
class EngageVendor(Command):
    """Ask a ``vendor`` for help, or tell more of one that is waited for.

    ``ticket`` is the vendor's reference, ``status_link`` an http or https address where it tells
    how things stand, ``workaround`` what helps meanwhile; what is ``None`` stays as it was.
    Names have at most 200 characters, what is told 20,000, and none of control
    but ends of lines and tabs in what is told.
    """

    vendor: str
    ticket: str | None = None
    status_link: str | None = None
    workaround: str | None = None

    def _defects(self) -> list[Defect]:
        defects = _bounded("vendor", self.vendor, _MOST_NAME)
        if self.ticket is not None:
            defects += _bounded("ticket", self.ticket, _MOST_NAME)
        if self.workaround is not None:
            defects += _bounded("workaround", self.workaround, _MOST_TOLD, lines=True)
        if self.status_link is not None and not is_link(self.status_link):
            problem = "give an address that begins with http:// or https://"
            defects.append(Defect("status_link", f"is {self.status_link!r:.100}: {problem}"))
        return defects


@frozen(kw_only=True)
class RecordVendorAnswer(Command):
    """A vendor answered: with what it ``delivered`` the wait is over, without it goes on."""

    vendor: str
    delivered: bool = True
    note: str | None = None

    def _defects(self) -> list[Defect]:
        defects = _bounded("vendor", self.vendor, _MOST_NAME)
        if isinstance(self.note, str) and self.note.strip():
            defects += _bounded("note", self.note, _MOST_TOLD, lines=True)
        return defects


@frozen(kw_only=True)
class RecordWorkaround(Command):
    """Write down a way around the fault."""

    text: str

    def _defects(self) -> list[Defect]:
        return blank_defects("text", self.text)


@frozen(kw_only=True)
class Restore(Command):
    """Say that the service works again, whether or not the incident is resolved."""


@frozen(kw_only=True)
class Resolve(Command):
    """Say that it is over: by a fix or a workaround, with a code and notes."""

    action: ClassVar[str] = "resolve"
    kind: ResolutionKind | None = None
    code: str | None = None
    notes: str | None = None


@frozen(kw_only=True)
class Confirm(Command):
    """The requester agrees that it is resolved."""


@frozen(kw_only=True)
class Reopen(Command):
    """The resolution did not hold; ``to`` says in which status work goes on."""

    action: ClassVar[str] = "reopen"
    reason: str | None = None
    to: Status | None = None


@frozen(kw_only=True)
class Close(Command):
    """End it, with what is worth keeping.

    ``summary``, ``cause``, the ``steps`` that helped and ``knowledge``, the reference of an
    article.
    """

    action: ClassVar[str] = "close"
    code: str | None = None
    summary: str | None = None
    cause: str | None = None
    steps: tuple[str, ...] = field(default=(), converter=_texts)
    knowledge: str | None = None

    def _defects(self) -> list[Defect]:
        defects = []
        for index, step in enumerate(self.steps):
            defects += blank_defects(f"steps[{index}]", step)
            if isinstance(step, str) and len(step) > MOST_TEXT:
                problem = f"has {len(step):,} characters: at most {MOST_TEXT:,}"
                defects.append(Defect(f"steps[{index}]", problem))
        return defects


@frozen(kw_only=True)
class Cancel(Command):
    """End it because there is nothing to resolve."""

    action: ClassVar[str] = "cancel"
    reason: str | None = None


@frozen(kw_only=True)
class Move(Command):
    """Take an action of the team's own lifecycle, ``take``, with the ``facts`` that it requires."""

    take: str
    to: Status | None = None
    facts: tuple[tuple[str, object], ...] = field(default=(), converter=_pairs)

    def _defects(self) -> list[Defect]:
        defects = blank_defects("take", self.take)
        for index, fact in enumerate(self.facts):
            if not (isinstance(fact, tuple) and len(fact) == 2 and isinstance(fact[0], str)):
                defects.append(
                    Defect(f"facts[{index}]", f"is {fact!r:.60}: give a name and a value")
                )
        return defects


@frozen(kw_only=True)
class Link(Command):
    """Say what ``other`` is to this incident: its problem, its parent, what it duplicates."""

    kind: LinkKind
    other: str

    def _defects(self) -> list[Defect]:
        return _other("other", self.reference, self.other)


@frozen(kw_only=True)
class MarkMajor(Command):
    """What the four commands about a major incident have: why.  Not a command by itself."""

    reason: str | None = None

    def _defects(self) -> list[Defect]:
        return blank_defects("reason", self.reason)


@frozen(kw_only=True)
class ProposeMajor(MarkMajor):
    """Propose it as a major incident; without a ``reason`` those of the book are it."""

    def _defects(self) -> list[Defect]:
        return [] if self.reason is None else blank_defects("reason", self.reason)


@frozen(kw_only=True)
class PromoteMajor(MarkMajor):
    """Make it a major incident: who may, the book says."""


@frozen(kw_only=True)
class RejectMajor(MarkMajor):
    """Say of one that is proposed that it is no major incident."""


@frozen(kw_only=True)
class DemoteMajor(MarkMajor):
    """Say of a major incident that it is none any more."""


@frozen(kw_only=True)
class UpdateStakeholders(Command):
    """Tell ``audiences`` how things stand, all of the book without any, and when they hear next.

    What is missing of the template of `itilcore.communications.StakeholderUpdate` refuses it.
    ``next_update_at`` may be left out for the last update, after the resolution, and is not
    later than the cadence of the severity allows.
    """

    audiences: tuple[str, ...] = field(default=(), converter=_texts)
    impacted: str | None = None
    affected: str | None = None
    progress: str | None = None
    workaround: str | None = None
    follow: str | None = None
    technical: str | None = None
    next_update_at: datetime | None = field(default=None, validator=_aware)

    def _defects(self) -> list[Defect]:
        return [
            defect
            for index, name in enumerate(self.audiences)
            for defect in blank_defects(f"audiences[{index}]", name)
        ]


@frozen(kw_only=True)
class Escalate(Command):
    """Let somebody hear of it who can do more: ``to`` a group or a person, and why.

    Nobody is assigned by it: that is a hand-off.  ``rule`` and ``step`` name a step of the
    book's escalation rules, which is then taken only while it is due; both or neither.
    """

    kind: EscalationKind
    to: str
    reason: str | None = None
    rule: str | None = None
    step: str | None = None

    def _defects(self) -> list[Defect]:
        defects = blank_defects("to", self.to)
        if (self.rule is None) != (self.step is None):
            missing = "rule" if self.rule is None else "step"
            defects.append(Defect(missing, "is missing: a step is named with its rule"))
        return defects


@frozen(kw_only=True)
class Announce(Command):
    """Say that a clock has passed a threshold or its target."""

    what: AnnouncementKind
    clock: str
    agreement: str
    instant: datetime = field(validator=_aware)
    threshold: str | None = None
