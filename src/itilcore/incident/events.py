"""Events: what happened to an incident, as values.

Every event says ``at`` (when it happened), ``recorded_at`` (when it was written down;
``None`` = at the same time) and ``by`` (who acted; ``None`` = not known).  Both instants
carry a UTC offset, or `itilcore.errors.NaiveInstant` is raised.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from attrs import Attribute, field, frozen

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects, name_defects, require_aware
from itilcore.given import several
from itilcore.priority import Impact, Priority, Severity, Urgency

from .handoff import HandOffNotes
from .link import is_link
from .roles import Role
from .status import HoldReason, Status

__all__ = [
    "Acknowledged",
    "Announced",
    "AnnouncementKind",
    "Answered",
    "Asserted",
    "Assigned",
    "Cancelled",
    "Classified",
    "Closed",
    "Confirmed",
    "Contacted",
    "Detected",
    "Direction",
    "Escalated",
    "EscalationKind",
    "Event",
    "HandedOff",
    "Held",
    "ImpactStarted",
    "LinkKind",
    "Linked",
    "Logged",
    "MajorIncidentMarked",
    "MajorState",
    "Noted",
    "Observed",
    "PolicyAdopted",
    "Prioritised",
    "Reopened",
    "ResolutionKind",
    "Resolved",
    "Restored",
    "RoleAssumed",
    "RoleRenounced",
    "SeverityDeclared",
    "StakeholdersUpdated",
    "StatusChanged",
    "VendorAnswered",
    "VendorEngaged",
    "WorkaroundFound",
]


class Direction(Enum):
    """Which way a contact with the requester went."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class EscalationKind(Enum):
    """Functional: to a group with other skills or a higher tier.  Hierarchic: to a manager."""

    FUNCTIONAL = "functional"
    HIERARCHIC = "hierarchic"


class ResolutionKind(Enum):
    """A fix removes the fault; a workaround restores the service around it."""

    FIX = "fix"
    WORKAROUND = "workaround"


class LinkKind(Enum):
    """What another record is to this incident."""

    PARENT = "parent"
    CHILD = "child"
    DUPLICATE_OF = "duplicate of"
    PROBLEM = "problem"
    CHANGE = "change"
    RELATED = "related"


def _aware(_instance: object, attribute: Attribute[datetime], value: datetime) -> None:
    # The first comparison decides for nearly every event of a long import.
    try:
        known = value.tzinfo is UTC
    except AttributeError:
        known = False
    if not known:
        require_aware(attribute.name, value)


def _aware_or_none(
    _instance: object, attribute: Attribute[datetime | None], value: datetime | None
) -> None:
    if value is not None:
        require_aware(attribute.name, value)


@frozen
class Event:
    """What every event has.  Not an event by itself: use one of its kinds.

    >>> from datetime import UTC, datetime
    >>> Noted(datetime(2026, 1, 5, 9, tzinfo=UTC), text="called back").at.hour
    9
    """

    at: datetime = field(validator=_aware)
    recorded_at: datetime | None = field(default=None, kw_only=True, validator=_aware_or_none)
    by: Actor | None = field(default=None, kw_only=True)

    @property
    def known_at(self) -> datetime:
        """When the event was written down: ``recorded_at``, or ``at`` where that is unset.

        >>> from datetime import UTC, datetime
        >>> Restored(datetime(2026, 1, 5, tzinfo=UTC)).known_at.year
        2026
        """
        return self.at if self.recorded_at is None else self.recorded_at


@frozen
class Logged(Event):
    """The incident was recorded.  ``channel`` is how it reached the desk.

    ``status`` is the status it starts in; ``None`` where an import does not know it.
    A channel that is a contact with the requester (anything but ``monitoring``) counts as
    the first interaction.
    """

    title: str | None = None
    requester: str | None = None
    channel: str | None = None
    status: Status | None = Status.NEW


@frozen
class ImpactStarted(Event):
    """The service began to suffer."""


@frozen
class Detected(Event):
    """The trouble was noticed, by ``source`` (monitoring, a user, an engineer, ...)."""

    source: str | None = None


@frozen
class Classified(Event):
    """Kind, category and service were set; each replaces the earlier one, ``None`` included.

    ``configuration_item`` is the asset that is affected.  It alone stays as it was where it is
    ``None``; an empty text says that there is none any more.
    """

    kind: TicketKind | None = None
    category: Category | None = None
    service: str | None = None
    configuration_item: str | None = field(default=None, kw_only=True)


