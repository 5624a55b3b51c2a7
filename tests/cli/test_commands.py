"""The commands: what they print, and how they end."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from itilcore.cli import main, play
from itilcore.cli.commands import cli
from itilcore.desk import Desk
from itilcore.exchange import (
    read_facts_csv,
    read_facts_parquet,
    read_json_lines,
    read_xes_timelines,
)
from itilcore.incident import Logged, Phase
from itilcore.policy import loads, starter
from itilcore.repositories import Commit, Query
from itilcore.sample import generate
from itilcore.stores import MemoryStore, SqliteStore
from tests.exchange.exports import LIFE, log, put, row


def run(*arguments, **options):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], **options)


def test_a_report_in_the_terminal(tmp_path):
    result = run("report", put(tmp_path, LIFE), "--tz", "UTC")
    assert result.exit_code == 0, result.output
    for words in ("2 incidents in 9 rows", "MTTR: Time to resolve", "What this source can answer"):
        assert words in result.output


def test_a_report_as_json_has_the_six_keys(tmp_path):
    result = run("report", put(tmp_path, LIFE), "--tz", "UTC", "--json", "--by", "group")
    found = json.loads(result.stdout)
    assert list(found) == ["source", "incidents", "at", "rejected", "deviations", "metrics"]
    assert found["metrics"]["MTTR"]["by"]["Network"]["mean"] == 27.0
    assert found["metrics"]["MTTR"]["by"]["Desk"]["mean"] is None
    for metric in found["metrics"].values():
        for group in (metric, *metric["by"].values()):
            assert group["n"] + sum(group["excluded"].values()) == group["population"]


def test_a_report_by_configuration_item(tmp_path):
    header = LIFE.splitlines()[0]
    lines = [f"{line},db1" for line in LIFE.splitlines()[1:]]
    text = "\n".join([f"{header},cmdb_ci", *lines]) + "\n"
    path = put(tmp_path, text)
    result = run("report", path, "--tz", "UTC", "--json", "--by", "configuration_item")
    assert list(json.loads(result.stdout)["metrics"]["MTTR"]["by"]) == ["db1"]


def test_an_earlier_instant(tmp_path):
    path = put(tmp_path, LIFE)
    for at in ("2026-01-05T12:00", "2026-01-05T12:00:00+00:00"):
        found = json.loads(run("report", path, "--tz", "UTC", "--at", at, "--json").stdout)
        assert found["incidents"] == 1
        assert found["metrics"]["MTTR"]["mean"] == 2.0
        assert found["at"] == "2026-01-05T12:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--at", "soon", "--tz", "UTC"], 2, "no ISO 8601 instant"),
        (["--at", "2026-01-05T12:00"], 2, "has no UTC offset"),
        (["--at", "2026-01-05T12:00", "--tz", "Mars"], 2, "no IANA time zone"),
        (["--by", "prioritty", "--tz", "UTC"], 2, "did you mean 'priority'"),
        (["--colour"], 2, "No such option"),
        ([], 1, "time.zone: is missing"),
        (["--tz", "Mars"], 1, "no IANA time zone"),
        (["--tz", "UTC", "--mapping", "nowhere.toml"], 1, "cannot be read"),
        (["--tz", "UTC", "--encoding", "x"], 1, "no encoding"),
    ],
)
def test_wrong_calls_and_unusable_input(tmp_path, arguments, status, words):
    result = run("report", put(tmp_path, LIFE), *arguments)
    assert result.exit_code == status
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_a_missing_file():
    result = run("report", "missing.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be opened" in result.stderr


def test_rejected_rows_do_not_fail_the_report(tmp_path):
    text = log(row(), row(number="2", at="x", state="Resolved"))
    path = put(tmp_path, text)
    result = run("report", path, "--tz", "UTC")
    assert result.exit_code == 0
    assert "Rejected rows: 1" in result.output
    found = json.loads(run("report", path, "--tz", "UTC", "--json").stdout)
    assert found["rejected"]["rows"][0]["line"] == 3
    assert found["rejected"]["truncated"] is False


def test_an_export_of_which_no_row_can_be_used(tmp_path):
    result = run("report", put(tmp_path, log(row(at="x"))), "--tz", "UTC")
    assert result.exit_code == 1
    assert "none of its 1 rows can be used; the first: sys_updated_at 'x'" in result.stderr
    result = run("report", put(tmp_path, log("a,b")), "--tz", "UTC")
    assert "the first: the row has 2 cells" in result.stderr


def test_scattered_rows_are_read_again(tmp_path):
    text = log(row(), row(number="2"), row(state="Resolved", at="5/1/2026 10:00"))
    result = run("report", put(tmp_path, text), "--tz", "UTC", "--json")
    found = json.loads(result.stdout)
    assert (found["incidents"], found["metrics"]["MTTR"]["mean"]) == (2, 1.0)


def test_escape_codes_are_shown_not_obeyed(tmp_path):
    evil = "\x1b[31m\x07\u202eoops"
    text = log(row(group=evil), row(number="2", state=evil), row(number="3", at=evil))
    result = run("report", put(tmp_path, text), "--tz", "UTC", "--by", "group", color=True)
    assert result.exit_code == 0
    assert "\x1b[31m" not in result.output
    assert "\u202e" not in result.output
    assert "\\x1b" in result.output
    unusable = run("report", put(tmp_path, f"{evil},b\n1,2\n"))
    assert "\x1b" not in unusable.stderr


@pytest.mark.parametrize("seed", range(12))
def test_a_finished_month_is_finished(monkeypatch, seed):
    monkeypatch.setattr(play, "INCIDENTS", 20)
    desk = Desk(MemoryStore(), loads(starter()))
    play.play(desk, seed)
    before = [incident.timeline for incident in play.stored(desk.store)]
    every, done = play.play(desk, seed)
    assert every - 40 < done < every
    assert [incident.timeline for incident in play.stored(desk.store)] == before


def test_the_demo_leaves_somebody_elses_store_alone(tmp_path):
    path = tmp_path / "own.db"
    with SqliteStore(path) as store:
        event = Logged(datetime(2026, 1, 5, tzinfo=UTC))
        store.commit(Commit(reference="MINE", expected_version=0, events=[event]))
    result = run("demo", "--store", path)
    assert result.exit_code == 1
    assert "holds MINE, which is none of the demo's: give a file of its own" in result.stderr
    with SqliteStore(path) as store:
        assert len(store.find(Query()).incidents) == 1


def test_the_demo_plays_a_month_and_a_second_run_resumes(tmp_path):
    store = tmp_path / "demo.db"
    result = run("demo", "--store", store)
    assert result.exit_code == 0, result.output
    assert "MTTR: Time to resolve" in result.output
    assert "SLA_STANDARD_RESOLUTION" in result.output
    assert "turns of a month, from the beginning, in" in result.stderr
    again = run("demo", "--store", store, "--json")
    assert " of them before, in" in again.stderr
    found = json.loads(again.stdout)
    assert found["incidents"] > 350
    assert found["deviations"] == {}
    assert found["metrics"]["FCR"]["n"] > 300
    with SqliteStore(store) as opened:
        assert opened.pending(limit=1000)


def test_what_was_opened_by_mistake_is_cancelled(monkeypatch):
    every = [h for h in generate(seed=3, incidents=701, weeks=5) if len(h.steps) == 2]
    mistakes = [h for h in every if [step.status for step in h.steps] == ["new", "closed"]]
    monkeypatch.setattr(play, "generate", lambda **_: mistakes[:1])
    store = MemoryStore()
    play.play(Desk(store, loads(starter())), 3)
    assert [each.phase for each in play.stored(store)] == [Phase.CANCELLED]


def test_a_month_that_was_cut_off_goes_on(tmp_path, monkeypatch):
    whole = tmp_path / "whole.db"
    cut = tmp_path / "cut.db"
    book = loads(starter())
    with SqliteStore(whole) as opened:
        every, before = play.play(Desk(opened, book), 3)
        assert before == 0
        monkeypatch.setattr(play, "_PAGE", 50)
        wanted = list(play.stored(opened))
    seen = []

    def stop(done, total):
        seen.append((done, total))
        if done == every // 3:
            raise KeyboardInterrupt

    with SqliteStore(cut) as opened:
        with pytest.raises(KeyboardInterrupt):
            play.play(Desk(opened, book), 3, stop)
        _, before = play.play(Desk(opened, book), 3)
        assert 0 < before < every // 3
        assert list(play.stored(opened)) == wanted
        assert play.play(Desk(opened, book), 3)[1] > every - 100
    assert seen[-1] == (every // 3, every)


def test_the_demo_keeps_its_store_in_the_application_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(play, "INCIDENTS", 20)
    monkeypatch.setattr(click, "get_app_dir", lambda _: str(tmp_path / "app"))
    assert str(tmp_path / "app") in run("demo").stderr
    assert len(list((tmp_path / "app").glob("demo-*.db"))) == 1
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(click, "get_app_dir", lambda _: str(tmp_path / "file"))
    other = run("demo")
    assert other.exit_code == 0
    assert str(tmp_path / "file") not in other.stderr


def test_a_person_who_waits_for_the_month_sees_a_bar(tmp_path, monkeypatch):
    from itilcore.cli import shell

    monkeypatch.setattr(play, "INCIDENTS", 20)
    monkeypatch.setattr(shell, "watched_by_a_person", lambda: True)
    assert run("demo", "--store", tmp_path / "d.db").exit_code == 0


def test_a_store_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "no.db").write_text("this is no database, " * 100)
    result = run("demo", "--store", tmp_path / "no.db")
    assert result.exit_code == 1
    assert "not a database" in result.stderr


def test_the_lifecycle_is_drawn():
    assert run("lifecycle").output.startswith("stateDiagram-v2\n    [*] --> NEW\n")


def test_an_export_is_written_in_another_shape(tmp_path):
    export = put(tmp_path, LIFE)
    for name, words in (("a.csv", "reference,"), ("a.jsonl", '{"reference"'), ("a.xes", "<?xml")):
        result = run("export", export, tmp_path / name, "--tz", "UTC")
        assert result.exit_code == 0, result.output
        assert "wrote 2 incidents" in result.stderr
        assert (tmp_path / name).read_text().startswith(words)
    assert len(read_facts_csv(tmp_path / "a.csv")) == 2
    assert read_json_lines(tmp_path / "a.jsonl") == read_xes_timelines(tmp_path / "a.xes")
    result = run("export", export, tmp_path / "a.txt", "--tz", "UTC", "--to", "xes")
    assert (tmp_path / "a.txt").read_text() == (tmp_path / "a.xes").read_text()
    assert run("export", export, tmp_path / "b.txt", "--tz", "UTC").exit_code == 2
    assert run("export", export, export, "--tz", "UTC").exit_code == 1
    assert export.read_text() == LIFE


def test_facts_are_written_as_parquet(tmp_path):
    export = put(tmp_path, LIFE)
    for arguments in (["a.parquet"], ["a.bin", "--to", "facts-parquet"]):
        out = tmp_path / arguments[0]
        result = run("export", export, out, "--tz", "UTC", *arguments[1:])
        assert result.exit_code == 0, result.output
        assert f"wrote 2 incidents to {out}" in result.stderr
    assert run("export", export, tmp_path / "a.csv", "--tz", "UTC").exit_code == 0
    assert list(read_facts_parquet(tmp_path / "a.parquet")) == read_facts_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "a.parquet").read_bytes()


def test_parquet_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    out = put(tmp_path, "before", "a.parquet")
    nothing = put(tmp_path, log(row(at="x")))
    assert run("export", nothing, out, "--tz", "UTC").exit_code == 1
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("export", put(tmp_path, LIFE), out, "--tz", "UTC")
    assert result.exit_code == 1
    assert result.stderr == (
        "itilcore: pyarrow is not installed: pip install 'itilcore[parquet]'\n"
    )
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "export.csv"]


def test_a_scattered_export_and_one_with_bad_rows_are_written_too(tmp_path):
    text = log(row(), row(number="INC2"), row(state="Resolved", at="5/1/2026 10:00"), row(at="x"))
    result = run("export", put(tmp_path, text), tmp_path / "a.jsonl", "--tz", "UTC")
    assert "wrote 2 incidents" in result.stderr
    assert "1 rows rejected" in result.stderr
    assert len(read_json_lines(tmp_path / "a.jsonl")) == 2
    result = run("export", put(tmp_path, log(row(at="x"))), tmp_path / "b.csv", "--tz", "UTC")
    assert result.exit_code == 1
    assert not (tmp_path / "b.csv").exists()


def test_the_module_runs():
    command = [sys.executable, "-m", "itilcore.cli", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("itilcore, version")


def test_the_module_runs_in_this_process_too(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["itilcore", "--version"])
    with pytest.raises(SystemExit) as done:
        runpy.run_module("itilcore.cli", run_name="__main__")
    assert done.value.code == 0
    assert capsys.readouterr().out.startswith("itilcore, version")


def test_a_fault_of_ours_is_not_taken_for_a_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "itilcore.cli.commands", None)
    with pytest.raises(ModuleNotFoundError, match="itilcore"):
        main()


def test_every_command_is_there_and_no_other():
    listed = run("--help").stdout.split("Commands:")[1]
    names = [line.split()[0] for line in listed.strip().splitlines()]
    for name in names:
        assert run(name, "--help").exit_code == 0
    assert {"report", "policy", "reconcile"} < set(names)
    assert run("weather").exit_code == 2


def test_long_input_shows_progress_to_a_person(tmp_path, monkeypatch):
    from itilcore.cli import shell

    monkeypatch.setattr(shell, "_LONG", 10)
    monkeypatch.setattr(shell, "watched_by_a_person", lambda: True)
    lines = [row(number=f"I{n}") for n in range(5_000)]
    result = run("report", put(tmp_path, log(*lines)), "--tz", "UTC", "--json")
    assert json.loads(result.stdout)["incidents"] == 5_000
    assert run("report", tmp_path / "missing").exit_code == 1


POLICY = """
[calendars.always]
hours = "Mon-Sun 00:00-24:00"
[sla.gold]
calendar = "always"
targets = [{ kind = "resolution", within = "4h" }, { kind = "response", within = "1h" }]
[sla.silver]
calendar = "always"
targets = [{ kind = "resolution", within = "8h" }]
"""


def book(tmp_path, text=POLICY):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    return path


def test_a_book_to_start_from_is_written_once(tmp_path):
    path = tmp_path / "new.toml"
    assert run("policy", "init", path).exit_code == 0
    assert run("policy", "check", path).exit_code == 0
    again = run("policy", "init", path)
    assert again.exit_code == 1
    assert "new.toml: is there already" in again.stderr
    nowhere = run("policy", "init", tmp_path / "none" / "new.toml")
    assert nowhere.exit_code == 1
    assert "cannot be written: No such file or directory" in nowhere.stderr


def test_a_good_book_is_told(tmp_path):
    result = run("policy", "check", book(tmp_path))
    assert result.exit_code == 0
    assert "policy.toml: book:" in result.stdout
    assert "sla: gold (resolution, response), silver (resolution)" in result.stdout
    people = book(tmp_path, "[people.ada]\n[groups.Desk]\nmembers = 'ada'")
    assert "people: ada\n  groups: Desk\n  services: none" in run("policy", "check", people).stdout
    assert "sla: none" in run("policy", "check", book(tmp_path, "")).stdout
    vendors = book(tmp_path, "[vendors.Acme]\n[vendors.Globex]")
    assert "vendors: Acme, Globex" in run("policy", "check", vendors).stdout
    found = json.loads(run("policy", "check", book(tmp_path), "--json").stdout)
    assert (found["defects"], found["calendars"]) == ([], ["always"])
    assert found["version"].startswith("book:")


def test_a_bad_book_is_told_whole(tmp_path):
    path = book(tmp_path, POLICY.replace("4h", "x").replace("8h", "2d"))
    result = run("policy", "check", path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "line 6, sla.gold.targets[0].within: is 'x'" in result.stderr
    assert "line 9, sla.silver.targets[0].within: is '2d'" in result.stderr
    found = run("policy", "check", path, "--json")
    assert found.exit_code == 1
    assert [each["line"] for each in json.loads(found.stdout)["defects"]] == [6, 9]
    assert run("policy", "check", tmp_path / "none.toml").exit_code == 1
    (tmp_path / "latin.toml").write_bytes(b"# book\n\xff")
    found = run("policy", "check", tmp_path / "latin.toml", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["defects"] == [
        {"line": 2, "path": "", "problem": "is not UTF-8"}
    ]
    assert run("policy", "check").exit_code == 2


def test_a_report_by_a_book(tmp_path):
    export = put(tmp_path, LIFE)
    result = run("report", export, "--tz", "UTC", "--policy", book(tmp_path))
    assert result.exit_code == 0, result.output
    for words in ("SLA_GOLD_RESOLUTION", "SLA_SILVER_RESOLUTION", "MTTR_MINUS_HOLD", "never late"):
        assert words in result.output
    found = json.loads(
        run("report", export, "--tz", "UTC", "--policy", book(tmp_path), "--json").stdout
    )["metrics"]["SLA_GOLD_RESOLUTION"]
    assert found["unit"] == "share"
    assert found["met"] + found["breached"] + found["running_late"] == found["n"]
    out = tmp_path / "report.html"
    assert (
        run("report", export, "--tz", "UTC", "--policy", book(tmp_path), "--html", out).exit_code
        == 0
    )
    assert "SLA_GOLD_RESOLUTION" in out.read_text(encoding="utf-8")
    bad = run("report", export, "--tz", "UTC", "--policy", book(tmp_path, "x = 1"))
    assert bad.exit_code == 1
    assert "line 1, x: is no such section" in bad.stderr


def test_an_explanation_by_a_book(tmp_path):
    export = put(tmp_path, LIFE)
    result = run("explain", export, "INC1", "--tz", "UTC", "--policy", book(tmp_path))
    assert result.exit_code == 0, result.output
    assert "How the clocks stand" in result.output
    assert "What the clocks counted" in result.output
    found = json.loads(
        run("explain", export, "INC1", "--tz", "UTC", "--policy", book(tmp_path), "--json").stdout
    )
    assert [clock["name"] for clock in found["clocks"]] == ["resolution", "response", "resolution"]
    assert all(clock["account"] for clock in found["clocks"])
    out = tmp_path / "one.html"
    done = run("explain", export, "INC1", "--tz", "UTC", "--policy", book(tmp_path), "--html", out)
    assert done.exit_code == 0
    assert "resolution within 4 h" in out.read_text(encoding="utf-8")


def test_reconciling(tmp_path):
    lines = log(row(), row(state="Resolved", at="5/1/2026 10:00"), row(number="INC2")).splitlines()
    verdicts = ["made_sla", "true", "false", "?"]
    export = put(tmp_path, "\n".join(f"{a},{b}" for a, b in zip(lines, verdicts, strict=True)))
    common = ("reconcile", export, "--tz", "UTC", "--policy", book(tmp_path))
    result = run(*common, "--column", "made_sla")
    assert result.exit_code == 0, result.output
    assert "made_sla beside the resolution clock of gold" in result.output
    found = json.loads(
        run(*common, "--column", "made_sla", "--agreement", "silver", "--json").stdout
    )["columns"]
    assert [each["agreement"] for each in found] == ["silver"]
    assert (found[0]["compared"], found[0]["agreeing"]) == (1, 0)
    for arguments, status, words in (
        (["--column", "made_it"], 1, "made_it"),
        (["--column", "made_sla", "--clock", "resolutoin"], 2, "did you mean 'resolution'"),
        (["--column", "made_sla", "--agreement", "sliver"], 2, "did you mean 'silver'"),
        ([], 2, "--column"),
    ):
        failed = run(*common, *arguments)
        assert failed.exit_code == status, failed.output
        assert words in failed.stderr
    empty = run("reconcile", export, "--tz", "UTC", "--policy", book(tmp_path, ""), "--column", "x")
    assert empty.exit_code == 1
    assert "promises nothing" in empty.stderr


def test_reconciling_a_scattered_export(tmp_path):
    rows = [row(), row(number="INC2"), row(state="Resolved", at="5/1/2026 10:00")]
    lines = log(*rows).splitlines()
    export = put(
        tmp_path,
        "\n".join(f"{a},{b}" for a, b in zip(lines, ["ok", "yes", "no", "yes"], strict=True)),
    )
    result = run(
        "reconcile", export, "--tz", "UTC", "--policy", book(tmp_path), "--column", "ok", "--json"
    )
    assert json.loads(result.stdout)["columns"][0]["compared"] == 1


def test_a_report_of_more_years_than_a_book_knows(tmp_path):
    text = POLICY.replace("[sla.", 'holidays = { country = "DE", years = [2030, 2031] }\n[sla.', 1)
    export, known = put(tmp_path, LIFE), book(tmp_path, text)
    found = json.loads(run("report", export, "--tz", "UTC", "--policy", known, "--json").stdout)
    assert found["metrics"]["SLA_GOLD_RESOLUTION"]["n"] == 0
    reasons = found["metrics"]["SLA_GOLD_RESOLUTION"]["excluded"]
    assert any("outside the years" in reason for reason in reasons)


def test_reconciling_what_cannot_be_compared(tmp_path):
    lines = log(row(), row(state="Resolved", at="5/1/2026 10:00")).splitlines()
    export = put(tmp_path, "\n".join(f"{a},{b}" for a, b in zip(lines, "xyz", strict=True)))
    common = ("reconcile", export, "--tz", "UTC", "--policy", book(tmp_path), "--column")
    failed = run(*common, "x")
    assert failed.exit_code == 1
    assert "none of the 1 texts in 'x' is a verdict or a duration" in failed.stderr
    for much in ("nan", "inf", "1e300"):
        wrong = run(*common, "x", "--tolerance", much)
        assert wrong.exit_code == 2
        assert "--tolerance" in wrong.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_disk_that_is_full_is_told(tmp_path, more):
    export = str(put(tmp_path, LIFE))
    command = [sys.executable, "-m", "itilcore.cli", "report", export, "--tz", "UTC", *more]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("itilcore: cannot write to standard output: No space left")
    assert len(done.stderr.splitlines()) == 1


def test_output_that_cannot_be_written_in_this_process(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    commands = sys.modules["itilcore.cli.commands"]  # what main() imports, whatever was reloaded
    monkeypatch.setattr(commands, "cli", full)
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with pytest.raises(SystemExit, match="cannot write to standard output: No space"):
            main()
    monkeypatch.setattr(sys, "stdout", None)  # as where a shell has closed it
    with pytest.raises(SystemExit, match="cannot write"):
        main()
    monkeypatch.setattr(commands, "cli", lambda **_: None)
    main()
