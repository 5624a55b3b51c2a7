"""What starts, pauses, stops, cancels and changes a clock, rule by rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve

from itilcore.calendars import BusinessCalendar
from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Asserted,
    Classified,
    HoldReason,
    Incident,
    Logged,
    Noted,
    Phase,
    Resolved,
)
from itilcore.priority import Priority
from itilcore.sla import (
    Agreement,
    AgreementKind,
    Applies,
    BusinessDays,
    ClockState,
    Condition,
    Conditions,
    Conventions,
    Reading,
    Reopening,
    Retargeting,
    Target,
    TargetKind,
    Threshold,
)

from .stories import ALWAYS, HOUR, MINUTE, NINE, at, story

RESPONSE, RESOLUTION, UPDATE = TargetKind.RESPONSE, TargetKind.RESOLUTION, TargetKind.UPDATE
PRESETS = ("default", "servicenow", "servicenow-retroactive", "jira", "glpi", "zammad", "frappe")


def target(kind: TargetKind = RESOLUTION, hours: float = 4, **more) -> Target:
    return Target(kind, hours * HOUR, ALWAYS, **more)


def read(
    text: str,
    when: float,
    *targets: Target,
    conventions: Conventions | str = "default",
    **more,
) -> Reading:
    rules = Conventions.named(conventions) if isinstance(conventions, str) else conventions
    agreement = Agreement("gold", targets or [target()], rules)
    (found,) = agreement.read(story(text), at(when), **more)
    return found


def test_it_runs_from_the_first_event():
    found = read("0 log", 60)
    assert found.state is ClockState.RUNNING
    assert (found.elapsed, found.remaining, found.percent) == (HOUR, 3 * HOUR, 25.0)
    assert (found.started_at, found.due, found.stopped_at) == (NINE, NINE + 4 * HOUR, None)
    assert (found.cycle, found.paused, found.warnings) == (1, timedelta(), ())


def test_before_the_first_event_it_has_not_started():
    found = read("0 log", -1)
    assert found.state is ClockState.NOT_STARTED
    assert (found.elapsed, found.due, found.account) == (None, None, ())
    assert found.explain() == "resolution: not started"
    assert found.to_dict()["state"] == "not started"


@pytest.mark.parametrize("reason", ["AWAITING_CALLER", "AWAITING_VENDOR"])
def test_a_hold_pauses_the_resolution(reason: str):
    found = read(f"0 log, 60 hold:{reason}", 90)
    assert found.state is ClockState.PAUSED
    assert (found.elapsed, found.paused) == (HOUR, 30 * MINUTE)
    assert found.due == at(90) + 3 * HOUR


def test_from_one_hold_to_another_nothing_is_lost_and_nothing_counts_twice():
    found = read("0 log, 60 hold:CALLER, 90 hold:VENDOR, 150 resume", 180)
    assert (found.elapsed, found.paused) == (90 * MINUTE, 90 * MINUTE)
    assert [str(e.why) for e in found.account if not e.counted] == [
        "on hold: CALLER",
        "on hold: VENDOR",
    ]


def test_from_hold_to_resolved_the_hold_stays_out():
    found = read("0 log, 60 hold, 300 resolve", 900)
    assert found.state is ClockState.MET
    assert (found.elapsed, found.stopped_at) == (HOUR, at(300))


def test_pauses_are_a_property_of_target_and_hold_reason():
    only = Condition(phases=Phase.WAITING, hold_reasons="VENDOR")
    vendor = target(conditions=evolve(Conditions.resolution(), pause=[only]))
    assert read("0 log, 60 hold:CALLER", 90, vendor).elapsed == 90 * MINUTE
    assert read("0 log, 60 hold:VENDOR", 90, vendor).elapsed == HOUR
    moved = read("0 log, 60 hold:VENDOR, 90 hold:CALLER", 120, vendor)
    assert moved.elapsed == 90 * MINUTE


def test_on_the_very_due_instant_it_is_met_and_after_it_is_not():
    assert read("0 log, 240 resolve", 999).state is ClockState.MET
    late = read("0 log, 240.001 resolve", 999)
    assert late.state is ClockState.BREACHED
    assert late.breached_at == at(240)
    assert not late.is_running_late


def test_an_open_one_is_late_already():
    found = read("0 log", 300)
    assert found.state is ClockState.BREACHED
    assert found.is_running_late
    assert found.remaining == -HOUR
    assert found.percent == 125.0
    assert "remaining -1:00:00" in found.explain()


@pytest.mark.parametrize("stops", ["ack", "out", "resolve", "close"])
def test_what_stops_a_response(stops: str):
    found = read(f"0 log, 30 {stops}, 60 resume, 90 reopen", 500, target(RESPONSE, 1))
    assert found.state is ClockState.MET
    assert found.stopped_at == at(30)


@pytest.mark.parametrize("not_an_answer", ["hold", "in", "note", "tell", "group:Desk", "start"])
def test_what_does_not(not_an_answer: str):
    found = read(f"0 log, 30 {not_an_answer}", 90, target(RESPONSE, 1))
    assert found.is_running_late
    assert found.paused == timedelta()


def test_a_claim_of_an_acknowledgement_counts_and_silence_is_unknown():
    response = Agreement("gold", [target(RESPONSE, 1)])
    claims = [Logged(NINE), Asserted(NINE, {"acknowledged_at": at(20)})]
    (found,) = response.read(claims, at(600))
    assert (found.state, found.stopped_at) == (ClockState.MET, at(20))
    (early,) = response.read(claims, at(10))
    assert early.state is ClockState.RUNNING
    (silent,) = response.read(story("0 log, 0 silent:acknowledged_at"), at(600))
    assert silent.state is ClockState.UNKNOWN
    assert silent.target is not None


def test_a_claim_of_a_resolution_outweighs_the_trail_unless_it_is_open_again():
    agreement = Agreement("gold", [target()])
    claim = Asserted(NINE, {"resolved_at": at(60)})
    (found,) = agreement.read([Logged(NINE), Resolved(at(120)), claim], at(600))
    assert (found.elapsed, found.stopped_at) == (HOUR, at(60))
    (open_again,) = agreement.read([Logged(NINE), claim], at(120))
    assert open_again.state is ClockState.RUNNING
    backwards = Asserted(NINE, {"resolved_at": at(-60)})
    (unknown,) = agreement.read([Logged(NINE), Resolved(at(120)), backwards], at(600))
    assert unknown.state is ClockState.UNKNOWN
    silent = story("0 log, 120 resolve, 120 silent:resolved_at")
    assert agreement.read(silent, at(600))[0].state is ClockState.UNKNOWN


def test_a_claim_says_nothing_about_updates():
    found = read("0 log, 60 silent:resolved_at", 90, target(UPDATE, 1))
    assert found.is_running_late


def test_cancelled():
    found = read("0 log, 60 cancel", 600)
    assert (found.state, found.elapsed) == (ClockState.CANCELLED, HOUR)
    late = read("0 log, 300 cancel", 600)
    assert (late.state, late.breached) == (ClockState.CANCELLED, True)
    again = read("0 log, 60 cancel, 120 start", 180)
    assert again.state is ClockState.RUNNING


def test_cancelled_before_it_started():
    gated = target(conditions=evolve(Conditions.resolution(), start=[Condition(assigned=True)]))
    assert read("0 log, 60 cancel", 90, gated).state is ClockState.NOT_STARTED
    reopened = read("0 log, 60 cancel, 90 person:ada, 120 start", 150, gated)
    assert reopened.state is ClockState.RUNNING


def test_a_condition_that_starts_it():
    gated = target(conditions=evolve(Conditions.resolution(), start=[Condition(groups="Network")]))
    assert read("0 log", 90, gated).state is ClockState.NOT_STARTED
    found = read("0 log, 60 group:Network", 90, gated)
    assert (found.started_at, found.elapsed) == (at(60), 30 * MINUTE)
    both = read("0 log, 0 group:Network, 0 resolve", 90, gated)
    assert both.state is ClockState.MET
    assert read("0 log, 0 group:Desk, 60 resolve", 90, gated).state is ClockState.NOT_STARTED


@pytest.mark.parametrize(
    ("condition", "text", "holds"),
    [
        (Condition(acknowledged=True), "0 log, 0 ack", True),
        (Condition(acknowledged=False), "0 log", True),
        (Condition(responded=True), "0 log, 0 out", True),
        (Condition(responded=False), "0 log, 0 out", False),
        (Condition(statuses="ON_HOLD"), "0 log, 0 hold", True),
        (Condition(statuses=["CLOSED", "NEW"]), "0 log, 0 hold", False),
        (Condition(hold_reasons="X"), "0 log, 0 hold:X", True),
        (Condition(hold_reasons="X"), "0 log", False),
        (Condition(groups="Desk"), "0 log, 0 person:ada", True),
        (Condition(assigned=True), "0 log, 0 person:ada", True),
        (Condition(assigned=True), "0 log, 0 group:Desk", False),
        (Condition(assigned=False), "0 log, 0 group:Desk", True),
    ],
)
def test_conditions(condition: Condition, text: str, holds: bool):
    gated = target(conditions=Conditions(pause=condition))
    assert (read(text, 60, gated).state is ClockState.PAUSED) is holds


def test_an_update_begins_the_next_cycle_and_a_resolution_ends_it():
    hourly = target(UPDATE, 1)
    found = read("0 log, 50 tell, 130 out", 150, hourly)
    assert (found.cycle, found.elapsed) == (3, 20 * MINUTE)
    first, second = found.earlier
    assert (first.elapsed, first.breached) == (50 * MINUTE, False)
    assert (second.elapsed, second.breached, second.breached_at) == (80 * MINUTE, True, at(110))
    assert (found.breached, found.ever_breached, found.breached_at) == (False, True, at(110))
    assert read("0 log, 50 resolve", 500, hourly).state is ClockState.MET
    assert read("0 out", 30, hourly).cycle == 1


def test_an_update_does_not_overrule_the_response():
    agreement = Agreement("gold", [target(RESPONSE, 1), target(UPDATE, 2)])
    response, update = agreement.read(story("0 log, 90 tell"), at(100))
    assert response.is_running_late
    assert (update.state, update.cycle) == (ClockState.RUNNING, 2)


REOPENED = "0 log, 60 resolve, 180 reopen"


@pytest.mark.parametrize(
    ("way", "elapsed", "cycle", "state"),
    [
        (Reopening.RESUME, 90, 1, ClockState.RUNNING),
        (Reopening.COUNT_RESOLVED_TIME, 210, 1, ClockState.RUNNING),
        (Reopening.NEW_CYCLE, 30, 2, ClockState.RUNNING),
        (Reopening.STAY_STOPPED, 60, 1, ClockState.MET),
    ],
)
def test_reopening(way: Reopening, elapsed: int, cycle: int, state: ClockState):
    found = read(REOPENED, 210, conventions=evolve(Conventions(), reopening=way))
    assert (found.elapsed, found.cycle, found.state) == (elapsed * MINUTE, cycle, state)


def test_breached_in_an_earlier_cycle_is_breached_ever_and_not_now():
    text = "0 log, 300 resolve, 400 reopen, 430 resolve"
    found = read(text, 999, conventions="jira")
    assert (found.state, found.breached, found.ever_breached) == (ClockState.MET, False, True)
    assert found.breached_at == at(240)
    assert found.earlier[0].stopped_at == at(300)


def test_a_first_response_is_not_owed_twice():
    found = read(
        "0 log, 30 ack, 60 resolve, 90 reopen", 999, target(RESPONSE, 1), conventions="jira"
    )
    # Taking it on is no answer to Jira; resolving it is.
    assert (found.state, found.stopped_at, found.cycle) == (ClockState.MET, at(60), 1)


def test_time_resolved_while_on_hold_counts_once():
    found = read("0 log, 30 hold, 60 resolve, 90 reopen, 120 resolve", 999)
    assert (found.elapsed, found.paused) == (60 * MINUTE, 60 * MINUTE)


TWO = (
    target(hours=8, applies=Applies(priorities="P2")),
    target(hours=2, applies=Applies(priorities="P1")),
)
CHANGED = "0 log, 0 P2, 30 hold, 60 resume, 90 P1"


@pytest.mark.parametrize(
    ("way", "due", "elapsed"),
    [
        (Retargeting.KEEP_START_AND_PAUSES, 150, 70),
        (Retargeting.KEEP_START, 120, 100),
        (Retargeting.RESTART, 210, 10),
        (Retargeting.KEEP_SHORTEST, 150, 70),
    ],
)
def test_a_change_of_priority(way: Retargeting, due: int, elapsed: int):
    found = read(CHANGED, 100, *TWO, conventions=evolve(Conventions(), retargeting=way))
    assert (found.due, found.elapsed) == (at(due), elapsed * MINUTE)
    assert found.original_due == at(510)
    assert [(c.at, c.due) for c in found.changes] == [(at(90), at(510))]
    assert f"took the place of {TWO[0]}" in found.explain()


def test_the_shortest_stays():
    text = "0 log, 0 P1, 60 P2"
    rules = evolve(Conventions(), retargeting=Retargeting.KEEP_SHORTEST)
    found = read(text, 100, *TWO, conventions=rules)
    assert (found.due, found.changes, found.target) == (at(120), (), TWO[1])


def test_a_change_while_it_is_held():
    for way, elapsed in (
        (Retargeting.KEEP_START, 90),
        (Retargeting.RESTART, 0),
        (Retargeting.KEEP_START_AND_PAUSES, 30),
    ):
        rules = evolve(Conventions(), retargeting=way)
        found = read("0 log, 0 P2, 30 hold, 90 P1", 100, *TWO, conventions=rules)
        assert (found.elapsed, found.state) == (elapsed * MINUTE, ClockState.PAUSED)


def test_a_breach_that_was_stays_when_the_priority_is_lowered():
    found = read("0 log, 0 P1, 150 P2", 200, *TWO)
    assert (found.breached, found.ever_breached) == (False, True)
    assert found.breached_at == at(120)


def test_no_target_cancels_what_ran_and_another_starts_anew_from_then():
    only = target(hours=2, applies=Applies(priorities="P1"))
    text = "0 log, 0 P1, 30 P3"
    gone = read(text, 60, only)
    assert (gone.state, gone.elapsed) == (ClockState.CANCELLED, 30 * MINUTE)
    assert gone.chosen[0].text == "none of 1 targets fits: priority P1"
    again = read(f"{text}, 90 P1", 100, only)
    assert (again.cycle, again.state) == (2, ClockState.RUNNING)
    never = read("0 log, 0 P3", 60, only)
    assert never.state is ClockState.NOT_STARTED


def test_a_target_that_comes_late_counts_from_the_beginning():
    only = target(hours=2, applies=Applies(priorities="P1"))
    assert read("0 log, 60 P1", 90, only).elapsed == 90 * MINUTE


def test_what_has_stopped_keeps_the_target_it_was_measured_by():
    text = "0 log, 0 P2, 180 resolve, 200 P1"
    found = read(text, 300, *TWO)
    assert (found.state, found.target) == (ClockState.MET, TWO[0])
    back = read(f"{text}, 240 reopen", 250, *TWO)
    assert (back.target, back.elapsed) == (TWO[1], 190 * MINUTE)
    assert back.changes[0].before == TWO[0]
    new = read(f"{text}, 240 reopen", 250, *TWO, conventions="jira")
    assert (new.target, new.elapsed, new.changes) == (TWO[1], 10 * MINUTE, ())
    gone = read("0 log, 0 P2, 180 resolve, 200 P3", 300, *TWO)
    assert (gone.state, gone.target) == (ClockState.MET, TWO[0])


def test_choosing_by_everything():
    vpn = Category("Network", "VPN")
    incident = Incident.replay(
        "INC1", [Logged(NINE, requester="acme"), Classified(NINE, TicketKind.INCIDENT, vpn, "mail")]
    )
    agreement = Agreement(
        "gold",
        [
            target(hours=1, applies=Applies(priorities="P1")),
            target(hours=2, applies=Applies(services="web")),
            target(hours=3, applies=Applies(kinds=TicketKind.PROBLEM)),
            target(hours=4, applies=Applies(customers="globex")),
            target(hours=5, applies=Applies(categories=["Hardware", "Network > VPN > Client"])),
            target(
                hours=6, applies=Applies(categories="Network", customers="acme", services="mail")
            ),
            target(hours=7),
        ],
    )
    decision = agreement.choose(incident)["resolution"]
    assert decision.answer == agreement.targets[5]
    assert decision.version == agreement.version
    assert "category Network, service mail, customer acme" in decision.explain()
    assert (
        agreement.choose(incident, customer="globex")["resolution"].answer == agreement.targets[3]
    )
    (reading,) = agreement.read(incident, NINE, customer="globex")
    assert reading.target == agreement.targets[3]
    none = Agreement("gold", agreement.targets[:3]).choose(incident)["resolution"]
    assert none.answer is None
    assert str(none.reasons[0]).startswith("none of 3 targets fits: priority P1; service web; kind")
    unknown = Incident.replay("INC2", [Logged(NINE)])
    assert agreement.choose(unknown)["resolution"].answer == agreement.targets[6]


def test_thresholds():
    warn = [
        Threshold.percent(50),
        Threshold.before(30 * MINUTE),
        Threshold.after(HOUR),
        Threshold.after(BusinessDays(1)),
        Threshold.after(BusinessDays(-1)),
    ]
    found = read("0 log, 60 hold, 120 resume", 250, target(warn=warn))
    instants = [at(180), at(270), at(360), at(300) + timedelta(days=1), at(300) - timedelta(days=1)]
    assert [w.at for w in found.warnings] == instants
    assert [w.passed for w in found.warnings] == [True, False, False, False, True]
    assert [str(w.threshold) for w in found.warnings] == [
        "50 %",
        "30 min before",
        "60 min after",
        "1 business day after",
        "1 business day before",
    ]


def test_a_number_of_business_days():
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    days = Target(RESOLUTION, BusinessDays(2), office, warn=[Threshold.percent(50)])
    found = read("0 log, 60 hold, 120 resume", 180, days)
    assert found.due == datetime(2026, 1, 8, 10, tzinfo=UTC)  # the hour on hold is added
    assert (found.elapsed, found.remaining) == (2 * HOUR, 22 * HOUR)
    assert found.percent == pytest.approx(100 * 2 / 24)
    assert found.warnings[0].at == datetime(2026, 1, 6, 14, tzinfo=UTC)
    assert str(days) == "resolution within 2 business days, end_of_day for every incident"


def test_at_a_closing_it_is_due_there_or_at_the_next_opening_by_name():
    office = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")
    day = Target(RESOLUTION, 8 * HOUR, office)
    assert read("0 log", 60, day).due == datetime(2026, 1, 5, 17, tzinfo=UTC)
    other = evolve(Conventions(), due="next_open")
    assert read("0 log", 60, day, conventions=other).due == datetime(2026, 1, 6, 9, tzinfo=UTC)


def test_the_account_follows_the_calendar_day_by_day():
    office = BusinessCalendar.weekly(
        "Mon-Fri 09:00-17:00", tz="Europe/Berlin", holidays={"01-06": "Epiphany"}
    )
    found = read("0 log, 60 hold, 120 resume", 60 * 72, Target(RESOLUTION, 16 * HOUR, office))
    rows = [(e.interval.duration, e.counted, str(e.why)) for e in found.account]
    assert rows[0] == (HOUR, True, "Mon 2026-01-05 10:00:00 lies in 09:00-17:00")
    assert rows[1] == (HOUR, False, "on hold: AWAITING_CALLER")
    assert (24 * HOUR, False, "Tue 2026-01-06 is a holiday: Epiphany") in rows
    assert sum((length for length, counted, _ in rows if counted), timedelta()) == found.elapsed
    assert str(found.account[0]) == (
        "2026-01-05 09:00 to 2026-01-05 10:00  counts          1:00:00  "
        "Mon 2026-01-05 10:00:00 lies in 09:00-17:00"
    )
    assert found.versions == (
        ("agreement", found.agreement_version),
        ("calendar", office.version),
        ("time zones", dict(found.versions)["time zones"]),
    )


def test_what_happens_after_the_reading_does_not_exist():
    late = read("0 log, 60 hold, 120 resume, 200 resolve, 210 reopen", 30)
    assert late == read("0 log", 30)


def test_what_was_written_down_later_was_not_known():
    events = [Logged(NINE), Resolved(at(60), recorded_at=at(300))]
    agreement = Agreement("gold", [target()])
    assert agreement.read(events, at(120))[0].state is ClockState.MET
    assert agreement.read(events, at(120), known_at=at(120))[0].state is ClockState.RUNNING


def test_events_that_run_backwards():
    found = read("0 log, 60 hold, 30 resume", 120)
    assert found.elapsed == 2 * HOUR
    assert found.account[-1].interval.end == at(120)


def test_a_history_that_starts_mid_life():
    found = read("0 see:ON_HOLD, 60 see:IN_PROGRESS", 90)
    assert found.elapsed == 30 * MINUTE
    assert read("0 see:RESOLVED", 90).state is ClockState.MET


def test_one_clock_by_name_and_many_incidents():
    agreement = Agreement("gold", [target(), target(RESPONSE, 1), target(name="second")])
    assert agreement.clocks == ("resolution", "response", "second")
    (only,) = agreement.read(story("0 log"), at(30), clock="response")
    assert only.name == "response"
    incidents = [story("0 log"), story("0 log, 10 resolve")]
    found = list(agreement.readings(incidents, at(30)))
    assert [incident for incident, _ in found] == incidents
    assert [r[0].state for _, r in found] == [ClockState.RUNNING, ClockState.MET]


def test_a_reading_as_json():
    found = read("0 log, 60 hold, 90 resume", 240, target(warn=[Threshold.percent(75)])).to_dict()
    assert found["state"] == "running"
    assert found["elapsed_seconds"] == 210 * 60
    assert found["warnings"][0]["passed"] is True
    assert set(found["versions"]) == {"agreement", "calendar", "time zones"}


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: target(hours=0), "within: is 0:00:00: it must be more than nothing"),
        (lambda: target(hours=-1), "it must be more than nothing"),
        (lambda: Target(RESOLUTION, BusinessDays(0), ALWAYS), "it must be more than nothing"),
        (lambda: Target("resolution", 3, None), "target: 3 defects"),
        (lambda: Threshold.percent(101), "percent: is 101 %: more than 0 and at most 100 %"),
        (lambda: Threshold.percent(0), "percent: is 0 %"),
        (lambda: Threshold(), "needs a percentage or an offset"),
        (lambda: Threshold(share=0.5, offset=HOUR), "needs a percentage or an offset"),
        (lambda: Condition(phases=["open"]), "phases[0]: is 'open', which is no Phase"),
        (lambda: Condition(groups=[3]), "groups[0]: is 3, which is no str"),
        (lambda: Conventions(due="noon"), "due: is 'noon': give 'close' or 'next_open'"),
        (lambda: Conventions.named("jra"), "did you mean 'jira'?"),
        (lambda: Agreement("gold", []), "targets: are none"),
        (lambda: target(applies="P1"), "applies: is 'P1': give Applies"),
        (lambda: target(warn=[50]), "warn[0]: is 50: give a Threshold"),
        (lambda: target(conditions="x"), "conditions: is 'x': give Conditions"),
        (lambda: target(name=3), "name: is 3: it must be a text that is not blank"),
        (lambda: BusinessDays(1.5), "days: is 1.5: give a whole number"),
        (lambda: BusinessDays(1, "noon"), "snap: is 'noon'; there are next_open"),
        (lambda: Threshold.percent("75"), "percent: is '75': no number"),
        (lambda: Threshold.before(3), "offset: is 3: give a time of more than nothing"),
        (lambda: Threshold.before(-HOUR), "give a time of more than nothing; use after()"),
        (lambda: Threshold.after(3), "offset: is 3: give a timedelta or BusinessDays"),
        (lambda: Applies(kinds="incident"), "kinds[0]: is 'incident': give a TicketKind"),
        (lambda: Applies(categories=""), "categories[0]: is ''"),
        (lambda: Applies(categories="a > "), "categories[0]: is blank"),
        (lambda: Applies(services=3), "services[0]: is 3"),
        (lambda: Condition(phases=3), "phases[0]: is 3, which is no Phase"),
        (lambda: Condition(acknowledged="yes"), "acknowledged: is 'yes': give true, false"),
        (lambda: Condition(last_contact="in"), "last_contact: is 'in': give a Direction"),
        (lambda: Conditions(start="x", stop=3), "conditions: 2 defects"),
        (lambda: Conventions(reopening="resume"), "reopening: is 'resume': give a Reopening"),
        (lambda: Conventions(response=None), "response: is None: give a Conditions"),
        (lambda: Conventions.named(3), "there are none named 3"),
        (lambda: Agreement("gold", "x"), "targets[0]: is 'x': give a Target"),
        (lambda: Agreement(3, target(), "jira", "SLA"), "agreement: 3 defects"),
        (
            lambda: Agreement("gold", target()).read(story("0 log"), NINE, clock="resolutoin"),
            "clock: gold has no clock 'resolutoin'; did you mean 'resolution'?",
        ),
        (
            lambda: Agreement("gold", [target(name="x"), target(RESPONSE, name="x")]),
            "targets[1].kind: shares the clock 'x' with a resolution",
        ),
    ],
)
def test_bad_input(make, problem: str):
    with pytest.raises(InvalidInput) as caught:
        make()
    assert problem in str(caught.value)


def test_one_of_a_kind_need_not_be_a_list():
    assert Applies(priorities=Priority.P1).priorities == ("P1",)
    assert Condition(hold_reasons=HoldReason("X")).hold_reasons == ("X",)
    assert target(warn=Threshold.percent(5)).warn == (Threshold.percent(5),)


def test_what_was_measured_by_another_target_says_so():
    found = read("0 log, 0 P2, 180 resolve, 200 P1", 300, *TWO)
    assert str(found.chosen[0]) == ("resolution keeps the target it was measured by: priority P2")
    gone = read("0 log, 0 P2, 180 resolve, 200 P3", 300, *TWO)
    assert gone.chosen[0].text.startswith("resolution keeps")


def test_a_cycle_that_ends_before_it_starts_measures_nothing():
    found = read("60 log, 30 tell, 90 note", 100, target(UPDATE, 2))
    assert found.earlier == ()
    assert found.elapsed == 70 * MINUTE
    only = target(UPDATE, 2, applies=Applies(priorities="P1"))
    assert read("60 log, 60 P1, 30 P3", 100, only).state is ClockState.NOT_STARTED
    assert read("60 log, 30 resolve", 100, target(UPDATE, 2)).state is ClockState.UNKNOWN


def test_the_account_the_changes_and_earlier_cycles_as_json():
    text = "0 log, 0 P2, 90 P1, 100 resolve, 200 reopen"
    found = read(text, 230, *TWO, conventions="jira")
    told = found.to_dict(account=True)
    assert [each["breached"] for each in told["earlier"]] == [False]
    assert [each["counted"] for each in told["account"]] == [True]
    assert told["changes"] == []
    first = read("0 log, 0 P2, 90 P1", 100, *TWO).to_dict()
    assert first["changes"][0]["before"] == str(TWO[0])
    assert "account" not in first


def test_the_picture_names_every_state():
    page = Path(__file__).parents[2] / "docs" / "reference" / "sla"
    words = (page / "clock.svg").read_text() + (page / "index.md").read_text()
    for state in ClockState:
        assert state.value in words


def test_a_naive_instant_is_refused():
    with pytest.raises(NaiveInstant):
        Agreement("gold", [target()]).read(story("0 log"), datetime(2026, 1, 5))


def test_versions_name_the_content():
    one = Agreement("gold", [target()])
    assert one.version == Agreement("silver", [target()]).version
    assert one.version != Agreement("gold", [target(hours=5)]).version
    assert one.version != Agreement("gold", [target()], kind=AgreementKind.OLA).version
    assert len({Conventions.named(name).content.__repr__() for name in PRESETS}) == len(PRESETS)
    rich = target(
        applies=Applies(["P1"], ["a"], ["b"], ["c"], [TicketKind.INCIDENT]),
        warn=[Threshold.percent(5)],
        conditions=Conditions.update(pause=[Condition(acknowledged=True, last_contact=None)]),
    )
    assert rich.content["applies"]["kinds"] == ["incident"]
    assert rich.content["conditions"]["pause"] == [{"acknowledged": True}]


@pytest.mark.parametrize(
    ("preset", "text", "kind", "elapsed"),
    [
        # Every clock pauses on hold.
        ("servicenow", "0 log, 30 hold, 60 resume", RESPONSE, 60),
        ("zammad", "0 log, 30 hold, 60 resume", RESPONSE, 60),
        ("default", "0 log, 30 hold, 60 resume", RESPONSE, 90),
        ("glpi", "0 log, 30 hold, 60 resume", RESPONSE, 90),
        ("frappe", "0 log, 30 hold, 60 resume", RESPONSE, 90),
        # Taking it on is no answer to some.
        ("jira", "0 log, 30 ack", RESPONSE, 90),
        ("frappe", "0 log, 30 ack", RESPONSE, 90),
        ("zammad", "0 log, 30 ack", RESPONSE, 90),
        ("default", "0 log, 30 ack", RESPONSE, 30),
        # What time resolved means after a reopening.
        ("glpi", "0 log, 30 resolve, 60 reopen", RESOLUTION, 90),
        ("frappe", "0 log, 30 resolve, 60 reopen", RESOLUTION, 90),
        ("zammad", "0 log, 30 resolve, 60 reopen", RESOLUTION, 60),
        ("jira", "0 log, 30 resolve, 60 reopen", RESOLUTION, 30),
        ("servicenow", "0 log, 30 resolve, 60 reopen", RESOLUTION, 30),
        # An update is owed while the customer waits.
        ("zammad", "0 log, 10 out, 40 in", UPDATE, 50),
        ("default", "0 log, 10 out, 40 in", UPDATE, 80),
    ],
)
def test_presets(preset: str, text: str, kind: TargetKind, elapsed: int):
    found = read(text, 90, target(kind, 4), conventions=preset)
    assert found.elapsed == elapsed * MINUTE


def test_a_priority_change_in_servicenow_starts_anew_unless_it_is_retroactive():
    anew = read(CHANGED, 100, *TWO, conventions="servicenow")
    assert (anew.started_at, anew.elapsed) == (at(90), 10 * MINUTE)
    kept = read(CHANGED, 100, *TWO, conventions="servicenow-retroactive")
    assert (kept.started_at, kept.elapsed) == (NINE, 70 * MINUTE)


def test_notes_change_nothing():
    before = story("0 log, 60 hold")
    after = Incident.replay("INC1", [*before.timeline, Noted(at(70), "x")])
    agreement = Agreement("gold", [target()])
    assert agreement.read(before, at(90)) == agreement.read(after, at(90))


def test_holds_and_updates_before_there_was_a_target_are_not_lost():
    late = target(hours=2, applies=Applies(priorities="P1"))
    assert read("0 log, 10 hold, 40 resume, 60 P1", 90, late).elapsed == HOUR
    resolved = read("0 log, 30 resolve, 60 P1", 90, late)
    assert (resolved.state, resolved.stopped_at) == (ClockState.MET, at(30))
    told = target(UPDATE, 2, applies=Applies(priorities="P1"))
    found = read("0 log, 20 tell, 40 P1", 60, told)
    assert (found.elapsed, found.cycle, found.earlier) == (40 * MINUTE, 1, ())


def test_what_is_reopened_for_nobody_stays_as_it_ended():
    only = target(hours=2, applies=Applies(priorities="P1"))
    found = read("0 log, 0 P1, 30 resolve, 40 P3, 60 reopen", 300, only)
    assert (found.state, found.stopped_at, found.elapsed) == (ClockState.MET, at(30), 30 * MINUTE)
    back = read("0 log, 0 P1, 30 resolve, 40 P3, 60 reopen, 90 P1", 100, only)
    assert (back.state, back.elapsed, back.cycle) == (ClockState.RUNNING, 10 * MINUTE, 2)


def test_a_change_before_the_start_is_no_change():
    gated = [
        evolve(each, conditions=evolve(Conditions.resolution(), start=[Condition(assigned=True)]))
        for each in TWO
    ]
    found = read("0 log, 0 P2, 30 P1, 60 person:ada", 90, *gated)
    assert (found.changes, found.started_at, found.target) == ((), at(60), gated[1])


def test_paused_at_the_very_due_instant_it_is_not_late():
    found = read("0 log, 240 hold", 300)
    assert (found.state, found.breached, found.remaining) == (ClockState.PAUSED, False, timedelta())
    changed = read("0 log, 0 P1, 120 hold, 150 P2", 160, *TWO)
    assert (changed.ever_breached, changed.changes[0].late) == (False, False)


def test_a_reading_without_a_due_instant_explains_itself_too():
    silent = story("0 log, 0 P1, 0 silent:acknowledged_at")
    (found,) = Agreement("gold", [target(RESPONSE, 1)]).read(silent, at(30))
    assert found.explain().splitlines() == [
        "response within 1 h for every incident: unknown",
        "  chosen: response is the first target that fits: every incident",
        "  elapsed unknown, remaining unknown",
    ]


@pytest.mark.parametrize("given", [None, 5, [5], "INC1"])
def test_only_an_incident_or_events_are_read(given: object):
    with pytest.raises(InvalidInput, match="incident: is .*: give an incident, or its events"):
        Agreement("gold", [target()]).read(given, NINE)


@pytest.mark.parametrize("when", [None, 5, "x", NINE.date()])
def test_only_an_instant_is_read_at(when: object):
    with pytest.raises(InvalidInput, match="at: is .*: give a date-time with a UTC offset"):
        Agreement("gold", [target()]).read([Logged(NINE)], when)
