"""Zendesk tickets with audits or metric events: the audit log's figures, every way to break."""

from __future__ import annotations

import copy
import io
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import UnreadableSource
from itilcore.exchange import ExportMapping, read
from itilcore.exchange.documents import BrokenDocument, form_of
from itilcore.exchange.documents.zendesk import ZENDESK
from itilcore.incident import HoldReason
from itilcore.sample import write_servicenow, write_zendesk

from .exports import put
from .same_figures import HISTORIES, differing, figures, written

END = max(history.steps[-1].at for history in HISTORIES)
# A ticket that is assigned is open in Zendesk, at once under work then; nothing in the sample
# says whether an SLA held.  Metric events do not tell what the priority was before.
SHIFTED = {"TIME_OPEN", "TIME_ACTIVE"}
SILENT = {"SLA_CLAIMED"}
# Without audits a ticket that was passed on shows its last group alone.
ONLY_AUDITS_TELL = {"PRIORITY_CHANGED", "MISROUTED", "PING_PONG"}


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zendesk")
    return (
        written(folder, write_zendesk, "audits.json"),
        written(folder, partial(write_zendesk, audits=False), "events.json"),
        written(folder, write_servicenow, "log.csv"),
    )


def test_the_figures_are_those_of_the_audit_log(desks):
    audits, events, log = (figures(path, END) for path in desks)
    assert differing(audits, log) == SHIFTED | SILENT
    assert differing(events, log) == SHIFTED | SILENT | ONLY_AUDITS_TELL
    assert differing(events, audits) == ONLY_AUDITS_TELL
    assert audits["SLA_CLAIMED"]["n"] == 0
    assert events["PRIORITY_CHANGED"]["count"] == 0 < log["PRIORITY_CHANGED"]["count"]


SAME = (
    *("logged_at", "acknowledged_at", "resolved_at", "first_resolved_at", "closed_at"),
    *("reopenings", "reassignments", "priority", "impact", "urgency", "waiting_seconds"),
    *("resolved_seconds", "group", "assignee", "category", "channel", "requester", "service"),
)


@pytest.mark.parametrize("place", [0, 1])
def test_each_incident_is_that_of_the_audit_log(desks, place):
    ours, theirs = ([i.facts for i in read(desks[p], zone="UTC")] for p in (place, 2))
    told = (*SAME, "priority_changes", "hold_reason") if place == 0 else SAME
    for a, b in zip(ours, theirs, strict=True):
        assert {n: getattr(a, n) for n in told} == {n: getattr(b, n) for n in told}, b.reference
        # Of one that still runs the log knows a last event of which Zendesk tells nothing.
        if a.resolved_at is not None:
            assert a.open_seconds + a.active_seconds == b.open_seconds + b.active_seconds


def test_a_desk_without_incidents_is_an_empty_page():
    out = io.StringIO()
    write_zendesk([], out)
    assert json.loads(out.getvalue())["tickets"] == []


def at(minute):
    return f"2026-01-05T{9 + minute // 60:02}:{minute % 60:02}:00Z"


def event(key, metric, kind, minute, **more):
    return {"id": key, "ticket_id": 7, "metric": metric, "instance_id": 1, "type": kind,
            "time": at(minute), **more}  # fmt: skip


WORK, WAIT = "agent_work_time", "requester_wait_time"


def ticket():
    """Open at 09:02, pending at 10, on hold at 15, open at 20, solved at 40, closed at 50."""
    return {
        "id": 7,
        "subject": "Disk full",
        "created_at": at(0),
        "updated_at": at(50),
        "status": "closed",
        "priority": "high",
        "type": "incident",
        "group_id": 31,
        "assignee_id": 21,
        "requester_id": 22,
        "via": {"channel": "email"},
        "custom_fields": [{"id": 51, "value": "imp_high"}, {"id": 52, "value": ["a", "b"]}],
        "ticket_fields": [
            {"id": 51, "title": "Impact",
             "custom_field_options": [{"name": "High", "value": "imp_high"}]},
            {"id": 52, "title": "Category"},
            {"id": 53, "title": "Colour"},
        ],
        "group": {"id": 31, "name": "Network"},
        "users": [{"id": 21, "name": "Ada"}, {"id": 22, "name": "Bob"}, {"id": 23, "name": " "}],
        "metric_set": {
            "initially_assigned_at": at(2),
            "assigned_at": at(2),
            "solved_at": at(40),
            "status_updated_at": at(50),
            "group_stations": 2,
            "reopens": 0,
            "replies": 1,
        },
        "metric_events": [
            event(1, WORK, "activate", 0),
            event(2, WAIT, "activate", 0),
            event(3, "reply_time", "activate", 0),
            event(4, WORK, "apply_sla", 0, sla={"target": 60}),
            event(5, "reply_time", "fulfill", 5),
            event(6, WORK, "pause", 10),
            event(7, WAIT, "pause", 10),
            event(8, WAIT, "activate", 15),
            event(9, WORK, "activate", 20),
            event(10, WORK, "pause", 30, deleted=True),
            event(11, WORK, "fulfill", 40),
            event(12, WAIT, "fulfill", 40),
            event(13, WORK, "update_status", 40, status={"calendar": 30, "business": 30}),
            event(14, WORK, "breach", 60),
        ],
    }  # fmt: skip


