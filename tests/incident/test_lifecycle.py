"""Lifecycles: rows that check themselves, judge history and draw themselves (decisions 13-15)."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from itilcore.errors import Defect, InvalidInput, InvalidLifecycle
from itilcore.incident import (
    BACKWARDS,
    STANDARD_STATUSES,
    Asserted,
    Cancelled,
    Closed,
    Deviation,
    Event,
    Held,
    HoldReason,
    Lifecycle,
    Logged,
    Move,
    Noted,
    Observed,
    Phase,
    Reopened,
    Resolved,
    Status,
    StatusChanged,
    Timeline,
    Transition,
    moves,
)

from .strategies import MONDAY, STRANGE, showing, statuses, timelines, transitions

DEFAULT = Lifecycle.default()
NEW, ASSIGNED, ACTIVE, HOLD, RESOLVED, CLOSED, CANCELLED = STANDARD_STATUSES
A, B, C = (Status(name, Phase.ACTIVE) for name in "ABC")
DONE, DROPPED = Status("DONE", Phase.CLOSED), Status("DROPPED", Phase.CANCELLED)
POOL = (A, B, C, DONE, DROPPED)
HOUR = timedelta(hours=1)

random_rows = transitions(POOL)
initials = st.sampled_from(POOL)


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Lifecycles that exist: a chain through the pool to an end, with any further rows."""
    names = [*draw(st.permutations([A, B, C])), draw(st.sampled_from([DONE, DROPPED]))]
    chain = [Transition(a, "next", b) for a, b in pairwise(names)]
    more = [row for row in draw(transitions(tuple(names))) if row not in chain]
    return Lifecycle(chain + list(dict.fromkeys(more)), names[0])


class TestDefault:
    """The rows of decision 14."""

    TARGETS: ClassVar[dict[Status, set[Status]]] = {
        NEW: {ASSIGNED, ACTIVE, RESOLVED, CANCELLED},
        ASSIGNED: {NEW, ASSIGNED, ACTIVE, HOLD, CANCELLED},
        ACTIVE: {ASSIGNED, HOLD, RESOLVED, CANCELLED},
        HOLD: {HOLD, ACTIVE, ASSIGNED, RESOLVED, CANCELLED},
        RESOLVED: {CLOSED, ACTIVE, ASSIGNED},
        CLOSED: set(),
        CANCELLED: set(),
    }

    @pytest.mark.parametrize("source", STANDARD_STATUSES, ids=str)
    def test_what_may_follow(self, source: Status) -> None:
        allowed = {target for target in STANDARD_STATUSES if DEFAULT.allows(source, target)}
        assert allowed == self.TARGETS[source]

    def test_it_begins_new_and_names_every_status(self) -> None:
        assert DEFAULT.initial == NEW
        assert set(DEFAULT.statuses) == set(STANDARD_STATUSES)

    def test_what_a_row_requires(self) -> None:
        needs = {(row.source, row.action, row.target): row.requires for row in DEFAULT.transitions}
        assert needs[NEW, "resolve", RESOLVED] == ("resolution_kind", "resolution_code", "notes")
        assert needs[ACTIVE, "hold", HOLD] == ("hold_reason",)
        assert needs[RESOLVED, "reopen", ACTIVE] == ("reason", "within_reopening_window")
        assert needs[RESOLVED, "close", CLOSED] == ("confirmed|auto_close_due",)

    def test_an_unknown_status_has_no_row(self) -> None:
        assert not DEFAULT.allows(NEW, STRANGE)


def test_rows_may_come_from_anything_that_yields_them() -> None:
    row = Transition(A, "finish", DONE, ["notes"])
    lifecycle = Lifecycle(iter([row]), A)
    assert lifecycle.transitions == (row,)
    assert row.requires == ("notes",)


