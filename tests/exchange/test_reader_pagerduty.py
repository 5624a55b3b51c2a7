"""PagerDuty incidents with log entries: the audit log's figures, and every way to be broken."""

from __future__ import annotations

import copy
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import UnreadableSource
from itilcore.exchange import ExportMapping, read
from itilcore.exchange.documents import BrokenDocument, form_of
from itilcore.exchange.documents.pagerduty import PAGERDUTY
from itilcore.sample import write_pagerduty, write_servicenow

from .exports import put
from .same_figures import HISTORIES, differing, figures, written

END = max(history.steps[-1].at for history in HISTORIES)
# PagerDuty does not close, does not say whether an SLA held, and an incident is triggered until
# it is acknowledged, at once under work then: see the page on it.
SILENT = {"TIME_RESOLVED", "SLA_CLAIMED"}
SHIFTED = {"TIME_OPEN", "TIME_ACTIVE"}


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pagerduty")
    return (
        written(folder, write_pagerduty, "incidents.json"),
        written(folder, write_servicenow, "log.csv"),
    )


def test_the_figures_are_those_of_the_audit_log(desks):
    ours, log = (figures(path, END) for path in desks)
    assert differing(ours, log) == SILENT | SHIFTED | {"BACKLOG"}
    assert all(ours[name]["n"] == 0 for name in SILENT)
    # What is closed there is resolved here.
    backlog, theirs = ours["BACKLOG"], log["BACKLOG"]
    assert sum(backlog["excluded"].values()) == sum(theirs["excluded"].values())
    assert {**backlog, "excluded": 0, "by": 0} == {**theirs, "excluded": 0, "by": 0}
    for priority, group in backlog["by"].items():
        assert group["n"] == theirs["by"][priority]["n"]


def test_each_incident_is_that_of_the_audit_log(desks):
    ours, theirs = ([i.facts for i in read(path, zone="UTC")] for path in desks)
    same = (
        *("logged_at", "acknowledged_at", "resolved_at", "first_resolved_at", "reopenings"),
        *("reassignments", "priority", "impact", "priority_changes", "waiting_seconds", "group"),
        *("assignee", "category", "channel", "requester"),
    )
    for a, b in zip(ours, theirs, strict=True):
        assert {n: getattr(a, n) for n in same} == {n: getattr(b, n) for n in same}, b.reference
        if a.resolved_at is not None:
            before = a.open_seconds + a.active_seconds
            assert before == b.open_seconds + b.active_seconds


def test_a_desk_without_incidents_is_an_empty_page():
    out = io.StringIO()
    write_pagerduty([], out)
    assert json.loads(out.getvalue())["incidents"] == []


ADA = {"id": "PADA", "type": "user_reference", "summary": "Ada"}
BOB = {"id": "PBOB", "type": "user_reference", "summary": "Bob"}
API = {"id": "PAPI", "type": "service_reference", "summary": "Checks"}
NETWORK = {"id": "PNET", "type": "team_reference", "summary": "Network"}


def entry(key, kind, minute, agent=ADA, **more):
    at = f"2026-01-05T09:{minute:02}:00Z"
    return {"id": key, "type": f"{kind}_log_entry", "created_at": at, "agent": agent, **more}


def level(name):
    return {"id": "P" + name, "type": "priority", "summary": name, "name": name}


def incident():
    return {
        "id": "Q1",
        "type": "incident",
        "incident_number": 7,
        "title": "Disk full",
        "created_at": "2026-01-05T09:00:00Z",
        "status": "resolved",
        "urgency": "high",
        "priority": level("P2"),
        "service": {"id": "PS", "type": "service_reference", "summary": "Billing"},
        "escalation_policy": {"id": "PE", "summary": "Default"},
        "teams": [NETWORK],
        "assignments": [],
        "custom_fields": [
            {"name": "impact", "value": "High"},
            {"name": "category", "value": ["Disk", "Server"]},
        ],
        "resolved_at": "2026-01-05T09:40:00Z",
        "log_entries": [
            entry("R9", "resolve", 40, BOB),
            entry("R8", "acknowledge", 35, BOB),
            entry("R7", "unacknowledge", 30, API),
            entry("R6", "snooze", 20),
            entry(
                "R5", "priority_change", 15,
                channel={"old_priority": level("P3"), "new_priority": level("P2")},
            ),
            entry("R4", "acknowledge", 10),
            entry("R3", "notify", 3, API),
            entry("R2", "assign", 2, API, assignees=[ADA], teams=[NETWORK]),
            entry("R1a", "acknowledge", 0, API),
            entry("R1", "trigger", 0, API, channel={"type": "api"}, teams=[]),
        ],
    }  # fmt: skip


