"""XES event logs: the figures of the audit log, and every way to be broken."""

from __future__ import annotations

import io
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import UnreadableSource
from itilcore.exchange import ExportMapping, read, sources, xes_rows
from itilcore.exchange.sources import open_rows
from itilcore.exchange.xes_rows import xes_events
from itilcore.incident import HoldReason, Phase
from itilcore.sample import generate, write_servicenow, write_xes_log

from .exports import gzipped, put, zipped
from .same_figures import HISTORIES, differing, figures, written


def events(text, first=None):
    cut = len(text) if first is None else first
    return list(xes_events("log.xes", text[:cut], io.StringIO(text[cut:])))


def log(*traces, head="", names='xmlns="http://www.xes-standard.org/"'):
    return f"<log {names}>{head}{''.join(traces)}</log>"


def trace(name, *inner):
    return f'<trace><string key="concept:name" value="{name}"/>{"".join(inner)}</trace>'


def event(status="Accepted", transition="In Progress", at="2026-01-05T09:00:00Z", more=""):
    return (
        f'<event>\n<string key="concept:name" value="{status}"/>'
        f'<string key="lifecycle:transition" value="{transition}"/>'
        f'<date key="time:timestamp" value="{at}"/>{more}</event>'
    )


def test_the_figures_are_those_of_the_audit_log(tmp_path):
    path = written(tmp_path, write_xes_log, "log.xes")
    reading = read(path)
    reading.close()
    assert reading.mapping.name == "xes"
    reference = written(tmp_path, write_servicenow, "log.csv")
    assert differing(figures(path), figures(reference)) == set()
    ours, theirs = ([i.facts for i in read(p, zone="UTC")] for p in (path, reference))
    same = (
        *("reference", "logged_at", "acknowledged_at", "resolved_at", "closed_at", "reopenings"),
        *("reassignments", "priority", "group", "assignee", "category", "service", "channel"),
        *("requester", "hold_reason", "sla_met", "phase", "waiting_seconds", "backwards"),
    )
    for a, b in zip(ours, theirs, strict=True):
        assert {n: getattr(a, n) for n in same} == {n: getattr(b, n) for n in same}, b.reference
        assert str(a.impact) == str(b.impact)


def test_packed_logs_are_read_as_plain_ones(tmp_path):
    out = io.StringIO()
    write_xes_log(islice(generate(seed=1), 5), out)
    content = out.getvalue().encode()
    plain = list(read(put(tmp_path, b"\xef\xbb\xbf \n" + content, "log.xes")))
    assert len(plain) == 5
    assert list(read(gzipped(tmp_path, content, "log.xes.gz"))) == plain
    assert list(read(zipped(tmp_path, ("log.xes", content)))) == plain


def test_a_log_in_one_long_line_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LONGEST_LINE", 100)
    text = log(trace("A", event()), trace("B", event())).replace("\n", "")
    assert [i.reference for i in read(put(tmp_path, text, "log.xes"))] == ["A", "B"]


STATUSES = {
    "Queued/Awaiting Assignment": (Phase.OPEN, None),
    "Accepted/Assigned": (Phase.OPEN, None),
    "Accepted/In Progress": (Phase.ACTIVE, None),
    "Accepted/Wait": (Phase.WAITING, None),
    "Accepted/Wait - User": (Phase.WAITING, "AWAITING_CALLER"),
    "Accepted/Wait - Customer": (Phase.WAITING, "AWAITING_CALLER"),
    "Accepted/Wait - Vendor": (Phase.WAITING, "AWAITING_VENDOR"),
    "Accepted/Wait - Implementation": (Phase.WAITING, "AWAITING_CHANGE"),
    "Completed/In Call": (Phase.RESOLVED, None),
    "Completed/Resolved": (Phase.RESOLVED, None),
    "Completed/Closed": (Phase.CLOSED, None),
    "Completed/Cancelled": (Phase.CANCELLED, None),
    "Unmatched/Unmatched": (Phase.UNKNOWN, None),
}