@frozen
class Prioritised(Event):
    """Impact, urgency and priority were set.

    ``computed`` is what the rule gave where ``priority`` overrides it, ``reason`` why.
    """

    impact: Impact | None = None
    urgency: Urgency | None = None
    priority: Priority | None = None
    computed: Priority | None = None
    reason: str | None = None


@frozen
class SeverityDeclared(Event):
    """Somebody declared how bad it is for the business, on stated evidence.

    ``override`` says without what it was declared, and for which reason, where somebody
    overrode the rules; ``None`` where nobody did, whatever the evidence says.
    """

    severity: Severity
    evidence: str | None = None
    override: str | None = field(default=None, kw_only=True)


@frozen
class Acknowledged(Event):
    """A person, or an automation that took ownership, took the incident on.

    Holding, silencing and an automatic reply are no acknowledgement.
    """


@frozen
class Assigned(Event):
    """Group and assignee were set; ``None`` means that nobody is.  ``tier`` is the group's.

    ``reason`` is why they were, where a rule chose them.
    """

    group: str | None = None
    assignee: str | None = None
    tier: int | None = None
    reason: str | None = field(default=None, kw_only=True)


@frozen
class StatusChanged(Event):
    """The incident moved to ``status``, with a ``hold_reason`` where that is a hold."""

    status: Status
    hold_reason: HoldReason | None = None


def _role(_instance: object, attribute: Attribute[Role], value: Role) -> None:
    if not isinstance(value, Role):
        problem = f"is {value!r:.60}: give a Role, such as Role.SCRIBE"
        raise InvalidInput("event", [Defect(attribute.name, problem)])


def _person(_instance: object, attribute: Attribute[str], value: str) -> None:
    if defects := blank_defects(attribute.name, value):
        raise InvalidInput("event", defects)


def _reason(_instance: object, attribute: Attribute[HoldReason], value: HoldReason) -> None:
    if not isinstance(value, HoldReason):
        problem = f"is {value!r:.60}: give a HoldReason, such as HoldReason('AWAITING_PARTS')"
        raise InvalidInput("event", [Defect(attribute.name, problem)])


@frozen
class Held(Event):
    """Work was put on hold for ``hold_reason``."""

    hold_reason: HoldReason = field(validator=_reason)
    status: Status = Status.ON_HOLD


@frozen
class Escalated(Event):
    """The incident was escalated ``to`` a group or a person, and why.

    Where a rule did it: ``rule`` is its name, ``step`` tells the step from every other of that
    rule, ``policy`` is the version of the rules under which the chain of steps started, and
    ``fired_under`` that of the rules which named ``to`` and the instant of this step.
    """

    kind: EscalationKind
    to: str
    reason: str | None = None
    rule: str | None = field(default=None, kw_only=True)
    step: str | None = field(default=None, kw_only=True)
    policy: str | None = field(default=None, kw_only=True)
    fired_under: str | None = field(default=None, kw_only=True)


@frozen
class HandedOff(Event):
    """One group handed the incident to another, with notes, and in ``details`` all it needs."""

    group: str
    assignee: str | None = None
    tier: int | None = None
    notes: str | None = None
    details: HandOffNotes | None = None


@frozen
class RoleAssumed(Event):
    """``person`` took on a role: manager, scribe, resolver beside the assignee, and so on."""

    role: Role = field(validator=_role)
    person: str = field(validator=_person)


@frozen
class RoleRenounced(Event):
    """``person`` gave a role back."""

    role: Role = field(validator=_role)
    person: str = field(validator=_person)


def _vendor(_instance: object, attribute: Attribute[str], value: str) -> None:
    if defects := name_defects(attribute.name, value):
        raise InvalidInput("event", defects)


def _link(_instance: object, attribute: Attribute[str | None], value: str | None) -> None:
    if value is not None and not is_link(value):
        problem = f"is {value!r:.100}: give an address that begins with http:// or https://"
        raise InvalidInput("event", [Defect(attribute.name, problem)])


def _flag(_instance: object, attribute: Attribute[bool], value: bool) -> None:
    if not isinstance(value, bool):
        raise InvalidInput(
            "event", [Defect(attribute.name, f"is {value!r:.60}: give True or False")]
        )


@frozen
class VendorEngaged(Event):
    """A vendor was asked for help, or is told of again while it is waited for.

    ``ticket`` is the vendor's reference, ``status_link`` an http or https address where it tells
    how things stand, ``workaround`` what helps meanwhile; ``None`` leaves what was known before.
    Raises `itilcore.errors.InvalidInput` for a blank vendor and for any other address.
    """

    vendor: str = field(validator=_vendor)
    ticket: str | None = None
    status_link: str | None = field(default=None, validator=_link)
    workaround: str | None = None