def test_an_incident_unrolls_in_the_order_of_time():
    rows = PAGERDUTY.unroll(incident())
    names = ("entry", "status", "priority", "assignee", "team", "agent")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("R1", "triggered", "P3", "", "", ""),
        ("R1a", "acknowledged by service", "P3", "", "", ""),
        ("R2", "acknowledged by service", "P3", "Ada", "Network", ""),
        ("R4", "acknowledged", "P3", "Ada", "Network", "Ada"),
        ("R5", "acknowledged", "P2", "Ada", "Network", "Ada"),
        ("R6", "snoozed", "P2", "Ada", "Network", "Ada"),
        ("R7", "triggered", "P2", "Ada", "Network", ""),
        ("R8", "acknowledged", "P2", "Ada", "Network", "Bob"),
        ("R9", "resolved", "P2", "Ada", "Network", "Bob"),
    ]
    assert rows[0]["category"] == "Disk, Server"
    assert all(set(row) == set(PAGERDUTY.columns) for row in rows)


def test_the_order_of_the_list_and_repeated_entries_do_not_matter():
    turned = incident()
    turned["log_entries"].reverse()
    assert PAGERDUTY.unroll(turned) == PAGERDUTY.unroll(incident())
    twice = incident()
    twice["log_entries"] *= 2
    assert PAGERDUTY.unroll(twice) == PAGERDUTY.unroll(incident())
    paged = incident()
    paged["log_entries"] = {"log_entries": paged["log_entries"], "more": False}
    assert PAGERDUTY.unroll(paged) == PAGERDUTY.unroll(incident())


def only(folder, content, mapping=None):
    (found,) = read(put(folder, json.dumps([content]), "incidents.json"), mapping)
    return found.facts


def test_acknowledged_is_by_a_user(tmp_path):
    facts = only(tmp_path, incident())
    assert facts.acknowledged_at.minute == 10
    assert facts.waiting_seconds == 600
    automatic = incident()
    automatic["log_entries"] = [
        e | {"agent": API} if e["type"] == "acknowledge_log_entry" else e
        for e in automatic["log_entries"]
    ]
    facts = only(tmp_path, automatic)
    assert (facts.acknowledged_at, facts.acknowledgement_known) == (None, True)
    counted = ExportMapping.from_mapping(
        {"extends": "pagerduty", "values": {"status": {"acknowledged by service": "IN_PROGRESS"}}}
    )
    assert only(tmp_path, automatic, counted).acknowledged_at.minute == 0


def test_a_reopening_is_one(tmp_path):
    again = incident()
    again["status"] = "triggered"
    again["log_entries"].insert(0, entry("S1", "reopen", 50))
    facts = only(tmp_path, again)
    assert (facts.reopenings, facts.resolved_at, str(facts.status)) == (1, None, "ASSIGNED")


