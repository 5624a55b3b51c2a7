"""The incident: what is known about one of them now, and the timeline it follows from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidInput, blank_defects, require_aware
from itilcore.priority import Impact, Priority, Severity, Urgency

from .events import CHANGES, STATES, Event, LinkKind, MajorState, Resolved
from .facts import Facts
from .fold import Fold
from .roles import Role, RoleSpell
from .spells import role_spells
from .status import HoldReason, Phase, Status
from .timeline import Timeline
from .vendors import VendorEngagement, vendor_engagements

__all__ = ["Incident"]


@frozen
class Incident:
    """An incident: its ``reference``, its ``timeline`` and the state that follows from it.

    Made by `replay` and `record`; never changed.  Two incidents are equal when reference and
    timeline are, since all else is folded from them.  Counts and instants stand in ``facts``.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged, Resolved
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> incident = Incident.replay("INC1", [Logged(nine), Resolved(ten)])
    >>> incident.status, incident.version
    (Status('RESOLVED', RESOLVED), 2)
    >>> incident.facts.resolved_at == ten
    True
    """

    reference: str
    timeline: Timeline
    status: Status | None = field(eq=False, repr=False)
    """The status, or ``None`` where no event says one."""
    _at: datetime | None = field(eq=False, repr=False)
    _known: Fold = field(eq=False, repr=False)  # of the first events, so many as `_covered` says
    _covered: int = field(eq=False, repr=False)
    _folded: Fold | None = field(default=None, init=False, eq=False, repr=False)

    @classmethod
    def replay(
        cls, reference: str, events: Iterable[Event], *, at: datetime | None = None
    ) -> Incident:
        """The incident that *events* tell, in their order.

        Time in a phase that still lasts counts up to *at*, or to the last event without it.
        *at* does not cut events off: that is `as_of`.  Raises
        `itilcore.errors.InvalidInput` for a blank reference and
        `itilcore.errors.NaiveInstant` for an *at* without a UTC offset.

        >>> Incident.replay("INC1", []).status is None
        True
        """
        if defects := blank_defects("reference", reference):
            raise InvalidInput("incident", defects)
        if at is not None:
            require_aware("at", at)
        timeline = events if isinstance(events, Timeline) else Timeline(events)
        fold = Fold().run(timeline.events)
        return cls(reference, timeline, fold.status, at, fold, len(timeline))

    def record(self, *events: Event) -> Incident:
        """The incident after *events* more: what `replay` makes of all of them.

        It costs no more for a long timeline than for a short one; facts are folded from
        where they were last known, when they are asked for.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Logged, Resolved
        >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
        >>> incident = Incident.replay("INC1", [Logged(nine)]).record(Resolved(ten))
        >>> incident == Incident.replay("INC1", [Logged(nine), Resolved(ten)])
        True
        """
        status = self.status
        for event in events:
            kind = type(event)
            if kind in CHANGES or kind in STATES:
                status = event.status or status  # type: ignore[attr-defined]  # by the two sets
        return Incident(
            self.reference,
            self.timeline.append(*events),
            status,
            self._at,
            self._known if self._folded is None else self._folded,
            self._covered if self._folded is None else len(self.timeline),
        )

    @property
    def _fold(self) -> Fold:
        if self._folded is None:
            found = self._known
            if self._covered < len(self.timeline):
                found = found.copy().run(self.timeline.events[self._covered :])
            object.__setattr__(self, "_folded", found)
            return found
        return self._folded

    @cached_property
    def facts(self) -> Facts:
        """The flat row of what follows from the timeline."""
        return self._fold.facts(self.reference, self._at)

    @property
    def title(self) -> str | None:
        """What it was logged as."""
        return self._fold.title

    @property
    def override_reason(self) -> str | None:
        """Why the priority is another than the rule gave, where it is."""
        return self._fold.override_reason

    @property
    def links(self) -> tuple[tuple[LinkKind, str], ...]:
        """What other records are to it, in the order in which they were linked."""
        return tuple(self._fold.links)

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """What the requester answered to intake forms, by the names of their fields."""
        return self._fold.answers

    @property
    def resolution(self) -> Resolved | None:
        """The last resolution; ``None`` after a reopening."""
        return self._fold.resolution

    @property
    def is_confirmed(self) -> bool:
        """Whether the requester has agreed to the resolution that stands."""
        return self._fold.confirmed

    @property
    def major_state(self) -> MajorState | None:
        """What it is as a major incident; ``None`` where nobody spoke of one."""
        return self._fold.major_state

    @property
    def is_major(self) -> bool:
        """Whether it is a major incident now: promoted, and not demoted since."""
        return self.major_state is MajorState.PROMOTED

    @cached_property
    def role_spells(self) -> tuple[RoleSpell, ...]:
        """Who held which role when."""
        return role_spells(self.timeline)

    @cached_property
    def vendor_engagements(self) -> tuple[VendorEngagement, ...]:
        """Which vendors were asked for help, from when to when, and what came of it."""
        return vendor_engagements(self.timeline)

    @property
    def roles(self) -> tuple[tuple[Role, str], ...]:
        """Who holds which role now, in the order in which they were taken on."""
        return tuple((each.role, each.person) for each in self.role_spells if each.end is None)

    def as_of(self, at: datetime, known_at: datetime | None = None) -> Incident:
        """The incident as it stood at *at*: later events do not exist.

        With *known_at*, neither do events that were recorded after it.  Raises
        `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

        >>> from datetime import UTC, datetime
        >>> from itilcore.incident import Logged, Resolved
        >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
        >>> Incident.replay("INC1", [Logged(nine), Resolved(ten)]).as_of(nine).status
        Status('NEW', OPEN)
        """
        return Incident.replay(
            self.reference, self.timeline.until(require_aware("at", at), known_at), at=at
        )

    @property
    def version(self) -> int:
        """How many events there are: two writers that saw the same version saw the same."""
        return len(self.timeline)

    @property
    def kind(self) -> TicketKind | None:
        """What it is, or ``None`` while unclassified."""
        return self.facts.kind

    @property
    def phase(self) -> Phase | None:
        """The phase of the status."""
        return None if self.status is None else self.status.phase

    @property
    def hold_reason(self) -> HoldReason | None:
        """Why it is on hold, where it is and a reason was given."""
        return self.facts.hold_reason

    @property
    def group(self) -> str | None:
        """The support group that has it."""
        return self.facts.group

    @property
    def assignee(self) -> str | None:
        """The person who has it."""
        return self.facts.assignee

    @property
    def impact(self) -> Impact | None:
        """The impact, where it was set."""
        return self.facts.impact

    @property
    def urgency(self) -> Urgency | None:
        """The urgency, where it was set."""
        return self.facts.urgency

    @property
    def severity(self) -> Severity | None:
        """The severity, where one was declared."""
        return self.facts.severity

    @property
    def priority(self) -> Priority | None:
        """The priority in force."""
        return self.facts.priority

    @property
    def computed_priority(self) -> Priority | None:
        """What the rule gave, where a person overrode it."""
        return self.facts.computed_priority

    @property
    def category(self) -> Category | None:
        """The category, where it was set."""
        return self.facts.category

    @property
    def service(self) -> str | None:
        """The service that suffers."""
        return self.facts.service

    @property
    def configuration_item(self) -> str | None:
        """The asset that is affected."""
        return self.facts.configuration_item
