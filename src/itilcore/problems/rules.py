"""The rules of a desk about what is behind incidents: alerts, similar reports, what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import field, fields, frozen

from itilcore.calendars import Interval
from itilcore.errors import Defect, InvalidInput, nearest, require_aware
from itilcore.given import several
from itilcore.incident import Incident, LinkKind, in_utc
from itilcore.version import JSONValue, content_version

from .alerts import AlertPolicy, span_defects
from .recurrence import Candidate, Occurrence, fixes_of, is_nobodys, recurrences
from .reports import LEAST_SCORE, Report
from .rhythm import Rhythm, rhythms
from .similar import SimilarReports

__all__ = ["ComingBack", "ProblemRules", "RecurrenceRules", "SimilarRules", "report_of"]

DIMENSIONS: Final = (
    "configuration_item",
    "category",
    "service",
    "requester",
    "group",
    "site",
    "title",
)
"""What occurrences of incidents may be counted by."""

_USUAL: Final = ("configuration_item", "category", "service", "title")
_MOST_TITLE: Final = 200
_LEAST_COUNT: Final = 6
_MOST_VALUES: Final = 50


def report_of(incident: Incident) -> Report | None:
    """What *incident* says, as a report that may be like others; ``None`` if never logged.

    Raises `itilcore.errors.InvalidInput` for what is no incident.

    >>> from datetime import UTC
    >>> from itilcore.incident import Logged
    >>> logged = Logged(datetime(2026, 1, 5, tzinfo=UTC), "VPN drops")
    >>> report_of(Incident.replay("INC1", [logged])).text
    'VPN drops'
    """
    _require_incident(incident)
    at = incident.facts.logged_at
    if at is None:
        return None
    return Report(
        reference=incident.reference,
        at=at,
        text=incident.title or "",
        service=_told(incident.service),
        requester=_told(incident.facts.requester),
        category=incident.category,
    )


def _require_incident(incident: object) -> None:
    if not isinstance(incident, Incident):
        problem = f"is {incident!r:.60}: give an Incident"
        raise InvalidInput("problem rules", [Defect("incident", problem)])


def _told(text: object) -> str | None:
    # Imports bring blank texts: they say no more than none.
    return str(text) if text is not None and str(text).strip() else None


@frozen(kw_only=True)
class SimilarRules:
    """How far apart and how like reports are that may tell the same: see `SimilarReports`.

    Raises `itilcore.errors.InvalidInput` as that does.

    >>> len(SimilarRules(window=timedelta(hours=2)).index())
    0
    """

    window: timedelta = timedelta(hours=4)
    least: float = LEAST_SCORE
    most: int = 10

    def __attrs_post_init__(self) -> None:
        self.index()

    def index(self) -> SimilarReports:
        """An index without reports."""
        return SimilarReports(self.window, self.least, most=self.most)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the window in seconds."""
        return {
            "window": self.window.total_seconds(),
            "least": float(self.least),
            "most": self.most,
        }


@frozen(kw_only=True)
class ComingBack:
    """What comes back: ``candidates`` by a raised rate, ``rhythms`` by value of a dimension.

    ``recent`` and ``usual`` are the spans that were compared, ``None`` where there was too
    little before.  ``occurrences`` are all that were looked at, ``tested`` the values whose
    rhythm was looked for.
    """

    recent: Interval | None
    usual: Interval | None
    occurrences: int
    candidates: tuple[Candidate, ...] = ()
    rhythms: tuple[tuple[str, str, Rhythm], ...] = ()
    tested: int = 0

    def to_dict(self) -> dict[str, JSONValue]:
        """All of it as JSON values; of each candidate the first hundred references.

        >>> ComingBack(recent=None, usual=None, occurrences=0).to_dict()["candidates"]
        []
        """
        candidates: list[JSONValue] = [
            {
                "dimension": each.dimension,
                "value": each.value,
                "recent": each.recent,
                "usual": each.usual,
                "ratio": each.ratio,
                "chance": each.chance,
                "adjusted_chance": each.adjusted_chance,
                "references": list(each.references[:100]),
                "reasons": list(each.reasons),
            }
            for each in self.candidates
        ]
        found: list[JSONValue] = [
            {
                "dimension": dimension,
                "value": value,
                "period": each.period.value,
                "phase": each.phase,
                "count": each.count,
                "watched": each.watched,
                "strength": each.strength,
                "adjusted_chance": each.adjusted_chance,
                "said": str(each),
            }
            for dimension, value, each in self.rhythms
        ]
        return {
            "recent": _span(self.recent),
            "usual": _span(self.usual),
            "occurrences": self.occurrences,
            "tested": self.tested,
            "candidates": candidates,
            "rhythms": found,
        }


