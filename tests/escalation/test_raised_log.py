"""What a default policy would have raised on a real audit log, against the csv module alone.

Runs where ``--export-log`` or ITILCORE_AUDIT_LOG names the log, which is no part of the
project; the same computation runs on a generated log everywhere.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from itilcore.calendars import BusinessCalendar
from itilcore.escalation import EscalationPolicy, escalations_raised
from itilcore.exchange import read
from itilcore.metrics import SlaMetric, measure_all
from itilcore.policy import loads, starter
from itilcore.sample import generate, write_servicenow
from itilcore.sla import Agreement, Target, TargetKind

OVER = {"Resolved", "Closed", "Canceled"}
ROUND = Agreement(
    "round the clock",
    [Target(TargetKind.RESOLUTION, timedelta(hours=48), BusinessCalendar.always())],
)
PAGE = Path(__file__).parents[2] / "docs/how-to/what-would-have-been-escalated.md"
PRIORITIES = ("P1", "P2", "P3", "P4")


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


def histories(path):
    """The rows of each incident as they stood at the end of each of its minutes."""
    found = defaultdict(dict)
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        with io.TextIOWrapper(archive.open(name), encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                found[row["number"]][row["sys_updated_at"]] = row
    return {name: list(minutes.values()) for name, minutes in found.items()}


def only(*names):
    return EscalationPolicy([r for r in EscalationPolicy.default().rules if r.name in names])


@pytest.fixture(scope="module")
def found(log):
    """What the default policy would have raised, by the agreements of the starter book."""
    agreements = loads(starter(), name="starter").agreements
    return escalations_raised(log[0], EscalationPolicy.default(), agreements)


def test_what_went_round_and_came_back_is_counted_in_the_rows(log, found):
    """An incident that is open at the end of a minute with so many reassignments was told."""
    _, rows = log
    columns = (("handed around", "reassignment_count", 3), ("came back twice", "reopen_count", 2))
    for rule, column, least in columns:
        assert set(found.references(rule)) == {
            name
            for name, own in rows.items()
            if any(int(row[column]) >= least and row["incident_state"] not in OVER for row in own)
        }
    assert found.references("handed around")


def test_what_was_late_is_what_the_measure_says(log):
    """Of one target for all no change of priority makes or mends a breach."""
    incidents = log[0][:5_000]  # reading the clocks of each at every event takes its time
    found = escalations_raised(incidents, only("it is late"), ROUND)
    metric = SlaMetric.of(ROUND, "resolution")
    measured = measure_all([metric], incidents)[metric.name]
    assert measured.ever_breached > 0
    cancelled = {each.reference for each in incidents if each.status.name == "CANCELLED"}
    told = set(found.references("it is late"))
    assert len(told - cancelled) == measured.ever_breached


def test_what_a_default_policy_would_have_raised(log, found):
    _, rows = log
    assert found.incidents == len(rows)
    assert found.untold == ()
    assert None not in found.by_priority
    names = {rule.name for rule in EscalationPolicy.default().rules}
    # Nobody is known to be a VIP.
    assert set(found.by_rule) <= names - {"a VIP waits"}
    if len(rows) == 24_918:
        assert set(found.by_priority) == set(PRIORITIES)
        counts = {(row.rule, row.priority): row.steps for row in found.rows}
        told = {
            rule: tuple(counts.get((rule, priority), 0) for priority in PRIORITIES)
            for rule in found.by_rule
        }
        assert told == PUBLISHED
        text = " ".join(PAGE.read_text(encoding="utf-8").split())
        for rule, numbers in PUBLISHED.items():
            cells = " | ".join(f"{number:,}" for number in (sum(numbers), *numbers))
            assert f"| {rule} | {cells} |" in text
        steps, told_of = f"{found.steps:,}", f"{len(found.references()):,}"
        assert f"{steps} steps would have been raised, for {told_of} of them" in text


PUBLISHED = {
    "breach is near": (253, 225, 3_811, 72),
    "came back twice": (0, 1, 55, 0),
    "handed around": (37, 77, 2_640, 67),
    "impact grew": (155, 75, 6, 1),
    "it is late": (249, 201, 2_910, 54),
    "no progress": (378, 608, 0, 0),
    "nobody took it": (191, 357, 0, 0),
    "vendor is silent": (6, 1, 216, 3),
}
