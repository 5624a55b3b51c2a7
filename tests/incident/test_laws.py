"""Laws of the fold: what replaying, cutting, shifting and adding a note may and may not change."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from itilcore.incident import Event, Facts, Incident, Noted, Phase, Timeline
from itilcore.incident.fold import Fold

from .strategies import (
    incidents,
    instants,
    living,
    logging,
    making,
    orderly_incidents,
    quiet_makers,
    showing,
    statuses,
    timelines,
)

WORKED = (
    "open_seconds",
    "active_seconds",
    "waiting_seconds",
    "resolved_seconds",
    "unknown_seconds",
)


def times(facts: Facts) -> dict[str, float]:
    return {name: getattr(facts, name) for name in WORKED}


def shifted(value: Any, by: timedelta) -> Any:
    """A row or an event with each of its instants moved, in UTC."""

    def move(item: Any) -> Any:
        if isinstance(item, datetime):
            return item.astimezone(UTC) + by
        return tuple(map(move, item)) if isinstance(item, tuple) else item

    moved = {column.name: move(getattr(value, column.name)) for column in fields(type(value))}
    return evolve(value, **moved)


@given(incidents, st.none() | instants)
def test_replaying_a_timeline_gives_the_same_incident(
    incident: Incident, at: datetime | None
) -> None:
    again = Incident.replay(incident.reference, incident.timeline, at=at)
    assert again == incident
    assert again.facts == Incident.replay(incident.reference, list(incident.timeline), at=at).facts


@given(orderly_incidents, st.integers(0, 9))
def test_how_it_stood_is_the_fold_of_what_had_happened(incident: Incident, cut: int) -> None:
    head, tail = incident.timeline.events[:cut], incident.timeline.events[cut:]
    at = max((event.at for event in head), key=datetime.timestamp, default=None)
    if at is not None and not (tail and tail[0].at.timestamp() == at.timestamp()):
        then = incident.as_of(at)
        assert then == Incident.replay("INC1", head)
        assert then.facts == Incident.replay("INC1", head, at=at).facts


@given(incidents, instants, instants)
def test_asking_twice_about_two_instants_is_asking_about_the_earlier(
    incident: Incident, one: datetime, other: datetime
) -> None:
    earlier = min(one, other, key=datetime.timestamp)
    assert incident.as_of(one).as_of(other).timeline == incident.as_of(earlier).timeline


@given(incidents, instants, instants)
def test_what_was_recorded_later_might_as_well_not_exist(
    incident: Incident, at: datetime, known_at: datetime
) -> None:
    then = incident.as_of(at, known_at=known_at)
    assert all(event.known_at.timestamp() <= known_at.timestamp() for event in then.timeline)
    never = [e for e in incident.timeline if e.known_at.timestamp() <= known_at.timestamp()]
    assert then.facts == Incident.replay("INC1", never).as_of(at).facts


@given(incidents, st.integers(-100_000, 100_000), st.none() | instants)
def test_shifting_every_instant_shifts_the_facts_and_nothing_else(
    incident: Incident, minutes: int, at: datetime | None
) -> None:
    by = timedelta(minutes=minutes)
    moved = [shifted(event, by) for event in incident.timeline]
    until = None if at is None else at.astimezone(UTC) + by
    facts = Incident.replay("INC1", moved, at=until).facts
    assert facts == shifted(Incident.replay("INC1", incident.timeline, at=at).facts, by)


@given(timelines(showing(living) | quiet_makers, first=logging(living)))
def test_the_time_of_one_that_never_ended_is_all_accounted_for(timeline: Timeline) -> None:
    facts = Incident.replay("INC1", timeline).facts
    assert facts.logged_at is not None
    assert facts.last_event_at is not None
    life = facts.last_event_at.timestamp() - facts.logged_at.timestamp()
    assert sum(times(facts).values()) == life


@given(timelines(showing(statuses) | quiet_makers, first=logging(statuses), longest_gap=60))
def test_time_in_phases_agrees_with_a_count_minute_by_minute(timeline: Timeline) -> None:
    steps = [(round(event.at.timestamp()) // 60, status_of(event)) for event in timeline]
    counted = Counter[str]()
    for minute in range(steps[0][0], steps[-1][0]):
        shown = [phase for at, phase in steps if at <= minute and phase is not None]
        counted[(shown[-1] if shown else Phase.UNKNOWN).value] += 1
    facts = Incident.replay("INC1", timeline).facts
    assert times(facts) == {name: counted[name.partition("_")[0]] * 60.0 for name in WORKED}


def status_of(event: Event) -> Phase | None:
    status = getattr(event, "status", None)
    return None if status is None else status.phase


@given(incidents, st.integers(0, 600))
def test_a_note_changes_nothing_but_the_running_time(incident: Incident, minutes: int) -> None:
    before = incident.facts
    if before.last_event_at is not None:
        at = before.last_event_at.astimezone(UTC) + timedelta(minutes=minutes)
        noted = Incident.replay("INC1", incident.timeline.append(Noted(at, "called back")))
        after = noted.facts
        assert noted.version == incident.version + 1
        grown = {name for name in WORKED if getattr(after, name) != getattr(before, name)}
        phase = Phase.UNKNOWN if before.phase is None else before.phase
        assert grown <= {f"{phase.value}_seconds"}
        backwards = incident.timeline[-1].at.timestamp() > at.timestamp()
        assert not backwards
        expected: dict[str, Any] = {"last_event_at": after.last_event_at, **times(after)}
        assert after == evolve(before, **expected)


@given(incidents, st.lists(making(Noted, text=st.just("x")), max_size=3), st.data())
def test_notes_in_between_change_no_state(
    incident: Incident, notes: list[Any], data: st.DataObject
) -> None:
    events = list(incident.timeline)
    for note in notes:
        index = data.draw(st.integers(0, len(events)))
        near = events[min(index, len(events) - 1)].at if events else data.draw(instants)
        events.insert(index, note(near))
    with_notes = Incident.replay("INC1", events).facts
    kept: Any = {name: getattr(incident.facts, name) for name in ("last_event_at", "backwards")}
    if events and incident.timeline:
        assert evolve(with_notes, **kept) == incident.facts


@given(orderly_incidents)
def test_in_order_nothing_is_backwards(incident: Incident) -> None:
    assert incident.facts.backwards == 0


@given(incidents)
def test_figures_are_never_negative(incident: Incident) -> None:
    facts = incident.facts
    counts = (facts.backwards, facts.priority_changes, facts.escalations)
    assert min(*counts, *times(facts).values()) >= 0
    assert facts.backwards < max(len(incident.timeline), 1)


@given(incidents)
def test_what_held_was_resolved_and_what_was_reopened_was_over(incident: Incident) -> None:
    facts = incident.facts
    if facts.resolved_by == "trail":
        assert facts.was_resolved
        assert facts.phase is None or not facts.phase.is_unresolved
    assert (facts.resolved_by is None) == (facts.resolved_at is None)
    if facts.first_reopened_at is None and "reopenings" not in claimed(incident):
        assert facts.reopenings == 0


def claimed(incident: Incident) -> set[str]:
    return {name for event in incident.timeline for name, _ in getattr(event, "claims", ())}


@given(incidents, st.integers(0, 10))
def test_a_fold_may_be_fed_in_two_parts(incident: Incident, cut: int) -> None:
    events = incident.timeline.events
    fold = Fold().run(events[:cut]).run(events[cut:])
    assert fold.facts("INC1", None) == incident.facts
