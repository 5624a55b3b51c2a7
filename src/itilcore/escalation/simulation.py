"""Simulations: who hears what if nobody acts, as a timeline and as a chart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from typing import Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import Incident, in_utc
from itilcore.routing import Directory, Rota
from itilcore.sla import Agreement, Reading

from .policy import EscalationPolicy
from .step import EscalationStep

__all__ = ["SimulatedStep", "Simulation", "simulate"]

_MOST_HOURS: Final = 24 * 366
_STRANGE: Final = re.compile(r"[^\w .,%()+/-]+")
"""What a chart may read as its own syntax: a name that a user typed is text and no more."""
_MOST_NAME: Final = 80


@frozen
class SimulatedStep:
    """A step, and when it is heard, in UTC: later than it came where that was a quiet hour.

    >>> SimulatedStep.__match_args__
    ('at', 'step')
    """

    at: datetime
    step: EscalationStep


@frozen
class Simulation:
    """Who hears what of an incident from ``start`` to ``end`` if nobody acts.

    ``untold`` says what cannot be told, and why.

    >>> from datetime import UTC
    >>> monday, tuesday = (datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6))
    >>> print(Simulation("INC1", monday, tuesday, ()))
    INC1: nobody hears anything from 2026-01-05 00:00 to 2026-01-06 00:00 UTC
    """

    reference: str
    start: datetime
    end: datetime
    steps: tuple[SimulatedStep, ...]
    untold: tuple[str, ...] = ()

    def text(self, zone: tzinfo | None = None) -> str:
        """The timeline as lines of text: when, who, which step of which rule, and why.

        By the clock of *zone*, or of UTC.
        """
        start, end = (_local(at, zone) for at in (self.start, self.end))
        span = f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M %Z}"
        if not self.steps:
            lines = [f"{self.reference}: nobody hears anything {span}"]
        else:
            lines = [f"{self.reference}: if nobody acts {span}"]
        rows = [
            (
                f"{_local(each.at, zone):%a %Y-%m-%d %H:%M}",
                each.step.to,
                f"{each.step.kind.value}, {each.step.rule} {each.step.number}/{each.step.most}",
                str(each.step.reasons[0]),
            )
            for each in self.steps
        ]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            lines.append("  ".join(["", *cells, row[3]]))
        lines += [f"  cannot be told: {each}" for each in self.untold]
        return "\n".join(lines)

    def mermaid(self, zone: tzinfo | None = None) -> str:
        """The chart, as the text of a Mermaid timeline: a section a day.

        What a user typed comes without the signs that Mermaid reads as its own.
        """
        lines = ["timeline", f"    title {_plain(self.reference)} if nobody acts"]
        local = [(_local(each.at, zone), each.step) for each in self.steps]
        for day, steps in groupby(local, key=lambda each: each[0].date()):
            lines.append(f"    section {day:%a %Y-%m-%d}")
            for at, step in steps:
                what = f"{_plain(step.rule)} {step.number}/{step.most}"
                lines.append(f"        {at:%Hh%M} : {_plain(step.to)} : {what}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def _local(at: datetime, zone: tzinfo | None) -> datetime:
    return in_utc(at) if zone is None else at.astimezone(zone)


def _plain(text: str) -> str:
    return " ".join(_STRANGE.sub(" ", text).split())[:_MOST_NAME] or "?"


def simulate(
    policy: EscalationPolicy,
    incident: Incident,
    at: datetime,
    *,
    hours: float = 48,
    agreements: Iterable[Agreement] = (),
    directory: Directory | None = None,
    rotas: Iterable[Rota] = (),
) -> Simulation:
    """Who hears what in the next *hours* if nobody acts on *incident* as it stands *at* an instant.

    What an agenda then does is the same, however often it is looked at, as long as it is looked
    at outside quiet hours before *hours* are over.  Raises `itilcore.errors.InvalidInput` for
    hours that are not more than nothing, or more than a year of them, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> from itilcore.escalation import EscalationRule, Trigger, TriggerKind
    >>> from itilcore.incident import EscalationKind, Logged
    >>> policy = EscalationPolicy(EscalationRule(
    ...     name="nobody took it", trigger=Trigger(TriggerKind.NO_ACKNOWLEDGEMENT),
    ...     after=timedelta(minutes=15), kind=EscalationKind.HIERARCHIC, to="person ada",
    ... ))
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> print(simulate(policy, Incident.replay("INC1", [Logged(nine)]), nine))
    INC1: if nobody acts from 2026-01-05 09:00 to 2026-01-07 09:00 UTC
      Mon 2026-01-05 09:15  ada  hierarchic, nobody took it 1/1  nobody has acknowledged it ...
    """
    start = in_utc(require_aware("at", at))
    number = isinstance(hours, int | float) and not isinstance(hours, bool)
    if not number or not 0 < hours <= _MOST_HOURS:
        problem = f"is {hours!r:.60}: more than 0 and at most {_MOST_HOURS:,}"
        raise InvalidInput("simulation", [Defect("hours", problem)])
    end = start + timedelta(hours=hours)
    readings: list[Reading] = []
    untold: list[str] = []
    for agreement in agreements:
        found, why = agreement.read_known(incident, start)
        readings += found
        untold += why
    steps, unplanned = policy.planned(incident, start, end, readings, directory, rotas)
    return Simulation(
        incident.reference,
        start,
        end,
        tuple(SimulatedStep(heard, step) for heard, step in steps),
        (*untold, *unplanned),
    )
