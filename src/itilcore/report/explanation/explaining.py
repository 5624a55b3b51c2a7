"""From one incident to its explanation, as a value that every output shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import evolve, fields, frozen

from itilcore.decision import Decision
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import (
    Answered,
    Asserted,
    Event,
    Incident,
    Lifecycle,
    RoleSpell,
    Span,
    VendorEngagement,
    lanes,
)
from itilcore.metrics import ESCALATION_METRICS, STANDARD, Metric, measure_all
from itilcore.policy import Book
from itilcore.report.text import plain
from itilcore.routing import RoleRules, check_bounces
from itilcore.sla import Agreement, Reading

from .coming import Coming, coming
from .counted import Counted, count
from .decided import Decided, decided_by

__all__ = ["Explanation", "Happening", "explain"]

_OWN: Final = frozenset({"at", "recorded_at", "by"})


@frozen
class Happening:
    """One event: when, what kind, what it says in words, who acted, and what is odd about it.

    ``changed`` holds what the event made of each lane that it changed (``None``: nothing is
    known there any more); ``deviations`` are the moves that the lifecycle does not have, and
    time running backwards.
    """

    at: datetime
    recorded_at: datetime | None
    kind: str
    said: str
    by: str | None
    changed: dict[str, str | None]
    deviations: tuple[str, ...]


@frozen
class Explanation:
    """One incident, explained as of ``at``, with instants in ``zone``.

    ``lanes`` holds the spans of each lane by its name (see `itilcore.incident.lanes`),
    ``events`` what happened, in the order of the record, ``counted`` one entry a metric,
    ``clocks`` how each clock of the agreements stands, with its account, ``untold`` of which
    clocks the calendars cannot tell, and why, ``roles`` who played which part and when,
    ``noticed`` what is odd about its way between groups, ``decided`` what a policy book says
    that it is, what is missing, and who should get it, ``ahead`` who hears what in the next two
    days if nobody acts, ``vendors`` which vendors were asked, ``coming`` what comes next by a
    book: the word to stakeholders that is due, and when its agenda looks again.
    """

    reference: str
    title: str | None
    at: datetime | None
    zone: str
    lanes: dict[str, tuple[Span, ...]]
    events: tuple[Happening, ...]
    counted: tuple[Counted, ...]
    clocks: tuple[Reading, ...] = ()
    untold: tuple[str, ...] = ()
    roles: tuple[RoleSpell, ...] = ()
    noticed: tuple[str, ...] = ()
    decided: tuple[Decided, ...] = ()
    ahead: tuple[tuple[datetime, str, str, str], ...] = ()
    vendors: tuple[VendorEngagement, ...] = ()
    coming: Coming | None = None

    def __getitem__(self, metric: str) -> Counted:
        return {counted.name: counted for counted in self.counted}[metric]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON values: instants in ISO 8601 with the offset of ``zone``."""
        return {
            "reference": self.reference,
            "title": self.title,
            "at": None if self.at is None else self.at.isoformat(),
            "zone": self.zone,
            "lanes": {
                name: [
                    {
                        "value": None if span.value is None else str(span.value),
                        "start": span.start.isoformat(),
                        "end": None if span.end is None else span.end.isoformat(),
                    }
                    for span in spans
                ]
                for name, spans in self.lanes.items()
            },
            "events": [
                {
                    "at": event.at.isoformat(),
                    "recorded_at": event.recorded_at and event.recorded_at.isoformat(),
                    "kind": event.kind,
                    "said": event.said,
                    "by": event.by,
                    "changed": dict(event.changed),
                    "deviations": list(event.deviations),
                }
                for event in self.events
            ],
            "metrics": {counted.name: counted.to_dict() for counted in self.counted},
            **(
                {"clocks": [reading.to_dict(account=True) for reading in self.clocks]}
                if self.clocks
                else {}
            ),
            **({"untold": list(self.untold)} if self.untold else {}),
            "roles": [
                {
                    "role": spell.role.name,
                    "person": spell.person,
                    "start": spell.start.isoformat(),
                    "end": None if spell.end is None else spell.end.isoformat(),
                }
                for spell in self.roles
            ],
            "noticed": list(self.noticed),
            **(
                {
                    "decided": {
                        name: {
                            "answer": _plain(decision),
                            "reasons": [str(reason) for reason in decision.reasons],
                            "version": decision.version,
                        }
                        for name, decision in self.decided
                    }
                }
                if self.decided
                else {}
            ),
            **(
                {
                    "ahead": [
                        {"at": at.isoformat(), "to": to, "rule": rule, "why": why}
                        for at, to, rule, why in self.ahead
                    ]
                }
                if self.ahead
                else {}
            ),
            **({"vendors": [self._vendor(each) for each in self.vendors]} if self.vendors else {}),
            **({} if self.coming is None else {"coming": self.coming.to_dict()}),
        }

    def _vendor(self, engagement: VendorEngagement) -> dict[str, Any]:
        e = engagement
        return {
            "vendor": e.vendor,
            "ticket": e.ticket,
            "status_link": e.status_link,
            "workaround": e.workaround,
            "start": e.start.isoformat(),
            "first_answer_at": e.first_answer_at and e.first_answer_at.isoformat(),
            "last_answer_at": e.last_answer_at and e.last_answer_at.isoformat(),
            "end": e.end and e.end.isoformat(),
            "delivered": e.delivered,
            "waiting": self.waited(e).total_seconds(),
        }

    def waited(self, engagement: VendorEngagement) -> timedelta:
        """How long a vendor was waited for up to the instant of the explanation.

        An engagement is an event: where there is one, there is an instant.
        """
        assert self.at is not None
        return engagement.waiting(self.at)

    def _repr_html_(self) -> str:
        """The explanation for notebooks; all texts escaped."""
        from .html import body

        return "\n".join(body(self))


