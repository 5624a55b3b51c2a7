"""An explanation agrees with the metrics, and shows itself harmlessly everywhere."""

from __future__ import annotations

import io
import json
import math
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from attrs import evolve, fields
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.cli.commands import cli
from itilcore.errors import InvalidInput, MissingExtra, NaiveInstant
from itilcore.exchange import read
from itilcore.incident import (
    Acknowledged,
    Answered,
    Asserted,
    Assigned,
    Classified,
    Closed,
    Facts,
    Held,
    HoldReason,
    Incident,
    Logged,
    Noted,
    Phase,
    Prioritised,
    Reopened,
    Resolved,
)
from itilcore.metrics import STANDARD, DataGrade, DowntimeCost, measure_all
from itilcore.priority import Impact, Priority, Urgency
from itilcore.report import explain, explanation_page, show_explanation
from itilcore.report.explanation import terminal
from itilcore.sample import generate, write_servicenow
from itilcore.sla import Agreement, Applies, Conventions, Target, TargetKind
from tests.incident.strategies import timelines
from tests.metrics.stories import desks, incidents
from tests.report.test_page import Checked

COST = DowntimeCost(rates={"Payroll": 2.0})
ALL = (*STANDARD, COST)


def at(hour: int, day: int = 5) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def story() -> Incident:
    return Incident.replay(
        "INC1",
        [
            Logged(at(8), title="Printer on fire", requester="Bob", channel="phone"),
            Asserted(at(8), {"sla_met": True, "hand_offs": None, "detected_at": at(7)}),
            Prioritised(at(8), Impact.HIGH, Urgency.LOW, Priority.P3),
            Assigned(at(9), "Network", "ada", by=Actor.person("eve")),
            Acknowledged(at(9), recorded_at=at(10)),
            Held(at(10), HoldReason.AWAITING_VENDOR),
            Resolved(at(12)),
            Reopened(at(13)),
            Assigned(at(14), None),
            Resolved(at(15)),
            Closed(at(11, 6)),
        ],
    )


def printed(found, width=160) -> str:
    out = io.StringIO()
    show_explanation(found, Console(file=out, width=width))
    return out.getvalue()


def test_each_metric_says_what_it_counted_and_why():
    found = explain(story())
    assert (found.reference, found.title, found.at, found.zone) == (
        "INC1",
        "Printer on fire",
        at(11, 6),
        "UTC",
    )
    assert (found["MTTR"].figure, found["MTTR"].said) == (8.0, "8.0 h")
    assert dict(found["MTTR"].evidence)["resolved_at"] == at(15)
    assert found["REOPEN_RATE"].said == "yes"
    assert found["REOPEN_RATE_WITHIN_7_DAYS"].said == "yes"
    assert (found["FCR"].reason, found["FCR"].figure) == ("tier unknown", None)
    assert found["TIME_WAITING"].said == "2.0 h"
    assert found["REASSIGNMENTS"].said == "0"
    assert found["SLA_CLAIMED"].figure == 1
    assert found["DETECTION_SOURCES"].figure == "phone"
    assert "BACKLOG" in {counted.name for counted in found.counted}
    words = found["MTTR"].why(lambda instant: f"{instant:%H:%M}")
    assert words.startswith("detected_at 07:00; logged_at 08:00; resolved_at 15:00; phase closed")
    assert words.endswith("impact_started_at not known or not so")
    assert "waiting_seconds 2.0 h" in found["TIME_WAITING"].why(str)
    assert "sla_met yes" in found["SLA_CLAIMED"].why(str)


def test_as_of_an_instant_later_events_do_not_exist():
    found = explain(story(), at=at(11))
    assert [event.kind for event in found.events][-1] == "held"
    assert found["MTTR"].said == (
        "left out: not resolved yet; the median with the open ones takes it in as still running"
    )
    assert found["BACKLOG"].said == "unresolved, 3.0 h old"
    assert found["BACKLOG"].to_dict()["counted"] is True
    soon = explain(story(), at=at(12))
    assert soon["REOPEN_RATE_WITHIN_7_DAYS"].said == "no; its window still runs"
    assert explain(story(), at=at(8, 4)).counted == ()


