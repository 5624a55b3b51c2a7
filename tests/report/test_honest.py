"""The honesty checks and the metrics of escalation in a report: JSON, terminal and page."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

from click.testing import CliRunner
from rich.console import Console

from itilcore.calendars import BusinessCalendar
from itilcore.cli.commands import cli
from itilcore.incident import (
    Escalated,
    EscalationKind,
    Held,
    HoldReason,
    Incident,
    Logged,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.metrics import honesty
from itilcore.policy import Book, starter
from itilcore.report import AtHand, build, page, show
from itilcore.sla import Agreement, Target, TargetKind
from tests.exchange.exports import LIFE, put

START = datetime(2026, 1, 5, tzinfo=UTC)
GOLD = Agreement(
    "gold", Target(TargetKind.RESOLUTION, timedelta(hours=10), BusinessCalendar.always())
)
NEAR = "<script>INC"


def held(number, hours, name="INC"):
    at = START + timedelta(hours=hours)
    day = timedelta(days=1)
    return Incident.replay(
        f"{name}{number}",
        [
            Logged(START),
            Held(at, HoldReason.AWAITING_CALLER),
            StatusChanged(at + day, Status.IN_PROGRESS),
            Resolved(at + day + timedelta(hours=2)),
        ],
    )


INCIDENTS = [held(n, n % 9 + 0.5) for n in range(40)] + [held(n, 9.8, NEAR) for n in range(12)]


def shown(report):
    out = io.StringIO()
    show(report, Console(file=out, width=160, highlight=False))
    return out.getvalue()


def test_a_report_asks_what_the_checks_ask():
    report = build(AtHand("desk", INCIDENTS), book=Book(agreements=(GOLD,)), pieces=True)
    assert report.honesty == honesty(INCIDENTS, GOLD)
    told = json.loads(json.dumps(report.to_dict()))
    assert list(told)[-1] == "honesty"
    assert told["honesty"]["checks"]["HOLDS_BEFORE_BREACH"]["count"] == 12
    text = shown(report)
    question = "Were these 12 holds placed because the target was near?"
    for words in ("What happens near the targets", question, "INC9 and 2 more", "below 0.0001"):
        assert words in text
    assert "no lowerings of priority" in text
    html = page(report)
    for words in (question, 'id="honesty"', "&lt;script&gt;INC0", "exact binomial", "#honesty"):
        assert words in html
    assert "<script>INC" not in html


def test_a_report_where_nothing_stands_out_says_so():
    few = [held(1, 3)]
    report = build(AtHand("desk", few), book=Book(agreements=(GOLD,)), pieces=True)
    assert "Nothing stands out from chance." in shown(report)
    assert "Nothing stands out from chance." in page(report)
    one = [held(1, 9.8, "late")]
    once = build(AtHand("desk", one), book=Book(agreements=(GOLD,)))
    assert once.honesty is not None
    assert once.honesty["HOLDS_BEFORE_BREACH"].count == 1
    earlier = build(
        AtHand("desk", one), book=Book(agreements=(GOLD,)), at=START + timedelta(hours=1)
    )
    assert earlier.honesty is not None
    assert earlier.honesty["HOLDS_BEFORE_BREACH"].population == 0


def test_without_promises_there_are_no_checks():
    report = build(AtHand("desk", INCIDENTS), pieces=True)
    assert report.honesty is None
    assert "honesty" not in report.to_dict()
    assert "near the targets" not in shown(report)
    assert 'id="honesty"' not in page(report)


def test_nobody_at_all_is_asked_nothing():
    report = build(AtHand("desk", []), book=Book(agreements=(GOLD,)), pieces=True)
    assert report.honesty is not None
    assert report.honesty.checks == ()
    assert "Nothing stands out from chance." in shown(report)
    assert "Nothing stands out from chance." in page(report)


def test_with_a_policy_book_the_command_has_the_key(tmp_path):
    path, book = put(tmp_path, LIFE), tmp_path / "book.toml"
    book.write_text(starter())
    arguments = ["report", str(path), "--tz", "UTC", "--json", "--policy", str(book)]
    found = json.loads(CliRunner().invoke(cli, arguments).stdout)
    assert found["honesty"]["incidents"] == found["incidents"] == 2
    assert list(found["honesty"]["agreements"]) == ["standard"]


def test_escalations_are_told_where_there_were_any():
    up = Escalated(START + timedelta(hours=1), EscalationKind.HIERARCHIC, "the manager")
    plain = build(AtHand("desk", [held(1, 3)])).to_dict()["metrics"]
    assert "ESCALATION_RATE" not in plain
    escalated = Incident.replay("INC1", [Logged(START), up])
    report = build(AtHand("desk", [held(2, 3), escalated]))
    assert list(report.to_dict()["metrics"])[-4:] == [
        "ESCALATION_RATE",
        "FUNCTIONAL_ESCALATION_RATE",
        "HIERARCHIC_ESCALATION_RATE",
        "TIME_TO_ESCALATE",
    ]
    assert report["ESCALATION_RATE"].value == 0.5
    assert report["TIME_TO_ESCALATE"].mean == 1.0
    assert "ESCALATION_RATE" in shown(report)
