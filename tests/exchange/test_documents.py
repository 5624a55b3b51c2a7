"""JSON objects out of a text: arrays, pages, one after another; and every way it can be broken."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.errors import UnreadableSource
from itilcore.exchange.documents import documents, flat, is_json_line, stream

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