@pytest.mark.parametrize("status", STATUSES)
def test_the_statuses_of_the_incident_log_of_2013(tmp_path, status):
    more = '<string key="impact" value="Major"/><string key="org:group" value="G97"/>'
    text = log(trace("1-364285768", event(*status.split("/"), more=more)))
    reading = read(put(tmp_path, text, "log.xes"))
    (incident,) = reading
    facts = incident.facts
    reason = None if facts.hold_reason is None else HoldReason(str(facts.hold_reason))
    wanted = STATUSES[status][1]
    assert (facts.phase, reason) == (STATUSES[status][0], wanted and HoldReason(wanted))
    assert (str(facts.impact), facts.impact.rank, facts.group) == ("MAJOR", 1, "G97")
    assert "status" not in reading.unmapped


def test_a_log_without_transitions_is_read_by_a_mapping_of_ones_own(tmp_path):
    inner = '<string key="concept:name" value="Solve"/>'
    at = '<date key="time:timestamp" value="2026-01-05T09:00:00Z"/>'
    path = put(tmp_path, log(trace("A", f"<event>{inner}{at}</event>")), "log.xes")
    with pytest.raises(UnreadableSource, match="no built-in mapping"):
        read(path)
    mapping = ExportMapping.from_mapping(
        {
            "shape": "updates",
            "columns": {
                "reference": "case:concept:name",
                "at": "time:timestamp",
                "status": "concept:name",
            },
            "values": {"status": {"Solve": "RESOLVED"}},
        }
    )
    (incident,) = read(path, mapping)
    assert incident.facts.phase is Phase.RESOLVED


@pytest.mark.parametrize(
    "names",
    [
        "",
        'xmlns="http://www.xes-standard.org/"',
        'xmlns="http://code.deckfour.org/xes" xes.version="1.0"',
    ],
)
def test_any_namespace_or_none(names):
    (one,) = events(log(trace("A", event()), names=names))
    assert (one.get("case:concept:name"), one.get("concept:name")) == ("A", "Accepted")


def test_prefixes_are_read():
    text = (
        '<x:log xmlns:x="u"><x:trace><x:event><x:string key="a" value="1"/>'
        "</x:event></x:trace></x:log>"
    )
    assert [e.own for e in events(text)] == [{"a": "1"}]


def test_nested_attributes_lists_and_what_is_passed_over():
    head = (
        '<extension name="X" prefix="x" uri="u"/><global scope="event">'
        '<string key="concept:name" value="none"/></global>'
        '<classifier name="A" keys="concept:name"/><string key="whole" value="log"/>'
    )
    inner = (
        '<string key="a" value="1"><int key="b" value="2"/></string>'
        '<list key="l"><values><string key="x" value="1"/><string key="x" value="2"/></values>'
        '</list><container key="c"><id key="d" value="&lt;&#233;&gt;"/></container>'
        '<string value="no key"/><string key="e"/>'
    )
    after = '<string key="late" value="yes"/>'
    text = log(trace("A", f"<event>{inner}</event>", "<event/>", after), head=head)
    one, two = events(text)
    assert one.own == {
        "a": "1", "a/b": "2", "l": "", "l/x": "1, 2", "c": "", "c/d": "<é>", "e": "",
    }  # fmt: skip
    assert one.case == two.case == {"case:concept:name": "A", "case:late": "yes"}
    assert list(two.names) == ["case:concept:name", "case:late"]
    assert one.get("none") == ""
    assert one.identity != two.identity


def test_an_event_outside_a_trace_has_no_reference(tmp_path):
    text = log(event(), trace("A", event()))
    reading = read(put(tmp_path, text, "log.xes"))
    assert [i.reference for i in reading] == ["A"]
    assert reading.rejected[0].reason == "has no reference"


def test_a_repeated_event_is_rejected_and_lines_are_told(tmp_path):
    text = log("\n", trace("A", "\n", event(), "\n", event()), trace("B", "\n", event(at="soon")))
    reading = read(put(tmp_path, text, "log.xes"))
    assert [i.reference for i in reading] == ["A"]
    assert [(r.line, r.reason) for r in reading.rejected] == [
        (5, "repeats another row exactly"),
        (7, "is no time in the format iso"),
    ]