def test_one_text_is_not_a_tuple_of_names() -> None:
    forgotten_comma: Any = "notes"
    with pytest.raises(InvalidInput, match="requires: is the text 'notes'"):
        Transition(A, "finish", DONE, forgotten_comma)


def test_a_status_that_ends_at_once_is_a_lifecycle() -> None:
    assert Lifecycle([], DONE).statuses == (DONE,)


def test_every_defect_is_listed_at_once() -> None:
    with pytest.raises(InvalidLifecycle) as caught:
        Lifecycle([Transition(A, "go", B), Transition(C, "go", DONE), Transition(A, "go", B)], A)
    assert caught.value.subject == "lifecycle"
    assert caught.value.defects == (
        Defect("A -> B", "stands twice for go"),
        Defect("A", "cannot reach an end: nothing after it is closed"),
        Defect("B", "cannot reach an end: nothing after it is closed"),
        Defect("C", "cannot be reached from A"),
        Defect("DONE", "cannot be reached from A"),
    )


def paths(rows: list[Transition], trail: tuple[Status, ...]) -> Iterator[Status]:
    """Where every path without a loop leads, one path at a time."""
    yield trail[-1]
    for row in rows:
        if row.source == trail[-1] and row.target not in trail:
            yield from paths(rows, (*trail, row.target))


@given(random_rows, initials)
def test_it_exists_exactly_if_all_is_reached_and_all_reaches_an_end(
    rows: list[Transition], initial: Status
) -> None:
    named = {initial} | {status for row in rows for status in (row.source, row.target)}
    unreachable = {str(s) for s in named if s not in set(paths(rows, (initial,)))}
    stuck = {str(s) for s in named if not any(end.phase.is_end for end in paths(rows, (s,)))}
    twice = sum(Counter(rows).values()) - len(set(rows))
    try:
        lifecycle = Lifecycle(rows, initial)
    except InvalidLifecycle as error:
        found = [(defect.path, defect.problem.split()[:2]) for defect in error.defects]
        assert sorted(path for path, why in found if why == ["cannot", "be"]) == sorted(unreachable)
        assert sorted(path for path, why in found if why == ["cannot", "reach"]) == sorted(stuck)
        assert len([path for path, why in found if why == ["stands", "twice"]]) == twice
        assert found
    else:
        assert not unreachable | stuck
        assert not twice
        assert set(lifecycle.statuses) == named


class TestVersion:
    def test_same_rows_same_version(self) -> None:
        assert Lifecycle.default().version == DEFAULT.version
        assert DEFAULT.version.startswith("lifecycle:")

    @pytest.mark.parametrize(
        "other",
        [
            Lifecycle([Transition(A, "end", DONE)], A),
            Lifecycle([Transition(A, "finish", DROPPED)], A),
            Lifecycle([Transition(A, "finish", DONE, ("notes",))], A),
            Lifecycle(
                [Transition(Status("A", Phase.OPEN), "finish", DONE)], Status("A", Phase.OPEN)
            ),
            Lifecycle([Transition(STRANGE, "finish", DONE)], STRANGE),
            Lifecycle([Transition(A, "finish", DONE), Transition(DONE, "again", A)], A),
            Lifecycle([Transition(A, "finish", DONE), Transition(DONE, "again", A)], DONE),
        ],
    )
    def test_other_rows_another_version(self, other: Lifecycle) -> None:
        assert Lifecycle([Transition(A, "finish", DONE)], A).version != other.version

    def test_the_raw_value_and_the_start_are_content(self) -> None:
        def version(raw: str) -> str:
            status = Status.unknown(raw)
            return Lifecycle([Transition(status, "finish", DONE)], status).version

        assert version("-100") != version("-101")
        assert Lifecycle([], DONE).version != Lifecycle([], Status("DONE", DROPPED.phase)).version


