"""Cadence: who has to hear when, against a walk minute by minute."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.communications import (
    Cadence,
    Cadences,
    UpdateOutcome,
    cadence_compliance,
)
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Closed,
    Event,
    Incident,
    Logged,
    Noted,
    Observed,
    Reopened,
    Resolved,
    SeverityDeclared,
    StakeholdersUpdated,
    Status,
)
from itilcore.priority import Severity

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEFAULT = Cadences.default()
LATEST = {Severity.SEV1: 30, Severity.SEV2: 60}


def after(minutes: int) -> datetime:
    return NINE + minutes * MINUTE


def incident(*events: Event) -> Incident:
    return Incident.replay("INC1", [Logged(NINE), *events])


def test_the_default_is_what_the_severities_ask_for():
    assert [str(row) for row in DEFAULT] == [
        "SEV1: every 15 min to 30 min",
        "SEV2: every 30 min to 1 h",
    ]
    assert DEFAULT.of("SEV2") == DEFAULT.of(Severity.SEV2) == DEFAULT.rows[1]
    assert DEFAULT.of(Severity("Sev2", 2)) == DEFAULT.rows[1]
    assert DEFAULT.of(None) is None
    assert pickle.loads(pickle.dumps(DEFAULT)) == DEFAULT
    assert Cadences(DEFAULT.rows[::-1]).version == DEFAULT.version
    assert Cadences().version != DEFAULT.version
    assert str(Cadence(severity="x", latest=timedelta(seconds=1))) == "x: every 1 s"


@pytest.mark.parametrize(
    ("given_fields", "told"),
    [
        ({"latest": timedelta()}, "latest: is 0:00:00: give more than nothing"),
        ({"latest": -MINUTE}, "latest: is -1 day, 23:59:00: give more than nothing"),
        ({"latest": 30}, "latest: is 30: give a timedelta"),
        ({"latest": timedelta(days=400)}, "at most 366 days"),
        ({"severity": " "}, "severity: is ' ': it must be a text"),
        ({"latest": MINUTE, "soonest": 2 * MINUTE}, "soonest: is 0:02:00, longer than 0:01:00"),
        ({"soonest": timedelta()}, "soonest: is 0:00:00: give more than nothing"),
    ],
)
def test_a_row_that_is_none(given_fields: dict[str, Any], told: str):
    fields = {"severity": "SEV1", "latest": MINUTE, **given_fields}
    with pytest.raises(InvalidInput) as caught:
        Cadence(**fields)
    assert told in str(caught.value)


def test_rows_that_do_not_hold_together():
    row = DEFAULT.rows[0]
    with pytest.raises(InvalidInput) as caught:
        Cadences([row, "SEV2", row])
    assert [str(each) for each in caught.value.defects] == [
        "[1]: is 'SEV2': give a Cadence",
        "[2].severity: is 'SEV1', which stands above already",
    ]


def test_the_next_word_by_its_severity():
    quiet = incident()
    found = DEFAULT.next_update(quiet, after(500))
    assert (found.due_at, found.overdue, found.why) == (None, None, "it is as changes occur")
    bad = incident(SeverityDeclared(after(5), Severity.SEV1))
    found = DEFAULT.next_update(bad, after(35))
    assert (found.earliest_at, found.due_at, found.overdue) == (after(20), after(35), None)
    assert DEFAULT.next_update(bad, after(36)).overdue == MINUTE
    assert DEFAULT.next_update(bad, after(4)).due_at is None  # it does not know what comes
    told = bad.record(StakeholdersUpdated(after(30), "users", after(45)))
    found = DEFAULT.next_update(told, after(40))
    assert (found.due_at, found.why) == (after(45), "promised with the last one")
    late_promise = bad.record(StakeholdersUpdated(after(30), "users", after(300)))
    found = DEFAULT.next_update(late_promise, after(40))
    assert (found.due_at, found.why) == (
        after(60),
        "SEV1: every 15 min to 30 min, since the last one",
    )
    over = told.record(Resolved(after(40)), StakeholdersUpdated(after(41), "users"))
    assert DEFAULT.next_update(over, after(50)).why == "it is resolved or over"
    again = over.record(Reopened(after(60)))
    assert DEFAULT.next_update(again, after(60)).due_at == after(90)
    with pytest.raises(NaiveInstant):
        DEFAULT.next_update(bad, datetime(2026, 1, 5))


def test_one_word_to_several_audiences_is_one():
    bad = incident(
        SeverityDeclared(NINE, Severity.SEV1),
        StakeholdersUpdated(after(20), "users", after(40)),
        StakeholdersUpdated(after(20), "executives", after(35)),
    )
    found = DEFAULT.expected(bad, after(36))
    assert [(each.outcome, each.due_at) for each in found] == [
        (UpdateOutcome.IN_TIME, after(30)),
        (UpdateOutcome.NEVER, after(35)),
    ]


def test_a_word_written_down_late_counts_when_it_was_said():
    bad = incident(
        SeverityDeclared(NINE, Severity.SEV1),
        StakeholdersUpdated(after(55), "users"),
        StakeholdersUpdated(after(25), "users", recorded_at=after(56)),
    )
    found = DEFAULT.expected(bad, after(60))
    assert [each.outcome for each in found[:2]] == [UpdateOutcome.IN_TIME] * 2


def test_the_last_instant_that_there_is_holds():
    end = datetime.max.replace(tzinfo=UTC)
    bad = Incident.replay("INC1", [Logged(end), SeverityDeclared(end, Severity.SEV1)])
    found = DEFAULT.next_update(bad, end)
    assert (found.due_at, found.overdue) == (end, None)


def test_lower_severity_keeps_what_was_due_and_a_status_that_nobody_knows_starts_nothing():
    bad = incident(
        SeverityDeclared(NINE, Severity.SEV1), SeverityDeclared(after(10), Severity.SEV3)
    )
    assert DEFAULT.next_update(bad, after(11)).due_at == after(30)
    strange = Incident.replay(
        "INC1",
        [
            Logged(NINE, status=None),
            Observed(NINE, status=Status.unknown("-100")),
            SeverityDeclared(NINE, Severity.SEV1),
            Noted(NINE, "x"),
        ],
    )
    assert DEFAULT.next_update(strange, after(100)).due_at is None


steps = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.sampled_from(["sev1", "sev2", "sev3", "told", "promised", "resolve", "reopen", "close"]),
        st.integers(1, 80),
    ),
    max_size=12,
)


def life(walk: list[tuple[int, str, int]]) -> tuple[Incident, int]:
    now = 0
    events: list[Event] = []
    for wait, word, more in walk:
        now += wait
        at = after(now)
        events.append(
            {
                "sev1": lambda at=at: SeverityDeclared(at, Severity.SEV1),
                "sev2": lambda at=at: SeverityDeclared(at, Severity.SEV2),
                "sev3": lambda at=at: SeverityDeclared(at, Severity.SEV3),
                "told": lambda at=at: StakeholdersUpdated(at, "users"),
                "promised": lambda at=at, more=more: StakeholdersUpdated(
                    at, "users", at + more * MINUTE
                ),
                "resolve": lambda at=at: Resolved(at),
                "reopen": lambda at=at: Reopened(at),
                "close": lambda at=at: Closed(at),
            }[word]()
        )
    return incident(*events), now


def recounted(walk: list[tuple[int, str, int]], end: int) -> list[tuple[str, int]]:
    """The outcomes and minutes of lateness, minute by minute, with none of the code under test."""
    agenda: dict[int, list[tuple[str, int]]] = {}
    now = 0
    for wait, word, more in walk:
        now += wait
        agenda.setdefault(now, []).append((word, more))
    found: list[tuple[str, int]] = []
    due, every, open_, said = None, None, True, None
    for minute in range(end + 1):
        for word, more in agenda.get(minute, []):
            limits = [] if due is None else [due]
            if word.startswith("sev"):
                before, every = every, {"sev1": 30, "sev2": 60, "sev3": None}[word]
                if every is not None and open_ and every != before:
                    limits.append(minute + every)
            elif word in ("told", "promised"):
                if said != minute:
                    if due is not None:
                        found.append(("late" if minute > due else "in time", max(minute - due, 0)))
                    limits, said = [], minute
                if every is not None and open_:
                    limits.append(minute + every)
                if word == "promised":
                    limits.append(minute + more)
            elif word == "reopen":
                if not open_ and every is not None:
                    limits.append(minute + every)
                open_ = True
            else:
                open_ = False
                if word == "close":
                    if due is not None:
                        over = minute > due
                        late = minute - due if over else 0
                        found.append(("never came" if over else "over before it was due", late))
                    limits = []
            due = min(limits, default=None)
    if due is not None:
        found.append(("never came", end - due) if end > due else ("not due yet", 0))
    return found


@given(steps, st.integers(0, 100))
def test_every_word_is_counted_once_as_a_recount_does(walk, more):
    bad, now = life(walk)
    at = after(now + more)
    found = DEFAULT.expected(bad, at)
    assert [(each.outcome.value, each.late // MINUTE) for each in found] == recounted(
        walk, now + more
    )
    whole = cadence_compliance([bad, bad], DEFAULT, at)
    assert whole.n + sum(count for _, count in whole.excluded) == whole.population == 2 * len(found)
    counts = [each for each in found if each.outcome.counts]
    assert whole.share == (
        sum(each.told_at is not None and not each.late for each in counts) / len(counts)
        if counts
        else None
    )
    assert {each.outcome for each in whole.late} <= {UpdateOutcome.LATE, UpdateOutcome.NEVER}
    standing = DEFAULT.next_update(bad, at)
    waits = found[-1] if found and found[-1].told_at is None else None
    if standing.due_at is not None:
        assert waits is not None
        assert standing.due_at == waits.due_at
        assert (standing.overdue or timedelta()) == waits.late
        assert standing.earliest_at <= standing.due_at


@given(steps, st.integers(0, 100), st.integers(1, 100))
def test_what_is_overdue_stays_so_until_there_is_word(walk, wait, more):
    bad, now = life(walk)
    first = DEFAULT.next_update(bad, after(now + wait))
    later = DEFAULT.next_update(bad, after(now + wait + more))
    assert first.due_at == later.due_at
    assert first.overdue is None or first.overdue < later.overdue
