"""What ``itilcore policy check`` says of escalation rules."""

from __future__ import annotations

import json

from click.testing import CliRunner

from itilcore.cli.commands import cli

BOOK = """
[priority]
preset = "itil"
[[escalation]]
name = "late"
trigger = "percent of target"
percent = 120
kind = "hierarchic"
to = "person ada"
applies = { priority = ["P1", "P2", "P3"] }
"""


def test_warnings_leave_a_book_usable(tmp_path):
    path = tmp_path / "book.toml"
    path.write_text(BOOK)
    result = CliRunner().invoke(cli, ["policy", "check", str(path)])
    assert result.exit_code == 0
    assert "  escalation: late" in result.stdout.splitlines()
    assert result.stdout.splitlines()[-2:] == [
        "  warning, escalation: gap: P4: no rule is for every incident of it",
        "  warning, escalation: too late: late: at 120 % of the target it is lost already",
    ]
    found = json.loads(CliRunner().invoke(cli, ["policy", "check", str(path), "--json"]).stdout)
    assert found["escalation"] == ["late"]
    assert found["warnings"][1] == {
        "path": "escalation",
        "kind": "too late",
        "rules": ["late"],
        "problem": "late: at 120 % of the target it is lost already",
    }


def test_a_book_without_rules_has_no_warnings(tmp_path):
    path = tmp_path / "book.toml"
    path.write_text("")
    result = CliRunner().invoke(cli, ["policy", "check", str(path)])
    assert result.exit_code == 0
    assert "  escalation: none" in result.stdout.splitlines()
    assert "warning, escalation" not in result.stdout


def test_a_rota_that_has_not_begun_by_then_is_a_warning(tmp_path):
    path = tmp_path / "book.toml"
    path.write_text(
        "[people.ada]\n[rotas.Duty]\npeople = ['ada']\nfirst = 2030-01-01\nturn_days = 7\n"
        + BOOK.replace("person ada", "rota Duty")
    )
    check = ["policy", "check", str(path)]
    assert "nobody is on duty" not in CliRunner().invoke(cli, check).stdout
    told = CliRunner().invoke(cli, [*check, "--at", "2026-01-05T09:00Z"]).stdout
    assert "warning, escalation: nobody: late: nobody is on duty for Duty from Mon" in told
    assert CliRunner().invoke(cli, [*check, "--at", "noon"]).exit_code == 2