@frozen
class VendorAnswered(Event):
    """A vendor answered; what it ``delivered`` ends the wait, a mere answer does not."""

    vendor: str = field(validator=_vendor)
    delivered: bool = field(default=True, validator=_flag)
    note: str | None = None


@frozen
class Contacted(Event):
    """An exchange with the requester, over ``channel``."""

    direction: Direction
    channel: str | None = None


Answer = tuple[str, str]


def _answers(given: Mapping[str, str] | Iterable[Answer]) -> tuple[Answer, ...]:
    pairs = several(given.items() if isinstance(given, Mapping) else given)
    try:
        return tuple(sorted(pairs))
    except TypeError:  # no pairs of texts: told with the other defects
        return pairs


def _answerable(
    _instance: object, attribute: Attribute[tuple[Answer, ...]], value: tuple[Answer, ...]
) -> None:
    path, defects, known = attribute.name, list[Defect](), set[str]()
    for pair in value:
        if not (isinstance(pair, tuple) and len(pair) == 2):
            defects.append(Defect(path, f"has {pair!r:.60}: give a name and a text"))
            continue
        name, text = pair
        if wrong := blank_defects(path, name):
            defects += wrong
        elif name in known:
            defects.append(Defect(f"{path}.{name:.60}", "stands twice"))
        elif not isinstance(text, str):
            defects.append(Defect(f"{path}.{name:.60}", f"is {text!r:.60}: give a text"))
        else:
            known.add(name)
    if defects:
        raise InvalidInput("event", defects)


@frozen
class Answered(Event):
    """The requester answered an intake form: ``answers`` by the names of its fields.

    They are given as a mapping or as pairs, and kept as pairs by name.  A later answer to the
    same field replaces the earlier one.  Raises `itilcore.errors.InvalidInput` for a blank
    name, a name that stands twice and an answer that is no text.

    >>> from datetime import UTC, datetime
    >>> Answered(datetime(2026, 1, 5, tzinfo=UTC), {"start": "nine", "device": "PC 7"}).answers
    (('device', 'PC 7'), ('start', 'nine'))
    """

    answers: tuple[Answer, ...] = field(converter=_answers, validator=_answerable)


@frozen
class WorkaroundFound(Event):
    """A way to work around the fault is known."""

    text: str


@frozen
class Resolved(Event):
    """Service is back: by a fix or a workaround, with a code and notes."""

    kind: ResolutionKind | None = None
    code: str | None = None
    notes: str | None = None
    status: Status = Status.RESOLVED


@frozen
class Restored(Event):
    """The service works again for its users, whether or not the incident is resolved."""


@frozen
class Confirmed(Event):
    """The requester agreed that it is resolved."""


@frozen
class Reopened(Event):
    """A resolution did not hold; work starts again in ``status``."""

    reason: str | None = None
    status: Status = Status.IN_PROGRESS


