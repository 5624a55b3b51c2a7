"""Replays: incidents are played as they were, and nobody acts on what a policy raises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from attrs import evolve

from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import Incident, in_utc
from itilcore.priority import Priority
from itilcore.routing import Directory, Rota
from itilcore.sla import Agreement, Reading

from .course import course
from .policy import EscalationPolicy
from .raised import RaisedEscalation, RaisedEscalations
from .step import EscalationStep

__all__ = ["escalations_raised"]

_TICK: Final = timedelta(microseconds=1)


def escalations_raised(
    incidents: Iterable[Incident],
    policy: EscalationPolicy,
    agreements: Agreement | Iterable[Agreement] = (),
    directory: Directory | None = None,
    rotas: Iterable[Rota] = (),
    *,
    at: datetime | None = None,
) -> RaisedEscalations:
    """The steps of *policy* that would have come due while *incidents* were as they show.

    Each incident is stepped through, event by event, as if somebody had looked all the time and
    had done nothing else than what was done: from each event to the next, a step counts that is
    heard before the next one, under what was known then.  Every step counts once; one that
    the incident shows as taken does not.  What happened at one instant happened together.
    Events after *at* do not exist; without it the latest instant of all counts, and what is
    open then goes on until then.  *incidents* are consumed once.

    It is no forecast: had somebody heard, much would have gone otherwise.  Raises
    `itilcore.errors.InvalidInput` for what is no policy and no agreement, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged, Prioritised, Resolved
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> events = [
    ...     Logged(nine), Prioritised(nine, priority=Priority.P1),
    ...     Resolved(nine + timedelta(minutes=40)),
    ... ]
    >>> print(escalations_raised([Incident.replay("INC1", events)], EscalationPolicy.default()))
    2 steps for 1 of 1 incidents
    nobody took it, P1: 2 steps, 1 incident
    """
    promised = (agreements,) if isinstance(agreements, Agreement) else tuple(agreements)
    defects = [
        Defect(f"agreements[{index}]", f"is {each!r:.60}: give an Agreement")
        for index, each in enumerate(promised)
        if not isinstance(each, Agreement)
    ]
    if not isinstance(policy, EscalationPolicy):
        defects.insert(0, Defect("policy", f"is {policy!r:.60}: give an EscalationPolicy"))
    if defects:
        raise InvalidInput("escalations raised", defects)
    until = None if at is None else in_utc(require_aware("at", at))
    if until is None:
        incidents = tuple(incidents)
        lasts = [last for each in incidents if (last := each.facts.last_event_at) is not None]
        until = in_utc(max(lasts)) if lasts else None
    replay = _Replay(policy, promised, Directory() if directory is None else directory, rotas)
    count = 0
    for count, incident in enumerate(incidents, 1):  # noqa: B007  # how many there were
        if until is not None:
            replay.take(incident, until)
    return RaisedEscalations(
        incidents=count,
        at=until,
        policy=policy.version,
        agreements=tuple((each.name, each.version) for each in promised),
        rows=replay.rows(),
        untold=tuple(sorted(replay.untold.items())),
    )


_Where = tuple[str, Priority | None]


class _Replay:
    """What was raised so far: steps and incidents, by rule and priority."""

    def __init__(
        self,
        policy: EscalationPolicy,
        agreements: tuple[Agreement, ...],
        directory: Directory,
        rotas: Iterable[Rota],
    ) -> None:
        self.untold: Counter[str] = Counter()
        self._policy = policy
        self._directory = directory
        self._rotas = tuple(rotas)
        self._agreements = tuple(_watched(policy, agreements))
        self._steps: Counter[_Where] = Counter()
        self._references: dict[_Where, dict[str, None]] = {}

    def take(self, incident: Incident, until: datetime) -> None:
        """Take in one incident, up to *until*."""
        seen: set[tuple[str, str]] = set()
        untold: dict[str, None] = {}
        for priority, step in self._raised(incident, until, untold):
            if (step.rule, step.step) not in seen:
                seen.add((step.rule, step.step))
                where = (step.rule, priority)
                self._steps[where] += 1
                self._references.setdefault(where, {})[incident.reference] = None
        self.untold.update(list(untold))

    def _raised(
        self, incident: Incident, until: datetime, untold: dict[str, None]
    ) -> Iterator[tuple[Priority | None, EscalationStep]]:
        """The steps after each event, some of them several times, and the priority by then."""
        # Of what happened at one instant the last says how it stood from then on.
        events = [event for event in incident.timeline.events if event.at <= until]
        starts = sorted({in_utc(event.at) for event in events})
        for start, end in pairwise([*starts, until + _TICK]):
            now = course(event for event in events if event.at <= start)[-1]
            if now.is_over:
                continue
            readings: list[Reading] = []
            for agreement in self._agreements:
                found, why = agreement.read_known(incident, start)
                readings += found
                untold.update(dict.fromkeys(why))
            # What falls due at the very instant of an event comes after it.
            steps, why = self._policy.planned(
                incident, start, end - _TICK, readings, self._directory, self._rotas
            )
            untold.update(dict.fromkeys(why))
            for _, step in steps:
                yield now.priority, step

    def rows(self) -> tuple[RaisedEscalation, ...]:
        """What was raised, by rule and then by priority, the highest first."""

        def place(where: _Where) -> tuple[str, bool, int, str]:
            rule, priority = where
            if priority is None:
                return rule, True, 0, ""
            return rule, False, priority.rank, priority.name

        return tuple(
            RaisedEscalation(
                rule=rule,
                priority=None if priority is None else priority.name,
                steps=self._steps[rule, priority],
                references=tuple(self._references[rule, priority]),
            )
            for rule, priority in sorted(self._steps, key=place)
        )


def _watched(policy: EscalationPolicy, agreements: Iterable[Agreement]) -> Iterator[Agreement]:
    """The agreements with those clocks alone that a rule looks at: the others need no reading."""
    triggers = [rule.trigger for rule in policy.rules if rule.trigger.is_clocked]
    for agreement in agreements:
        targets = [
            target
            for target in agreement.targets
            if any(not each.clocks or target.name in each.clocks for each in triggers)
        ]
        if targets:
            yield evolve(agreement, targets=targets)
