"""Jira issues with changelog: the same figures as the audit log, and every way to be broken."""

from __future__ import annotations

import copy
import json
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import TicketKind
from itilcore.errors import UnreadableSource
from itilcore.exchange import read
from itilcore.exchange.documents import BrokenDocument, form_of
from itilcore.exchange.documents.jira import JIRA
from itilcore.incident import HoldReason
from itilcore.priority import Priority
from itilcore.sample import generate, write_jira, write_servicenow

from .exports import put
from .same_report import same_figures


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jira")
    paths = folder / "issues.json", folder / "log.csv"
    for path, write in zip(paths, (write_jira, write_servicenow), strict=True):
        with path.open("w", newline="") as out:
            write(islice(generate(seed=1), 600), out)
    return paths


@pytest.mark.parametrize("by", ["priority", "group"])
def test_the_figures_are_those_of_the_audit_log(desks, by):
    report = same_figures(*desks, by=by)
    assert report["source"]["mapping"] == "jira"


def test_the_state_is_that_of_the_audit_log(desks):
    ours, theirs = ([i.facts for i in read(path, zone="UTC")] for path in desks)
    same = (
        *("priority", "impact", "urgency", "category", "group", "assignee", "acknowledged_at"),
        *("resolved_at", "closed_at", "waiting_seconds", "open_seconds", "priority_changes"),
        *("reopenings", "reassignments", "hold_reason", "service", "requester", "sla_met"),
    )
    for a, b in zip(ours, theirs, strict=True):
        assert {n: getattr(a, n) for n in same} == {n: getattr(b, n) for n in same}, b.reference
        assert a.kind is TicketKind.INCIDENT


def item(name, before, after, **more):
    return {"field": name, "fromString": before, "toString": after, **more}


def issue():
    return {
        "key": "HELP-7",
        "names": {"customfield_10050": "Assignment group", "customfield_10051": "Sprint"},
        "fields": {
            "created": "2026-01-05T09:00:00.000+0000",
            "summary": "Mail is slow",
            "status": {"name": "Resolved", "statusCategory": {"name": "Done"}},
            "priority": {"name": "High"},
            "assignee": {"displayName": "Ada", "accountId": "1"},
            "reporter": {"displayName": "Bob"},
            "issuetype": {"name": "Incident"},
            "components": [{"name": "Mail"}, {"name": "Network"}],
            "customfield_10050": {"name": "Network"},
        },
        "changelog": {
            "startAt": 0,
            "maxResults": 3,
            "total": 3,
            "histories": [
                {
                    "id": "30",
                    "author": {"displayName": "Ada"},
                    "created": "2026-01-05T12:00:00.000+0100",
                    "items": [item("status", "In Progress", "Resolved"), item("Link", None, "x")],
                },
                {
                    "id": "9",
                    "author": {"displayName": "Eve"},
                    "created": "2026-01-05T10:00:00.000+0000",
                    "items": [
                        item("priority", "Low", "High"),
                        item("Component", "Printing", None),
                        item("Component", None, "Network"),
                        item("Assignment group", "Desk", "Network"),
                    ],
                },
                {
                    "id": "8",
                    "created": "2026-01-05T10:00:00.000+0000",
                    "items": [item("status", "Open", "In Progress"), item("assignee", None, "Ada")],
                },
            ],
        },
    }


def test_an_issue_unrolls_into_the_values_in_force():
    rows = JIRA.unroll(issue())
    names = ("history", "status", "priority", "assignee", "Assignment group", "Component", "author")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("", "Open", "Low", "", "Desk", "Mail, Printing", "Bob"),
        ("8", "In Progress", "Low", "Ada", "Desk", "Mail, Printing", ""),
        ("9", "In Progress", "High", "Ada", "Network", "Mail, Network", "Eve"),
        ("30", "Resolved", "High", "Ada", "Network", "Mail, Network", "Ada"),
    ]
    assert all(set(row) == set(JIRA.columns) for row in rows)


def test_the_order_of_the_changelog_does_not_matter():
    turned = issue()
    turned["changelog"]["histories"].reverse()
    assert JIRA.unroll(turned) == JIRA.unroll(issue())
    paged = issue()
    paged["changelog"]["values"] = paged["changelog"].pop("histories")
    paged["changelog"]["isLast"] = True
    assert JIRA.unroll(paged) == JIRA.unroll(issue())


def test_a_page_of_a_search_is_read(tmp_path):
    other = issue() | {"key": "HELP-8"}
    page = {"startAt": 0, "maxResults": 50, "total": 2, "issues": [issue(), other]}
    found = list(read(put(tmp_path, json.dumps(page), "page.json")))
    assert [i.reference for i in found] == ["HELP-7", "HELP-8"]
    facts = found[0].facts
    assert (facts.priority, facts.priority_changes, facts.reassignments) == (Priority.P2, 1, 1)
    assert (facts.resolved_at - facts.logged_at).total_seconds() == 7_200
    assert facts.acknowledged_at.hour == 10


def test_a_status_of_waiting_has_its_reason(tmp_path):
    waiting = issue()
    waiting["fields"]["status"]["name"] = "Waiting for customer"
    waiting["changelog"]["histories"][0]["items"][0]["toString"] = "Waiting for customer"
    (incident,) = read(put(tmp_path, json.dumps(waiting), "one.json"))
    assert incident.facts.hold_reason == HoldReason("AWAITING_CALLER")


