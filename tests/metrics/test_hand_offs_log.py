"""Figures of hand-offs on a real audit log, against the csv module and plain loops.

Runs where ``--export-log`` or ITILCORE_AUDIT_LOG names the log, which is no part of the
project; the same computation runs on a generated log everywhere.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from itilcore.exchange import read
from itilcore.metrics import (
    MISROUTED,
    PING_PONG,
    TIER_1_SHARE,
    TRANSFERRED_OFTEN,
    measure_all,
    time_in_groups,
)
from itilcore.routing import bounces, transfers
from itilcore.sample import generate, write_servicenow

ALL = (MISROUTED, PING_PONG, TRANSFERRED_OFTEN, TIER_1_SHARE)
OVER = {"Resolved", "Closed", "Canceled"}
STRAY = "-100"


@pytest.fixture(scope="module", params=["generated", "real"])
def log(request, tmp_path_factory):
    if request.param == "real":
        named = request.config.getoption("--export-log")
        if not named:
            pytest.skip("no real log is named")
        return Path(named)
    folder = tmp_path_factory.mktemp("log")
    packed = folder / "log.zip"
    plain = io.StringIO(newline="")
    write_servicenow(generate(seed=6, incidents=400), plain)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", plain.getvalue())
    return packed


def when(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def histories(path):
    """The rows of each incident: group, state, instant, claimed reassignments."""
    found = defaultdict(list)
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        with io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                group = row["assignment_group"]
                found[row["number"]].append(
                    (
                        None if group in {"?", ""} else group,
                        row["incident_state"],
                        when(row["sys_updated_at"]),
                        int(row["reassignment_count"]),
                    )
                )
    return list(found.values())


def shares(all_rows):
    """Per metric: how many count, how many meet it, how many show only some groups."""
    counts = defaultdict(int)
    for rows in all_rows:
        path = []
        for group, *_ in rows:
            if group and path[-1:] != [group]:
                path.append(group)
        shown = rows[-1][3] <= max(len(path) - 1, 0)
        backs = sum(path[n] == path[n - 2] for n in range(2, len(path)))
        counts["ping-pongs"] += backs
        counts["came back"] += backs > 0
        counts["PING_PONG n"] += bool(path) and shown
        counts["PING_PONG met"] += shown and backs > 0
        counts["TRANSFERRED_OFTEN met"] += rows[-1][3] >= 3
        states = [state for _, state, _, _ in rows if state != STRAY]
        if "Resolved" not in states:
            continue
        counts["ever resolved"] += 1
        by, over = None, False
        for group, state, _, _ in rows:
            if state == "Resolved" and not over:
                by = group
            if state != STRAY:
                over = state in OVER
        if path and by:
            counts["misrouted of all"] += by != path[0]
            counts["MISROUTED n"] += shown
            counts["MISROUTED met"] += shown and by != path[0]
    return counts


def times(all_rows, until):
    """Seconds, visits, incidents and negative stretches of each group, from pairs of rows."""
    found = defaultdict(lambda: [0.0, 0, 0, 0])
    for rows in all_rows:
        working, stretches = True, []
        for number, (group, state, at, _) in enumerate(rows):
            if state != STRAY:
                working = state not in OVER
            if number == 0 or group != rows[number - 1][0]:
                found[group][1] += 1
            if not stretches or stretches[-1][:2] != (group, working):
                stretches.append((group, working, at))
        for group in {group for group, *_ in rows}:
            found[group][2] += 1
        ends = [at for _, _, at in stretches[1:]] + [until]
        for (group, working, start), end in zip(stretches, ends, strict=True):
            if working and end < start:
                found[group][3] += 1
            elif working:
                found[group][0] += (end - start).total_seconds()
    return dict(found)


def test_the_figures_of_groups_are_those_of_the_rows(log):
    incidents = list(read(log, zone="UTC"))
    every = histories(log)
    truth = shares(every)
    facts = [incident.facts for incident in incidents]
    found = measure_all(ALL, facts)
    assert sum(row.ping_pongs for row in facts) == truth["ping-pongs"]
    assert sum(row.ping_pongs > 0 for row in facts) == truth["came back"]
    assert sum(len(bounces(each.timeline)) for each in incidents) == truth["ping-pongs"]
    assert all(transfers(each.timeline) <= each.facts.reassignments for each in incidents)
    for metric in (MISROUTED, PING_PONG):
        result = found[metric.name]
        assert (result.n, result.count) == (
            truth[f"{metric.name} n"],
            truth[f"{metric.name} met"],
        )
    often = found["TRANSFERRED_OFTEN"]
    assert (often.n, often.count) == (len(every), truth["TRANSFERRED_OFTEN met"])
    tier = found["TIER_1_SHARE"]
    assert (tier.n, dict(tier.excluded)["tier unknown"]) == (0, truth["ever resolved"])
    until = max(at for rows in every for _, _, at, _ in rows)
    spent = {
        each.group: [each.seconds, each.visits, each.incidents, each.negative]
        for each in time_in_groups(incidents, until)
    }
    assert spent == times(every, until)
    if len(every) == 24_918:
        the_published_figures(truth, found, time_in_groups(incidents, until))


def the_published_figures(truth, found, spent):
    assert (truth["ping-pongs"], truth["came back"]) == (3_675, 2_216)
    assert (found["MISROUTED"].count, found["MISROUTED"].n) == (7_017, 21_009)
    assert dict(found["MISROUTED"].excluded) == {
        "closed without a resolution": 13,
        "group unknown": 2_217,
        "some of the groups unknown": 1_679,
    }
    assert (found["PING_PONG"].count, found["PING_PONG"].n) == (1_603, 21_021)
    assert found["TRANSFERRED_OFTEN"].count == 2_848
    assert dict(found["TIER_1_SHARE"].excluded)["tier unknown"] == 24_905
    assert [(each.group, each.seconds, each.incidents) for each in spent if each.group][:5] == [
        ("Group 9", 2_431_467_180.0, 454),
        ("Group 20", 862_086_780.0, 2_652),
        ("Group 70", 768_982_020.0, 15_254),
        ("Group 10", 761_738_160.0, 525),
        ("Group 25", 741_643_080.0, 1_678),
    ]
