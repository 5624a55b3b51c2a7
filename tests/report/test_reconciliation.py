"""A reconciliation finds the convention that a tool followed, and tells what it compared."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from itilcore.calendars import BusinessCalendar, Holidays
from itilcore.errors import InvalidInput, MissingExtra
from itilcore.exchange import read
from itilcore.incident import (
    Closed,
    Held,
    HoldReason,
    Incident,
    Logged,
    Prioritised,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.priority import Priority
from itilcore.report import reconcile, show_reconciliation
from itilcore.report.reconciliation.reconciling import SAMPLE
from itilcore.report.reconciliation.recorded import recorded
from itilcore.report.reconciliation.variants import variants
from itilcore.sla import Agreement, Applies, Conventions, Target, TargetKind

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays=["2026-01-06"])
AGREEMENT = Agreement(
    "standard",
    [
        Target(TargetKind.RESPONSE, HOUR, OFFICE),
        Target(TargetKind.RESOLUTION, 4 * HOUR, OFFICE, Applies(priorities="P1")),
        Target(TargetKind.RESOLUTION, 9 * HOUR, OFFICE),
    ],
)


def desk() -> list[Incident]:
    """Two hundred incidents with holds for two reasons, reopenings and changes of priority."""
    found = []
    for n in range(200):
        at = MONDAY + n * timedelta(hours=5, minutes=7)
        events: list[Any] = [Logged(at), Prioritised(at, priority=Priority.P2)]
        reason = (HoldReason.AWAITING_CALLER, HoldReason.AWAITING_VENDOR)[n % 2]
        if n % 3:
            events.append(Held(at + HOUR, reason))
            events.append(StatusChanged(at + (2 + n % 7) * HOUR, Status.IN_PROGRESS))
        if n % 5 == 0:
            events.append(Prioritised(at + 10 * HOUR, priority=Priority.P1))
        events.append(Resolved(at + (12 + n % 9) * HOUR))
        if n % 4 == 0:
            events.append(Reopened(at + 30 * HOUR))
            events.append(Resolved(at + (31 + n % 6) * HOUR))
        events.append(Closed(at + 80 * HOUR))
        found.append(Incident.replay(f"INC{n}", events))
    return found


DESK = desk()


def as_recorded(agreement: Agreement, verdict: bool) -> dict[str, dict[str, str]]:
    """What a tool that follows *agreement* records."""
    kept = {}
    for incident in DESK:
        at = incident.facts.last_event_at
        assert at is not None
        reading = agreement.read(incident, at, clock="resolution")[0]
        assert reading.elapsed is not None
        text = str(not reading.breached).lower() if verdict else str(reading.elapsed)
        kept[incident.reference] = {"theirs": text}
    return kept


ALTERNATIVES = list(
    variants(AGREEMENT, ["AWAITING_CALLER", "AWAITING_VENDOR"], ["UTC", "Asia/Tokyo"])
)


def test_the_same_clock_agrees_everywhere() -> None:
    for verdict in (True, False):
        found = reconcile(DESK, as_recorded(AGREEMENT, verdict), "theirs", AGREEMENT)
        assert (found.compared, found.agreeing, found.left_out) == (200, 200, ())
        assert (found.disagreements, found.explained) == ((), ())


@pytest.mark.parametrize("other", ALTERNATIVES, ids=lambda v: f"{v.convention}: {v.name}")
def test_the_convention_that_a_tool_followed_explains_all_of_it(other: Any) -> None:
    kept = as_recorded(other.agreement, verdict=False)
    found = reconcile(DESK, kept, "theirs", AGREEMENT, zones=["UTC", "Asia/Tokyo"])
    wrong = found.compared - found.agreeing
    assert wrong == len(found.disagreements)
    if wrong:
        best = found.explained[0]
        assert (best.explains, best.breaks) == (wrong, 0)
        equal = {(e.convention, e.name) for e in found.explained if e.net == best.net}
        assert (other.convention, other.name) in equal


def test_most_alternatives_show_in_this_desk() -> None:
    shown = [
        v
        for v in ALTERNATIVES
        if reconcile(
            DESK, as_recorded(v.agreement, False), "theirs", AGREEMENT, zones=()
        ).disagreements
    ]
    assert {v.convention for v in shown} >= {
        "reopening", "pauses", "stops at", "calendar boundaries", "zone", "change of target",
    }  # fmt: skip


def test_the_largest_disagreement_comes_first() -> None:
    kept = as_recorded(AGREEMENT, verdict=False)
    kept["INC3"]["theirs"] = "99:00:00"
    kept["INC4"]["theirs"] = "0:00:01"
    found = reconcile(DESK, kept, "theirs", AGREEMENT, zones=())
    assert [each.reference for each in found.disagreements] == ["INC3", "INC4"]
    assert found.disagreements[0].difference < timedelta()
    assert found.disagreements[0].theirs == "99:00:00"
    assert found.to_dict()["disagreements"][0]["difference_seconds"] < 0


def test_durations_agree_within_the_tolerance() -> None:
    kept = {r: {"theirs": str(recorded(t["theirs"]) + 40 * timedelta(seconds=1))}  # type: ignore[operator]  # durations
            for r, t in as_recorded(AGREEMENT, verdict=False).items()}  # fmt: skip
    near = reconcile(DESK, kept, "theirs", AGREEMENT)
    exact = reconcile(DESK, kept, "theirs", AGREEMENT, tolerance=timedelta(0), zones=())
    assert (near.agreeing, exact.agreeing) == (200, 0)


def test_what_cannot_be_compared_is_told() -> None:
    open_one = Incident.replay("OPEN", [Logged(MONDAY)])
    empty = Incident.replay("EMPTY", [])
    kept = {
        "INC0": {"theirs": "soon"},
        "OPEN": {"theirs": "true"},
        "EMPTY": {"theirs": "3600"},
    }
    found = reconcile([*DESK[:2], open_one, empty], kept, "theirs", AGREEMENT)
    assert dict(found.left_out) == {
        "nothing recorded": 1,
        "recorded text unreadable": 1,
        "our clock: running": 1,
        "our clock: not started": 1,
    }
    assert found.compared == 0
    assert found.to_dict()["share"] is None
    late = reconcile([open_one], kept, "theirs", AGREEMENT, at=MONDAY + timedelta(days=9))
    assert (late.compared, late.agreeing) == (1, 0)


def test_a_long_desk_is_sampled() -> None:
    many = [
        Incident.replay(f"M{n}", [Logged(MONDAY), Resolved(MONDAY + HOUR)])
        for n in range(SAMPLE + 500)
    ]
    kept = {i.reference: {"theirs": "true" if n % 2 else "false"} for n, i in enumerate(many)}
    found = reconcile(many, kept, "theirs", AGREEMENT, zones=())
    assert (found.compared, found.sample, found.sampled) == (SAMPLE + 500, SAMPLE, SAMPLE // 2)
    assert len(found.disagreements) == 1_000
    assert found.to_dict()["sample"] == {"incidents": SAMPLE, "disagreeing": SAMPLE // 2}


def test_an_unknown_clock_is_refused() -> None:
    with pytest.raises(InvalidInput, match="did you mean 'response'"):
        reconcile(DESK, {}, "theirs", AGREEMENT, clock="respons")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TRUE", True),
        (" no ", False),
        ("0", timedelta()),
        ("-30", timedelta(seconds=-30)),
        ("1.5", timedelta(seconds=1.5)),
        ("100:00:00", timedelta(hours=100)),
        ("2 days, 1:00:00", timedelta(days=2, hours=1)),
        ("3 04:05:06", timedelta(days=3, hours=4, minutes=5, seconds=6)),
        ("1970-02-01 00:00:01", timedelta(days=31, seconds=1)),
        ("1970-02-31 00:00:01", None),
        ("1971-01-01 00:00:01", None),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("PT90M5S", timedelta(minutes=90, seconds=5)),
        ("P", None),
        ("PT", None),
        ("maybe", None),
        ("", None),
        ("٣", None),
    ],
)
def test_recorded_texts(text: str, value: object) -> None:
    assert recorded(text) == value


@given(st.text(max_size=30))
def test_any_text_is_read_or_not(text: str) -> None:
    assert isinstance(recorded(text), bool | timedelta | None)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=9999)))
def test_what_python_writes_is_read(length: timedelta) -> None:
    whole = length - timedelta(microseconds=length.microseconds)
    assert recorded(str(whole)) == whole


def test_variants_differ_from_what_they_vary_in_one_thing() -> None:
    names = [(v.convention, v.name) for v in ALTERNATIVES]
    assert len(set(names)) == len(names)
    assert ("reopening", "resume") not in names
    assert ("pauses", "all but AWAITING_CALLER") in names
    one = list(variants(AGREEMENT, ["AWAITING_CALLER"]))
    assert not [v for v in one if v.name.startswith("all but")]
    glpi = evolve(AGREEMENT, conventions=Conventions.glpi())
    assert ("reopening", "resume") in [(v.convention, v.name) for v in variants(glpi)]


def printed(found: Any, width: int = 110) -> str:
    out = io.StringIO()
    show_reconciliation(found, Console(file=out, width=width))
    return out.getvalue()


def test_in_the_terminal() -> None:
    shown = printed(reconcile(DESK, as_recorded(AGREEMENT, True), "theirs", AGREEMENT))
    assert "200 of 200 agree (100.00 %)" in shown
    assert "Conventions" not in shown
    no_pause = next(v for v in ALTERNATIVES if v.name == "none")
    found = reconcile(DESK, as_recorded(no_pause.agreement, False), "theirs", AGREEMENT)
    shown = printed(found)
    assert "pauses" in shown
    assert "100.00 %" in shown
    assert "Not compared: none." in shown
    assert printed(reconcile([], {}, "theirs", AGREEMENT)).startswith(
        "theirs beside the resolution"
    )
    strange = {i.reference: {"theirs": "9999:00:00"} for i in DESK}
    assert "none of those tried" in printed(reconcile(DESK, strange, "theirs", AGREEMENT, zones=()))
    assert "\x1b" not in printed(reconcile(DESK, strange, "a\x1b[31m", AGREEMENT, zones=()))
    verdicts = {i.reference: {"theirs": "false"} for i in DESK}
    assert " - " in printed(reconcile(DESK, verdicts, "theirs", AGREEMENT, zones=()))


def test_without_rich_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(MissingExtra, match=r"itilcore\[cli\]"):
        show_reconciliation(reconcile([], {}, "theirs", AGREEMENT))


def test_it_is_json(tmp_path: Path) -> None:
    found = reconcile(DESK, as_recorded(AGREEMENT, True), "theirs", AGREEMENT)
    assert json.loads(json.dumps(found.to_dict()))["agreeing"] == 200
    verdict = {
        **as_recorded(AGREEMENT, True),
        "INC0": {"theirs": "false"},
        "INC1": {"theirs": "false"},
    }
    given_by = reconcile(DESK, verdict, "theirs", AGREEMENT).to_dict()
    assert all(d["difference_seconds"] is None for d in given_by["disagreements"])


def test_columns_are_kept_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(
            ["number", "incident_state", "sys_updated_at", "opened_at", "made_it", "extra"]
        )
        rows.writerow(["INC1", "New", "2026-01-05 09:00:00", "2026-01-05 09:00:00", "yes", "a"])
        rows.writerow(["INC1", "Resolved", "2026-01-05 10:00:00", "2026-01-05 09:00:00", "", "b"])
        rows.writerow(["INC2", "New", "2026-01-05 09:00:00", "2026-01-05 09:00:00", "", "c"])
    reading = read(path, "servicenow-audit-log", zone="UTC", keep=["made_it", "made_it", "extra"])
    assert len(list(reading)) == 2
    assert reading.kept == {"INC1": {"made_it": "yes", "extra": "b"}, "INC2": {"extra": "c"}}
    plain = read(path, "servicenow-audit-log", zone="UTC")
    assert [i.timeline for i in plain] == [
        i.timeline for i in read(path, "servicenow-audit-log", zone="UTC", keep=["made_it"])
    ]
    assert plain.kept == {}
    with pytest.raises(InvalidInput, match="did you mean 'made_it'"):
        read(path, "servicenow-audit-log", zone="UTC", keep=["made-it"])


def test_what_a_calendar_cannot_tell_is_not_compared() -> None:
    known = BusinessCalendar.weekly(
        "Mon-Sun 00:00-24:00", tz="UTC", holidays=Holidays.snapshot([], [2026])
    )
    agreement = Agreement("gold", [Target(TargetKind.RESOLUTION, 4 * HOUR, known)])
    first = datetime(2026, 1, 1, 1, tzinfo=UTC)
    incidents = [
        Incident.replay(f"INC{year}", [Logged(at), Resolved(at + HOUR)])
        for year, at in ((2026, first), (2020, first.replace(year=2020)))
    ]
    kept = {each.reference: {"theirs": "false"} for each in incidents}
    # By the clocks of some zones it was still 2025.
    found = reconcile(incidents, kept, "theirs", agreement, zones=["Etc/GMT+12"])
    assert (found.compared, found.agreeing, found.explained) == (1, 0, ())
    assert dict(found.left_out) == {"our calendar does not know the years, or has no open time": 1}
