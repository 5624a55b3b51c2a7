"""Honesty: whether what eases a target happens near it more often than by chance.  It asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import Incident, in_utc
from itilcore.sla import Agreement

from .chance import holm
from .first_run import FirstRun, first_run
from .honesty_checks import CHECKS, Check, Found, Settings
from .honesty_report import HonestyCheck, HonestyReport

__all__ = ["Honesty", "honesty"]

_WINDOW: Final = 0.1
_SOON: Final = timedelta(days=7)
_LEVEL: Final = 0.05


class Honesty:
    """Gathers, incident by incident, what the checks look at.

    For a stream whose last instant is not known beforehand; `honesty` is the whole of it for one
    that is.  The settings and errors are those of `honesty`.

    >>> from datetime import UTC
    >>> from itilcore.calendars import BusinessCalendar
    >>> from itilcore.incident import Logged
    >>> from itilcore.sla import Target, TargetKind
    >>> always = BusinessCalendar.always()
    >>> gold = Agreement("gold", Target(TargetKind.RESOLUTION, timedelta(hours=4), always))
    >>> gathered = Honesty(gold)
    >>> gathered.add(Incident.replay("INC1", [Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))]))
    >>> gathered.result().incidents
    1
    """

    def __init__(
        self,
        agreements: Agreement | Iterable[Agreement],
        *,
        window: float | timedelta = _WINDOW,
        soon: timedelta = _SOON,
        level: float = _LEVEL,
    ) -> None:
        given = (agreements,) if isinstance(agreements, Agreement) else tuple(agreements)
        defects = [
            Defect(f"agreements[{index}]", f"is {each!r:.60}: give an Agreement")
            for index, each in enumerate(given)
            if not isinstance(each, Agreement)
        ]
        if not given:
            defects.append(Defect("agreements", "are none: nothing was promised"))
        defects += _defects(window, soon, level)
        if defects:
            raise InvalidInput("honesty checks", defects)
        self._agreements = given
        self._window, self._soon, self._level = window, soon, level
        self._runs: list[FirstRun | Incident] = []
        self._latest: datetime | None = None

    def add(self, incident: Incident) -> None:
        """Take in one incident; one without events is none."""
        last = incident.facts.last_event_at
        if last is None:
            return
        self._latest = last if self._latest is None else max(last, self._latest)
        run = first_run(incident, self._agreements, last)
        # How far a clock has run that still runs is known once the last instant is.
        still = run.end is not None and run.stopped_at is None and run.reopened_at is None
        self._runs.append(incident if still else run)

    def result(self, at: datetime | None = None) -> HonestyReport:
        """What the checks find up to *at*, the latest instant of all without it."""
        until = self._latest if at is None else in_utc(require_aware("at", at))
        runs: list[FirstRun] = []
        found: list[Found] = []
        if until is not None:
            runs = [
                first_run(run, self._agreements, until) if isinstance(run, Incident) else run
                for run in self._runs
            ]
            settings = Settings(self._window, self._soon, until)
            found = [check.find(runs, settings) for check in CHECKS]
        chances = [
            None if each.chances is None else each.chances.at_least(len(each.references))
            for each in found
        ]
        checks = zip(CHECKS, found, chances, holm(chances), strict=True) if found else ()
        return HonestyReport(
            incidents=len(runs),
            at=until,
            window=self._window,
            soon=self._soon,
            level=self._level,
            agreements=tuple((each.name, each.version) for each in self._agreements),
            checks=tuple(_check(*each, self._level) for each in checks),
        )


def _defects(window: object, soon: object, level: object) -> list[Defect]:
    defects = []
    if isinstance(window, timedelta):
        if window <= timedelta():
            defects.append(Defect("window", f"is {window}: it must be more than nothing"))
    elif isinstance(window, bool) or not isinstance(window, int | float) or not 0 < window <= 0.5:
        problem = f"is {window!r:.60}: give a share of more than 0 and at most 0.5, or a timedelta"
        defects.append(Defect("window", problem))
    if not isinstance(soon, timedelta) or soon <= timedelta():
        problem = f"is {soon!r:.60}: give a timedelta of more than nothing"
        defects.append(Defect("soon", problem))
    if not isinstance(level, float) or not 0 < level < 1:
        defects.append(Defect("level", f"is {level!r:.60}: it lies between 0 and 1"))
    return defects


def _check(
    check: Check, found: Found, p_value: float | None, adjusted: float | None, level: float
) -> HonestyCheck:
    count = len(found.references)
    return HonestyCheck(
        name=check.name,
        unit=check.unit,
        definition=check.definition,
        count=count,
        opportunities=found.opportunities,
        expected=None if found.chances is None else found.chances.mean,
        test=check.test,
        assumes=check.assumes,
        p_value=p_value,
        adjusted=adjusted,
        level=level,
        incidents=found.references,
        excluded=tuple(sorted(found.excluded.items())),
        asks=check.question.format(count=f"{count:,}"),
        otherwise=check.otherwise,
    )


def honesty(
    incidents: Iterable[Incident],
    agreements: Agreement | Iterable[Agreement],
    *,
    at: datetime | None = None,
    window: float | timedelta = _WINDOW,
    soon: timedelta = _SOON,
    level: float = _LEVEL,
) -> HonestyReport:
    """What happens near targets in *incidents*, consumed once, against what chance would give.

    Every incident is judged by the first resolution clock of *agreements* that it has, up to
    its first resolution, so that nothing counts twice; what is unknown is left out by reason.
    *window* is what is shortly before a target: a share of its time, at most a half, or working
    time; *soon* is the wall-clock time after a resolution in which a reopening counts; *level*
    is the chance that honest records are asked about at all.  Events after *at* do not exist;
    without it the latest instant counts.

    Raises `itilcore.errors.InvalidInput` for no agreements and for settings that are none, and
    `itilcore.errors.NaiveInstant` for an instant without an offset.

    >>> from datetime import UTC
    >>> from itilcore.calendars import BusinessCalendar
    >>> from itilcore.incident import Held, HoldReason, Logged
    >>> from itilcore.sla import Target, TargetKind
    >>> always = BusinessCalendar.always()
    >>> gold = Agreement("gold", Target(TargetKind.RESOLUTION, timedelta(hours=4), always))
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> late = nine + timedelta(hours=3, minutes=50)
    >>> every = [
    ...     Incident.replay(f"INC{n}", [Logged(nine), Held(late, HoldReason.AWAITING_CALLER)])
    ...     for n in range(3)
    ... ]
    >>> found = honesty(every, gold)["HOLDS_BEFORE_BREACH"]
    >>> print(found.count, round(found.expected, 2), found.question)
    3 0.18 Were these 3 holds placed because the target was near? Callers and suppliers are ...
    """
    gathered = Honesty(agreements, window=window, soon=soon, level=level)
    for incident in incidents:
        gathered.add(incident if at is None else incident.as_of(at))
    return gathered.result(at)
