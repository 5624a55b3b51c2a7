"""The sections of a book about an incident's life: lifecycle, closing, notifications."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.calendars import BusinessCalendar
from itilcore.communications import NotificationRule
from itilcore.errors import InvalidInput, InvalidPolicy
from itilcore.incident import (
    Confirmed,
    Contacted,
    Direction,
    Incident,
    Lifecycle,
    Logged,
    Phase,
    Resolved,
    Status,
)
from itilcore.policy import Book, Closing, loads
from itilcore.sla import BusinessDays

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
OFFICE = '[calendars.office]\nhours = "Mon-Fri 09:00-17:00"\n'
RESOLVED = Incident.replay("INC1", [Logged(NINE), Resolved(NINE)])


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(defect) for defect in caught.value.defects]


def test_a_lifecycle_by_name():
    assert loads('[lifecycle]\npreset = "jira"').lifecycle == Lifecycle.jira()


OWN = """
[lifecycle]
initial = "Todo"
statuses = { Todo = "open", Doing = "active", Shipped = "closed" }
transitions = [
  { source = "Todo", action = "pull", target = "Doing" },
  { source = "Doing", action = "ship", target = "Shipped", requires = ["notes"] },
]
"""


def test_a_lifecycle_of_ones_own():
    found = loads(OWN).lifecycle
    assert found.initial == Status("Todo", Phase.OPEN)
    assert [(row.action, row.requires) for row in found.transitions] == [
        ("pull", ()),
        ("ship", ("notes",)),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("lifecycle = 3", "line 1, lifecycle: is 3, not a table"),
        ("[lifecycle]", "line 1, lifecycle: give a preset, or initial, statuses and transitions"),
        (
            "[lifecycle]\npreset = 'itil'\ninitial = 'NEW'",
            "line 1, lifecycle: give a preset, or initial, statuses and transitions",
        ),
        (
            "[lifecycle]\npreset = 'itl'",
            "line 2, lifecycle.preset: there is none named 'itl'; did you mean 'itil'?",
        ),
        (
            OWN.replace('"active"', '"actve"'),
            "line 4, lifecycle.statuses.Doing: is 'actve'; did you mean 'active'?",
        ),
        (
            OWN.replace("Todo = ", "' ' = 'open', Todo = "),
            "line 4, lifecycle.statuses. : is ' '",
        ),
        (
            OWN.replace('target = "Doing"', 'target = "Doign"'),
            "line 6, lifecycle.transitions[0].target: there is no status 'Doign'; did you mean",
        ),
        (
            OWN.replace('source = "Todo", ', ""),
            "line 6, lifecycle.transitions[0].source: is missing",
        ),
        (
            OWN.replace('initial = "Todo"', 'initial = "Toda"'),
            "line 3, lifecycle.initial: there is no status 'Toda'; did you mean 'Todo'?",
        ),
        (
            OWN.replace('  { source = "Doing"', "# "),
            "line 2, lifecycle.Todo: cannot reach an end: nothing after it is closed",
        ),
    ],
)
def test_defects_of_a_lifecycle(text: str, wanted: str):
    assert any(each.startswith(wanted) for each in defects(text)), defects(text)


def test_closing():
    book = loads(OFFICE + '[closing]\nafter = "2h"\ncalendar = "office"\nreopen_within_days = 3')
    assert book.closing == Closing(
        after=timedelta(hours=2),
        calendar=BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC"),
        reopen_within=timedelta(days=3),
    )
    assert loads('[closing]\nafter = "never"').closing.after is None
    assert loads('[closing]\nafter = "5 business days"').closing.after == BusinessDays(5)
    assert loads("[closing]").closing == Closing()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("closing = 3", "line 1, closing: is 3, not a table"),
        ("[closing]\nafter = 'soon'", "line 2, closing.after: is 'soon': give such as '4h'"),
        ("[closing]\nafter = '0h'", "line 2, closing.after: is 0:00:00: it must be more than noth"),
        ("[closing]\ncalendar = 'x'", "line 2, closing.calendar: there is no calendar 'x', and no"),
        ("[closing]\nreopen_within_days = 0", "line 2, closing.reopen_within_days: is 0: give fr"),
        ("[closing]\nreopen_within_days = 4000", "line 2, closing.reopen_within_days: is 4000"),
        ("[closing]\nafer = '4h'", "line 2, closing.afer: is no such key; did you mean 'after'?"),
    ],
)
def test_defects_of_closing(text: str, wanted: str):
    assert any(each.startswith(wanted) for each in defects(text)), defects(text)


def test_notifications():
    book = loads(
        OWN
        + '[[notifications]]\nname = "a"\nwhen = ["waiting", "Shipped"]\naudience = "requester"\n'
        'subject = "$reference"\n[[notifications]]\nname = "b"\nwhen = "logged"\n'
        'audience = "managers"\nsubject = "$title"\ntext = "x"'
    )
    assert book.notifications == (
        NotificationRule(
            name="a", when=("waiting", "Shipped"), audience="requester", subject="$reference"
        ),
        NotificationRule(name="b", when="logged", audience="managers", subject="$title", text="x"),
    )
    assert loads("notifications = []").notifications == ()
    assert len(Book().notifications) == 6


RULE = '[[notifications]]\nname = "a"\nwhen = "logged"\naudience = "x"\nsubject = "s"\n'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("notifications = 3", "line 1, notifications: is 3, not an array of tables"),
        ("notifications = [3]", "line 1, notifications[0]: is 3, not a table"),
        (RULE + RULE, "line 7, notifications[1].name: is 'a', which stands above already"),
        (RULE.replace('"s"', '"$titel"'), "line 5, notifications[0].subject: has $titel; did you"),
        (
            RULE.replace('"logged"', '["logged", "resolvd"]'),
            "line 3, notifications[0].when: nothing is called 'resolvd'; did you mean 'resolved'?",
        ),
        (RULE.replace("subject", "sbject"), "line 1, notifications[0].subject: is missing"),
    ],
)
def test_defects_of_notifications(text: str, wanted: str):
    assert any(each.startswith(wanted) for each in defects(text)), defects(text)


def test_a_lifecycle_that_is_wrong_hides_what_notifications_say():
    text = "[lifecycle]\npreset = 'itl'\n" + RULE.replace("logged", "Parked")
    (only,) = defects(text)
    assert only.startswith("line 2, lifecycle.preset")


def test_each_section_is_in_the_version():
    versions = {
        loads(text).version
        for text in ("", OWN, "[closing]\nafter = 'never'", "notifications = []", RULE)
    }
    assert len(versions) == 5


def test_when_a_resolved_incident_closes():
    assert Closing().closes_at(RESOLVED) == datetime(2026, 1, 9, tzinfo=UTC)
    assert Closing(after=timedelta(hours=1)).closes_at(RESOLVED) == NINE + timedelta(hours=1)
    assert Closing(after=None).closes_at(RESOLVED) is None
    assert Closing().closes_at(Incident.replay("INC1", [Logged(NINE)])) is None


def test_a_word_of_the_requester_is_an_objection_until_they_confirm():
    spoken = RESOLVED.record(Contacted(NINE, Direction.INBOUND))
    assert Closing().closes_at(spoken) is None
    assert Closing().closes_at(spoken.record(Confirmed(NINE))) is not None
    assert Closing().closes_at(spoken.record(Resolved(NINE))) is not None
    assert Closing().closes_at(RESOLVED.record(Contacted(NINE, Direction.OUTBOUND))) is not None
    seen_only = Incident.replay("INC1", [Logged(NINE, status=Status.RESOLVED)])
    assert Closing().closes_at(seen_only) is not None


def test_until_when_it_may_be_reopened():
    assert Closing().may_be_reopened(RESOLVED, NINE + 7 * DAY)
    assert not Closing().may_be_reopened(RESOLVED, NINE + 7 * DAY + timedelta(seconds=1))
    assert Closing(reopen_within=None).may_be_reopened(RESOLVED, NINE + 700 * DAY)
    assert Closing(reopen_within=None).content["reopen_within"] is None
    assert Closing(after=None).content["after"] is None


@pytest.mark.parametrize(
    "fields",
    [{"after": timedelta()}, {"after": BusinessDays(0)}, {"reopen_within": -DAY}],
)
def test_closing_after_nothing_is_refused(fields):
    with pytest.raises(InvalidInput, match="it must be more than nothing"):
        Closing(**fields)


def test_a_notification_without_an_occasion_is_told_and_left_out() -> None:
    text = "[[notifications]]\nname = 'n'\naudience = 'requester'\nsubject = 's'\n"
    with pytest.raises(InvalidPolicy) as error:
        loads(text)
    assert [str(each) for each in error.value.defects] == [
        "line 1, notifications[0].when: is missing"
    ]
