"""The report on a real company's audit log, against figures computed without the library.

Runs where ``--export-log`` or ITILCORE_AUDIT_LOG names the log, which is no part of the
project; the same oracle runs on a generated log everywhere.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from itilcore.exchange import ExportMapping, read
from itilcore.report import build
from itilcore.sample import generate, write_servicenow

from . import oracle

BY_COLUMN = ExportMapping.from_mapping(
    {"extends": "servicenow-audit-log", "derive": {"resolved": {"column": "resolved_at"}}}
)


@pytest.fixture(scope="module", params=["generated", "real"])
def log(request, tmp_path_factory):
    if request.param == "real":
        named = request.config.getoption("--export-log")
        if not named:
            pytest.skip("no real log is named")
        return Path(named)
    folder = tmp_path_factory.mktemp("log")
    plain = folder / "log.csv"
    with plain.open("w", newline="") as out:
        write_servicenow(generate(seed=5, incidents=1_500), out)
    packed = folder / "log.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, "log.csv")
    return packed


@pytest.fixture(scope="module")
def both(log):
    """The report by the trail, the one by the column, and the truth."""
    trail = build(read(log, zone="UTC")).to_dict()
    column = build(read(log, BY_COLUMN, zone="UTC")).to_dict()
    return trail, column, oracle.facts(oracle.rows_of(log))


def agrees(result, truth):
    assert result["n"] == truth["n"]
    for name in ("mean", "median", "p90"):
        assert result[name] == pytest.approx(truth[name], rel=1e-9, abs=1e-12), name


def test_counts(both):
    report, _, truth = both
    assert report["source"]["rows"] == truth["rows"]
    assert report["incidents"] == truth["incidents"]
    assert report["rejected"] == {"count": 0, "rows": [], "truncated": False}
    assert report["source"]["first_statuses"] == truth["first seen"]
    assert sum(report["source"]["unmapped"].get("status", {}).values()) == truth["stray"]


def test_changes_of_status(both):
    report, _, truth = both
    assert report["source"]["transitions"] == truth["moves"]
    allowed = {
        f"{a} -> {b}"
        for a, targets in {
            "NEW": "ASSIGNED IN_PROGRESS RESOLVED CANCELLED",
            "ASSIGNED": "NEW ASSIGNED IN_PROGRESS ON_HOLD CANCELLED",
            "IN_PROGRESS": "ASSIGNED ON_HOLD RESOLVED CANCELLED",
            "ON_HOLD": "ON_HOLD IN_PROGRESS ASSIGNED RESOLVED CANCELLED",
            "RESOLVED": "CLOSED IN_PROGRESS ASSIGNED",
        }.items()
        for b in targets.split()
    }
    wrong = {move: count for move, count in truth["moves"].items() if move not in allowed}
    assert report["deviations"] == wrong


def test_time_to_resolve_by_the_trail_and_by_the_column(both):
    report, column, truth = both
    agrees(report["metrics"]["MTTR"], truth["trail"])
    agrees(report["metrics"]["TIME_TO_FIRST_RESOLUTION"], truth["first"])
    agrees(column["metrics"]["MTTR"], truth["column"])
    for priority, spread in truth["column by priority"].items():
        agrees(column["metrics"]["MTTR"]["by"][priority], spread)
    left = column["metrics"]["MTTR"]["excluded"]
    assert sum(left.values()) == truth["no column"]


def test_time_to_acknowledge(both):
    report, _, truth = both
    agrees(report["metrics"]["MTTA"], truth["mtta"])
    early = report["metrics"]["MTTA"]["excluded"].get("ends before it starts", 0)
    assert early == truth["acknowledged too early"]


def test_reopenings(both):
    report, _, truth = both
    metrics = report["metrics"]
    assert truth["reopened"] == truth["reopened by trail"]
    assert truth["reopenings"] == truth["reopenings by trail"]
    assert metrics["REOPENED_OF_ALL"]["count"] == truth["reopened"]
    assert metrics["REOPENED_OF_ALL"]["n"] == truth["incidents"]
    assert metrics["REOPENINGS"]["total"] == truth["reopenings"]
    assert metrics["REOPEN_RATE"]["n"] == truth["ever resolved"]
    assert metrics["REOPEN_RATE_WITHIN_7_DAYS"]["count"] == truth["reopened in 7 days"]


def test_shares(both):
    report, _, truth = both
    metrics = report["metrics"]
    assert metrics["NEVER_REASSIGNED"]["count"] == truth["never reassigned"]
    assert metrics["FCR_PROXY_OF_ALL"]["count"] == truth["once"]
    assert metrics["FCR_PROXY"]["count"] == truth["once of resolved"]
    assert metrics["PRIORITY_CHANGED"]["count"] == truth["priority changed"]
    assert metrics["SLA_CLAIMED"]["count"] == truth["made sla"]
    assert metrics["FCR"]["value"] is None
    assert metrics["FCR"]["excluded"]["tier unknown"] == metrics["FCR_PROXY"]["n"]


def test_the_matrix_that_was_followed(both):
    report, _, truth = both
    names = {"1": "HIGH", "2": "MEDIUM", "3": "LOW"}
    cells = {f"{names[i]} x {names[u]}": f"P{p}" for (i, u), p in truth["cells"].items()}
    assert report["source"]["matrix"]["cells"] == cells
    assert report["source"]["matrix"]["contradictions"] == 0


def test_the_real_log_gives_the_published_figures(both, log):
    report, column, truth = both
    if truth["rows"] != 141_712:
        assert truth["rows"] < 20_000
        return
    metrics = report["metrics"]
    assert metrics["MTTR"]["mean"] == pytest.approx(165.408733, abs=5e-7)
    assert metrics["MTTR"]["median"] == pytest.approx(15.15)
    assert metrics["MTTR"]["excluded"] == {"closed without a resolution": 13}
    assert metrics["TIME_TO_FIRST_RESOLUTION"]["mean"] == pytest.approx(162.923587, abs=5e-7)
    assert column["metrics"]["MTTR"]["mean"] == pytest.approx(178.171582, abs=5e-7)
    assert column["metrics"]["MTTR"]["p90"] == pytest.approx(381.548333, abs=5e-7)
    assert column["metrics"]["MTTR"]["excluded"] == {
        "closed without a resolution": 13,
        "instant of resolution unknown": 1_543,
    }
    assert column["metrics"]["MTTR"]["by"]["P1"]["mean"] == pytest.approx(266.084012, abs=5e-7)
    assert metrics["MTTA"]["mean"] == pytest.approx(17.945730, abs=5e-7)
    assert (metrics["REOPENINGS"]["total"], metrics["REOPEN_RATE"]["count"]) == (331, 275)
    assert metrics["REOPEN_RATE_WITHIN_7_DAYS"]["count"] == 264
    assert (metrics["FCR_PROXY"]["count"], metrics["FCR_PROXY_OF_ALL"]["count"]) == (13_475, 13_487)
    assert report["source"]["matrix"]["unseen"] == ["HIGH x LOW"]
    assert report["source"]["unmapped"]["status"] == {"-100": 5}
    assert report["deviations"]["NEW -> ON_HOLD"] == 2_102