@given(lifecycles(), st.data())
def test_it_survives_pickling_and_hashes(lifecycle: Lifecycle, data: st.DataObject) -> None:
    if data.draw(st.booleans(), label="used before"):
        lifecycle.audit([Logged(MONDAY)])
        assert lifecycle.version
    twin = pickle.loads(pickle.dumps(lifecycle))
    assert twin == lifecycle
    assert hash(twin) == hash(lifecycle)
    assert (twin.version, twin.statuses) == (lifecycle.version, lifecycle.statuses)
    assert twin.audit([Logged(MONDAY, status=STRANGE)]) == ()


class TestMoves:
    def test_each_kind_that_changes_a_status_moves(self) -> None:
        events = [
            Logged(MONDAY),
            StatusChanged(MONDAY, ACTIVE),
            Held(MONDAY, HoldReason.AWAITING_CALLER),
            Resolved(MONDAY),
            Reopened(MONDAY),
            Cancelled(MONDAY),
            Closed(MONDAY),
        ]
        found = list(moves(events))
        assert [str(move) for move in found] == [
            "NEW -> IN_PROGRESS",
            "IN_PROGRESS -> ON_HOLD",
            "ON_HOLD -> RESOLVED",
            "RESOLVED -> IN_PROGRESS",
            "IN_PROGRESS -> CANCELLED",
            "CANCELLED -> CLOSED",
        ]
        assert [move.index for move in found] == [1, 2, 3, 4, 5, 6]

    def test_what_was_only_seen_is_no_move_but_where_the_next_starts(self) -> None:
        events = [
            Logged(MONDAY),
            Observed(MONDAY, RESOLVED),
            Observed(MONDAY),
            Closed(MONDAY + HOUR),
        ]
        assert list(moves(events)) == [Move(3, MONDAY + HOUR, RESOLVED, CLOSED)]

    def test_a_history_that_starts_mid_life_has_no_move_into_it(self) -> None:
        assert list(moves([StatusChanged(MONDAY, RESOLVED)])) == []
        assert list(moves([Logged(MONDAY, status=None), Closed(MONDAY)])) == []

    def test_another_reason_to_hold_is_no_move(self) -> None:
        held = [Held(MONDAY, HoldReason(name)) for name in ("A", "B")]
        assert list(moves(held)) == []

    @given(timelines())
    def test_they_are_the_changes_of_status_and_chain(self, timeline: Timeline) -> None:
        found = list(moves(timeline))
        assert all(move.source != move.target for move in found)
        seen = [(type(event), getattr(event, "status", None)) for event in timeline]
        shown = [(i, kind, s) for i, (kind, s) in enumerate(seen) if s is not None]
        expected = [
            (index, before, now)
            for (_, _, before), (index, kind, now) in pairwise(shown)
            if before != now and kind not in (Logged, Observed)
        ]
        assert [(move.index, move.source, move.target) for move in found] == expected


