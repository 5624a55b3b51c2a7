"""Vendors in a book."""

from __future__ import annotations

from datetime import timedelta

import pytest

from itilcore.errors import InvalidPolicy
from itilcore.policy import Book, loads
from itilcore.routing import Vendor, Vendors

OFFICE = '[calendars.office]\nhours = "Mon-Fri 09:00-17:00"\n'
GOOD = (
    OFFICE
    + """
[services.mail]
[vendors.Acme]
services = ["mail"]
status_page = "https://status.example"
answer_within = "4h"
deliver_within = "16h"
hours = "office"
contact = "support@acme.example"
[vendors."Globex AG"]
"""
)


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(each) for each in caught.value.defects]


def test_a_book_with_vendors():
    book = loads(GOOD)
    assert book.vendors == Vendors(
        [
            Vendor(
                name="Acme",
                services="mail",
                status_page="https://status.example",
                answer_within=timedelta(hours=4),
                deliver_within=timedelta(hours=16),
                hours=book.calendar("office"),
                contact="support@acme.example",
            ),
            Vendor(name="Globex AG"),
        ]
    )
    assert loads("[vendors.x]\nservices = 'anything'").vendors.of_service("anything")


def test_vendors_are_in_the_version():
    texts = ("", "[vendors.Acme]", "[vendors.Acme]\nanswer_within = '4h'", "[vendors.Globex]")
    assert len({loads(text).version for text in texts}) == 4
    assert loads("").vendors == Book().vendors == Vendors()


def test_everything_wrong_at_once():
    text = """
[services.mail]
[vendors.Acme]
services = ["mal", "mail"]
status_page = "javascript:alert(1)"
answer_within = "-4h"
deliver_within = "2 business days"
hours = "offce"
contct = "x"
[vendors.Globex]
services = 3
answer_within = "0h"
deliver_within = 4
contact = " "
[vendors]
Initech = 3
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
"""
    assert defects(text) == [
        "line 4, vendors.Acme.services[0]: there is no service 'mal'; did you mean 'mail'?",
        "line 5, vendors.Acme.status_page: is 'javascript:alert(1)': give an address that begins "
        "with http:// or https://",
        "line 6, vendors.Acme.answer_within: is '-4h': give such as '4h' or '1h 30m'",
        "line 7, vendors.Acme.deliver_within: is in business days: give hours or minutes",
        "line 8, vendors.Acme.hours: there is no calendar 'offce'; did you mean 'office'?",
        "line 9, vendors.Acme.contct: is no such key; did you mean 'contact'?",
        "line 11, vendors.Globex.services: is 3: give a name or a list of names",
        "line 12, vendors.Globex.answer_within: is 0:00:00: give a timedelta of more than nothing",
        "line 13, vendors.Globex.deliver_within: is 4, not a text",
        "line 14, vendors.Globex.contact: is ' ': it must be a text that is not blank",
        "line 16, vendors.Initech: is 3, not a table",
    ]


def test_a_section_that_is_none():
    assert defects("vendors = 3") == ["line 1, vendors: is int, not a table of tables"]