def change(name, before, after):
    return {"type": "Change", "field_name": name, "value": after, "previous_value": before}


def audit(key, minute, *events, author=21):
    return {"id": key, "created_at": at(minute), "author_id": author, "events": list(events)}


def create(name, value):
    return {"type": "Create", "field_name": name, "value": value}


def audited():
    return ticket() | {
        "audits": [
            audit(101, 0, create("status", "new"), create("priority", "low"),
                  create("subject", "Disk full"), author=-1),
            audit(102, 2, change("status", "new", "open"), change("assignee_id", None, "21"),
                  change("group_id", "30", "31")),
            audit(103, 4, {"type": "Comment", "public": True, "author_id": 21}),
            audit(104, 15, change("status", "open", "hold"), change("priority", "low", "high")),
            audit(105, 40, change("status", "hold", "solved"), author=24),
            audit(106, 50, change("status", "solved", "closed"), author=-1),
        ]
    }  # fmt: skip


def picked(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_audits_unroll_in_the_order_of_time():
    rows = ZENDESK.unroll(audited())
    names = ("audit", "status", "priority", "assignee", "group", "author", "reassignments")
    assert picked(rows, *names) == [
        ("101", "new", "low", "", "30", "", "0"),
        ("102", "open", "low", "Ada", "Network", "Ada", "1"),
        ("104", "hold", "high", "Ada", "Network", "Ada", "1"),
        ("105", "solved", "high", "Ada", "Network", "24", "1"),
        ("106", "closed", "high", "Ada", "Network", "", "1"),
    ]
    assert picked(rows[:1], "impact", "category", "requester", "channel", "type") == [
        ("High", "a, b", "Bob", "email", "incident")
    ]
    assert all(set(row) == set(ZENDESK.columns) for row in rows)


def test_the_order_of_audits_their_page_and_repetitions_do_not_matter():
    wanted = ZENDESK.unroll(audited())
    turned = audited()
    turned["audits"].reverse()
    assert ZENDESK.unroll(turned) == wanted
    assert ZENDESK.unroll(audited() | {"audits": turned["audits"] * 2}) == wanted
    page = {"audits": turned["audits"], "next_page": None, "count": 6, "meta": {"has_more": False}}
    assert ZENDESK.unroll(audited() | {"audits": page}) == wanted
    without_ids = audited()
    for found in without_ids["audits"]:
        del found["id"]
    assert picked(ZENDESK.unroll(without_ids), "at") == picked(wanted, "at")


REBUILT = [
    (at(0), "new", "", "1"),
    (at(2), "open", "Ada", "1"),
    (at(10), "pending", "Ada", "1"),
    (at(15), "hold", "Ada", "1"),
    (at(20), "open", "Ada", "1"),
    (at(40), "solved", "Ada", "1"),
    (at(50), "closed", "Ada", "1"),
]


def test_metric_events_tell_the_statuses():
    rows = ZENDESK.unroll(ticket())
    assert picked(rows, "at", "status", "assignee", "reassignments") == REBUILT
    assert picked(rows[:1], "first_replied_at", "sla_met", "priority", "group", "replies") == [
        (at(5), "true", "high", "Network", "1")
    ]
    assert all(set(row) == set(ZENDESK.columns) for row in rows)


def by_metric(events):
    found = {}
    for one in events:
        found.setdefault(one["metric"], []).append({k: v for k, v in one.items() if k != "metric"})
    return found


@pytest.mark.parametrize(
    "wrap",
    [
        lambda events: events[::-1],
        by_metric,
        lambda events: {"ticket_metric_events": events, "next_page": "x", "end_of_stream": True},
        lambda events: {"metric_events": events, "count": len(events), "next_page": None},
    ],
)
def test_the_order_and_the_wrapping_of_metric_events_do_not_matter(wrap):
    content = ticket()
    content["metric_events"] = wrap(content["metric_events"])
    assert ZENDESK.unroll(content) == ZENDESK.unroll(ticket())


def kept(*keys, **more):
    content = ticket() | more
    content["metric_events"] = [e for e in content["metric_events"] if e["id"] in keys]
    return content


def test_without_the_requesters_clock_pending_and_hold_are_one():
    content = kept(1, 6, 9, 11)
    statuses = ["new", "open", "pending or hold", "open", "solved", "closed"]
    assert picked(ZENDESK.unroll(content), "status") == [(status,) for status in statuses]
    waiting = kept(1, 6, status="hold")
    assert ZENDESK.unroll(waiting)[-1]["status"] == "pending or hold"


def test_what_the_requesters_clock_says_first_waits_for_the_agents():
    content = ticket()
    content["metric_events"][0]["time"] = at(1)
    assert ZENDESK.unroll(content)[0]["at"] == at(1)


def test_the_present_status_ends_the_trail_where_its_instant_is_known():
    closed = kept(1, 2, 11, 12)
    assert picked(ZENDESK.unroll(closed)[-1:], "at", "status") == [(at(50), "closed")]
    # Nothing says when it was closed: it stays solved.
    del closed["metric_set"]["status_updated_at"]
    assert picked(ZENDESK.unroll(closed)[-1:], "at", "status") == [(at(40), "solved")]
    solved = kept(1, 2, status="solved")
    del solved["metric_set"]["status_updated_at"]
    assert picked(ZENDESK.unroll(solved)[-1:], "at", "status") == [(at(40), "solved")]
    # A status that nobody knows proves nothing.
    assert ZENDESK.unroll(kept(1, status="custom"))[-1]["status"] == "open"


def test_a_ticket_that_nobody_has_had_is_new_or_open():
    content = kept(1, 2, status="open", assignee_id=None, metric_set={"group_stations": None})
    assert picked(ZENDESK.unroll(content), "status", "assignee", "reassignments") == [
        ("new or open", "", "")
    ]
    assert picked(ZENDESK.unroll(content | {"status": "new"}), "status") == [("new",)]


def test_an_assignee_before_the_last_is_not_known():
    content = ticket()
    content["metric_set"]["assigned_at"] = at(12)
    rows = ZENDESK.unroll(content)
    assert picked(rows, "at", "assignee")[:4] == [
        (at(0), ""), (at(2), "not known"), (at(10), "not known"), (at(12), "Ada")
    ]  # fmt: skip
    left = ZENDESK.unroll(content | {"assignee_id": None})
    assert {row["assignee"] for row in left} == {"", "not known"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "true"),
        ([event(20, WORK, "breach", 30)], "false"),
        ([event(20, WORK, "breach", 30, deleted=True)], "true"),
        ([event(20, WAIT, "breach", 30), event(21, WAIT, "apply_sla", 0)], "false"),
        ([event(20, "reply_time", "breach", 3), event(21, "reply_time", "apply_sla", 0)], "true"),
    ],
)
def test_a_promise_is_about_the_solution(more, told):
    content = ticket()
    content["metric_events"] += more
    assert ZENDESK.unroll(content)[0]["sla_met"] == told