def _texts(given: Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


@frozen
class Closed(Event):
    """The incident ended, with what is worth keeping of it.

    ``summary`` is what happened in a sentence, ``cause`` why, ``steps`` what helped, in
    order, ``knowledge`` the reference of an article.
    """

    code: str | None = None
    status: Status = Status.CLOSED
    summary: str | None = field(default=None, kw_only=True)
    cause: str | None = field(default=None, kw_only=True)
    steps: tuple[str, ...] = field(default=(), kw_only=True, converter=_texts)
    knowledge: str | None = field(default=None, kw_only=True)


@frozen
class Cancelled(Event):
    """The incident ended because there was nothing to resolve."""

    reason: str | None = None
    status: Status = Status.CANCELLED


@frozen
class Linked(Event):
    """The incident was linked to another record."""

    kind: LinkKind
    reference: str


@frozen
class StakeholdersUpdated(Event):
    """An audience was told how things stand, and when they hear next.

    What they were told, where it is known: what is ``impacted``, who is ``affected``, the
    ``progress`` of the work, a ``workaround``, where to ``follow``, and what is
    ``technical``.
    """

    audience: str
    next_update_at: datetime | None = field(default=None, validator=_aware_or_none)
    impacted: str | None = field(default=None, kw_only=True)
    affected: str | None = field(default=None, kw_only=True)
    progress: str | None = field(default=None, kw_only=True)
    workaround: str | None = field(default=None, kw_only=True)
    follow: str | None = field(default=None, kw_only=True)
    technical: str | None = field(default=None, kw_only=True)


class MajorState(Enum):
    """What an incident is as a major one: a candidate, one, not taken for one, no longer one."""

    PROPOSED = "proposed"
    PROMOTED = "promoted"
    REJECTED = "rejected"
    DEMOTED = "demoted"


def _major(_instance: object, attribute: Attribute[MajorState], value: MajorState) -> None:
    if not isinstance(value, MajorState):
        problem = f"is {value!r:.60}: give a MajorState, such as MajorState.PROPOSED"
        raise InvalidInput("event", [Defect(attribute.name, problem)])


@frozen
class MajorIncidentMarked(Event):
    """It was proposed as a major incident, promoted to one, rejected or demoted, and why."""

    state: MajorState = field(validator=_major)
    reason: str | None = None


@frozen
class Noted(Event):
    """A note."""

    text: str


@frozen
class PolicyAdopted(Event):
    """From here on ``version`` of the rules for ``subject`` applies to this incident."""

    subject: str
    version: str


class AnnouncementKind(Enum):
    """What is announced of a clock: a threshold that has passed, its target, a missing word."""

    WARNING = "warning"
    BREACH = "breach"
    UPDATE = "update"


@frozen
class Announced(Event):
    """A clock passed a threshold or its target, and somebody was told.

    ``clock`` and ``agreement`` are their names, ``instant`` is when the target was due, or the
    instant of the ``threshold`` that passed.  An announced breach is an event: it stays, whatever
    becomes of the clock.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> Announced(noon, AnnouncementKind.BREACH, "resolution", "gold", noon).what.value
    'breach'
    """

    what: AnnouncementKind
    clock: str
    agreement: str
    instant: datetime = field(validator=_aware)
    threshold: str | None = None

    def is_in(self, events: Iterable[Event]) -> bool:
        """Whether the same was announced before, whenever that was."""
        return any(
            isinstance(event, Announced)
            and (event.what, event.clock, event.agreement, event.instant, event.threshold)
            == (self.what, self.clock, self.agreement, self.instant, self.threshold)
            for event in events
        )


@frozen
class Observed(Event):
    """A state seen at an instant: not a transition.  A history that starts mid-life begins so.

    Every field replaces what was known; ``None`` means that the source did not show it.
    """

    status: Status | None = None
    hold_reason: HoldReason | None = None
    kind: TicketKind | None = None
    category: Category | None = None
    service: str | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    priority: Priority | None = None
    group: str | None = None
    assignee: str | None = None
    tier: int | None = None
    configuration_item: str | None = field(default=None, kw_only=True)


ASSERTABLE = (
    "impact_started_at",
    "detected_at",
    "acknowledged_at",
    "resolved_at",
    "closed_at",
    "first_escalated_at",
    "interactions",
    "escalations",
    "hand_offs",
    "reassignments",
    "reopenings",
    "sla_met",
)
"""The facts that a source may claim, by the names of the columns of `Facts`."""

Claim = tuple[str, "int | bool | datetime | None"]


def _claims(
    value: Mapping[str, int | bool | datetime | None] | Iterable[Claim],
) -> tuple[Claim, ...]:
    return tuple(sorted(dict(value).items()))


def _assertable(_instance: object, _attribute: object, value: tuple[Claim, ...]) -> None:
    known = ", ".join(ASSERTABLE)
    strange = [name for name, _ in value if name not in ASSERTABLE]
    if strange:
        problem = f"is no fact that a source may claim: {known}"
        raise InvalidInput("claims", [Defect(name, problem) for name in strange])
    for name, claimed in value:
        if isinstance(claimed, datetime):
            require_aware(name, claimed)


@frozen
class Asserted(Event):
    """Facts that the source claims and the trail cannot show.

    ``claims`` are pairs of a column of `Facts` and its value; ``None`` says that the source
    is silent: the fact is unknown, whatever the trail seems to show.  A later claim about
    the same fact replaces the earlier one.  Raises `itilcore.errors.InvalidInput` for names
    that are not in ``ASSERTABLE``.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 5, tzinfo=UTC)
    >>> Asserted(at, {"reassignments": 3, "interactions": None}).claims
    (('interactions', None), ('reassignments', 3))
    """

    claims: tuple[Claim, ...] = field(converter=_claims, validator=_assertable)


STATES: Final = frozenset({Logged, Observed})
"""Events that say in which status an incident is."""

CHANGES: Final = frozenset({StatusChanged, Held, Resolved, Reopened, Closed, Cancelled})
"""Events that move an incident to another status."""