DOCTYPE = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE log SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DOCTYPE + log(), "line 1: declares a document type"),
        ("<?xml version='1.0'?>\n" + EXTERNAL + log(), "line 2: declares a document type"),
        (log(trace("&a;", event())), "no well-formed XML: undefined entity"),
        ("<html><body/></html>", "no XES log: its root is <html>"),
        ("<log>\n<trace>\n<event>", "line 3: is cut off"),
        ('<log>\n<trace>\n<string key="a', "line 3: is cut off"),
        ("<log>\n</trace>", "line 2: is no well-formed XML: mismatched tag"),
        ("<log><trace></log>", "mismatched tag"),
        ("<log>" + "<a>" * 40, "nested over 32 deep"),
        ("<log/>\n<log/>", "line 2: is no well-formed XML: junk after document element"),
        ("<log>\x01</log>", "no well-formed XML"),
    ],
)
def test_logs_that_cannot_be_used(text, words):
    with pytest.raises(UnreadableSource, match=words):
        events(text)


def test_a_log_without_events_or_in_another_encoding(tmp_path):
    with pytest.raises(UnreadableSource, match="an XES log without events"):
        open_rows(put(tmp_path, log(), "log.xes"))
    latin = log("\n", trace("é", event()))
    path = put(tmp_path, latin.encode("latin-1"), "log.xes")
    with pytest.raises(UnreadableSource, match="is not UTF-8"):
        open_rows(path)
    assert [i.reference for i in read(path, encoding="latin-1")] == ["é"]


def test_a_fault_behind_the_first_events_comes_while_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "AHEAD_EVENTS", 1)
    monkeypatch.setattr(xes_rows, "_CHUNK", 10)
    whole = log("\n", trace("A", event()), "\n", trace("B", event()))
    cut = whole[: whole.index('"B"')]
    reading = read(put(tmp_path, cut, "log.xes"))
    with pytest.raises(UnreadableSource, match="line 4: is cut off"):
        list(reading)
    bad = whole.encode().replace(b'"B"', b'"\xff"') + b" " * 20_000
    bad = bad.replace(b"\n<trace><string key", b"\n" + b" " * 20_000 + b"<trace><string key")
    reading = read(put(tmp_path, bad, "log.xes"))
    with pytest.raises(UnreadableSource, match="is not UTF-8"):
        list(reading)


def test_progress_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "EVERY_ROWS", 2)
    told = []
    path = put(tmp_path, log(*(trace(n, event()) for n in "ABCD")), "log.xes")
    list(read(path, progress=lambda done, total: told.append((done, total))))
    assert len(told) == 3


def test_sizes_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(xes_rows, "LONGEST_TRACE", 300)
    with pytest.raises(UnreadableSource, match="a trace has over 300 characters"):
        events(log(trace("A", *[event()] * 10)))
    assert len(events(log(*[trace("A", event())] * 10))) == 10
    monkeypatch.setattr(xes_rows, "LONGEST_TAG", 300)
    monkeypatch.setattr(xes_rows, "_CHUNK", 10)
    for text in (f'<log><trace><string key="{"x" * 900}', f"<log><!-- {'x' * 900}"):
        with pytest.raises(UnreadableSource, match="over 300 bytes without a tag"):
            events(text, 10)
    assert len(events(log("\n" * 3_000, trace("A", event())), 10)) == 1
    monkeypatch.setattr(sources, "AHEAD_CHARACTERS", 10)
    late = event(more='<string key="late" value="x"/>')
    rows = open_rows(put(tmp_path, log(trace("A", event()), trace("B", late)), "log.xes"))
    rows.close()
    assert "late" not in rows.columns


WHOLE = log("\n", trace("A", event(), event("Completed", "Resolved")), trace("B", event()))


@given(st.integers(0, len(WHOLE)), st.integers(0, 6), st.text(max_size=6))
def test_a_damaged_log_gives_events_or_a_reason(start, cut, put_in):
    try:
        found = events(WHOLE[:start] + put_in + WHOLE[start + cut :], 7)
    except UnreadableSource:
        return
    assert all(isinstance(text, str) for e in found for text in [*e.own.values(), e.identity])


def test_it_is_the_histories_that_are_written():
    out = io.StringIO()
    write_xes_log(HISTORIES[:50], out)
    assert len(events(out.getvalue())) == sum(len(h.steps) for h in HISTORIES[:50])


def test_another_encoding_behind_the_head_is_told(tmp_path):
    text = b"<log>\n" + b" " * 20_000 + b"\xff</log>"
    with pytest.raises(UnreadableSource, match="is not UTF-8"):
        read(put(tmp_path, text, "log.xes"))