def explain(
    incident: Incident,
    *,
    at: datetime | None = None,
    zone: str = "UTC",
    metrics: tuple[Metric, ...] = STANDARD,
    lifecycle: Lifecycle | None = None,
    agreements: tuple[Agreement, ...] = (),
    book: Book | None = None,
) -> Explanation:
    """Explain *incident* as of *at*, or as of its last event: later events do not exist.

    Of each of *agreements* it shows how the clocks stand, and their accounts; of a *book* what
    it decides about the incident, and what comes next.  With a book, and where it was escalated,
    the metrics of escalation come to *metrics*.  What each of *metrics* counted is what
    `itilcore.metrics.measure_all` gives for this incident alone.

    Raises `itilcore.errors.NaiveInstant` for an *at* without an offset and
    `itilcore.errors.InvalidInput` for a *zone* that is no IANA time zone.

    >>> from datetime import UTC, datetime
    >>> from itilcore.incident import Logged, Resolved
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> ten = datetime(2026, 1, 5, 10, tzinfo=UTC)
    >>> found = explain(Incident.replay("INC1", [Logged(nine), Resolved(ten)]))
    >>> found["MTTR"].said, found["MTTA"].said
    ('1.0 h', 'left out: resolved without an acknowledgement')
    """
    try:
        tz = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        defect = Defect("zone", f"{zone!r} is no IANA time zone")
        raise InvalidInput("explanation", [defect]) from None

    def local(instant: datetime) -> datetime:
        return instant.astimezone(tz)

    seen = incident if at is None else incident.as_of(at)
    if book is not None:
        seen = book.filed(seen)
    timeline, facts = seen.timeline, seen.facts
    found = lanes(timeline)
    changed: dict[int, dict[str, str | None]] = {}
    for name, spans in found.items():
        for span in spans:
            # In the beginning nothing is known: that is no change.
            if span.index or span.value is not None:
                value = None if span.value is None else str(span.value)
                changed.setdefault(span.index, {})[name] = value
    deviations: dict[int, tuple[str, ...]] = {}
    for deviation in (lifecycle or Lifecycle.default()).audit(timeline):
        before = deviations.get(deviation.index, ())
        deviations[deviation.index] = (*before, deviation.what)
    events = tuple(
        Happening(
            local(event.at),
            None if event.recorded_at is None else local(event.recorded_at),
            _kind(event),
            _said(event, tz),
            None if event.by is None else event.by.identifier,
            changed.get(index, {}),
            deviations.get(index, ()),
        )
        for index, event in enumerate(timeline)
    )
    if book is not None or facts.escalations:
        metrics += tuple(metric for metric in ESCALATION_METRICS if metric not in metrics)
    results = measure_all(metrics, [seen], at=at)
    when = at if at is not None else facts.last_event_at
    known = () if when is None else tuple(each.read_known(seen, when) for each in agreements)
    return Explanation(
        incident.reference,
        seen.title,
        None if when is None else local(when),
        zone,
        {
            name: tuple(
                evolve(s, start=local(s.start), end=None if s.end is None else local(s.end))
                for s in spans
            )
            for name, spans in found.items()
        },
        events,
        tuple(
            count(metric, results[metric.name], facts, local)
            for metric in metrics
            if results[metric.name].population
        ),
        tuple(reading for readings, _ in known for reading in readings),
        tuple(why for _, untold in known for why in untold),
        tuple(
            evolve(s, start=local(s.start), end=None if s.end is None else local(s.end))
            for s in seen.role_spells
        ),
        _noticed(seen, book),
        () if book is None else decided_by(book, seen),
        () if book is None or when is None else _ahead(book, seen, when, local),
        tuple(
            evolve(
                each,
                start=local(each.start),
                first_answer_at=each.first_answer_at and local(each.first_answer_at),
                last_answer_at=each.last_answer_at and local(each.last_answer_at),
                end=each.end and local(each.end),
            )
            for each in seen.vendor_engagements
        ),
        None if book is None or when is None else coming(book, seen, when, local),
    )


