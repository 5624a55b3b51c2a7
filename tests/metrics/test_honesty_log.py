"""Honesty checks and changes of priority on a real audit log, against the csv module and loops.

Runs where ``--export-log`` or ITILCORE_AUDIT_LOG names the log, which is no part of the
project; the same computation runs on a generated log everywhere.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from itilcore.calendars import BusinessCalendar
from itilcore.exchange import read
from itilcore.metrics import (
    ESCALATION_RATE,
    PRIORITY_CHANGED,
    REASSIGNMENTS,
    TIME_TO_ESCALATE,
    honesty,
    measure_all,
)
from itilcore.policy import loads, starter
from itilcore.sample import generate, write_servicenow
from itilcore.sla import Agreement, Applies, Target, TargetKind

HOURS = {"P1": 4, "P2": 8, "": 120}
ALWAYS = BusinessCalendar.always()
ROUND = Agreement(
    "round the clock",
    [
        Target(TargetKind.RESOLUTION, timedelta(hours=hours), ALWAYS, Applies(priorities=name))
        if name
        else Target(TargetKind.RESOLUTION, timedelta(hours=hours), ALWAYS)
        for name, hours in HOURS.items()
    ],
)
OVER = {"Resolved", "Closed", "Canceled"}
WEEK = timedelta(days=7)


@pytest.fixture(scope="module", params=["generated", "real"])
def log(request, tmp_path_factory):
    """The incidents of a log, and its rows."""
    if request.param == "real":
        named = request.config.getoption("--export-log")
        if not named:
            pytest.skip("no real log is named")
        path = Path(named)
    else:
        path = tmp_path_factory.mktemp("log") / "log.zip"
        plain = io.StringIO(newline="")
        write_servicenow(generate(seed=8, incidents=600), plain)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("log.csv", plain.getvalue())
    return list(read(path, zone="UTC")), histories(path)


def when(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def histories(path):
    """The rows of each incident: instant, state, rank of the priority, opened, reassignments."""
    found = defaultdict(list)
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        with io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                found[row["number"]].append(
                    (
                        when(row["sys_updated_at"]),
                        row["incident_state"],
                        int(row["priority"][0]),
                        when(row["opened_at"]),
                        int(row["reassignment_count"]),
                    )
                )
    return dict(found)


def test_changes_of_priority_by_month_are_those_of_the_rows(log):
    incidents, rows = log
    facts = [incident.facts for incident in incidents]
    metrics = (PRIORITY_CHANGED, REASSIGNMENTS, ESCALATION_RATE, TIME_TO_ESCALATE)
    found = measure_all(metrics, facts, by="logged_at")
    changed, opened = Counter(), Counter()
    for own in rows.values():
        month = f"{own[0][3]:%Y-%m}"
        opened[month] += 1
        changed[month] += len({rank for _, _, rank, _, _ in own}) > 1
    by = found["PRIORITY_CHANGED"].by
    assert {month: (each.count, each.n) for month, each in by.items()} == {
        month: (changed[month], count) for month, count in opened.items()
    }
    assert found["REASSIGNMENTS"].total == sum(own[-1][4] for own in rows.values())
    # The log shows no escalations: that is unknown, and not none.
    every = len(rows)
    assert dict(found["ESCALATION_RATE"].excluded) == {"escalations unknown": every}
    assert dict(found["TIME_TO_ESCALATE"].excluded) == {"escalations unknown": every}
    if every == 24_918:
        assert found["PRIORITY_CHANGED"].count == 383
        assert [(m, e.count) for m, e in by.items() if e.count] == PUBLISHED_MONTHS
        assert found["REASSIGNMENTS"].total == PUBLISHED_REASSIGNMENTS


def plain(own):
    """Whether nothing in the rows is odd: no stray state, and time runs forwards."""
    instants = [own[0][3], *(at for at, *_ in own)]
    return instants == sorted(instants) and all(state != "-100" for _, state, *_ in own)


def walk(own, until):
    """What the clock of an incident showed: its holds, its end, its first lowering, its targets."""
    first, start = own[0][0], own[0][3]
    pauses, changes, holds = [], [], []
    since = stopped = cancelled = reopened = kind = rank = judged = None

    def spent(at):
        held = [*pauses, *([(since, at)] if since is not None else [])]
        away = (min(b, at) - a for a, b in held if a < min(b, at))
        return at - start - sum(away, timedelta())

    def stretches(at):
        found, last = [], timedelta()
        for change, before in [*changes, (at, kind)]:
            found.append((before, last, spent(change)))
            last = spent(change)
        return found

    any_lowering = False
    for at, state, new, _, _ in own:
        over = stopped is not None or cancelled is not None
        if over and state not in OVER:
            reopened = at
            break
        if rank is not None and new > rank and not any_lowering:
            any_lowering = True
            if not over and spent(at) > timedelta():
                judged = stretches(at)
        rank = new
        if over:
            continue
        now = {1: "P1", 2: "P2"}.get(new, "")
        if kind not in (None, now) and at > first:
            changes.append((at, kind))
        kind = now
        waiting = state.startswith("Awaiting")
        if waiting and since is None:
            holds.append(spent(at))
            since = at
        elif not waiting and since is not None:
            pauses.append((since, at))
            since = None
        if state == "Canceled":
            cancelled = at
        elif state in OVER:
            stopped = at
    end = until if stopped is None else stopped
    ran = [] if cancelled is not None else stretches(end)
    return {
        "judged": judged is not None,
        "stretches": ran if judged is None else judged,
        "end": ran[0] if len(ran) == 1 else None,
        "holds": holds,
        "stopped": stopped,
        "reopened": reopened,
    }


def truth(walks, until):
    """Per check: how many, of how many, and how many chance would give."""
    ran, near, held = Counter(), Counter(), Counter()
    open_, late, lowered = Counter(), Counter(), Counter()
    every, again, in_time = Counter(), Counter(), Counter()
    close, close_down, pairs, bins = 0, 0, 0, [0, 0, 0]
    for each in walks:
        for kind, since, spent in each["stretches"]:
            a, b = since / whole(kind), spent / whole(kind)
            open_[kind] += b - a
            late[kind] += max(0.0, b - max(a, 0.9))
        if each["judged"]:
            kind, _, spent = each["stretches"][-1]
            lowered[kind] += 1
            close_down += spent >= whole(kind) * 0.9
        if each["end"] is None:
            continue
        kind, _, spent = each["end"]
        share = spent / whole(kind)
        ran[kind] += min(share, 1.0)
        near[kind] += max(0.0, min(share, 1.0) - 0.9)
        for hold in each["holds"]:
            if timedelta() < hold < whole(kind):
                held[kind] += 1
                close += hold >= whole(kind) * 0.9
        if each["stopped"] is None:
            continue
        just = 0.9 <= share <= 1
        place = (0.8 <= share < 0.9, just, 1 < share <= 1.1)
        bins = [one + more for one, more in zip(bins, place, strict=True)]
        if until - each["stopped"] >= WEEK:
            back = each["reopened"] is not None and each["reopened"] - each["stopped"] <= WEEK
            every[kind] += 1
            again[kind] += back
            in_time[kind] += just
            pairs += just and back
    return {
        "HOLDS_BEFORE_BREACH": (close, held.total(), mean(held, near, ran)),
        "RESOLVED_JUST_IN_TIME": (bins[1], sum(bins), None),
        "RESOLVED_AND_REOPENED": (pairs, in_time.total(), mean(in_time, again, every)),
        "LOWERED_AFTER_BREACH": (close_down, lowered.total(), mean(lowered, late, open_)),
    }


def whole(kind):
    return timedelta(hours=HOURS[kind])


def mean(counts, part, of):
    return sum(count * part[kind] / of[kind] for kind, count in counts.items() if count)


def test_the_checks_are_those_of_a_walk_over_the_rows(log):
    incidents, rows = log
    until = max(at for own in rows.values() for at, *_ in own)
    usual = {name for name, own in rows.items() if plain(own)}
    assert len(usual) > 0.9 * len(rows)
    found = honesty((i for i in incidents if i.reference in usual), ROUND, at=until)
    walks = [walk(rows[name], until) for name in sorted(usual)]
    for name, (count, opportunities, expected) in truth(walks, until).items():
        check = found[name]
        assert (check.count, check.opportunities) == (count, opportunities), name
        if expected is not None and opportunities:
            assert check.expected == pytest.approx(expected), name


def test_what_a_default_policy_asks_of_the_log(log):
    incidents, rows = log
    found = honesty(incidents, loads(starter(), name="starter").agreements)
    assert found.incidents == len(rows)
    for check in found.checks:
        assert check.population == check.opportunities + sum(n for _, n in check.excluded)
    if len(rows) == 24_918:
        told = {c.name: (c.count, c.opportunities, round(c.expected, 1)) for c in found.checks}
        assert told == PUBLISHED
        assert found.questions == ()
        page = Path(__file__).parents[2] / "docs/how-to/ask-honest-questions.md"
        text = page.read_text(encoding="utf-8")
        for count, opportunities, expected in PUBLISHED.values():
            assert f"| {count:,} of {opportunities:,} | {expected:,} |" in text
        for month, changed in PUBLISHED_MONTHS:
            assert f"| {month} | {changed} |" in text
        assert f"{PUBLISHED_REASSIGNMENTS:,}" in text


PUBLISHED_MONTHS = [
    ("2016-02", 7),
    ("2016-03", 162),
    ("2016-04", 94),
    ("2016-05", 110),
    ("2016-09", 2),
    ("2016-11", 1),
    ("2017-01", 6),
    ("2017-02", 1),
]
PUBLISHED_REASSIGNMENTS = 23_414
PUBLISHED = {
    "HOLDS_BEFORE_BREACH": (70, 4_771, 243.7),
    "RESOLVED_JUST_IN_TIME": (309, 879, 284.1),
    "RESOLVED_AND_REOPENED": (7, 309, 3.3),
    "LOWERED_AFTER_BREACH": (76, 114, 103.5),
}