def test_what_changed_a_lane_and_what_is_odd():
    found = explain(story())
    changes = [dict(event.changed) for event in found.events]
    assert changes[0] == {"status": "NEW"}
    assert changes[3] == {"group": "Network", "assignee": "ada"}
    assert changes[5] == {"status": "ON_HOLD", "hold_reason": "AWAITING_VENDOR"}
    assert changes[8] == {"group": None, "assignee": None}
    odd = Incident.replay("INC2", [Logged(at(9)), Noted(at(8), "late"), Closed(at(10))])
    events = explain(odd).events
    assert [event.deviations for event in events] == [
        (),
        ("time runs backwards",),
        ("NEW -> CLOSED",),
    ]
    text = printed(explain(odd))
    assert "-1.0 h" in text
    assert "[NEW -> CLOSED]" in text


def test_every_event_says_what_it_says():
    said = {event.kind: event for event in explain(story()).events}
    assert said["logged"].said == (
        "title Printer on fire, requester Bob, channel phone, status NEW"
    )
    assert said["asserted"].said == (
        "the source claims detected_at 2026-01-05 07:00:00, sla_met True; "
        "it is silent about hand_offs"
    )
    assert said["acknowledged"].recorded_at == at(10)
    first = next(event for event in explain(story()).events if event.kind == "assigned")
    assert first.by == "eve"
    silent = Incident.replay("INC1", [Asserted(at(8), {"hand_offs": None})])
    assert explain(silent).events[0].said == "it is silent about hand_offs"


def test_answers_are_told_by_their_names():
    told = Answered(at(8), {"start": "nine\nor ten", "device": "x" * 200})
    (event,) = explain(Incident.replay("INC1", [told])).events
    assert (event.kind, event.said) == (
        "answered",
        f"device: {'x' * 119}…; start: nine\\x0aor ten",
    )


def test_instants_are_in_the_zone_that_is_asked_for():
    found = explain(story(), zone="Asia/Kolkata")
    assert found.events[0].at.isoformat() == "2026-01-05T13:30:00+05:30"
    assert found.lanes["group"][1].start.isoformat() == "2026-01-05T14:30:00+05:30"
    assert "2026-01-05 13:30:00+0530" in printed(found)
    with pytest.raises(InvalidInput, match="no IANA time zone"):
        explain(story(), zone="Mars/Olympus")
    with pytest.raises(NaiveInstant):
        explain(story(), at=datetime(2026, 1, 5))


@given(timelines())
def test_any_timeline_is_explained_and_shown(timeline):
    found = explain(Incident.replay("INC1", timeline), metrics=ALL)
    json.dumps(found.to_dict(), allow_nan=False)
    Checked().feed(explanation_page(found))
    assert printed(found).startswith("INC1")
    assert "<script" not in found._repr_html_()


@given(desks)
def test_explanations_add_up_to_the_results(desk):
    desk = incidents(desk)
    results = measure_all(ALL, desk)
    when = results["MTTR"].at
    found = [] if when is None else [explain(one, metrics=ALL) for one in desk]
    for name, result in results.items():
        counted = [one[name] for one in found if name in {c.name for c in one.counted}]
        assert len(counted) == result.population
        assert sum(one.reason is None for one in counted) == result.n
        reasons = [one.reason for one in counted if one.reason is not None]
        assert dict(result.excluded) == {r: reasons.count(r) for r in sorted(set(reasons))}
        figures = [one.figure for one in counted if one.reason is None]
        if getattr(result, "mean", None) is not None:
            assert math.isclose(sum(figures), result.mean * result.n, abs_tol=1e-6)
        if hasattr(result, "pending"):
            assert sum(figures) == result.count


