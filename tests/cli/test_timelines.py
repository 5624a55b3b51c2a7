"""Reports and explanations of timelines that were taken out as JSON lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from itilcore.cli.commands import cli
from itilcore.exchange import write_json_lines
from itilcore.incident import Incident, Logged, Resolved, VendorAnswered, VendorEngaged
from itilcore.report import AtHand, build, explain

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = "https://status.example/A-7"
BOOK = '[vendors.Acme]\nanswer_within = "4h"\n'
INCIDENTS = [
    Incident.replay(
        'INC "1"\n',
        [
            Logged(NINE, "Mail is slow"),
            VendorEngaged(NINE, "Acme", "A-7", LINK),
            VendorAnswered(NINE + 3 * HOUR, "Acme"),
            Resolved(NINE + 4 * HOUR),
        ],
    ),
    Incident.replay("INC2", [Logged(NINE)]),
]


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "timelines.jsonl"
    with path.open("w", encoding="utf-8", newline="\n") as out:
        write_json_lines(INCIDENTS, out)
    return path


def test_a_report_in_every_form(export: Path, tmp_path: Path):
    plain = run("report", export)
    assert plain.exit_code == 0, plain.output
    assert "Vendors that incidents waited for" in plain.stdout
    book = tmp_path / "policy.toml"
    book.write_text(BOOK)
    found = json.loads(run("report", export, "--json", "--policy", book).stdout)
    (acme,) = found["source"]["vendors"]
    assert (acme["vendor"], acme["answered_in_time"]["value"]) == ("Acme", 1.0)
    ours = build(AtHand(export.name, INCIDENTS)).to_dict()
    assert json.loads(run("report", export, "--json").stdout) == json.loads(json.dumps(ours))
    html = tmp_path / "report.html"
    assert run("report", export, "--html", html).exit_code == 0
    assert "Waiting for vendors" in html.read_text("utf-8")


def test_an_explanation_in_every_form(export: Path, tmp_path: Path):
    plain = run("explain", export, INCIDENTS[0].reference)
    assert plain.exit_code == 0, plain.output
    assert "Which vendors were asked" in plain.stdout
    found = json.loads(run("explain", export, INCIDENTS[0].reference, "--json").stdout)
    assert found == json.loads(json.dumps(explain(INCIDENTS[0]).to_dict()))
    local = run("explain", export, INCIDENTS[0].reference, "--json", "--tz", "Europe/Berlin")
    assert json.loads(local.stdout)["vendors"][0]["start"] == "2026-01-05T10:00:00+01:00"
    html = tmp_path / "incident.html"
    assert run("explain", export, INCIDENTS[0].reference, "--html", html).exit_code == 0
    assert f'<a href="{LINK}" rel="noopener noreferrer">{LINK}</a>' in html.read_text("utf-8")


def test_what_is_not_there_is_told_with_the_nearest(export: Path):
    found = run("explain", export, "INC3")
    assert found.exit_code == 1
    assert "timelines.jsonl has no incident 'INC3': did you mean 'INC2'?" in found.stderr


def test_a_wrong_line_is_told(export: Path):
    with export.open("a", encoding="utf-8") as out:
        out.write('{"reference":"INC3","events":[{"event":"x"}]}\n')
    found = run("report", export)
    assert found.exit_code == 1
    assert "line 3: events[0]" in found.stderr


def test_other_files_are_read_as_exports(export: Path, tmp_path: Path):
    assert run("report", tmp_path / "none.jsonl").exit_code == 1
    by_mapping = run("report", export, "--mapping", "servicenow-incident", "--tz", "UTC")
    assert by_mapping.exit_code == 1
    assert "Vendors" not in by_mapping.output
