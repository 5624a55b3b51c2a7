"""Escalation policies: rules, and what of them is due for an incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from attrs import field, frozen

from itilcore.decision import Reason
from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.given import several
from itilcore.incident import Escalated, Incident, in_utc
from itilcore.routing import Directory, Rota
from itilcore.sla import BEYOND, Reading
from itilcore.version import JSONValue, content_version

from .course import course
from .hearing import heard_by
from .occasion import Occasion, occasions
from .rule import EscalationRule
from .step import EscalationOutlook, EscalationStep
from .usual import usual_rules

__all__ = ["EscalationPolicy"]

_BEYOND = (*BEYOND, OverflowError)
"""What calendars raise that cannot tell, and what no date can hold."""


def _in_order(given: Any) -> tuple[Any, ...]:
    found = several(given)
    if all(isinstance(each, EscalationRule) for each in found):
        return tuple(sorted(found, key=lambda rule: rule.name))
    return found


@frozen
class EscalationPolicy:
    """Escalation rules, whose order means nothing.

    Raises `itilcore.errors.InvalidInput` for what is no rule, and for a name of two.

    >>> from datetime import UTC, timedelta
    >>> from itilcore.escalation import Trigger, TriggerKind
    >>> from itilcore.incident import EscalationKind, Logged
    >>> policy = EscalationPolicy(EscalationRule(
    ...     name="nobody took it", trigger=Trigger(TriggerKind.NO_ACKNOWLEDGEMENT),
    ...     after=timedelta(minutes=15), kind=EscalationKind.HIERARCHIC, to="person ada",
    ... ))
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> step, = policy.outlook(Incident.replay("INC1", [Logged(nine)]), ten).steps
    >>> print(step.at, step.to)
    2026-01-05 09:15:00+00:00 ada
    """

    rules: tuple[EscalationRule, ...] = field(default=(), converter=_in_order)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"rules[{index}]", f"is {rule!r:.60}: give an EscalationRule")
            for index, rule in enumerate(self.rules)
            if not isinstance(rule, EscalationRule)
        ]
        if not defects:
            for name, count in Counter(rule.name for rule in self.rules).items():
                if count > 1:
                    defects.append(Defect("rules", f"{name!r} is the name of {count} of them"))
        if defects:
            raise InvalidInput("escalation policy", defects)

    @classmethod
    def default(cls) -> EscalationPolicy:
        """Rules that name nobody of a particular team: to the manager, or to the next tier.

        They run around the clock and know no quiet hours: a team adds its own.  A book has none
        of them unless it writes them down.

        >>> [rule.name for rule in EscalationPolicy.default().rules if "P1" in str(rule.applies)]
        ['no progress', 'nobody took it']
        """
        return cls(usual_rules())

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        content: JSONValue = [rule.content for rule in self.rules]
        return content_version("escalation", content)

    def outlook(
        self,
        incident: Incident,
        at: datetime,
        readings: Iterable[Reading] = (),
        directory: Directory | None = None,
        rotas: Iterable[Rota] = (),
    ) -> EscalationOutlook:
        """The steps that are due at *at* and were not taken, and when to look again.

        *readings* are the clocks as of *at*.  What fell due while nobody looked is due now, but
        not within the quiet hours of its rule; what something has stopped since then is not.
        Who hears a step is settled by the instant at which it came.  Raises
        `itilcore.errors.NaiveInstant` for an instant without a UTC offset.
        """
        now = in_utc(require_aware("at", at))
        found: list[EscalationStep] = []
        later: list[datetime] = []
        plan = _Plan(self, incident, now, readings, directory, rotas)
        for rule, step in plan.steps(None):
            heard = rule.heard(max(step.at, now))
            if heard <= now:
                found.append(step)
            later.append(step.at if heard <= now else heard)
        found.sort(key=lambda step: (step.at, step.rule, step.step))
        return EscalationOutlook(tuple(found), min(later, default=None), tuple(plan.untold))

    def planned(
        self,
        incident: Incident,
        at: datetime,
        until: datetime,
        readings: Iterable[Reading] = (),
        directory: Directory | None = None,
        rotas: Iterable[Rota] = (),
    ) -> tuple[tuple[tuple[datetime, EscalationStep], ...], tuple[str, ...]]:
        """The steps from *at* to *until* if nothing else happens, each with when it is heard.

        And what cannot be told, and why.  A step that is overdue is heard at *at*, or at the end
        of quiet hours.  Raises as `outlook` does.
        """
        now, end = in_utc(require_aware("at", at)), in_utc(require_aware("until", until))
        plan = _Plan(self, incident, now, readings, directory, rotas)
        found = []
        for rule, step in plan.steps(end):
            heard = rule.heard(max(step.at, now))
            if heard <= end:
                found.append((heard, step))
        found.sort(key=lambda each: (each[0], each[1].rule, each[1].step))
        return tuple(found), tuple(plan.untold)


class _Plan:
    """The steps of a policy for an incident as it stands at an instant."""

    def __init__(
        self,
        policy: EscalationPolicy,
        incident: Incident,
        now: datetime,
        readings: Iterable[Reading],
        directory: Directory | None,
        rotas: Iterable[Rota],
    ) -> None:
        self.untold: list[str] = []
        self._policy = policy
        self._reference = incident.reference
        self._now = now
        self._readings = tuple(readings)
        self._directory = Directory() if directory is None else directory
        self._rotas = tuple(rotas)
        # Without rules nothing is read: most books have none.
        events = incident.timeline.events if policy.rules else ()
        self._moments = course(event for event in events if event.at <= now)
        self._taken = {
            (event.rule, event.step): event.policy
            for event in events
            if isinstance(event, Escalated) and event.step is not None
        }

    def steps(self, until: datetime | None) -> Iterator[tuple[EscalationRule, EscalationStep]]:
        """The steps that were not taken, up to *until*; without it up to the next one to come."""
        if not self._moments:
            return
        for rule in self._policy.rules:
            try:
                found = [
                    step
                    for occasion in occasions(rule, self._moments, self._readings, self._directory)
                    for step in self._chain(rule, occasion, until)
                ]
                # Whether it is quiet now is asked of every step.
                rule.heard(self._now)
            except _BEYOND as error:
                self.untold.append(f"escalation {rule.name}: {error}")
                continue
            for step in found:
                yield rule, step

    def _chain(
        self, rule: EscalationRule, occasion: Occasion, until: datetime | None
    ) -> Iterator[EscalationStep]:
        started = self._taken.get((rule.name, f"{occasion.key}#1")) or self._policy.version
        for index, at in enumerate(rule.instants(occasion.since, occasion.not_before)):
            if until is not None and at > until:
                return
            number = index + 1
            step = f"{occasion.key}#{number}"
            if (rule.name, step) in self._taken:
                continue
            yield self._step(rule, occasion, number, step, at, started)
            if until is None and at > self._now:
                return

    def _step(
        self,
        rule: EscalationRule,
        occasion: Occasion,
        number: int,
        step: str,
        at: datetime,
        started: str,
    ) -> EscalationStep:
        now = self._moments[-1]
        to, who = heard_by(rule.to, number, now, at, self._directory, self._rotas)
        version = self._policy.version
        reasons = [Reason(rule.name, occasion.text, rule.trigger.content), _when(rule, number), who]
        if started != version:
            text = f"the chain started under {started}, the rules are {version} now"
            reasons.append(Reason("policy", text))
        return EscalationStep(
            reference=self._reference,
            rule=rule.name,
            step=step,
            number=number,
            most=rule.most,
            at=at,
            kind=rule.kind,
            to=to,
            reasons=tuple(reasons),
            policy=started,
            version=version,
        )


def _when(rule: EscalationRule, number: int) -> Reason:
    calendar = "" if rule.calendar is None else rule.calendar.version
    parts = [f"step {number} of {rule.most}"]
    if number == 1:
        parts.append(f"{rule.after} after that" if rule.after else "at once")
    else:
        parts.append(f"{rule.repeat_every} after the one before")
    parts.append(f"by {calendar}" if calendar else "around the clock")
    if rule.quiet is not None:
        parts.append(f"not in {rule.quiet.version}")
    inputs = {
        "number": number,
        "calendar": calendar or None,
        "quiet": None if rule.quiet is None else rule.quiet.version,
    }
    return Reason(rule.name, ", ".join(parts), inputs)
