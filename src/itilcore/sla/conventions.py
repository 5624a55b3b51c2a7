"""Conventions: how a clock treats what help desks treat differently, by name."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from attrs import evolve, field, frozen

from itilcore.calendars import Due
from itilcore.errors import Defect, InvalidInput, nearest
from itilcore.incident import Direction, Phase
from itilcore.version import JSONValue

from .condition import Condition, Conditions

__all__ = ["Conventions", "Reopening", "Retargeting", "TargetKind"]


class TargetKind(Enum):
    """What is promised: a first response, a resolution, or the next update."""

    RESPONSE = "response"
    RESOLUTION = "resolution"
    UPDATE = "update"


class Reopening(Enum):
    """What a reopening does to a clock that had stopped.

    RESUME: it goes on, and the time it was stopped does not count.  NEW_CYCLE: another clock
    starts from nothing.  COUNT_RESOLVED_TIME: it goes on as if it had never stopped.
    STAY_STOPPED: the first stop was the last.
    """

    RESUME = "resume"
    NEW_CYCLE = "new cycle"
    COUNT_RESOLVED_TIME = "count resolved time"
    STAY_STOPPED = "stay stopped"


class Retargeting(Enum):
    """What another target, after a change of priority, does to a clock that runs.

    KEEP_START_AND_PAUSES: the new target counts from the same start, pauses stay out.
    KEEP_START: from the same start, and pauses before the change count as time.  RESTART: from
    the change.  KEEP_SHORTEST: of the two the one that is due first stays.
    """

    KEEP_START_AND_PAUSES = "keep start and pauses"
    KEEP_START = "keep start"
    RESTART = "restart"
    KEEP_SHORTEST = "keep the shortest"


_WAITING = Condition(phases=Phase.WAITING)


@frozen
class Conventions:
    """How clocks run, under one ``name``.

    ``due`` says where a target ends that runs out at a closing.  The last three say what
    starts, pauses and stops the clocks of each kind, where a target does not say itself.

    >>> from itilcore.sla import Conventions
    >>> Conventions.named("jira").reopening
    <Reopening.NEW_CYCLE: 'new cycle'>
    """

    name: str = "default"
    due: Due = "close"
    reopening: Reopening = Reopening.RESUME
    retargeting: Retargeting = Retargeting.KEEP_START_AND_PAUSES
    response: Conditions = field(factory=Conditions.response)
    resolution: Conditions = field(factory=Conditions.resolution)
    update: Conditions = field(factory=Conditions.update)

    def __attrs_post_init__(self) -> None:
        defects = []
        if self.due not in ("close", "next_open"):
            defects.append(Defect("due", f"is {self.due!r}: give 'close' or 'next_open'"))
        for name, kind in (
            ("name", str),
            ("reopening", Reopening),
            ("retargeting", Retargeting),
            ("response", Conditions),
            ("resolution", Conditions),
            ("update", Conditions),
        ):
            if not isinstance(getattr(self, name), kind):
                problem = f"is {getattr(self, name)!r}: give a {kind.__name__}"
                defects.append(Defect(name, problem))
        if defects:
            raise InvalidInput("conventions", defects)

    def conditions(self, kind: TargetKind) -> Conditions:
        """What starts, pauses and stops a clock of *kind*.

        >>> Conventions().conditions(TargetKind.RESPONSE).pause
        ()
        """
        if kind is TargetKind.RESPONSE:
            return self.response
        return self.resolution if kind is TargetKind.RESOLUTION else self.update

    @classmethod
    def servicenow(cls, *, retroactive: bool = False) -> Conventions:
        """Every clock pauses on hold; a reopening attaches a new one; so does a priority change,
        from now on unless *retroactive*.

        Source: ServiceNow's documentation on SLA definitions and retroactive start and pause.

        >>> Conventions.servicenow().retargeting
        <Retargeting.RESTART: 'restart'>
        """
        again = Retargeting.KEEP_START_AND_PAUSES if retroactive else Retargeting.RESTART
        return cls(
            "servicenow-retroactive" if retroactive else "servicenow",
            reopening=Reopening.NEW_CYCLE,
            retargeting=again,
            response=Conditions.response(pause=[_WAITING]),
        )

    @classmethod
    def jira(cls) -> Conventions:
        """A reopening starts a new cycle; only the requester's answer ends the first response.

        Source: Atlassian's documentation of Jira Service Management, "Set up SLA conditions".

        >>> Conventions.jira().response.pause
        ()
        """
        response = evolve(
            Conditions.response(),
            stop=(Condition(responded=True), Condition(phases=(Phase.RESOLVED, Phase.CLOSED))),
        )
        return cls("jira", reopening=Reopening.NEW_CYCLE, response=response)

    @classmethod
    def glpi(cls) -> Conventions:
        """Time to own is never paused, time to resolve is; resolved time counts on reopening.

        Source: GLPI's tests of tickets with service levels, and its issue 9267.

        >>> Conventions.glpi().reopening
        <Reopening.COUNT_RESOLVED_TIME: 'count resolved time'>
        """
        return cls("glpi", reopening=Reopening.COUNT_RESOLVED_TIME)

    @classmethod
    def zammad(cls) -> Conventions:
        """Pending pauses every clock, closed time as well; what ends at a closing is due at the
        next opening; updates are due after the customer's words only.

        Source: Zammad's tests of ticket escalation.

        >>> Conventions.zammad().due
        'next_open'
        """
        update = Conditions(
            pause=(_WAITING, Condition(last_contact=Direction.OUTBOUND)),
            stop=Condition(phases=(Phase.RESOLVED, Phase.CLOSED)),
        )
        return cls(
            "zammad",
            due="next_open",
            response=evolve(
                Conditions.response(pause=[_WAITING]),
                stop=(Condition(responded=True), Condition(phases=(Phase.RESOLVED, Phase.CLOSED))),
            ),
            update=update,
        )

    @classmethod
    def frappe(cls) -> Conventions:
        """The first response is never paused; holds count by open time; resolved time counts.

        Source: Frappe Helpdesk's tests of service level agreements.

        >>> Conventions.frappe().due
        'close'
        """
        response = evolve(
            Conditions.response(),
            stop=(Condition(responded=True), Condition(phases=(Phase.RESOLVED, Phase.CLOSED))),
        )
        return cls("frappe", reopening=Reopening.COUNT_RESOLVED_TIME, response=response)

    @classmethod
    def named(cls, name: str) -> Conventions:
        """The conventions of a system by its name; ``default`` are the library's own.

        Raises `itilcore.errors.InvalidInput` for an unknown name, with the nearest one.

        >>> Conventions.named("default") == Conventions()
        True
        """
        known: dict[str, Callable[[], Conventions]] = {
            "default": cls,
            "servicenow": cls.servicenow,
            "servicenow-retroactive": lambda: cls.servicenow(retroactive=True),
            "jira": cls.jira,
            "glpi": cls.glpi,
            "zammad": cls.zammad,
            "frappe": cls.frappe,
        }
        if name not in known:
            problem = f"there are none named {name!r}; {nearest(str(name), list(known))}"
            raise InvalidInput("conventions", [Defect("", problem)])
        return known[name]()

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values, the name left out: it says nothing that the rest does not."""
        return {
            "due": self.due,
            "reopening": self.reopening.value,
            "retargeting": self.retargeting.value,
            **{kind.value: self.conditions(kind).content for kind in TargetKind},
        }