def test_no_policy_and_no_solution_are_no_promise_kept():
    assert ZENDESK.unroll(kept(1, 2, 11, 12))[0]["sla_met"] == ""
    assert ZENDESK.unroll(kept(1, 2, 4, status="open"))[0]["sla_met"] == ""


def only(folder, content, mapping=None):
    (found,) = read(put(folder, json.dumps([content]), "tickets.json"), mapping)
    return found.facts


@pytest.mark.parametrize("make", [ticket, audited])
def test_the_mapping_names_what_acknowledges(tmp_path, make):
    assert only(tmp_path, make()).acknowledged_at.minute == 2
    replied = ExportMapping.from_mapping(
        {"extends": "zendesk", "derive": {"acknowledged": {"column": "first_replied_at"}}}
    )
    assert only(tmp_path, make(), replied).acknowledged_at.minute == 5


def test_a_hold_has_its_reason(tmp_path):
    pending = kept(1, 2, 6, 7, status="pending")
    assert only(tmp_path, pending).hold_reason == HoldReason("AWAITING_CALLER")
    held = kept(1, 6, 2, status="hold")
    held["ticket_fields"].append({"id": 54, "title": "Hold reason"})
    held["fields"] = [{"id": 54, "value": "Awaiting vendor"}]
    assert only(tmp_path, held).hold_reason == HoldReason("AWAITING_VENDOR")