class TestAudit:
    @given(lifecycles(), st.data())
    def test_a_walk_along_the_rows_has_no_deviation(
        self, lifecycle: Lifecycle, data: st.DataObject
    ) -> None:
        now, events = lifecycle.initial, list[Event]([Logged(MONDAY, status=lifecycle.initial)])
        for hour in range(data.draw(st.integers(0, 8))):
            rows = [row for row in lifecycle.transitions if row.source == now]
            assume(rows)
            now = data.draw(st.sampled_from(rows)).target
            events.append(StatusChanged(MONDAY + hour * HOUR, now))
        assert lifecycle.audit(events) == ()

    @given(timelines(showing(statuses), backwards=True))
    def test_it_lists_what_no_row_allows_and_what_runs_backwards(self, timeline: Timeline) -> None:
        rows = {(row.source, row.target) for row in DEFAULT.transitions}
        expected = list[tuple[int, str]]()
        for index, (before, now) in enumerate(pairwise(timeline), 1):
            source, target = before.status, now.status  # type: ignore[attr-defined]  # all show one
            if type(now) is not Observed and source != target and (source, target) not in rows:
                expected.append((index, f"{source} -> {target}"))
            if now.at.timestamp() < before.at.timestamp():
                expected.append((index, BACKWARDS))
        assert [(found.index, found.what) for found in DEFAULT.audit(timeline)] == expected

    def test_a_deviation_says_where_and_when(self) -> None:
        events = [Logged(MONDAY), Noted(MONDAY, "x"), Closed(MONDAY - HOUR)]
        assert DEFAULT.audit(events) == (
            Deviation(2, MONDAY - HOUR, "NEW -> CLOSED"),
            Deviation(2, MONDAY - HOUR, BACKWARDS),
        )

    def test_history_is_taken_from_anything_that_yields_it(self) -> None:
        assert len(DEFAULT.audit(iter([Logged(MONDAY), Closed(MONDAY)]))) == 1

    def test_an_unknown_status_is_a_deviation_on_the_way_in_and_out(self) -> None:
        events = [Logged(MONDAY), StatusChanged(MONDAY, STRANGE), Resolved(MONDAY)]
        whats = [deviation.what for deviation in DEFAULT.audit(events)]
        assert whats == ["NEW -> UNKNOWN(-100)", "UNKNOWN(-100) -> RESOLVED"]

    def test_claims_and_an_empty_history_deviate_from_nothing(self) -> None:
        assert DEFAULT.audit([]) == ()
        assert DEFAULT.audit([Asserted(MONDAY, {"reopenings": 3})]) == ()

    def test_the_repeated_hour_of_autumn_runs_forwards(self) -> None:
        first = datetime(2026, 10, 25, 2, 40, tzinfo=ZoneInfo("Europe/Berlin"))
        second = first.replace(minute=20, fold=1)
        assert DEFAULT.audit([Logged(first), Resolved(second)]) == ()
        assert [d.what for d in DEFAULT.audit([Noted(second, "x"), Noted(first, "y")])] == [
            BACKWARDS
        ]


def arrows(lifecycle: Lifecycle) -> list[str]:
    return [line.strip() for line in lifecycle.mermaid().splitlines() if " --> " in line]


class TestMermaid:
    def test_the_default(self) -> None:
        lines = DEFAULT.mermaid().splitlines()
        assert lines[:2] == ["stateDiagram-v2", "    [*] --> NEW"]
        assert lines[-2:] == ["    CANCELLED --> [*]", "    CLOSED --> [*]"]
        assert DEFAULT.mermaid().endswith("\n")

    @given(lifecycles())
    def test_it_names_the_start_each_row_and_each_end_once(self, lifecycle: Lifecycle) -> None:
        rows = [f"{row.source} --> {row.target}: {row.action}" for row in lifecycle.transitions]
        ends = [f"{status} --> [*]" for status in lifecycle.statuses if status.phase.is_end]
        assert sorted(arrows(lifecycle)) == sorted([f"[*] --> {lifecycle.initial}", *rows, *ends])

    def test_names_that_a_diagram_cannot_hold_stay_apart(self) -> None:
        names = ["end", "With vendor", "Größe", 'say "no"', "a;b", "state", "s1"]
        wild = [Status(name, Phase.ACTIVE) for name in names]
        wild += [Status("s1", Phase.WAITING), Status.unknown("1"), Status.unknown("2"), DONE]
        rows = [Transition(a, "go;\nnow", b) for a, b in pairwise(wild)]
        lifecycle = Lifecycle(rows, wild[0])
        drawn = [line.split(": ")[0].split(" --> ") for line in arrows(lifecycle)]
        assert len(drawn) == len(rows) + 2
        ids = {word for ends in drawn for word in ends} - {"[*]"}
        assert len(ids) == len(wild)
        assert all(word.isascii() and word.isidentifier() for word in ids)
        assert "end" not in ids
        assert all(line.endswith(": go, now") for line in arrows(lifecycle)[1:-1])
