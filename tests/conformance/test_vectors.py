"""Each vector is one test; how the file of vectors is read; and that the checks can fail."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .adapters import ADAPTERS, check
from .conftest import OWN
from .vectors import NoVectors, VectorFile

OURS = VectorFile.read(OWN, ADAPTERS.keys()).vectors


def test_vector(vector: Mapping[str, Any], held: Counter[str]) -> None:
    held[check(vector)] += 1


def test_the_own_facts_are_of_every_kind() -> None:
    assert {vector["kind"] for vector in OURS} == set(ADAPTERS)
    assert len({vector["id"] for vector in OURS}) == len(OURS)


def wrong(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [wrong(value[0]), *value[1:]]
    if value is None:
        return 0
    try:
        return (datetime.fromisoformat(value) + timedelta(seconds=1)).isoformat()
    except ValueError:
        return "another"


PAIRS = [
    pytest.param(vector, name, id=f"{vector['id']}-{name}")
    for vector in OURS
    for name in vector["expect"]
    if name != "due_convention"
]


@pytest.mark.parametrize(("fact", "name"), PAIRS)
def test_every_expectation_can_fail(fact: dict[str, Any], name: str) -> None:
    reference = fact.get("reference", {})
    changed = {
        **fact,
        "expect": {**fact["expect"], name: wrong(fact["expect"][name])},
        "reference": {
            **reference,
            **(
                {"reference_value": {k: wrong(v) for k, v in reference["reference_value"].items()}}
                if "reference_value" in reference
                else {}
            ),
        },
    }
    with pytest.raises(AssertionError):
        check(changed)


def test_what_no_adapter_reads_fails() -> None:
    for each in OURS:
        with pytest.raises(AssertionError, match="input has colour, which no adapter reads"):
            check({**each, "input": {**each["input"], "colour": "red"}})
    (vector,) = [each for each in OURS if each["id"] == "own-sla-pause"]
    with pytest.raises(AssertionError, match="a fact has colour, which no adapter reads"):
        check({**vector, "colour": "red"})
    with pytest.raises(AssertionError, match="input has colour, which no adapter reads"):
        check({**vector, "input": {**vector["input"], "colour": "red"}})
    with pytest.raises(AssertionError, match="expect has colour, which no adapter answers"):
        check({**vector, "expect": {"colour": "red"}})
    with pytest.raises(AssertionError, match="the calendar has colour, which no adapter reads"):
        check({**vector, "calendar": {**vector["calendar"], "colour": "red"}})
    given = {"metric": "speed", "events": []}
    with pytest.raises(AssertionError, match="no adapter for speed"):
        check({"kind": "metric", "calendar": None, "input": given, "expect": {}})


def test_a_clock_that_no_preset_describes_is_the_default_with_what_the_vector_says() -> None:
    (vector,) = [each for each in OURS if each["id"] == "own-sla-response"]
    given = {**vector["input"], "pausable": True}
    changed = {
        **vector,
        "input": {**given, "changes": [
            {"at": "2026-01-05T11:30:00+00:00", "target": {"work_seconds": 7200},
             "mode": "keep_start"},
        ]},
        "expect": {"due_at": "2026-01-05T11:00:00+00:00", "due_convention": "next_open"},
    }  # fmt: skip
    assert check(changed) == "default with pausable=True, due=next_open, keep start"


def written(path: Path, content: object) -> Path:
    file = path / "some.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def vector(kind: str, **more: object) -> dict[str, object]:
    return {"id": f"{kind}-1", "kind": kind, "input": {}, "expect": {}, **more}


def test_a_kind_without_an_adapter_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    vectors = [vector("sla"), vector("weather"), vector("add"), vector("tide")]
    with pytest.raises(NoVectors, match="kinds without an adapter: tide, weather"):
        VectorFile.read(written(tmp_path, {"vectors": vectors}), ADAPTERS.keys())


def test_the_summary_counts_kinds_and_conventions(tmp_path: Path) -> None:
    vectors = [vector("sla"), vector("add"), vector("sla")]
    found = VectorFile.read(written(tmp_path, {"vectors": vectors}), ADAPTERS.keys())
    assert list(found.summary(Counter({"default": 2, "zammad": 1}))) == [
        "3 vectors of some.json: add 1, sla 2",
        "3 held: 2 default, 1 zammad",
    ]


def test_a_vector_gets_its_calendar(tmp_path: Path) -> None:
    content = {
        "calendars": {"desk": {"tz": "UTC"}},
        "vectors": [vector("add", calendar="desk"), vector("add", calendar=None), vector("add")],
    }
    found = VectorFile.read(written(tmp_path, content), {"add"})
    assert [v["calendar"] for v in found.vectors] == [{"tz": "UTC"}, None, None]


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"vectors": 3},
        {"vectors": []},
        {"vectors": [3]},
        {"vectors": [{"id": "x"}]},
        {"vectors": [vector("add", calendar="unknown")]},
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(NoVectors, match=r"some\.json is no file of vectors"):
        VectorFile.read(written(tmp_path, content), {"add"})


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoVectors, match="FileNotFoundError"):
        VectorFile.read(tmp_path / "none.json", {"add"})


def test_pauses_that_overlap_or_do_not_end():
    (vector,) = [each for each in OURS if each["id"] == "own-sla-pause"]
    spans = [
        ["2026-01-05T10:00:00+00:00", "2026-01-05T12:00:00+00:00"],
        ["2026-01-05T11:00:00+00:00", "2026-01-05T13:00:00+00:00"],
    ]
    given = {**vector["input"], "pauses": spans}
    expect = {"paused_work_seconds": 3 * 3600, "elapsed_work_seconds": 2.5 * 3600}
    check({**vector, "input": given, "expect": expect})
    given = {**vector["input"], "pauses": [["2026-01-05T10:00:00+00:00", None]]}
    check({**vector, "input": given, "expect": {"elapsed_work_seconds": 3600}})


def test_either_closing_instant_will_do_where_none_is_named():
    (vector,) = [each for each in OURS if each["id"] == "own-add-next-opening"]
    expect = {"due_at": vector["expect"]["due_at"]}
    assert check({**vector, "expect": expect}) == "due=next_open"
    sla = {
        "id": "x", "kind": "sla", "calendar": vector["calendar"], "input": {
            "created_at": "2026-01-02T16:00:00+01:00", "clock": "resolution", "pausable": True,
            "target": {"work_seconds": 3600}, "pauses": [],
        }, "expect": {"due_at": "2026-01-05T09:00:00+01:00"},
    }  # fmt: skip
    assert check(sla) == "zammad"


def test_a_calendar_that_opens_once_has_one_interval():
    once = {"tz": "UTC", "weekly": {}, "shifts": {"2026-01-06": [["10:00", "12:00"]]}}
    given = {"from": "2026-01-05T00:00:00+00:00", "direction": "forward", "take": 1}
    expect = {"intervals": [["2026-01-06T10:00:00+00:00", "2026-01-06T12:00:00+00:00"]]}
    vector = {"id": "x", "kind": "intervals", "calendar": once, "input": given, "expect": expect}
    assert check(vector) == "default"