def test_a_page_and_documents_a_line_are_read(tmp_path):
    whole = [ticket(), audited() | {"id": "8"}]
    page = {"tickets": whole, "next_page": None, "count": 2, "end_of_stream": True}
    cursor = {"after_cursor": None, "after_url": None, "end_of_stream": True, "tickets": whole}
    for text in (json.dumps(page), json.dumps(cursor), "\n".join(map(json.dumps, whole))):
        found = read(put(tmp_path, text, "tickets.json"))
        assert found.mapping.name == "zendesk"
        assert [i.reference for i in found] == ["7", "8"]


def without(*keys):
    return {key: value for key, value in ticket().items() if key not in keys}


def with_set(**more):
    return ticket() | {"metric_set": ticket()["metric_set"] | more}


def with_event(index, **more):
    content = ticket()
    content["metric_events"][index] |= more
    return content


def with_audits(**more):
    return audited() | {"audits": {"audits": audited()["audits"], **more}}


MANY = ticket()["metric_events"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ticket() | {"id": " "}, "has no id"),
        (without("created_at"), "created_at is missing"),
        (ticket() | {"created_at": "1969-12-31T23:59:59Z"}, "created_at lies before 1970"),
        (without("metric_events"), "has neither audits nor metric_events"),
        (without("metric_set"), "has neither audits nor metric_set"),
        (with_set(solved_at="soon"), "metric_set.solved_at is no time in ISO form"),
        (with_set(initially_assigned_at=None, assigned_at=None), "does not say since when"),
        (ticket() | {"metric_events": 3}, "metric_events is no list of objects"),
        (ticket() | {"metric_events": {WORK: [3]}}, "agent_work_time is no list of objects"),
        (with_event(3, time=5), r"metric_events\[3\].time is no time"),
        (with_event(3, time="0001-01-01T00:00:00Z"), "lies before 1970"),
        (kept(2, 7, 11), "cut off: agent_work_time does not begin with activate"),
        (kept(1, 2, status="hold", metric_set={"assigned_at": at(2)}), "end at open, and it is"),
        (ticket() | {"metric_events": {"metric_events": MANY, "end_of_stream": False}},
         "its metric_events are cut off"),
        (ticket() | {"metric_events": {"ticket_metric_events": MANY, "count": 99}},
         "its metric_events are cut off"),
        (with_audits(next_page="https://desk.example/2"), "its audits are cut off: there are more"),
        (with_audits(meta={"has_more": True}), "its audits are cut off: there are more"),
        (audited() | {"audits": []}, "none of them creates the ticket"),
        (audited() | {"audits": audited()["audits"][1:]}, "none of them creates the ticket"),
        (audited() | {"audits": [audit(1, 0, create("subject", "x"))]}, "none of them creates"),
        (audited() | {"audits": "x"}, "audits is no list of objects"),
        (audited() | {"audits": [{"created_at": at(0)}]}, r"audits\[0\].events is no list"),
        (audited() | {"audits": [{"events": []}]}, r"audits\[0\].created_at is missing"),
    ],
)  # fmt: skip
def test_a_broken_ticket_says_what_is_wrong(content, words):
    with pytest.raises(BrokenDocument, match=words):
        ZENDESK.unroll(content)


def test_a_cut_log_is_a_rejected_row(tmp_path):
    cut = with_audits(meta={"has_more": True})
    reading = read(put(tmp_path, json.dumps({"tickets": [cut, ticket()]}), "tickets.json"))
    assert [i.reference for i in reading] == ["7"]
    (rejected,) = reading.rejected
    assert rejected.reason == "its audits are cut off: there are more"


def test_a_ticket_without_its_log_is_told_what_is_missing(tmp_path):
    bare = without("metric_events", "metric_set")
    reading = read(put(tmp_path, json.dumps({"tickets": [bare]}), "tickets.json"))
    assert list(reading) == []
    assert "put those of /tickets/{id}/audits there" in reading.rejected[0].reason


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
    st.sampled_from(["1969-12-31", "2026-01-05", "0001-01-01T00:00:00+14:00", "open", "activate"]),
    st.lists(st.none() | st.text(max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["name", "id", "type", "x"]), st.integers(), max_size=2),
)
MAKERS = st.sampled_from([ticket, audited])


@given(st.data(), MAKERS)
def test_a_damaged_ticket_gives_rows_or_a_reason(tmp_path_factory, data, make):
    content = copy.deepcopy(make())
    *way, last = data.draw(st.sampled_from(list(places(content))))
    inner = content
    for step in way:
        inner = inner[step]
    if data.draw(st.booleans()):
        inner[last] = data.draw(ODD)
    else:
        del inner[last]
    try:
        rows = ZENDESK.unroll(content)
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