def _ahead(
    book: Book, incident: Incident, at: datetime, local: Callable[[datetime], datetime]
) -> tuple[tuple[datetime, str, str, str], ...]:
    """When, who, by which rule and why: if nobody acts."""
    return tuple(
        (local(each.at), each.step.to, each.step.rule, str(each.step.reasons[0]))
        for each in book.simulate(incident, at).steps
    )


def _noticed(incident: Incident, book: Book | None) -> tuple[str, ...]:
    """What is odd about its way between groups, and about who played which part."""
    conflict = (RoleRules() if book is None else book.roles).conflict(incident.role_spells)
    bounces = check_bounces(incident.timeline).answer or ()
    return bounces if conflict is None else (*bounces, conflict)


def _plain(decision: Decision[Any]) -> str | bool | None:
    """An answer as a JSON value: yes and no are no texts."""
    answer = decision.answer
    return answer if isinstance(answer, bool) else answer_text(decision)


def answer_text(decision: Decision[Any]) -> str | None:
    """An answer in words; ``None`` where it is undecided.

    >>> answer_text(Decision(True, (), "v")), answer_text(Decision(None, (), "v"))
    ('True', None)
    """
    answer = decision.answer
    if answer is None:
        return None
    return str(answer.value if isinstance(answer, Enum) else answer)


def _kind(event: Event) -> str:
    """The name of the event's class as words: ``StatusChanged`` is *status changed*."""
    name = type(event).__name__
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def _said(event: Event, tz: ZoneInfo) -> str:
    if isinstance(event, Asserted):
        told = [f"{name} {_value(v, tz)}" for name, v in event.claims if v is not None]
        silent = [name for name, value in event.claims if value is None]
        parts = [f"the source claims {', '.join(told)}"] * bool(told)
        return "; ".join(parts + [f"it is silent about {', '.join(silent)}"] * bool(silent))
    if isinstance(event, Answered):
        return "; ".join(f"{_value(name, tz)}: {_value(text, tz)}" for name, text in event.answers)
    values = ((f.name, getattr(event, f.name)) for f in fields(type(event)) if f.name not in _OWN)
    return ", ".join(f"{name} {_value(value, tz)}" for name, value in values if value is not None)


def _value(value: object, tz: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return instant_text(value.astimezone(tz))
    return plain(str(value.value if isinstance(value, Enum) else value), 120)


def instant_text(instant: datetime) -> str:
    """An instant in its own zone, to the second, with its offset only where that is not UTC.

    >>> from datetime import UTC
    >>> instant_text(datetime(2026, 1, 5, 9, tzinfo=UTC))
    '2026-01-05 09:00:00'
    """
    offset = "" if not instant.utcoffset() else f"{instant:%z}"
    return f"{instant:%Y-%m-%d %H:%M:%S}{offset}"
