"""Routes learnt from a real audit log, against a count with the csv module alone.

Runs where ``--export-log`` or ITILCORE_AUDIT_LOG names the log, which is no part of the
project; the same computation runs on a generated log everywhere.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itilcore.exchange import read
from itilcore.routing import learn_routes
from itilcore.sample import generate, write_servicenow

SUPPORT, PURITY = 5, 0.5


@pytest.fixture(scope="module", params=["generated", "real"])
def log(request, tmp_path_factory):
    if request.param == "real":
        named = request.config.getoption("--export-log")
        if not named:
            pytest.skip("no real log is named")
        return Path(named), datetime(2016, 4, 1, tzinfo=UTC)
    packed = tmp_path_factory.mktemp("log") / "log.zip"
    plain = io.StringIO(newline="")
    write_servicenow(generate(seed=6, incidents=400), plain)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", plain.getvalue())
    return packed, None


def when(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def counted(path):
    """Of each incident: when it was logged and last resolved, its category, its group."""
    rows = defaultdict(list)
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        with io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                rows[row["number"]].append(row)
    for history in rows.values():
        resolved, before, group = None, None, None
        for row in history:
            if row["incident_state"] == "Resolved" != before:
                resolved = when(row["sys_updated_at"])
            before = row["incident_state"]
        last = history[-1]
        group = None if last["assignment_group"] in {"?", ""} else last["assignment_group"]
        path_ = tuple(
            last[name] for name in ("category", "subcategory") if last[name] not in {"?", ""}
        )
        if last["category"] in {"?", ""}:
            path_ = ()
        yield when(history[0]["opened_at"]), resolved, path_, group


def test_learnt_on_the_first_months_and_tested_on_the_later_ones(log):
    path, cut = log
    facts = [incident.facts for incident in read(path, zone="UTC")]
    cut = cut or sorted(each.logged_at for each in facts)[len(facts) // 2]
    early = [f for f in facts if f.logged_at < cut and f.resolved_at and f.resolved_at < cut]
    late = [f for f in facts if f.logged_at >= cut]
    table = learn_routes(early, min_support=SUPPORT, min_purity=PURITY)
    found = table.test(late)

    seen = defaultdict(Counter)
    every = list(counted(path))
    for logged, resolved, category, group in every:
        if logged < cut and resolved is not None and resolved < cut and category and group:
            for depth in range(1, len(category) + 1):
                seen[category[:depth]][group] += 1
    routes = {}
    for category, groups in seen.items():
        most = max(groups.values())
        if sum(groups.values()) >= SUPPORT and most / sum(groups.values()) >= PURITY:
            routes[category] = min(g for g, n in groups.items() if n == most)
    assert {row.category.path: row.group for row in table.rows} == routes

    n = covered = right = 0
    for logged, resolved, category, group in every:
        if logged < cut or resolved is None or not group:
            continue
        n += 1
        for depth in range(len(category), 0, -1):
            if category[:depth] in routes:
                covered += 1
                right += routes[category[:depth]] == group
                break
    assert (found.n, found.covered, found.right) == (n, covered, right)
    if log[1] is not None:
        assert (found.n, found.covered, found.right) == (14_859, 8_976, 6_216)
