"""Vendors as values: what they promise, and where they are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.routing import Vendor, Vendors

FRIDAY = datetime(2026, 1, 2, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
ACME = Vendor(
    name="Acme",
    services=["mail", "chat", "mail"],
    status_page="https://status.example",
    answer_within=2 * HOUR,
    deliver_within=16 * HOUR,
    hours=OFFICE,
    contact="support@acme.example",
)


def test_promises_are_kept_by_its_hours():
    assert ACME.answer_due(FRIDAY) == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert ACME.delivery_due(FRIDAY) == datetime(2026, 1, 6, 16, tzinfo=UTC)
    always = evolve(ACME, hours=None)
    assert always.answer_due(FRIDAY) == FRIDAY + 2 * HOUR
    assert Vendor(name="x").answer_due(FRIDAY) is None
    assert Vendor(name="x").delivery_due(FRIDAY) is None
    with pytest.raises(NaiveInstant):
        ACME.answer_due(datetime(2026, 1, 2))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    st.integers(1, 2_000),
    st.booleans(),
)
def test_so_much_time_of_its_hours_lies_before_it_is_due(start, minutes, office):
    hours = OFFICE if office else None
    vendor = Vendor(name="x", answer_within=timedelta(minutes=minutes), hours=hours)
    due = vendor.answer_due(start)
    assert due is not None
    counted = OFFICE.elapsed(start, due) if office else due - start
    assert counted == timedelta(minutes=minutes)


def test_all_that_is_wrong_at_once():
    wrong: Any = Vendor
    with pytest.raises(InvalidInput) as caught:
        wrong(
            name="a\x00",
            services=["", 5],
            status_page="ftp://x",
            answer_within=timedelta(),
            deliver_within="4h",
            hours="office",
            contact=" ",
        )
    assert [str(each) for each in caught.value.defects] == [
        "name: is 'a\\x00': it must have no control characters",
        "services[0]: is '': it must be a text that is not blank",
        "services[1]: is 5: it must be a text that is not blank",
        "status_page: is 'ftp://x': give an address that begins with http:// or https://",
        "answer_within: is 0:00:00: give a timedelta of more than nothing",
        "deliver_within: is '4h': give a timedelta of more than nothing",
        "hours: is 'office': give a BusinessCalendar",
        "contact: is ' ': it must be a text that is not blank",
    ]


def test_vendors_are_found_by_name_and_by_service():
    globex = Vendor(name="Globex", services="mail")
    vendors = Vendors([globex, ACME])
    assert vendors == Vendors([ACME, globex])
    assert (vendors.vendor("Acme"), vendors.vendor("acme")) == (ACME, None)
    assert vendors.of_service("mail") == (ACME, globex)
    assert vendors.of_service("chat") == (ACME,)
    assert vendors.of_service("door") == ()


def test_what_makes_no_vendors():
    wrong: Any = Vendors
    with pytest.raises(InvalidInput) as caught:
        wrong([ACME, "Globex"])
    assert [str(each) for each in caught.value.defects] == ["[1]: is 'Globex': give a Vendor"]
    with pytest.raises(InvalidInput, match="vendors: 1 defect\n  Acme: stands twice"):
        Vendors([ACME, evolve(ACME, contact="x")])


def test_every_field_is_in_the_version():
    changed = [
        evolve(ACME, **{name: value})
        for name, value in {
            "name": "Globex",
            "services": (),
            "status_page": None,
            "answer_within": 3 * HOUR,
            "deliver_within": None,
            "hours": None,
            "contact": "x",
        }.items()
    ]
    versions = {Vendors([each]).version for each in (ACME, *changed)}
    assert len(versions) == 8
    assert Vendors([ACME]).version == Vendors([evolve(ACME)]).version
    assert Vendors().version not in versions
    assert Vendor(name="x").content["answer_within"] is None
