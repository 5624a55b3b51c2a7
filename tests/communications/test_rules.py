"""Notifications: whom a change of status is told to, in which words, and under which identifier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from itilcore.communications import Notification, NotificationRule, notify, status_updates
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Assigned,
    Closed,
    HandedOff,
    Held,
    HoldReason,
    Incident,
    Logged,
    Noted,
    Observed,
    Resolved,
    Status,
    StatusChanged,
)
from tests.incident.strategies import timelines

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
EMPTY = Incident.replay("INC1", [])
LIFE = [
    Logged(NINE, title="Mail <b>is</b> slow", requester="ada"),
    Assigned(NINE, group="Network"),
    StatusChanged(NINE, Status.ASSIGNED),
    StatusChanged(NINE, Status.IN_PROGRESS),
    Held(NINE, HoldReason.AWAITING_CALLER),
    Held(NINE, HoldReason.AWAITING_CALLER),
    Held(NINE, HoldReason.AWAITING_VENDOR),
    Noted(NINE, "x"),
    Resolved(NINE, notes="Restarted the relay."),
    Closed(NINE),
]


def test_the_six_status_updates():
    said = notify(status_updates(), EMPTY, LIFE)
    assert [(each.identifier, each.recipient) for each in said] == [
        ("INC1:1:logged:requester", "ada"),
        ("INC1:2:assigned:group", "Network"),
        ("INC1:4:started:requester", "ada"),
        ("INC1:5:held:requester", "ada"),
        ("INC1:7:held:requester", "ada"),
        ("INC1:9:resolved:requester", "ada"),
        ("INC1:10:closed:requester", "ada"),
    ]
    assert said[4].subject == "INC1 waits: AWAITING_VENDOR"
    assert said[5].text == "Mail <b>is</b> slow\n\nRestarted the relay."


def test_nobody_is_told_where_the_incident_names_nobody():
    rules = [
        NotificationRule(name=who, when="NEW", audience=who, subject="$reference")
        for who in ("requester", "assignee", "group", "managers")
    ]
    (said,) = notify(rules, EMPTY, [Logged(NINE)])
    assert (said.audience, said.recipient) == ("managers", None)


def test_what_was_only_observed_is_no_news():
    assert notify(status_updates(), EMPTY, [Observed(NINE, status=Status.RESOLVED)]) == ()
    unknown = [Logged(NINE, requester="ada", status=Status.unknown("x"))]
    every = NotificationRule(name="a", when=("unknown", "UNKNOWN"), audience="all", subject="x")
    assert notify([every], EMPTY, unknown) == ()


def test_a_title_of_many_lines_makes_a_subject_of_one():
    rule = NotificationRule(name="a", when="open", audience="all", subject="$title ($$5)")
    (said,) = notify([rule], EMPTY, [Logged(NINE, title="one\r\nBcc: everybody\n$status")])
    assert said.subject == "one Bcc: everybody $status ($5)"


def test_assigned_is_to_another_group():
    rule = NotificationRule(name="a", when="assigned", audience="group", subject="x")
    events = [
        Logged(NINE),
        Assigned(NINE, group="Desk"),
        Assigned(NINE, group="Desk", assignee="ada"),
        HandedOff(NINE, "Network"),
        Assigned(NINE),
    ]
    assert [each.recipient for each in notify([rule], EMPTY, events)] == ["Desk", "Network"]


@given(timelines())
def test_the_same_events_say_the_same_under_the_same_identifiers(timeline):
    rules = (
        *status_updates(),
        NotificationRule(name="any", when=["active", "waiting", "open"], audience="x", subject="s"),
    )
    events = list(timeline)
    whole = notify(rules, EMPTY, events)
    assert len({each.identifier for each in whole}) == len(whole)
    half = len(events) // 2
    first = notify(rules, EMPTY, events[:half])
    second = notify(rules, Incident.replay("INC1", events[:half]), events[half:])
    assert first + second == whole


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": " "}, "name: is ' '"),
        ({"when": ()}, "when: names no status and no phase"),
        ({"when": [""]}, "when[0]: is ''"),
        ({"subject": ""}, "subject: is ''"),
        ({"subject": "$"}, "subject: has a $ that names nothing: write $$ for a dollar"),
        ({"text": "$titel"}, "text: has $titel; did you mean 'title'?"),
        ({"text": 3}, "text: is 3: give a text"),
    ],
)
def test_a_rule_that_cannot_be_used(fields, problem):
    good = {"name": "a", "when": "NEW", "audience": "requester", "subject": "x"}
    with pytest.raises(InvalidInput) as caught:
        NotificationRule(**{**good, **fields})
    assert problem in str(caught.value)


def test_a_rule_as_json():
    rule = NotificationRule(name="a", when="NEW", audience="requester", subject="x")
    assert rule.content["when"] == ["NEW"]


@pytest.mark.parametrize("name", ["identifier", "reference", "rule", "audience"])
def test_a_notification_names_what_it_is_about(name):
    good = {"identifier": "a", "reference": "b", "rule": "c", "audience": "d"}
    with pytest.raises(InvalidInput, match=f"{name}: is ''"):
        Notification(**{**good, name: ""}, at=NINE, subject="x")
    with pytest.raises(NaiveInstant):
        Notification(**good, at=NINE.replace(tzinfo=None), subject="x")


def test_a_text_is_bounded():
    long = Logged(NINE, title="x" * 1_000_000, requester="ada")
    (said,) = notify(status_updates(), EMPTY, [long])
    assert len(said.text) == 10_000
    assert (
        notify(status_updates(), EMPTY, [Logged(NINE + timedelta(1), requester="a")])[0].at != NINE
    )
