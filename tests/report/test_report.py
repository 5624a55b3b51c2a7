"""The report as a value and in the terminal."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from itilcore.cli.commands import cli
from itilcore.exchange import ExportMapping, read
from itilcore.incident import Incident, Logged
from itilcore.metrics import MTTR, DowntimeCost
from itilcore.report import AtHand, build, show
from itilcore.report.sheet import Sheet
from itilcore.report.text import hours, plain, share
from tests.exchange.exports import HEADER, LIFE, log, put, row

GOLDEN = Path(__file__).with_name("demo.json")


def same(one, other, path=""):
    assert type(one) is type(other), path
    if isinstance(one, dict):
        assert list(one) == list(other), path
        for key, value in one.items():
            same(value, other[key], f"{path}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), path
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{path}[{index}]")
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12), path
    else:
        assert one == other, path


def test_the_demo_says_what_it_said(tmp_path):
    # Written anew by: itilcore demo --json > tests/report/demo.json, then read the difference.
    store = str(tmp_path / "demo.db")
    found = json.loads(CliRunner().invoke(cli, ["demo", "--json", "--store", store]).stdout)
    same(found, json.loads(GOLDEN.read_text()))


def shown(report, width=200):
    out = io.StringIO()
    show(report, Console(file=out, width=width))
    return out.getvalue()


def test_a_report_knows_its_metrics(tmp_path):
    report = build(read(put(tmp_path, LIFE), zone="UTC"))
    assert report["MTTR"].mean == 27.0
    assert dict(report.transitions)["RESOLVED -> IN_PROGRESS"] == 1
    assert report.deviations == ()
    assert report.source["derive"]["acknowledged"] == "first_known: assignee"


def test_many_groups_are_cut_and_counted(tmp_path):
    rows = [row(number=f"I{n}", group=f"Group {n:03}") for n in range(60)]
    text = shown(build(read(put(tmp_path, log(*rows)), zone="UTC"), by="group"))
    assert "… 20 more" in text
    assert "Group 039" in text
    assert "Group 041" not in text


def test_deviations_backwards_unknown_texts_and_the_matrix_are_shown(tmp_path):
    rows = [
        row(),
        row(state="Closed", at="5/1/2026 08:00"),
        row(number="2", state="odd", priority="1 - Critical"),
    ]
    report = build(read(put(tmp_path, log(*rows)), zone="UTC"))
    text = shown(report)
    for words in ("NEW -> CLOSED", "time runs backwards", "odd", "MEDIUM x MEDIUM = P", "few"):
        assert words in text
    assert report.matrix.contradictions == 1


def test_backwards_alone_and_nothing_odd_at_all(tmp_path):
    rows = [row(at="5/1/2026 10:00"), row(state="Resolved", at="5/1/2026 09:30")]
    assert "time runs backwards" in shown(build(read(put(tmp_path, log(*rows)), zone="UTC")))


def test_a_source_that_shows_little(tmp_path):
    mapping = ExportMapping.from_mapping(
        {"shape": "incidents", "columns": {"reference": "id", "logged_at": "t"}}
    )
    path = put(tmp_path, "id,t\n1,2026-01-05T09:00Z\n2,2026-01-06T09:00Z\n")
    report = build(read(path, mapping))
    text = shown(report)
    assert "not supported" in text
    assert "offsets of the source" in text
    assert report.grade["MTTR"].level == "not supported" or report["MTTR"].mean is None


def test_nothing_by_then(tmp_path):
    at = datetime(2020, 1, 1, tzinfo=UTC)
    report = build(read(put(tmp_path, LIFE), zone="UTC"), at=at)
    assert report.incidents == 0
    assert all(v is None for v in (report["MTTR"].mean, report["FCR"].value))
    assert "0 incidents" in shown(report)


def test_a_narrow_terminal_has_lines_in_place_of_tables(tmp_path):
    odd = log(row(at="1/3/2016 09:00", priority="[red]x[/red]"))
    report = build(read(put(tmp_path, odd + row("9", at="never")), zone="UTC"))
    text = " ".join(shown(report, 44).split())
    assert "priority all: n 0, mean -, 95 % -" in text
    assert "[red]x[/red]" in text
    assert "line 3: column sys_updated_at, text never" in text
    assert "---" not in text
    assert "[red]x[/red]" in shown(report, 120)


def test_moves_that_no_row_allows_while_time_runs_on(tmp_path):
    odd = log(row(state="New"), row(at="6/1/2026 09:00", state="Closed"))
    report = build(read(put(tmp_path, odd), zone="UTC"))
    assert (dict(report.deviations), report.backwards) == ({"NEW -> CLOSED": 1}, 0)
    assert "NEW -> CLOSED" in shown(report)
    assert "backwards" not in shown(report)


def test_a_table_stands_where_every_word_fits():
    def drawn(width):
        sheet = Sheet("title", "metric", "median")
        sheet.add("MTTR_WORKING_MINUS_HOLD", "12.5 h")
        sheet.add("x" * 200, "")
        sheet.add("two words", "1 h")
        out = io.StringIO()
        Console(file=out, width=width).print(sheet)
        return out.getvalue()

    assert "  metric MTTR_WORKING_MINUS_HOLD: median 12.5 h" in drawn(59)
    assert " MTTR_WORKING_MINUS_HOLD " in drawn(60)
    assert "metric MTTR" not in drawn(60)
    wide = Sheet("", *(f"{'c' * 9}{n}" for n in range(10)))
    wide.add(*(f"{n}" for n in range(10)))
    out = io.StringIO()
    # Ten columns of ten, three between each two, one at each end.
    Console(file=out, width=128).print(wide)
    Console(file=out, width=129).print(wide)
    lines, table = out.getvalue().split("\n", 1)
    assert lines.startswith("  ccccccccc0 0: ccccccccc1 1, ")
    for words, start in ((True, "  a k k k"), (False, "  ")):  # a key to a row counts as a whole
        keyed = Sheet("", "a", "b", words=words)
        keyed.add("k " * 20, "y" * 30)
        out = io.StringIO()
        Console(file=out, width=64).print(keyed)
        assert out.getvalue().startswith(start)
        assert ("a k k k" in out.getvalue()) is words
    assert "ccccccccc0   ccccccccc1" in table


def test_own_metrics(tmp_path):
    report = build(read(put(tmp_path, LIFE), zone="UTC"), metrics=(MTTR,))
    assert [result.name for result in report.results] == ["MTTR"]
    assert "MTTR" in shown(report)


def test_the_cost_of_downtime_is_shown_where_rates_are_given(tmp_path):
    header = f"{HEADER},cmdb_ci"
    text = log(
        f"{row()},Mail",
        f"{row(state='Resolved', at='5/1/2026 10:00')},Mail",
        header=header,
    )
    path = put(tmp_path, text)
    cost = DowntimeCost(rates={"Mail": 2.5})
    found = shown(build(read(path, zone="UTC"), metrics=(cost,)))
    assert "150.00 for 1.0 h" in found
    assert "As of 2026-01-05 10:00+00:00" in found
    nothing = shown(build(read(path, zone="UTC"), metrics=(DowntimeCost(rates={}),)))
    assert "no cost per minute for the service" in nothing


def test_an_export_of_which_nothing_is_usable_has_no_instant(tmp_path):
    report = build(read(put(tmp_path, log(row(at="never"))), zone="UTC"))
    assert report.at is None
    assert "As of" not in shown(report)


def test_words_for_numbers():
    assert [hours(v) for v in (None, 0.5, 1.0, 99.9, 240.0)] == [
        "-", "30.0 min", "1.0 h", "99.9 h", "10.0 d",
    ]  # fmt: skip
    assert (share(None), share(0.5)) == ("-", "50.00 %")
    assert plain("a\tb\u2028c\ud800") == "a\\x09b\\x2028c\\xd800"


def test_incidents_at_hand_are_a_source(tmp_path):
    logged = Logged(datetime(2026, 1, 5, 9, tzinfo=UTC))
    report = build(AtHand("my desk", [Incident.replay("INC1", [logged])]))
    assert (report.incidents, report.source["rows"], report.source["name"]) == (1, 1, "my desk")
    assert "my desk: 1 incidents in 1 rows, read as events (UTC)" in shown(report)
