"""Incidents from forms, e-mails and alerts: what is taken over, and every defect of a form."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import ActorKind
from itilcore.classification import Category, TicketKind
from itilcore.desk import LogIncident, decide, from_alert, from_email, from_form
from itilcore.errors import InvalidInput
from itilcore.policy import Book, loads
from itilcore.priority import Impact, Urgency

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_form_field_by_field():
    log = from_form(
        "INC1",
        {
            "title": " Mail is slow ",
            "requester": "ada",
            "channel": "phone",
            "text": "",
            "kind": "Service Request",
            "category": "Network > VPN",
            "service": None,
            "configuration_item": " db1 ",
            "impact": "high",
            "urgency": "LOW",
        },
        NINE,
    )
    assert log == LogIncident(
        reference="INC1",
        at=NINE,
        title="Mail is slow",
        requester="ada",
        channel="phone",
        kind=TicketKind.SERVICE_REQUEST,
        category=Category("Network", "VPN"),
        configuration_item="db1",
        impact=Impact.HIGH,
        urgency=Urgency.LOW,
    )


def test_levels_are_those_of_the_book():
    book = loads(
        '[priority]\nimpacts = ["all", "some"]\nurgencies = ["now", "later"]\n'
        'priorities = ["1", "2"]\nmatrix = [["1", "1"], ["1", "2"]]'
    )
    assert from_form("INC1", {"title": "x", "impact": "ALL"}, NINE, book=book).impact == Impact(
        "all", 1
    )


def test_every_defect_of_a_form_at_once():
    form = {
        "titel": "x", "kind": "incdent", "category": "Network > ", "impact": "huge", "urgency": 3,
    }  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        from_form("INC1", form, NINE)
    assert [each.path for each in caught.value.defects] == [
        "titel", "urgency", "title", "kind", "category", "impact",
    ]  # fmt: skip
    assert "did you mean 'title'" in str(caught.value)
    assert "did you mean 'incident'" in str(caught.value)


def message(raw: str) -> EmailMessage:
    return email.message_from_bytes(raw.encode(), policy=email.policy.default)


def test_an_email():
    log = from_email(
        "INC1",
        message("From: Ada <ada@x.org>\nSubject: Mail\n is slow\n\nSince this morning.\n"),
        NINE,
    )
    assert (log.title, log.requester, log.text) == (
        "Mail is slow",
        "ada@x.org",
        "Since this morning.",
    )
    assert log.channel == "email"


def test_what_is_no_form_and_no_email():
    with pytest.raises(InvalidInput, match="form: 1 defect\n  is None: give fields by their names"):
        from_form("INC1", None, NINE)
    old = email.message_from_bytes(b"From: a@x.org\n\nHelp!")
    with pytest.raises(InvalidInput, match="is of Message: parse it with policy=email.policy.def"):
        from_email("INC1", old, NINE)


def test_an_email_without_a_subject_is_called_by_its_first_line():
    assert from_email("INC1", message("From: a@x.org\n\nHelp!\nNow.\n"), NINE).title == "Help!"
    bare = from_email("INC1", message("From: a@x.org\n\n"), NINE)
    assert (bare.title, bare.text) == ("(no subject)", None)


def test_html_is_not_read_and_a_strange_charset_is_no_fault():
    html = "From: a@x.org\nSubject: s\nContent-Type: text/html\n\n<b>x</b>\n"
    assert from_email("INC1", message(html), NINE).text is None
    odd = "From: a@x.org\nSubject: s\nContent-Type: text/plain; charset=klingon\n\nhelp\n"
    assert from_email("INC1", message(odd), NINE).text == "help"


def test_what_is_very_long_is_cut_and_says_so():
    long = from_email(
        "INC1", message(f"From: a@x.org\nSubject: {'s' * 2000}\n\n{'t' * 300_000}"), NINE
    )
    assert len(long.title) == 500
    assert long.title.endswith(" [cut]")
    assert long.text is not None
    assert len(long.text) == 200_000


def test_an_email_without_a_sender_is_refused():
    with pytest.raises(InvalidInput, match="From: names no sender"):
        from_email("INC1", message("Subject: x\n\ny"), NINE)


@given(st.binary(max_size=300))
def test_no_bytes_are_a_crash(raw: bytes):
    parsed = email.message_from_bytes(b"From: a@x.org\n" + raw, policy=email.policy.default)
    try:
        log = from_email("INC1", parsed, NINE)
    except InvalidInput:
        return
    assert log.title.strip()


def test_an_alert_has_no_requester():
    log = from_alert("INC1", NINE, title="disk full", text="x" * 300_000, service="db")
    assert (log.requester, log.channel, log.detected_by) == (None, "monitoring", "monitoring")
    assert log.by is not None
    assert log.by.kind is ActorKind.AUTOMATION
    outcome = decide(Book(), None, log)
    assert outcome.incident.facts.interactions == 0
    assert outcome.incident.facts.detected_at == NINE
