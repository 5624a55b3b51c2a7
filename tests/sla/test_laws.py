"""The laws of clocks, and the count by the minute, which uses nothing of the library's clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.calendars import BusinessCalendar
from itilcore.incident import Incident
from itilcore.sla import (
    Agreement,
    Applies,
    ClockState,
    Conventions,
    Reopening,
    Target,
    TargetKind,
)

from .stories import HOUR, MINUTE, NINE, event

WORDS = ("start", "hold:A", "hold:B", "resume", "resolve", "reopen", "note", "in", "group:X")
Steps = list[tuple[int, str]]
WAITS = {"hold:A": "waiting", "hold:B": "waiting", "resolve": "resolved"}
RUNS = {"start": "running", "resume": "running", "reopen": "running"}

steps = st.lists(st.tuples(st.integers(0, 900), st.sampled_from(WORDS)), max_size=8)
withins = st.integers(1, 2_000).map(lambda m: m * MINUTE)
laters = st.integers(0, 4_000)
weeks = st.sampled_from(
    [
        ("Mon-Sun 00:00-24:00", "UTC"),
        ("Mon-Fri 09:00-12:00, 13:00-17:30", "UTC"),
        ("Mon-Fri 22:00-06:00", "Europe/Berlin"),
        ("Mon-Thu 08:00-20:00; Sun 10:00-11:00", "Australia/Lord_Howe"),
    ]
)


def told(given_steps: Steps) -> tuple[list[tuple[datetime, str]], Incident]:
    """The steps with their instants, and the incident that they make."""
    now, found = NINE, [(NINE, "log")]
    for minutes, word in given_steps:
        now += minutes * MINUTE
        found.append((now, word))
    return found, Incident.replay("INC1", [event(word, when) for when, word in found])


def phases(found: list[tuple[datetime, str]], until: datetime) -> list[str]:
    """The phase of every minute from the first step on, up to *until*."""
    phase, place, minutes = "running", 0, []
    now = found[0][0]
    while now < until:
        while place < len(found) and found[place][0] <= now:
            phase = {**WAITS, **RUNS}.get(found[place][1], phase)
            place += 1
        minutes.append(phase)
        now += MINUTE
    return minutes


def resolved_for_good(found: list[tuple[datetime, str]]) -> datetime | None:
    """Since when it has been resolved without another phase in between; None where it is not."""
    since = None
    for when, word in reversed(found):
        if word in WAITS or word in RUNS:
            if word != "resolve":
                break
            since = when
    return since


def made(hours: tuple[str, str]) -> BusinessCalendar:
    return BusinessCalendar.weekly(hours[0], tz=hours[1])


@given(steps, weeks, withins, laters, st.sampled_from(["resume", "count resolved time"]))
def test_a_resolution_counts_what_a_count_by_the_minute_counts(
    given_steps: Steps, hours: tuple[str, str], within: timedelta, later: int, way: str
) -> None:
    found, incident = told(given_steps)
    calendar = made(hours)
    now = found[-1][0] + later * MINUTE
    rules = evolve(Conventions(), reopening=Reopening(way))
    agreement = Agreement("gold", [Target(TargetKind.RESOLUTION, within, calendar)], rules)
    (reading,) = agreement.read(incident, now)
    every = phases(found, now)
    opened = [calendar.is_open(NINE + n * MINUTE) for n in range(len(every))]
    counts = ["running"]
    if way == "count resolved time":
        # Time resolved counts where it was followed by work, be it for no time: not at the end.
        last = (resolved_for_good(found) or now) - NINE
        every = [
            "running" if phase == "resolved" and n * MINUTE < last else phase
            for n, phase in enumerate(every)
        ]
    counted = [o and phase in counts for o, phase in zip(opened, every, strict=True)]
    assert reading.elapsed == sum(counted) * MINUTE
    assert reading.remaining == within - reading.elapsed
    assert reading.breached is (reading.elapsed > within)
    reached = [n for n, each in enumerate(counted) if each]
    needed = within // MINUTE
    if len(reached) >= needed:
        assert reading.due == NINE + (reached[needed - 1] + 1) * MINUTE
    if reading.state is ClockState.RUNNING:
        assert resolved_for_good(found) is None
        assert reading.due is not None
        if reading.remaining:  # with nothing left it was due when the last minute had counted
            assert calendar.elapsed(now, reading.due) == reading.remaining


@given(steps, weeks, withins, laters)
def test_the_account_adds_up(
    given_steps: Steps, hours: tuple[str, str], within: timedelta, later: int
) -> None:
    found, incident = told(given_steps)
    now = found[-1][0] + later * MINUTE
    calendar = made(hours)
    agreement = Agreement("gold", [Target(TargetKind.RESOLUTION, within, calendar)])
    (reading,) = agreement.read(incident, now)
    account = reading.account
    end = now if reading.stopped_at is None else reading.stopped_at
    assert sum((e.interval.duration for e in account if e.counted), timedelta()) == reading.elapsed
    assert [e.interval.end for e in account[:-1]] == [e.interval.start for e in account[1:]]
    if account:
        assert (account[0].interval.start, account[-1].interval.end) == (NINE, end)
    else:
        assert end == NINE
    assert reading.paused is not None
    assert reading.elapsed is not None
    assert reading.elapsed + reading.paused == calendar.elapsed(NINE, end)
    assert len(reading.explain().splitlines()) >= len(account)


@given(steps, weeks, withins, laters, st.integers(0, 600), st.integers(0, 600))
def test_a_pause_never_makes_a_target_due_earlier(
    given_steps: Steps, hours: tuple[str, str], within: timedelta, later: int, at: int, length: int
) -> None:
    plain = [(minutes, word) for minutes, word in given_steps if word not in ("resolve", "reopen")]
    held = [*plain, (at, "hold:A"), (length, "resume")]
    free = [*plain, (at, "note"), (length, "resume")]
    (_, one), (steps_told, other) = told(free), told(held)
    now = steps_told[-1][0] + later * MINUTE
    agreement = Agreement("gold", [Target(TargetKind.RESOLUTION, within, made(hours))])
    without, with_pause = (agreement.read(each, now)[0].due for each in (one, other))
    assert without is not None
    assert with_pause is not None
    assert with_pause >= without


@given(steps, weeks, withins, laters, st.integers(0, 3_000))
def test_time_only_goes_on_and_the_future_changes_nothing(
    given_steps: Steps, hours: tuple[str, str], within: timedelta, later: int, cut: int
) -> None:
    found, incident = told(given_steps)
    targets = [Target(kind, within, made(hours)) for kind in TargetKind]
    agreement = Agreement("gold", targets)
    early = NINE + cut * MINUTE
    past = [each for each in incident.timeline if each.at <= early]
    assert agreement.read(incident, early) == agreement.read(past, early)
    last = found[-1][0]
    (one, *_), (two, *_) = (agreement.read(incident, last + n * MINUTE) for n in (0, later))
    assert one.elapsed <= two.elapsed


@given(steps, weeks, withins, withins, laters)
def test_keeping_start_and_pauses_is_a_fresh_reading_under_the_other_target(
    given_steps: Steps, hours: tuple[str, str], one: timedelta, two: timedelta, later: int
) -> None:
    calendar = made(hours)
    _, plain = told([*given_steps, (5, "P2")])
    found, changed = told([(0, "P1"), *given_steps, (5, "P2")])
    now = found[-1][0] + later * MINUTE
    first = Target(TargetKind.RESOLUTION, one, calendar, Applies(priorities="P1"))
    second = Target(TargetKind.RESOLUTION, two, calendar, Applies(priorities="P2"))
    (fresh,) = Agreement("gold", [second]).read(plain, now)
    (kept,) = Agreement("gold", [first, second]).read(changed, now)
    if kept.target == second:  # what has stopped keeps the target it had
        assert (kept.due, kept.elapsed, kept.paused) == (fresh.due, fresh.elapsed, fresh.paused)
    else:
        assert kept.stopped_at is not None


@given(steps, weeks, laters)
def test_a_response_runs_until_somebody_answers(
    given_steps: Steps, hours: tuple[str, str], later: int
) -> None:
    found, incident = told(given_steps)
    now = found[-1][0] + later * MINUTE
    calendar = made(hours)
    (reading,) = Agreement("gold", [Target(TargetKind.RESPONSE, HOUR, calendar)]).read(
        incident, now
    )
    answers = [when for when, word in found if word == "resolve"]
    end = min([*answers, now])
    assert reading.elapsed == calendar.elapsed(NINE, end)
    assert (reading.stopped_at is not None) is bool(answers)
    assert reading.started_at == NINE.astimezone(UTC)