def _span(interval: Interval | None) -> JSONValue:
    if interval is None:
        return None
    return {"start": interval.start.isoformat(), "end": interval.end.isoformat()}


def _zone(given: Any) -> Any:
    try:
        return ZoneInfo(given) if isinstance(given, str) else given
    except (KeyError, ValueError, OSError):
        return given  # told with the other defects


@frozen(kw_only=True)
class RecurrenceRules:
    """What counts as coming back, for a desk that asks now and then.

    The last ``recent`` time is compared with the ``usual`` time before it, at most as long as
    there are incidents, at ``level``: see `recurrences`.  Incidents are counted ``by``
    configuration item, category, service, requester, group that had it first, site of the
    requester and title (its first 200 signs, in any case).  Rhythms are looked for by the wall
    clock of ``tz`` at ``rhythm_level``, shared among all values that have six incidents or more,
    of which the fifty most frequent are looked at, each against the other incidents: a desk's
    working day is no rhythm of one of them.  Raises `itilcore.errors.InvalidInput` with
    everything that is none of these.

    >>> RecurrenceRules(by="site").by
    ('site',)
    """

    recent: timedelta = timedelta(days=28)
    usual: timedelta = timedelta(days=364)
    level: float = 0.05
    by: tuple[str, ...] = field(default=_USUAL, converter=several)
    rhythm_level: float = 0.01
    tz: ZoneInfo = field(factory=lambda: ZoneInfo("UTC"), converter=_zone)

    def __attrs_post_init__(self) -> None:
        defects = [*span_defects("recent", self.recent), *span_defects("usual", self.usual)]
        for name in ("level", "rhythm_level"):
            value = getattr(self, name)
            if type(value) is not float or not 0 < value < 1:
                problem = f"is {value!r:.60}: give a number between 0 and 1"
                defects.append(Defect(name, problem))
        if not self.by:
            defects.append(Defect("by", "names nothing to count by"))
        for index, name in enumerate(self.by):
            if name not in DIMENSIONS:
                problem = f"is {name!r:.60}; {nearest(str(name)[:60], DIMENSIONS)}"
                defects.append(Defect(f"by[{index}]", problem))
            elif name in self.by[:index]:
                defects.append(Defect(f"by[{index}]", f"is {name!r}, which stands before"))
        if not isinstance(self.tz, ZoneInfo):
            defects.append(Defect("tz", f"is {self.tz!r:.60}: give an IANA time zone"))
        if defects:
            raise InvalidInput("recurrence rules", defects)

    def occurrence(self, incident: Incident, site: str | None = None) -> Occurrence | None:
        """*incident* as something that may come back; ``None`` if nobody knows when it came.

        *site* is that of its requester.  Raises `itilcore.errors.InvalidInput` for what is no
        incident.

        >>> from datetime import UTC
        >>> from itilcore.incident import Logged
        >>> logged = Logged(datetime(2026, 1, 5, tzinfo=UTC), "VPN drops")
        >>> RecurrenceRules().occurrence(Incident.replay("INC1", [logged])).keys
        (('title', 'vpn drops'),)
        """
        _require_incident(incident)
        facts = incident.facts
        if facts.logged_at is None:
            return None
        title = " ".join((incident.title or "").casefold()[:_MOST_TITLE].split())
        values = {
            "configuration_item": facts.configuration_item,
            "category": facts.category,
            "service": facts.service,
            "requester": facts.requester,
            "group": facts.first_group,
            "site": site,
            "title": title,
        }
        keys = {name: text for name in self.by if (text := _told(values[name])) is not None}
        problem = next((other for kind, other in incident.links if kind is LinkKind.PROBLEM), None)
        return Occurrence(incident.reference, facts.logged_at, keys, problem)

    def find(
        self,
        occurrences: Iterable[Occurrence],
        at: datetime,
        *,
        fixed: Mapping[str, datetime] | None = None,
    ) -> ComingBack:
        """What comes back among *occurrences* as of *at*; later ones do not exist yet.

        *fixed* are the instants at which problems were fixed, as `recurrences` takes them: what
        is linked to a problem makes no candidate and no rhythm, unless it came after the fix.
        Raises `itilcore.errors.InvalidInput` and `itilcore.errors.NaiveInstant` as that does.

        >>> from datetime import UTC
        >>> found = RecurrenceRules().find([], datetime(2026, 3, 1, tzinfo=UTC))
        >>> found.recent is None, found.candidates
        (True, ())
        """
        now = in_utc(require_aware("at", at))
        seen = [each for each in occurrences if each.at <= now]
        end = now + timedelta.resolution  # an interval holds its start and not its end
        since = end - self.recent
        first = min((each.at for each in seen), default=since)
        usual = Interval(max(first, since - self.usual), since) if first < since else None
        candidates: tuple[Candidate, ...] = ()
        if usual is not None:
            candidates = recurrences(seen, (since, end), usual, self.level, fixed=fixed)
        tested, beats = self._beats(seen, fixes_of(fixed))
        return ComingBack(
            recent=None if usual is None else Interval(since, end),
            usual=usual,
            occurrences=len(seen),
            candidates=candidates,
            rhythms=tuple(beats),
            tested=tested,
        )

    def _beats(
        self, seen: list[Occurrence], fixes: Mapping[str, datetime]
    ) -> tuple[int, list[tuple[str, str, Rhythm]]]:
        """How many values were looked at, and the rhythms that they have, the clearest first."""
        by_key: dict[tuple[str, str], list[datetime]] = {}
        for each in seen:
            for key in each.keys if is_nobodys(each, fixes) else ():
                by_key.setdefault(key, []).append(each.at)
        enough = [key for key, instants in by_key.items() if len(instants) >= _LEAST_COUNT]
        enough.sort(key=lambda key: (-len(by_key[key]), key))
        tested = enough[:_MOST_VALUES]
        found: list[tuple[str, str, Rhythm]] = []
        for key in tested:
            mine = set(by_key[key])
            # Against the other incidents: a desk's working day is no rhythm of theirs.
            others = [each.at for each in seen if key not in each.keys and each.at not in mine]
            level = self.rhythm_level / len(tested)
            beats = rhythms(by_key[key], self.tz, level, others=others or None)
            found += [(*key, rhythm) for rhythm in beats]
        found.sort(key=lambda each: (each[2].adjusted_chance, each[0], each[1]))
        return len(tested), found

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; lengths of time in seconds."""
        return {
            "recent": self.recent.total_seconds(),
            "usual": self.usual.total_seconds(),
            "level": self.level,
            "by": list(self.by),
            "rhythm_level": self.rhythm_level,
            "tz": self.tz.key,
        }


def _alerts() -> AlertPolicy:
    return AlertPolicy(window=timedelta(hours=4), reopen_within=timedelta(minutes=15), flapping=4)


@frozen(kw_only=True)
class ProblemRules:
    """How alerts come together, which reports are alike, and what comes back.

    Without arguments alerts of one fingerprint are one for four hours, are taken up again within
    15 minutes, and flap with four changes within an hour.  Raises
    `itilcore.errors.InvalidInput` for parts that are of another type.

    >>> ProblemRules().alerts.flapping
    4
    """

    alerts: AlertPolicy = field(factory=_alerts)
    similar: SimilarRules = field(factory=SimilarRules)
    recurrence: RecurrenceRules = field(factory=RecurrenceRules)

    def __attrs_post_init__(self) -> None:
        defects = []
        for each in fields(ProblemRules):
            value = getattr(self, each.name)
            if type(value).__name__ != str(each.type):
                defects.append(Defect(each.name, f"is {value!r:.60}: give {each.type}"))
        if defects:
            raise InvalidInput("problem rules", defects)

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        parts = [self.alerts.content, self.similar.content, self.recurrence.content]
        return content_version("problem rules", parts)
