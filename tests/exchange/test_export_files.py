"""Incidents and facts as files: what is written comes back, and hostile texts do no harm."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.codec import dumps
from itilcore.errors import InvalidInput, UnreadableSource
from itilcore.exchange import (
    facts_csv,
    json_lines,
    read,
    read_facts_csv,
    read_json_lines,
    read_xes_timelines,
    write_facts_csv,
    write_json_lines,
    write_xes,
    xes,
)
from itilcore.incident import Facts, Incident, Logged, Noted, Phase, Status
from itilcore.priority import Impact
from tests.incident.strategies import timelines

from .exports import put
from .same_figures import HISTORIES

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOSTILE = ["=cmd()", "+1", "-1", "@x", "\t=1", "\uff1dcmd()", "'quoted", "", "<script>", 'a"b\nc,d']
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def written(write, items):
    out = io.StringIO(newline="")
    count = write(items, out)
    assert count == len(items)
    return out.getvalue()


def csv_of(tmp, items):
    return read_facts_csv(put(tmp, written(write_facts_csv, items), "facts.csv"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("out")


@given(st.lists(timelines(), max_size=3))
def test_facts_come_back_from_csv(folder, found):
    incidents = [Incident.replay(f"I{n}", timeline) for n, timeline in enumerate(found)]
    rows = [incident.facts for incident in incidents]
    assert csv_of(folder, incidents) == rows
    assert csv_of(folder, rows) == rows


@given(TEXTS, TEXTS)
def test_every_text_comes_back_and_none_is_a_formula(folder, group, requester):
    row = Facts(
        reference="=1+1",
        group=group,
        requester=requester,
        status=Status("=mine", Phase.WAITING),
        impact=Impact("-", 7),
        category=Category("=a", "b"),
    )
    text = written(write_facts_csv, [row])
    for cell in list(csv.reader(io.StringIO(text, newline="")))[1]:
        assert not cell.startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
    assert csv_of(folder, [row]) == [row]


@given(st.lists(timelines(backwards=True), max_size=3))
def test_timelines_come_back_from_lines_and_from_xes(folder, found):
    incidents = [Incident.replay(f"I{n}", timeline) for n, timeline in enumerate(found)]
    wanted = [dumps(incident) for incident in incidents]
    path = put(folder, written(write_json_lines, incidents), "lines.jsonl")
    assert [dumps(incident) for incident in read_json_lines(path)] == wanted
    log = written(write_xes, incidents)
    assert [dumps(i) for i in read_xes_timelines(put(folder, log, "log.xes"))] == wanted
    packed = put(folder, gzip.compress(log.encode()), "log.xes.gz")
    assert [dumps(i) for i in read_xes_timelines(packed)] == wanted


@given(TEXTS, st.text(max_size=5).filter(str.strip))
def test_texts_that_xml_cannot_hold_come_back_all_the_same(folder, text, reference):
    reference = reference.encode("utf-8", "ignore").decode() or "x"
    incident = Incident.replay(reference + "\x07", [Logged(AT), Noted(AT, f"a{text}\x00\ufffe<&")])
    log = written(write_xes, [incident])
    ElementTree.fromstring(log)
    assert read_xes_timelines(put(folder, log, "log.xes")) == [incident]


def test_a_log_has_what_miners_look_for(folder):
    log = ElementTree.fromstring(
        written(write_xes, [Incident.replay("INC1", [Logged(AT, title="x")])])
    )
    name = "{http://www.xes-standard.org/}"
    (trace,) = log.iter(f"{name}trace")
    assert trace[0].attrib == {"key": "concept:name", "value": "INC1"}
    (event,) = trace.iter(f"{name}event")
    found = {a.attrib["key"]: a.attrib["value"] for a in event}
    assert found["time:timestamp"] == "2026-01-05T09:00:00+00:00"
    assert found["lifecycle:transition"] == "NEW"
    assert found["concept:name"] == "logged"


def test_bad_lines_are_told_together(folder, monkeypatch):
    good = written(write_json_lines, [Incident.replay("I1", [Logged(AT)])])
    path = put(folder, good + "\n{\n" + '{"reference": 3, "events": []}\n' + good, "bad.jsonl")
    with pytest.raises(InvalidInput) as error:
        read_json_lines(path)
    assert [defect.path for defect in error.value.defects] == [
        "line 3: column 2",
        "line 4: reference",
    ]
    monkeypatch.setattr(json_lines, "MOST_DEFECTS", 1)
    with pytest.raises(InvalidInput) as error:
        read_json_lines(path)
    assert len(error.value.defects) == 1
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 10)
    with pytest.raises(InvalidInput, match="line 1: has over 10 bytes"):
        read_json_lines(path)
    with pytest.raises(UnreadableSource, match="cannot be opened"):
        read_json_lines(folder / "none")


HEAD = "reference,priority,reopenings,sla_met,logged_at,status,open_seconds\n"


def test_bad_cells_are_told_together(folder, monkeypatch):
    deep = '"' + "[" * 100_000 + '"'
    text = HEAD + f"1,P9,x,maybe,5/1/2026,{deep},1.5\n" + ',P1,1,true,,NEW,\n2,P1,,,,"{",2\n'
    path = put(folder, text, "facts.csv")
    with pytest.raises(InvalidInput) as error:
        read_facts_csv(path)
    assert [defect.path for defect in error.value.defects] == [
        "line 2: priority",
        "line 2: reopenings",
        "line 2: sla_met",
        "line 2: logged_at",
        "line 2: status",
        "line 3: reference",
        "line 4: status",
    ]
    monkeypatch.setattr(facts_csv, "MOST_DEFECTS", 2)
    with pytest.raises(InvalidInput) as error:
        read_facts_csv(path)
    assert len(error.value.defects) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "reference: is no column of the file"),
        (b"reference,colour,colour\n", "colour: is no column of Facts"),
        (b"reference,colour,colour\n", "colour: stands twice"),
        (b"reference\n1,2\n", "line 2: has 2 cells, the header has 1"),
        (b"reference\n\xff\n", "is no CSV in UTF-8"),
        (b'reference\n"1\n', "is no CSV in UTF-8"),
    ],
)
def test_files_that_are_no_facts(folder, text, words):
    with pytest.raises((InvalidInput, UnreadableSource), match=words):
        read_facts_csv(put(folder, text, "facts.csv"))


def test_a_file_that_is_not_there(folder):
    with pytest.raises(UnreadableSource, match="cannot be opened"):
        read_facts_csv(folder / "none")
    with pytest.raises(UnreadableSource, match="cannot be opened"):
        read_xes_timelines(folder / "none")


BOMB = '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><log>&b;</log>'
EXTERNAL = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><log>&a;</log>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "document type, which may hide entities"),
        (EXTERNAL, "document type, which may hide entities"),
        ('<!DOCTYPE log SYSTEM "http://example.org/x.dtd"><log/>', "document type"),
        ("<log><trace>", "is not XML, or is cut off"),
        ("", "is not XML, or is cut off"),
        ("no xml", "line 1: is not XML"),
        (gzip.compress(b"<log/>", mtime=0)[:-4], "its packing is cut or broken"),
    ],
)
def test_logs_that_are_refused(folder, text, words):
    with pytest.raises(UnreadableSource, match=words):
        list(xes.traces(put(folder, text, "log.xes")))


def test_logs_that_grow_without_end_are_refused(folder, monkeypatch):
    path = put(folder, written(write_xes, [Incident.replay("I1", [Logged(AT)])]), "log.xes")
    monkeypatch.setattr(xes, "LONGEST_TRACE", 100)
    with pytest.raises(UnreadableSource, match="a trace has over 100 characters"):
        list(xes.traces(path))
    monkeypatch.setattr(xes, "MOST_BYTES", 10)
    with pytest.raises(UnreadableSource, match="unpacks to over 10 bytes"):
        list(xes.traces(path))


def test_a_log_of_another_tool_is_read_as_traces_and_refused_as_timelines(folder):
    text = (
        '<x:log xmlns:x="u"><string key="source" value="s"/><event/>'
        '<x:trace><string key="concept:name" value="1"><string key="inner" value="2"/></string>'
        '<event><list key="l"><values><int key="n" value="3"/></values></list></event>'
        '<event><string key="itilcore:event" value="{"/></event></x:trace></x:log>'
    )
    path = put(folder, text, "log.xes")
    assert list(xes.traces(path)) == [
        ({"concept:name": "1", "concept:name.inner": "2"}, [{"l.n": "3"}, {"itilcore:event": "{"}])
    ]
    with pytest.raises(InvalidInput, match="was not written by itilcore"):
        read_xes_timelines(path)
    text = text.replace('key="concept:name" value="1"', 'key="itilcore:reference" value="{"')
    with pytest.raises(InvalidInput, match="itilcore:reference: is not JSON"):
        read_xes_timelines(put(folder, text, "log.xes"))


def test_a_whole_desk_comes_back(folder):
    incidents = [
        Incident.replay(h.reference, [Logged(h.logged_at, title=h.title, channel=h.channel)])
        for h in HISTORIES[:100]
    ]
    path = put(folder, written(write_json_lines, incidents), "desk.jsonl")
    assert read_json_lines(path) == incidents
    assert json.loads(path.read_text().splitlines()[0])["reference"] == incidents[0].reference


def test_a_log_of_ours_is_not_misread_as_a_foreign_one(tmp_path):
    path = tmp_path / "ours.xes"
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as out:
        write_xes([Incident.replay("INC1", [Logged(at)])], out)
    with pytest.raises(UnreadableSource, match="written by itilcore: read it with"):
        read(path)
