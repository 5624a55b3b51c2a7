"""JSON objects out of a text: arrays, pages, one after another; and every way it can be broken."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import InvalidMapping, UnreadableSource
from itilcore.exchange import ExportMapping, loading, read, sources
from itilcore.exchange import documents as forms
from itilcore.exchange.documents import (
    BrokenDocument,
    DocumentForm,
    documents,
    flat,
    is_json_line,
    stream,
)

from .exports import put

OBJECTS = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "key", "fields", "é"]),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2),
        min_size=1,
        max_size=3,
    ),
    max_size=6,
)


def found(text, first=None):
    cut = len(text) if first is None else first
    return [d.content for d in documents("f.json", text[:cut], io.StringIO(text[cut:]))]


@given(OBJECTS, st.integers(1, 40), st.sampled_from([None, 2]))
def test_objects_come_back_from_every_wrapping(objects, first, indent):
    texts = [json.dumps(o, indent=indent) for o in objects]
    assert found(json.dumps(objects, indent=indent), first) == objects
    assert found("\n".join(texts), first) == objects
    page = json.dumps({"self": "x", "issues": objects, "isLast": True}, indent=indent)
    assert found(page, first) == objects
    assert found(f"[{page}]", first) == objects


def test_small_chunks_change_nothing(monkeypatch):
    monkeypatch.setattr(stream, "_CHUNK", 3)
    objects = [{"id": i, "text": "x" * i, "n": 12345} for i in range(20)]
    assert found(json.dumps(objects), 1) == objects


def test_lines_are_told():
    text = '[\n {"id": 1},\n\n {"id": 2}\n]\n'
    assert [d.line for d in documents("f", text, io.StringIO(""))] == [2, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}', "line 1: is cut off"),
        ('[{"a": 1} {"b": 2}]', "where ']' belongs"),
        ('{"issues": [{"a": 1}', "is cut off"),
        ('{"a": 1, 3}', "where '\"' belongs"),
        ('{"a": ', "is not JSON, or is cut off"),
        ("[1]", "a JSON value that is no object"),
        ('[{"a": 1}] x', "'x' where an object or an array belongs"),
        ("[" + '{"a":' * 10_000, "nested too deeply|cut off"),
        ('[{"a": ' + "[" * 10_000 + "]" * 10_000 + "}]", "nested too deeply"),
    ],
)
def test_text_that_cannot_be_used(text, words):
    with pytest.raises(UnreadableSource, match=words):
        found(text)


def test_a_document_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(stream, "LONGEST_DOCUMENT", 1_000)
    monkeypatch.setattr(stream, "_CHUNK", 100)
    with pytest.raises(UnreadableSource, match="over 1,000 characters"):
        found('[{"a": "' + "x" * 10_000 + '"}]', 1)


def page(start, ids, total=4):
    return {"startAt": start, "total": total, "issues": [{"id": i} for i in ids]}


def test_pages_follow_each_other():
    whole = [page(0, [1, 2]), page(2, [3, 4])]
    assert found(json.dumps(whole)) == [{"id": i} for i in (1, 2, 3, 4)]
    assert found("\n".join(map(json.dumps, whole))) == [{"id": i} for i in (1, 2, 3, 4)]
    overlapping = [page(0, [1, 2]), page(1, [2, 3, 4])]
    assert len(found(json.dumps(overlapping))) == 5


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([page(0, [1]), page(2, [3, 4])], "documents 1 to 1 are missing"),
        ([page(2, [3, 4])], "documents 0 to 1 are missing"),
        ([page(0, [1, 2])], "2 of 4 documents"),
    ],
)
def test_a_missing_page_is_an_error(pages, words):
    with pytest.raises(UnreadableSource, match=words):
        found(json.dumps(pages))


def test_pages_without_a_total_are_taken_as_they_are():
    assert found('{"startAt": 0, "issues": []}{"startAt": true, "issues": []}') == []


def test_what_is_a_line_of_json_lines():
    assert is_json_line('{"a": 1}')
    assert is_json_line('{"a": oops}')
    assert not is_json_line('{"issues": []}')
    assert not is_json_line("{")
    assert not is_json_line("[1]")


def test_nested_keys_are_joined_with_dots():
    assert flat({"a": {"b": {"c": True}}, "d": [1], "e": None}) == {
        "a.b.c": "true",
        "d": "[1]",
        "e": "",
    }


def unroll(content):
    if "rows" not in content:
        raise BrokenDocument("has no rows")
    return [{"id": str(content["planted"]), "t": t, "s": "done"} for t in content["rows"]]


@pytest.fixture
def planted(monkeypatch):
    """A form that is known while the test lasts, and a mapping that reads it."""
    form = DocumentForm("planted", ("id", "t", "s"), lambda c: "planted" in c, unroll)
    monkeypatch.setattr(forms, "FORMS", (*forms.FORMS, form))
    monkeypatch.setattr(loading, "FORMS", (*loading.FORMS, form))
    return ExportMapping.from_mapping(
        {
            "shape": "updates",
            "documents": "planted",
            "columns": {"reference": "id", "at": "t", "status": "s"},
            "values": {"status": {"done": "RESOLVED"}},
        }
    )


ONE = {"planted": 1, "rows": ["2026-01-05T09:00Z", "2026-01-05T10:00Z"]}
BROKEN = {"planted": 2}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ONE, BROKEN]),
        json.dumps(ONE) + "\n" + json.dumps(BROKEN) + "\n",
        json.dumps({"results": [ONE, BROKEN]}),
    ],
)
def test_documents_of_a_known_form_are_unrolled(tmp_path, planted, text, monkeypatch):
    monkeypatch.setattr(sources, "EVERY_DOCUMENTS", 1)
    seen = []
    reading = read(put(tmp_path, text), planted, progress=lambda *done: seen.append(done))
    (one,) = reading
    assert one.reference == "1"
    assert len(one.timeline) > 2
    assert [row.reason for row in reading.rejected] == ["has no rows"]
    assert len(seen) == 2


def test_a_mapping_and_what_the_file_holds_must_be_of_one_form(tmp_path, planted):
    plain = ExportMapping.builtin("generic")
    with pytest.raises(InvalidMapping, match="reads plain rows; .* documents of the form planted"):
        read(put(tmp_path, json.dumps([ONE])), plain)
    with pytest.raises(InvalidMapping, match="documents of the form planted; .* holds plain rows"):
        read(put(tmp_path, "id,t,s\n"), planted)
    with pytest.raises(UnreadableSource, match="no built-in mapping"):
        read(put(tmp_path, json.dumps([ONE])))


@pytest.mark.parametrize(("spaces", "rows"), [(3, 0), (2_000_000, 0), (3, 100_000)])
def test_another_encoding_is_told_wherever_it_begins(tmp_path, spaces, rows):
    row = b'{"id": "1", "opened": "2026-01-05T09:00Z", "status": "new"},\n'
    text = b"[" + b" " * spaces + row * rows + b'{"id": "\xff"}]'
    with pytest.raises(UnreadableSource, match="is not UTF-8"):
        list(read(put(tmp_path, text)))
