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
    assert result.stdout.splitlines()[-3:] == [
        "  escalation: late",
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
    assert result.stdout.endswith("escalation: none\n")