@given(desks, st.data())
def test_a_metric_reads_no_other_column(desk, data):
    rows = [one.facts for one in incidents(desk)]
    if not rows:
        return
    metric = data.draw(st.sampled_from(ALL))
    used = {*metric.reads, "reference", "last_event_at"}
    free = [f for f in fields(Facts) if f.name not in used]
    column = data.draw(st.sampled_from(free))
    donor = data.draw(st.sampled_from(rows))
    changed = [evolve(row, **{column.name: getattr(donor, column.name)}) for row in rows]
    if column.name == "phase":
        changed = [evolve(row, phase=Phase.CANCELLED) for row in rows]
    one, other = (measure_all([metric], r)[metric.name].to_dict() for r in (rows, changed))
    assert one == other


def test_a_metric_of_ones_own_is_explained_by_its_needs():
    found = explain(story(), metrics=(DataGrade(metrics=STANDARD),))
    assert found["GRADE"].said == "counts"
    assert found["GRADE"].evidence == ()


def test_what_downtime_cost_is_told():
    events = [Logged(at(8)), Classified(at(8), service="Payroll"), Resolved(at(9))]
    found = explain(Incident.replay("INC1", events), metrics=(COST,))
    assert (found[COST.name].figure, found[COST.name].said) == (120.0, "120.00 for 1.0 h")


HOSTILE = '<script>alert("x")</script>=cmd()\x1b[2J'


def test_texts_of_people_are_harmless():
    bad = Incident.replay(
        "<b>INC1",
        [
            Logged(at(8), title=HOSTILE),
            Assigned(at(9), HOSTILE, HOSTILE),
            Noted(at(9), HOSTILE),
            Answered(at(9), {HOSTILE: HOSTILE}),
            Classified(at(9), configuration_item=HOSTILE),
        ],
    )
    found = explain(bad)
    for text in (explanation_page(found), found._repr_html_()):
        assert "<script" not in text
        assert "<b>" not in text
        assert "\x1b" not in text
    for width in (40, 160):
        assert "\x1b" not in printed(found, width)


def test_an_incident_without_events():
    page = explanation_page(explain(Incident.replay("INC1", [])))
    assert "There are no events." in page
    assert "no events; instants in UTC" in printed(explain(Incident.replay("INC1", [])))


def test_a_clock_that_cannot_be_told_hides_no_other():
    holidays = Holidays.snapshot([], [2020])
    old = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC", holidays=holidays)
    hour = timedelta(hours=1)
    targets = [
        Target(TargetKind.RESOLUTION, hour, old),
        Target(TargetKind.RESPONSE, hour, BusinessCalendar.always()),
    ]
    found = explain(story(), agreements=(Agreement("gold", targets),))
    assert [reading.name for reading in found.clocks] == ["response"]
    (told,) = found.untold
    assert told.startswith("gold, resolution: 2026 is outside the years 2020 to 2020")
    assert found.to_dict()["untold"] == [told]
    assert "Clocks that cannot be told" in printed(found, 160)
    assert "Clocks that cannot be told" in explanation_page(found)
    assert "untold" not in explain(story()).to_dict()


def test_without_rich_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(MissingExtra, match=r"itilcore\[cli\]"):
        show_explanation(explain(story()))


@pytest.fixture(scope="module")
def desk_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("explained") / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        write_servicenow(islice(generate(seed=1), 50), out)
    return path


def run(*args):
    return CliRunner().invoke(cli, ["explain", *map(str, args)])


def test_the_command_explains_one_incident(desk_file, tmp_path):
    shown = run(desk_file, "INC0000012", "--tz", "UTC")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("INC0000012\n")
    assert "MTTR" in shown.stdout
    out = tmp_path / "one.html"
    both = run(desk_file, "INC0000012", "--tz", "UTC", "--json", "--html", out)
    told = json.loads(both.stdout)
    whole = [one for one in read(desk_file, zone="UTC") if one.reference == "INC0000012"]
    assert told == json.loads(json.dumps(explain(whole[0]).to_dict()))
    assert out.read_text("utf-8") == explanation_page(explain(whole[0]))