def test_a_custom_field_is_found_by_names_by_its_changes_or_by_its_name():
    def groups(content):
        return [JIRA.unroll(content)[0]["Assignment group"]]

    still = issue()
    del still["changelog"]["histories"][1]["items"][3]
    assert groups(still) == ["Network"]
    del still["names"]
    assert groups(still) == [""]
    still["changelog"]["histories"][0]["items"].append(
        item("Assignment Group", "Network", "Network", fieldId="customfield_10050")
    )
    assert groups(still) == ["Network"]
    plain = issue()
    del plain["names"], plain["changelog"]["histories"][1]["items"][3]
    plain["fields"]["Assignment group"] = [{"value": "Desk"}, ["odd"], {"id": 3}, {}]
    assert groups(plain) == ["Desk, 3"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""),
        ("breached", ""),
        ({"completedCycles": []}, ""),
        ({"completedCycles": "x"}, ""),
        ({"completedCycles": [3]}, ""),
        ({"completedCycles": [{"breached": True}, {"breached": False}]}, "true"),
        ({"completedCycles": [{"breached": False}], "ongoingCycle": {"breached": True}}, "false"),
        ({"ongoingCycle": {"breached": "no"}}, ""),
    ],
)
def test_a_promise_is_that_of_the_latest_cycle(value, told):
    content = issue()
    content["fields"]["Time to resolution"] = value
    assert JIRA.unroll(content)[0]["Time to resolution"] == told


def without(path):
    content = issue()
    *way, last = path
    inner = content
    for step in way:
        inner = inner[step]
    del inner[last]
    return content


def with_value(path, value):
    content = issue()
    *way, last = path
    inner = content
    for step in way:
        inner = inner[step]
    inner[last] = value
    return content


HISTORIES = ("changelog", "histories")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (without(["key"]), "has no key"),
        (with_value(["key"], " "), "has no key"),
        (with_value(["key"], 7), "has no key"),
        (with_value(["fields"], []), "has no fields"),
        (without(["fields", "created"]), "fields.created is missing"),
        (with_value(["fields", "created"], "today"), "fields.created is no time in ISO form"),
        (without(["changelog"]), "export it with expand=changelog"),
        (with_value(["changelog"], []), "changelog is no object"),
        (without(HISTORIES), "changelog.histories is no list of objects"),
        (with_value(HISTORIES, [1]), "changelog.histories is no list of objects"),
        (with_value(["changelog", "total"], 104), "cut off: 3 of 104 changes"),
        (with_value(["changelog", "isLast"], False), "cut off after 3 changes"),
        (with_value([*HISTORIES, 1, "created"], 5), r"histories\[1\].created is no time"),
        (with_value([*HISTORIES, 2, "items"], {}), r"histories\[2\].items is no list"),
    ],
)
def test_a_broken_issue_says_what_is_wrong(content, words):
    with pytest.raises(BrokenDocument, match=words):
        JIRA.unroll(content)


def test_a_cut_changelog_is_a_rejected_row(tmp_path):
    cut = issue()
    cut["changelog"]["total"] = 104
    lines = json.dumps(cut) + "\n" + json.dumps(issue() | {"key": "HELP-8"}) + "\n"
    reading = read(put(tmp_path, lines, "lines.json"))
    assert [i.reference for i in reading] == ["HELP-8"]
    (rejected,) = reading.rejected
    assert (rejected.line, rejected.reason) == (1, "its changelog is cut off: 3 of 104 changes")


def test_values_without_an_offset_are_read_in_the_zone(tmp_path):
    naive = issue()
    naive["fields"]["created"] = "2026-01-05T09:00:00"
    for history in naive["changelog"]["histories"]:
        history["created"] = "2026-01-05T10:00:00"
    (incident,) = read(put(tmp_path, json.dumps(naive), "one.json"), zone="Europe/Berlin")
    assert incident.facts.logged_at.hour == 8


def places(content, path=()):
    yield path
    inner = content.items() if isinstance(content, dict) else enumerate(content)
    if isinstance(content, dict | list):
        for key, value in inner:
            yield from (
                places(value, (*path, key)) if isinstance(value, dict | list) else [(*path, key)]
            )


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["<script>", "\x1b[2J", "=1+1", "9999-12-31T23:59:59-23:59", "9" * 50]),
    st.lists(st.none() | st.text(max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["name", "value", "x"]), st.integers(), max_size=2),
)


@given(st.data())
def test_a_damaged_issue_gives_rows_or_a_reason(tmp_path_factory, data):
    content = copy.deepcopy(issue())
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from([place for place in places(content) if place]))
        inner = content
        for step in way[:-1]:
            inner = inner[step]
        if data.draw(st.booleans()):
            inner[way[-1]] = data.draw(ODD)
        else:
            del inner[way[-1]]
    try:
        rows = JIRA.unroll(content)
    except BrokenDocument:
        pass
    else:
        assert all(isinstance(cell, str) for row in rows for cell in row.values())
        assert rows[0]["key"].strip()
    path = put(tmp_path_factory.mktemp("odd"), json.dumps([content]), "odd.json")
    if form_of(content) is JIRA:
        reading = read(path)
        assert len(list(reading)) + reading.rejected_count >= 1
    else:
        with pytest.raises(UnreadableSource):
            read(path)


def test_a_change_of_a_field_that_nobody_asks_for_is_no_row():
    history = {
        "id": "9",
        "created": "2026-01-05T10:00:00.000+0000",
        "items": [{"field": "Rank", "fieldId": "customfield_1", "toString": "higher"}],
    }
    content = {
        "key": "IT-1",
        "fields": {"created": "2026-01-05T09:00:00.000+0000", "status": {"name": "Open"}},
        "changelog": {"histories": [history]},
    }
    assert [row["status"] for row in JIRA.unroll(content)] == ["Open"]
