"""Each vector of a supported kind is one test; and how the file of vectors is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from .adapters import ADAPTERS
from .vectors import NoVectors, VectorFile


def test_vector(vector: Mapping[str, Any]) -> None:
    ADAPTERS[vector["kind"]](vector)


def written(path: Path, content: object) -> Path:
    file = path / "some.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def vector(kind: str, **more: object) -> dict[str, object]:
    return {"id": f"{kind}-1", "kind": kind, "input": {}, "expect": {}, **more}


def test_kinds_without_an_adapter_are_counted_and_named(tmp_path: Path) -> None:
    vectors = [vector("sla"), vector("priority"), vector("add"), vector("sla")]
    found = VectorFile.read(written(tmp_path, {"vectors": vectors}), {"priority"})
    assert [v["kind"] for v in found.run] == ["priority"]
    assert found.summary() == "1 vectors of some.json have an adapter, 3 have not: add 1, sla 2"


def test_where_all_kinds_have_one_it_says_so(tmp_path: Path) -> None:
    found = VectorFile.read(written(tmp_path, {"vectors": [vector("add")]}), {"add"})
    assert found.summary() == "1 vectors of some.json have an adapter, none has not"


def test_a_vector_gets_its_calendar(tmp_path: Path) -> None:
    content = {
        "calendars": {"desk": {"tz": "UTC"}},
        "vectors": [vector("add", calendar="desk"), vector("add", calendar=None), vector("add")],
    }
    found = VectorFile.read(written(tmp_path, content), {"add"})
    assert [v["calendar"] for v in found.run] == [{"tz": "UTC"}, None, None]


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {"vectors": 3},
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