@pytest.mark.parametrize(
    "never", [None, "", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00"]
)
def test_resolved_before_1970_is_not_resolved(tmp_path, never):
    still = incident() | {"resolved_at": never, "status": "acknowledged"}
    del still["log_entries"][0]
    rows = PAGERDUTY.unroll(still)
    assert {row["resolved_at"] for row in rows} == {""}
    assert only(tmp_path, still).resolved_at is None


def test_resolved_without_an_entry_is_resolved_at():
    cut = incident()
    del cut["log_entries"][0]
    last = PAGERDUTY.unroll(cut)[-1]
    assert (last["status"], last["at"], last["entry"]) == ("resolved", cut["resolved_at"], "")
    with pytest.raises(BrokenDocument, match="neither its log nor resolved_at says when"):
        PAGERDUTY.unroll(cut | {"resolved_at": "0001-01-01T00:00:00Z"})


def test_what_no_entry_tells_was_always_so():
    plain = incident() | {
        "assignments": [{"at": "2026-01-05T09:00:00Z", "assignee": BOB}, 3],
        "log_entries": [entry("R1", "trigger", 0, None)],
        "priority": None,
        "status": "triggered",
    }
    (row,) = PAGERDUTY.unroll(plain)
    names = ("assignee", "team", "priority", "urgency", "channel", "agent")
    assert tuple(row[name] for name in names) == ("Bob", "Network", "", "high", "", "")


def test_a_change_that_does_not_say_to_what_is_unknown_but_for_the_last():
    content = incident()
    content["log_entries"][4]["channel"] = {"type": "website"}
    content["log_entries"].insert(0, entry("S1", "priority_change", 50, channel=None))
    content["log_entries"].insert(0, entry("S2", "urgency_change", 51))
    rows = PAGERDUTY.unroll(content)
    assert [row["priority"] for row in rows] == [""] * 9 + ["P2", "P2"]
    assert [row["urgency"] for row in rows] == [""] * 10 + ["high"]


def test_a_page_and_documents_a_line_are_read(tmp_path):
    whole = [incident(), incident() | {"incident_number": None, "id": "Q2"}]
    page = {"incidents": whole, "limit": 25, "offset": 0, "total": None, "more": False}
    for text in (json.dumps(page), "\n".join(map(json.dumps, whole))):
        found = read(put(tmp_path, text, "incidents.json"))
        assert found.mapping.name == "pagerduty"
        assert [i.reference for i in found] == ["7", "Q2"]


def without(key):
    content = incident()
    del content[key]
    return content


def with_entry(index, **more):
    content = incident()
    content["log_entries"][index] |= more
    return content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (incident() | {"incident_number": None, "id": " "}, "has neither incident_number nor id"),
        (without("created_at"), "created_at is missing"),
        (incident() | {"created_at": "0001-01-01T00:00:00Z"}, "created_at lies before 1970"),
        (incident() | {"resolved_at": "soon"}, "resolved_at is no time in ISO form"),
        (without("log_entries"), "has no log_entries"),
        (incident() | {"log_entries": 3}, "log_entries is no list of objects"),
        (incident() | {"log_entries": [3]}, "log_entries is no list of objects"),
        (incident() | {"log_entries": []}, "cut off: it has no trigger_log_entry"),
        (incident() | {"log_entries": {"log_entries": [], "more": True}}, "there are more"),
        (with_entry(9, type="notify_log_entry"), "cut off: it has no trigger_log_entry"),
        (with_entry(2, created_at=5), r"log_entries\[2\].created_at is no time"),
        (with_entry(2, created_at="0001-01-01T00:00:00Z"), "lies before 1970"),
    ],
)
def test_a_broken_incident_says_what_is_wrong(content, words):
    with pytest.raises(BrokenDocument, match=words):
        PAGERDUTY.unroll(content)


def test_a_cut_log_is_a_rejected_row(tmp_path):
    cut = incident() | {"log_entries": incident()["log_entries"][:3]}
    reading = read(put(tmp_path, json.dumps([cut, incident()]), "incidents.json"))
    assert [i.reference for i in reading] == ["7"]
    (rejected,) = reading.rejected
    assert rejected.reason == "its log is cut off: it has no trigger_log_entry"


def places(content, path=()):
    inner = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


ODD = st.one_of(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["<script>", "\x1b[2J", "=1+1", "9999-12-31T23:59:59-23:59", "9" * 50]),
    st.lists(st.none() | st.text(max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["summary", "type", "x"]), st.integers(), max_size=2),
)
PLACES = list(places(incident()))


@given(st.data())
def test_a_damaged_incident_gives_rows_or_a_reason(tmp_path_factory, data):
    content = copy.deepcopy(incident())
    *way, last = data.draw(st.sampled_from(PLACES))
    inner = content
    for step in way:
        inner = inner[step]
    if data.draw(st.booleans()):
        inner[last] = data.draw(ODD)
    else:
        del inner[last]
    try:
        rows = PAGERDUTY.unroll(content)
    except BrokenDocument:
        pass
    else:
        assert all(isinstance(cell, str) for row in rows for cell in row.values())
    path = put(tmp_path_factory.mktemp("odd"), json.dumps([content]), "odd.json")
    try:
        reading = read(path)
    except UnreadableSource:
        assert form_of(content) is None
    else:
        assert len(list(reading)) + reading.rejected_count >= 1