def test_an_incident_that_is_not_there_leads_to_the_nearest(desk_file):
    missing = run(desk_file, "INC000012", "--tz", "UTC")
    assert missing.exit_code == 1
    assert "has no incident 'INC000012': did you mean 'INC00000" in missing.stderr
    far = run(desk_file, "x", "--tz", "UTC")
    assert far.stderr == "itilcore: log.csv has no incident 'x'\n"


def test_of_many_references_the_nearest_are_kept(desk_file, monkeypatch):
    monkeypatch.setattr("itilcore.exchange.reading._MOST_OTHERS", 10)
    assert "'INC0000049'" in run(desk_file, "INC000049", "--tz", "UTC").stderr


def test_rows_that_stand_apart_are_found_and_rejected_rows_told(tmp_path, desk_file):
    lines = desk_file.read_text("utf-8").splitlines()
    number = lines[1].split(",")[0]
    mine = [line for line in lines[1:] if line.startswith(number)]
    rest = [line for line in lines[1:] if not line.startswith(number)]
    path = tmp_path / "apart.csv"
    path.write_text("\n".join([lines[0], *mine, *rest[:5], mine[-1], ",,"]) + "\n", "utf-8")
    shown = run(path, number, "--tz", "UTC")
    assert shown.exit_code == 0
    assert "a row was rejected" in shown.stderr
    assert "repeats another row exactly" in shown.stderr


def test_a_span_that_runs_backwards_has_no_width():
    odd = Incident.replay("INC1", [Logged(at(9)), Resolved(at(8)), Closed(at(11))])
    assert "width:0.0000%" in explanation_page(explain(odd))


def test_a_page_alone_prints_nothing(desk_file, tmp_path):
    out = tmp_path / "one.html"
    shown = run(desk_file, "INC0000012", "--tz", "UTC", "--html", out)
    assert (shown.exit_code, shown.stdout, out.exists()) == (0, "", True)


def test_one_incident_is_read_whole(tmp_path, desk_file):
    whole = {one.reference: one for one in read(desk_file, zone="UTC")}
    for reference in ("INC0000001", "INC0000012", "INC0000050"):
        reading = read(desk_file, zone="UTC", only=reference)
        assert list(reading) == [whole[reference]]
        assert reading.near == ()
    header, *lines = desk_file.read_text("utf-8").splitlines()
    path = tmp_path / "blank.csv"
    path.write_text("\n".join([header, "," * header.count(","), *lines]), "utf-8")
    reading = read(path, zone="UTC", only="INC0000012")
    assert list(reading) == [whole["INC0000012"]]


def test_clocks_with_their_accounts():
    always = BusinessCalendar.always()
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    gold = Agreement(
        "gold",
        [
            Target(TargetKind.RESPONSE, timedelta(hours=1), always, Applies(priorities="P1")),
            Target(TargetKind.RESOLUTION, timedelta(hours=1), office),
        ],
        Conventions.named("jira"),
    )
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    events = [
        Logged(start),
        Resolved(start + timedelta(days=90)),
        Reopened(start + timedelta(days=91)),
    ]
    at = start + timedelta(days=91, minutes=30)
    found = explain(Incident.replay("INC1", events), at=at, agreements=(gold,))
    response, resolution = terminal.clocks(found)
    assert response[1:3] == ("not started", "no target")
    assert response[3:6] == ("-", "-", "-")
    assert resolution[1] == "running, late before"
    late = explain(Incident.replay("INC1", events[:1]), at=at, agreements=(gold,))
    (_, open_late) = terminal.clocks(late)
    assert open_late[1] == "breached, running late"
    assert open_late[5].startswith("-")
    rows = list(terminal.accounts(late))
    assert len(rows) == terminal.MOST_ENTRIES + 1
    assert rows[-1][5].endswith("more, all of them in the JSON")
    assert rows[0][3:5] == ("counts", "8.0 h")
    assert len(late.to_dict()["clocks"][1]["account"]) > terminal.MOST_ENTRIES
    assert "more, all of them in the JSON" in explanation_page(late)
