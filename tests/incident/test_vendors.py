"""Engagements of vendors against a plain walk over what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.codec import dumps, loads
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Cancelled,
    Closed,
    Event,
    Incident,
    Logged,
    Noted,
    Observed,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
    Timeline,
    VendorAnswered,
    VendorEngaged,
    VendorEngagement,
    in_utc,
    vendor_engagements,
)

from .strategies import showing, statuses, timelines, vendor_makers

NINE, TEN, NOON = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10, 12))
HOUR = timedelta(hours=1)
LINK = "https://status.example/A-7"
MAKERS = st.one_of(vendor_makers, vendor_makers, showing(statuses))


def test_facts_that_are_told_later():
    told = [
        Logged(NINE),
        VendorEngaged(NINE, "Acme", workaround="call them"),
        VendorEngaged(TEN, "Globex"),
        VendorEngaged(TEN, "Acme", "A-7", LINK),
        VendorAnswered(TEN, "Acme", delivered=False),
        VendorAnswered(NOON, "Acme", delivered=False),
        Resolved(NOON),
        Noted(NOON, "x"),
    ]
    incident = Incident.replay("INC1", told)
    assert incident.vendor_engagements == (
        VendorEngagement("Acme", NINE, "A-7", LINK, "call them", TEN, NOON),
        VendorEngagement("Globex", TEN),
    )
    assert incident.as_of(NINE).vendor_engagements == (
        VendorEngagement("Acme", NINE, workaround="call them"),
    )
    more = incident.record(VendorAnswered(NOON, "Globex"))
    assert more.vendor_engagements[1].end == NOON


@pytest.mark.parametrize(
    "ending",
    [
        Closed(NOON),
        Cancelled(NOON),
        StatusChanged(NOON, Status.CLOSED),
        Observed(NOON, status=Status.CLOSED),
    ],
)
def test_an_incident_that_is_over_waits_for_nobody(ending: Event):
    told = [
        VendorEngaged(NINE, "Acme"),
        Observed(TEN),
        Resolved(TEN),
        Reopened(TEN),
        ending,
        VendorAnswered(NOON + HOUR, "Acme"),
    ]
    (found,) = vendor_engagements(told)
    assert found == VendorEngagement("Acme", NINE, end=NOON)
    again = [*told, Reopened(NOON + HOUR), VendorEngaged(NOON + HOUR, "Acme")]
    assert vendor_engagements(again) == (found, VendorEngagement("Acme", NOON + HOUR))


def test_the_wait_is_on_the_wall():
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 3, 28, 22, tzinfo=berlin)
    morning = datetime(2026, 3, 29, 6, tzinfo=berlin)
    (found,) = vendor_engagements([VendorEngaged(evening, "Acme")])
    assert found.waiting(morning) == 7 * HOUR
    assert found.waiting(evening - HOUR) == timedelta()
    (ended,) = vendor_engagements([VendorEngaged(NOON, "Acme"), VendorAnswered(TEN, "Acme")])
    assert ended.end == TEN
    assert ended.waiting(NOON + HOUR) == timedelta()
    with pytest.raises(NaiveInstant):
        found.waiting(datetime(2026, 1, 5))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"vendor": " "}, "vendor: is ' '"),
        ({"vendor": 5}, "vendor: is 5"),
        ({"vendor": "a\x1b"}, "vendor: is 'a.x1b': it must have no control characters"),
        ({"vendor": "a", "status_link": "javascript:x"}, "status_link: is 'javascript:x': give"),
        ({"vendor": "a", "status_link": ""}, "status_link: is '': give"),
        ({"vendor": "a", "status_link": 5}, "status_link: is 5: give"),
    ],
)
def test_what_makes_no_engagement(fields: dict[str, Any], wrong: str):
    with pytest.raises(InvalidInput, match=wrong):
        VendorEngaged(NINE, **fields)
    if "status_link" not in fields:
        with pytest.raises(InvalidInput, match=wrong):
            VendorAnswered(NINE, **fields)


def test_an_answer_delivers_or_does_not():
    wrong: Any = VendorAnswered
    with pytest.raises(InvalidInput, match="delivered: is 'no': give True or False"):
        wrong(NINE, "Acme", delivered="no")


def test_a_link_is_looked_at_when_it_is_read():
    text = dumps(VendorEngaged(NINE, "Acme", status_link=LINK))
    assert loads(Event, text) == VendorEngaged(NINE, "Acme", status_link=LINK)
    with pytest.raises(InvalidInput, match="status_link: is 'data:x': give an address"):
        loads(Event, text.replace(LINK, "data:x"))


def walked(events: list[Event]) -> list[VendorEngagement]:
    """Each engagement by itself, from the event that began it on."""
    found = []
    open_until: dict[str, int] = {}
    for index, event in enumerate(events):
        if not isinstance(event, VendorEngaged) or index < open_until.get(event.vendor, 0):
            continue
        facts: dict[str, Any] = {"ticket": None, "status_link": None, "workaround": None}
        answers: list[datetime] = []
        end, delivered, stop = None, False, len(events)
        for place in range(index, len(events)):
            each: Any = events[place]
            if isinstance(each, VendorEngaged) and each.vendor == event.vendor:
                for name in facts:
                    facts[name] = getattr(each, name) or facts[name]
            elif isinstance(each, VendorAnswered) and each.vendor == event.vendor:
                answers.append(in_utc(each.at))
                delivered = each.delivered
            phase = getattr(getattr(each, "status", None), "phase", None)
            if delivered or (phase is not None and phase.is_end):
                end, stop = in_utc(each.at), place + 1
                break
        open_until[event.vendor] = stop
        first, last = (answers[0], answers[-1]) if answers else (None, None)
        found.append(
            VendorEngagement(
                event.vendor,
                in_utc(event.at),
                first_answer_at=first,
                last_answer_at=last,
                end=end,
                delivered=delivered,
                **facts,
            )
        )
    return found


@given(timelines(MAKERS, backwards=True))
def test_against_a_plain_walk(timeline: Timeline):
    assert list(vendor_engagements(timeline)) == walked(list(timeline))


@given(timelines(MAKERS))
def test_laws(timeline: Timeline):
    found = vendor_engagements(timeline)
    waited_for = [each.vendor for each in found if each.end is None]
    assert len(set(waited_for)) == len(waited_for)
    last = max((in_utc(event.at) for event in timeline), default=NINE)
    for each in found:
        assert timedelta() <= each.waiting(last) <= each.waiting(last + HOUR)
        assert each.delivered <= (each.end is not None)
        if each.end is not None:
            assert each.waiting(last) == each.end - each.start
        else:
            assert each.waiting(last + HOUR) == each.waiting(last) + HOUR
