"""Asking vendors for help and waiting for them: through both desks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.actor import Actor
from itilcore.errors import ActionRefused, InvalidInput
from itilcore.incident import VendorAnswered, VendorEngaged, VendorEngagement
from itilcore.policy import Book
from itilcore.routing import Vendor, Vendors

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA = Actor.person("ada")
BOOK = Book(vendors=Vendors([Vendor(name="Acme"), Vendor(name="Globex")]))
LINK = "https://status.example/A-7"


@pytest.fixture
def desk(make, store):
    made = make(store, BOOK)
    made.log("INC1", at=NINE, title="x")
    return made


def test_a_vendor_is_engaged_and_delivers(desk, store):
    asked = desk.engage_vendor("INC1", at=NINE, by=ADA, vendor="Acme", ticket="A-7")
    assert asked.events == (VendorEngaged(NINE, "Acme", "A-7", by=ADA),)
    more = desk.engage_vendor(
        "INC1", at=NINE + HOUR, vendor="Acme", status_link=LINK, workaround="use the other line"
    )
    assert len(more.events) == 1
    for facts in ({}, {"ticket": "A-7"}, {"status_link": LINK, "ticket": None}):
        assert desk.engage_vendor("INC1", at=NINE, vendor="Acme", **facts).events == ()
    said = desk.vendor_answered(
        "INC1", at=NINE + 2 * HOUR, vendor="Acme", delivered=False, note="we look at it"
    )
    assert said.events == (
        VendorAnswered(NINE + 2 * HOUR, "Acme", delivered=False, note="we look at it"),
    )
    done = desk.vendor_answered("INC1", at=NINE + 5 * HOUR, vendor="Acme", by=ADA)
    assert done.incident.vendor_engagements == (
        VendorEngagement(
            "Acme",
            NINE,
            "A-7",
            LINK,
            "use the other line",
            NINE + 2 * HOUR,
            NINE + 5 * HOUR,
            NINE + 5 * HOUR,
            delivered=True,
        ),
    )
    assert store.get("INC1").vendor_engagements == done.incident.vendor_engagements
    again = desk.engage_vendor("INC1", at=NINE + 6 * HOUR, vendor="Acme")
    assert len(again.incident.vendor_engagements) == 2


def test_a_vendor_that_the_book_does_not_have_is_refused(desk, make, store):
    with pytest.raises(
        ActionRefused,
        match="cannot engage vendor: there is no vendor 'Acmee'; did you mean 'Acme'",
    ):
        desk.engage_vendor("INC1", at=NINE, vendor="Acmee")
    free = make(store)
    assert free.engage_vendor("INC1", at=NINE, vendor="Anybody").events


def test_an_answer_that_nobody_waits_for_is_refused(desk):
    with pytest.raises(ActionRefused, match="cannot record vendor answer: 'Acme' was not engaged$"):
        desk.vendor_answered("INC1", at=NINE, vendor="Acme")
    desk.engage_vendor("INC1", at=NINE, vendor="Acme")
    with pytest.raises(ActionRefused, match="'Acm' was not engaged; did you mean 'Acme'"):
        desk.vendor_answered("INC1", at=NINE, vendor="Acm")
    desk.vendor_answered("INC1", at=NINE, vendor="Acme")
    with pytest.raises(ActionRefused, match="nobody waits for 'Acme' any more, since it deliv"):
        desk.vendor_answered("INC1", at=NINE, vendor="Acme")


def test_what_is_over_waits_for_nobody(desk):
    desk.engage_vendor("INC1", at=NINE, vendor="Acme")
    over = desk.cancel("INC1", at=NINE + HOUR, reason="a mistake").incident
    assert [(each.end, each.delivered) for each in over.vendor_engagements] == [
        (NINE + HOUR, False)
    ]
    with pytest.raises(ActionRefused, match="any more, since the incident was over"):
        desk.vendor_answered("INC1", at=NINE + HOUR, vendor="Acme")
    with pytest.raises(ActionRefused, match="cannot engage vendor: it is over"):
        desk.engage_vendor("INC1", at=NINE + HOUR, vendor="Acme")


def test_a_key_makes_a_repetition_harmless(desk):
    first = desk.engage_vendor("INC1", at=NINE, vendor="Acme", key="a")
    assert desk.engage_vendor("INC1", at=NINE, vendor="Acme", key="a").repeated
    told = desk.vendor_answered("INC1", at=NINE, vendor="Acme", key="b")
    again = desk.vendor_answered("INC1", at=NINE, vendor="Acme", key="b")
    assert (again.repeated, again.incident.version) == (True, told.incident.version)
    assert told.incident.version == first.incident.version + 1


def test_all_that_is_wrong_at_once(desk):
    with pytest.raises(InvalidInput) as caught:
        desk.engage_vendor(
            "INC1",
            at=NINE,
            vendor="a\nb",
            ticket=" ",
            status_link="javascript:alert(1)",
            workaround=5,
        )
    assert [str(each) for each in caught.value.defects] == [
        "workaround: is 5: it must be a text",
        "vendor: is 'a\\nb': it must have no control characters",
        "ticket: is ' ': it must be a text that is not blank",
        "status_link: is 'javascript:alert(1)': give an address that begins with http:// or "
        "https://",
    ]
    with pytest.raises(InvalidInput, match="delivered: is 'no': it must be of bool"):
        desk.vendor_answered("INC1", at=NINE, vendor="Acme", delivered="no")
    with pytest.raises(InvalidInput, match="vendor: is ''"):
        desk.vendor_answered("INC1", at=NINE, vendor="")


def test_an_answer_before_the_engagement_is_refused(desk):
    desk.engage_vendor("INC1", at=NINE + HOUR, vendor="Acme")
    with pytest.raises(ActionRefused, match="'Acme' was engaged at 2026-01-05T10:00:00") as caught:
        desk.vendor_answered("INC1", at=NINE, vendor="Acme")
    assert str(caught.value).endswith("after 2026-01-05T09:00:00+00:00")
    assert desk.vendor_answered("INC1", at=NINE + HOUR, vendor="Acme").events


def test_a_vendor_that_does_not_help_with_the_service_is_told_of(make, store):
    vendors = [Vendor(name="Acme", services=["mail", "web"]), Vendor(name="Globex")]
    desk = make(store, Book(vendors=Vendors(vendors)))
    desk.log("INC1", at=NINE, title="x", service="vpn")
    (reason,) = desk.engage_vendor("INC1", at=NINE, vendor="Acme").reasons
    assert str(reason) == "Acme does not help with vpn by the book, but with mail, web"
    assert desk.engage_vendor("INC1", at=NINE, vendor="Globex").reasons == ()
    desk.log("INC2", at=NINE, title="x", service="web")
    desk.log("INC3", at=NINE, title="x")
    for reference in ("INC2", "INC3"):
        assert desk.engage_vendor(reference, at=NINE, vendor="Acme").reasons == ()


def test_texts_of_vendors_are_bounded_and_can_be_printed(desk):
    with pytest.raises(InvalidInput) as caught:
        desk.engage_vendor(
            "INC1",
            at=NINE,
            vendor="v" * 201,
            ticket="A\n7",
            workaround="\x00",
        )
    assert [str(each) for each in caught.value.defects] == [
        "vendor: has 201 characters: at most 200",
        "ticket: is 'A\\n7': it must have no control characters",
        "workaround: is '\\x00': it must have no control characters",
    ]
    desk.engage_vendor("INC1", at=NINE, vendor="Acme", ticket="x" * 200, workaround="1. a\n\t2. b")
    for note in ("\x1b[31m", "x" * 20_001):
        with pytest.raises(InvalidInput, match="note: "):
            desk.vendor_answered("INC1", at=NINE, vendor="Acme", note=note)
    assert desk.vendor_answered("INC1", at=NINE, vendor="Acme", note=" ").events
