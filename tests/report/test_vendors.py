"""Vendors in the report and in the explanation, in every form of both."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from itilcore.exchange import read_json_lines, write_json_lines
from itilcore.incident import (
    Closed,
    Incident,
    Logged,
    Noted,
    Resolved,
    VendorAnswered,
    VendorEngaged,
)
from itilcore.metrics import vendor_reliability
from itilcore.policy import Book
from itilcore.report import (
    AtHand,
    build,
    explain,
    explanation_page,
    page,
    show,
    show_explanation,
)
from itilcore.routing import Vendor, Vendors
from tests.report.test_page import Checked

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = "https://status.example/A-7?a=1&b='x'"
NASTY = "<img src=x onerror=alert(1)>"
ACME = Vendors(Vendor(name="Acme", answer_within=2 * HOUR, deliver_within=4 * HOUR))


def asked() -> Incident:
    return Incident.replay(
        "INC1",
        [
            Logged(NINE, "Mail is slow"),
            VendorEngaged(NINE, "Acme", NASTY, LINK, NASTY),
            VendorEngaged(NINE, NASTY),
            VendorAnswered(NINE + HOUR, "Acme", delivered=False),
            VendorAnswered(NINE + 3 * HOUR, "Acme"),
            Resolved(NINE + 5 * HOUR),
        ],
    )


def report_of(*incidents: Incident, vendors: Vendors | None = ACME, pieces: bool = False) -> Any:
    return build(
        AtHand("desk", incidents),
        book=Book(vendors=vendors) if vendors is not None else None,
        pieces=pieces,
    )


def shown(report: Any, width: int = 220) -> str:
    out = io.StringIO()
    show(report, Console(file=out, width=width))
    return out.getvalue()


def links(html: str) -> list[dict[str, str | None]]:
    class Links(Checked):
        def __init__(self) -> None:
            super().__init__()
            self.links: list[dict[str, str | None]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            super().handle_starttag(tag, attrs)
            if tag == "a":
                self.links.append(dict(attrs))

    found = Links()
    found.feed(html)
    found.close()
    assert found.open == []
    assert "script" not in found.tags
    assert "onerror" not in {name for each in found.links for name in each}
    assert not any("onerror" in image for image in found.images)
    return found.links


def test_the_report_has_vendors_where_the_source_does():
    other = Incident.replay("INC2", [Logged(NINE), Noted(NINE, "x")])
    silent = report_of(other)
    assert silent.vendors == ()
    assert "vendors" not in silent.to_dict()["source"]
    assert "Vendors that" not in shown(silent)
    report = report_of(asked(), other)
    found = json.loads(json.dumps(report.to_dict()))
    assert list(found) == ["source", "incidents", "at", "rejected", "deviations", "metrics"]
    ours = vendor_reliability([asked()], NINE + 5 * HOUR, ACME)
    assert report.vendors == ours
    assert found["source"]["vendors"] == [each.to_dict() for each in ours]
    text = shown(report)
    assert "Vendors that incidents waited for" in text
    assert "1 of 1 (20.7 % to 100.0 %)" in text
    assert "3.0 h" in text


def test_without_a_book_nothing_was_promised():
    report = report_of(asked(), vendors=None)
    assert report.vendors[1].answered_in_time.excluded == (("nothing promised", 1),)


def test_as_of_an_instant():
    report = build(AtHand("desk", [asked()]), at=NINE + HOUR, book=Book(vendors=ACME))
    acme = next(each for each in report.vendors if each.vendor == "Acme")
    assert (acme.still_open, acme.answered, acme.delivered) == (1, 1, 0)
    nothing = build(AtHand("desk", [asked()]), at=NINE - HOUR)
    assert nothing.vendors == ()


def test_from_a_file_of_json_lines(tmp_path):
    path = tmp_path / "timelines.jsonl"
    with path.open("w", encoding="utf-8", newline="\n") as out:
        write_json_lines([asked()], out)
    report = build(AtHand(path.name, read_json_lines(path)), book=Book(vendors=ACME))
    assert report.vendors == report_of(asked()).vendors


def test_many_vendors_are_cut_and_counted():
    many = [
        Incident.replay(
            f"INC{n}", [Logged(NINE), VendorEngaged(NINE, f"Vendor {n}"), Closed(NINE + HOUR)]
        )
        for n in range(42)
    ]
    report = report_of(*many, pieces=True)
    assert "… 2 more" in shown(report)
    (piece,) = (each for each in report.pieces if each.key == "waiting-for-vendors")
    assert piece.rows[-1] == ("32 others", 32, 32, 0, None, None, None)
    assert len(piece.few) == 10


def test_the_page_has_a_card():
    report = report_of(asked(), pieces=True)
    html = page(report)
    assert links(html)
    assert "Waiting for vendors" in html
    assert NASTY not in html
    assert "Waiting for vendors" not in page(report_of(Incident.replay("I", [Logged(NINE)]), pieces=True))  # fmt: skip


def explained(**options: Any) -> Any:
    return explain(asked(), **options)


def test_an_explanation_shows_each_engagement():
    found = explained(zone="Europe/Berlin")
    acme, nasty = found.to_dict()["vendors"]
    assert acme == {
        "vendor": "Acme",
        "ticket": NASTY,
        "status_link": LINK,
        "workaround": NASTY,
        "start": "2026-01-05T10:00:00+01:00",
        "first_answer_at": "2026-01-05T11:00:00+01:00",
        "last_answer_at": "2026-01-05T13:00:00+01:00",
        "end": "2026-01-05T13:00:00+01:00",
        "delivered": True,
        "waiting": 10_800.0,
    }
    assert (nasty["end"], nasty["waiting"], nasty["status_link"]) == (None, 18_000.0, None)
    out = io.StringIO()
    show_explanation(found, Console(file=out, width=240))
    text = out.getvalue()
    assert "Which vendors were asked" in text
    assert "still waiting" in text
    assert LINK in text
    assert explain(Incident.replay("INC2", [Logged(NINE)])).to_dict().get("vendors") is None
    early = explained(at=NINE + 2 * HOUR)
    assert [each.end for each in early.vendors] == [None, None]
    assert str(early.waited(early.vendors[0])) == "2:00:00"


def test_a_link_is_one_in_html_and_all_else_is_text():
    html = explanation_page(explained())
    assert links(html) == [{"href": LINK, "rel": "noopener noreferrer"}]
    assert NASTY not in html
    assert links("\n".join([explained()._repr_html_()])) == links(html)


def test_what_was_over_without_a_delivery():
    incident = asked().record(Closed(NINE + 6 * HOUR))
    out = io.StringIO()
    show_explanation(explain(incident), Console(file=out, width=240))
    assert "2026-01-05 15:00:00, nothing delivered" in " ".join(out.getvalue().split())


@pytest.mark.parametrize("width", [40, 80])
def test_narrow_terminals(width):
    assert "Acme" in shown(report_of(asked()), width)
