"""What each kind of event does to the facts of an incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given

from itilcore.classification import Category, TicketKind
from itilcore.incident import (
    Acknowledged,
    Answered,
    Asserted,
    Assigned,
    Classified,
    Closed,
    Contacted,
    Detected,
    Direction,
    Escalated,
    EscalationKind,
    Event,
    Facts,
    HandedOff,
    Held,
    HoldReason,
    ImpactStarted,
    Incident,
    Linked,
    LinkKind,
    Logged,
    Noted,
    Observed,
    Phase,
    Prioritised,
    Reopened,
    ResolutionKind,
    Resolved,
    Restored,
    SeverityDeclared,
    Status,
    StatusChanged,
    Timeline,
)
from itilcore.priority import Impact, Priority, Severity, Urgency

from .strategies import MONDAY, STRANGE, timelines

HOUR = timedelta(hours=1)


def replay(*events: Event, at: datetime | None = None) -> Incident:
    return Incident.replay("INC1", events, at=at)


def facts_of(*events: Event, at: datetime | None = None) -> Facts:
    return replay(*events, at=at).facts


def hours(facts: Facts) -> dict[str, float]:
    """The phases that took any time, in hours."""
    names = ("open", "active", "waiting", "resolved", "unknown")
    spent = {name: getattr(facts, f"{name}_seconds") / 3600 for name in names}
    return {name: value for name, value in spent.items() if value}


def test_nothing_happened_and_nothing_is_known() -> None:
    assert facts_of() == Facts(
        reference="INC1",
        reopenings=0,
        reassignments=0,
        hand_offs=0,
        interactions=None,
        escalations=0,
        hierarchic_escalations=0,
    )


class TestBeginnings:
    def test_what_logging_says(self) -> None:
        incident = replay(Logged(MONDAY, title="No mail", requester="joe", channel="phone"))
        facts = incident.facts
        assert incident.title == "No mail"
        assert (facts.requester, facts.channel, facts.logged_at) == ("joe", "phone", MONDAY)
        assert facts.first_status == facts.status == Status.NEW
        assert facts.phase is Phase.OPEN

    def test_the_first_of_each_instant_counts(self) -> None:
        kinds: tuple[type[Event], ...] = (Logged, ImpactStarted, Detected, Acknowledged)
        facts = facts_of(*(kind(MONDAY + hour * HOUR) for hour in range(2) for kind in kinds))
        assert facts.logged_at == facts.impact_started_at == MONDAY
        assert facts.detected_at == facts.acknowledged_at == MONDAY

    def test_impact_may_start_before_it_is_logged(self) -> None:
        facts = facts_of(ImpactStarted(MONDAY - HOUR), Logged(MONDAY), at=MONDAY + HOUR)
        assert facts.impact_started_at == MONDAY - HOUR
        assert hours(facts) == {"open": 1}

    def test_it_was_detected_by_its_source_or_else_its_channel(self) -> None:
        logged = Logged(MONDAY, channel="phone")
        assert facts_of(logged).detection_source == "phone"
        assert facts_of(logged, Detected(MONDAY)).detection_source == "phone"
        assert facts_of(logged, Detected(MONDAY, "monitoring")).detection_source == "monitoring"

    def test_a_start_without_a_status_is_time_in_an_unknown_one(self) -> None:
        logged = Logged(MONDAY, status=None)
        seen = Observed(MONDAY + HOUR, status=Status.IN_PROGRESS)
        assert facts_of(logged).status is None
        assert hours(facts_of(logged, at=MONDAY + HOUR)) == {"unknown": 1}
        facts = facts_of(logged, seen, at=MONDAY + 3 * HOUR)
        assert facts.first_status == Status.IN_PROGRESS
        assert hours(facts) == {"unknown": 1, "active": 2}

    def test_logging_late_without_a_status_changes_none(self) -> None:
        facts = facts_of(StatusChanged(MONDAY, Status.NEW), Logged(MONDAY + HOUR, status=None))
        assert facts.status == Status.NEW
        assert hours(facts) == {"open": 1}


class TestObserved:
    """A state that was seen: a history that starts mid-life begins so."""

    def test_a_history_that_starts_mid_life(self) -> None:
        facts = facts_of(
            Observed(MONDAY, status=Status.ON_HOLD, group="network", tier=2),
            StatusChanged(MONDAY + HOUR, Status.IN_PROGRESS),
            Resolved(MONDAY + 2 * HOUR),
        )
        assert facts.logged_at is None
        assert facts.first_status == Status.ON_HOLD
        assert (facts.reopenings, facts.reassignments, facts.resolved_tier) == (0, 0, 2)
        assert facts.resolved_at == MONDAY + 2 * HOUR
        assert hours(facts) == {"waiting": 1, "active": 1}

    def test_every_field_replaces_what_was_known_but_a_status_not_shown(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            Classified(MONDAY, TicketKind.INCIDENT, Category("network"), "mail"),
            Prioritised(MONDAY, Impact.HIGH, Urgency.HIGH, Priority.P1),
            Assigned(MONDAY, "desk", "ada", 1),
            Observed(MONDAY + HOUR),
        )
        assert (facts.kind, facts.category, facts.service) == (None, None, None)
        assert (facts.impact, facts.urgency, facts.priority) == (None, None, None)
        assert (facts.group, facts.assignee, facts.tier) == (None, None, None)
        assert facts.status == Status.NEW

    def test_a_group_that_was_not_shown_for_a_while_is_no_reassignment(self) -> None:
        seen = [
            Observed(MONDAY, group="desk"),
            Observed(MONDAY),
            Observed(MONDAY, group="desk"),
        ]
        assert facts_of(*seen).reassignments == 0
        assert facts_of(*seen, Observed(MONDAY, group="network")).reassignments == 1

    def test_it_shows_why_work_was_held(self) -> None:
        reason = HoldReason.AWAITING_VENDOR
        assert replay(Observed(MONDAY, Status.ON_HOLD, reason)).hold_reason == reason


class TestState:
    def test_classification_replaces_the_earlier_one(self) -> None:
        first = Classified(MONDAY, TicketKind.INCIDENT, Category("network"), "mail")
        incident = replay(first)
        assert (incident.kind, incident.category, incident.service) == (
            TicketKind.INCIDENT,
            Category("network"),
            "mail",
        )
        assert replay(first, Classified(MONDAY)).facts == facts_of(Classified(MONDAY))

    def test_an_override_keeps_what_was_computed_and_why(self) -> None:
        incident = replay(
            Prioritised(
                MONDAY, Impact.LOW, Urgency.LOW, Priority.P2, computed=Priority.P4, reason="board"
            )
        )
        assert (incident.priority, incident.computed_priority) == (Priority.P2, Priority.P4)
        assert (incident.impact, incident.urgency) == (Impact.LOW, Urgency.LOW)
        assert incident.override_reason == "board"

    def test_a_priority_counts_as_changed_from_one_to_another(self) -> None:
        def changes(*priorities: Priority | None) -> int:
            return facts_of(*(Prioritised(MONDAY, priority=p) for p in priorities)).priority_changes

        assert changes(Priority.P3) == 0
        assert changes(Priority.P3, Priority.P3) == 0
        assert changes(Priority.P3, Priority.P1, Priority.P3) == 2
        assert changes(Priority.P3, None, Priority.P1) == 0

    def test_severity_is_the_last_that_was_declared(self) -> None:
        first, last = Severity.SEV2, Severity.SEV1
        incident = replay(SeverityDeclared(MONDAY, first), SeverityDeclared(MONDAY, last))
        assert incident.severity == last

    def test_a_hold_has_a_reason_until_it_ends(self) -> None:
        held = [Logged(MONDAY), Held(MONDAY, HoldReason.AWAITING_CALLER)]
        other = Held(MONDAY + HOUR, HoldReason.AWAITING_VENDOR)
        assert replay(*held).hold_reason == HoldReason.AWAITING_CALLER
        assert replay(*held, other).hold_reason == HoldReason.AWAITING_VENDOR
        assert hours(facts_of(*held, other, at=MONDAY + 2 * HOUR)) == {"waiting": 2}
        assert replay(*held, StatusChanged(MONDAY, Status.IN_PROGRESS)).hold_reason is None

    def test_links_are_kept_once_each_in_their_order(self) -> None:
        problem = Linked(MONDAY, LinkKind.PROBLEM, "PRB1")
        child = Linked(MONDAY, LinkKind.CHILD, "INC2")
        assert replay(problem, child, problem).links == (
            (LinkKind.PROBLEM, "PRB1"),
            (LinkKind.CHILD, "INC2"),
        )

    def test_the_resolution_goes_with_a_reopening(self) -> None:
        resolved = Resolved(MONDAY, ResolutionKind.WORKAROUND, "restarted", "see notes")
        assert replay(Logged(MONDAY), resolved).resolution == resolved
        assert replay(Logged(MONDAY), resolved, Closed(MONDAY)).resolution == resolved
        assert replay(Logged(MONDAY), resolved, Reopened(MONDAY)).resolution is None


class TestWork:
    def test_an_assignment_to_another_group_is_a_reassignment(self) -> None:
        facts = facts_of(
            Assigned(MONDAY, "desk", "ada", 1),
            Assigned(MONDAY, "desk", "bob", 1),
            Assigned(MONDAY, None),
            Assigned(MONDAY, "network", tier=2),
        )
        assert (facts.reassignments, facts.hand_offs) == (1, 0)
        assert (facts.group, facts.assignee, facts.tier) == ("network", None, 2)

    def test_a_hand_off_is_counted_and_assigns(self) -> None:
        facts = facts_of(Assigned(MONDAY, "desk", "ada", 1), HandedOff(MONDAY, "network", "eve", 2))
        assert (facts.reassignments, facts.hand_offs) == (1, 1)
        assert (facts.group, facts.assignee, facts.tier) == ("network", "eve", 2)

    def test_escalations_are_counted_and_move_nobody(self) -> None:
        up = Escalated(MONDAY, EscalationKind.HIERARCHIC, "the manager")
        facts = facts_of(Assigned(MONDAY, "desk"), up, up)
        assert (facts.escalations, facts.group) == (2, "desk")

    def test_escalations_are_told_apart_and_the_first_is_known(self) -> None:
        higher = Escalated(MONDAY + HOUR, EscalationKind.FUNCTIONAL, "network")
        up = Escalated(MONDAY + 2 * HOUR, EscalationKind.HIERARCHIC, "the manager")
        facts = facts_of(Logged(MONDAY), higher, up)
        assert (facts.escalations, facts.hierarchic_escalations) == (2, 1)
        assert facts.first_escalated_at == MONDAY + HOUR
        claimed = facts_of(Logged(MONDAY), higher, Asserted(MONDAY, {"escalations": 3}))
        assert (claimed.escalations, claimed.hierarchic_escalations) == (3, None)
        told = Asserted(MONDAY, {"escalations": 1, "first_escalated_at": MONDAY})
        assert facts_of(Logged(MONDAY), told).first_escalated_at == MONDAY
        silent = facts_of(Logged(MONDAY), Asserted(MONDAY, {"escalations": None}))
        assert (silent.escalations, silent.hierarchic_escalations) == (None, None)

    def test_it_is_resolved_by_the_tier_that_had_it_then(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            Assigned(MONDAY, "desk", tier=1),
            Resolved(MONDAY + HOUR),
            Assigned(MONDAY + 2 * HOUR, "network", tier=2),
        )
        assert (facts.resolved_tier, facts.tier) == (1, 2)

    @pytest.mark.parametrize(
        ("channel", "contacts", "interactions"),
        [
            (None, 0, None),
            (None, 2, 2),
            ("phone", 0, 1),
            ("phone", 2, 3),
            ("monitoring", 0, 0),
            ("monitoring", 2, 2),
        ],
    )
    def test_interactions(
        self, channel: str | None, contacts: int, interactions: int | None
    ) -> None:
        contact = Contacted(MONDAY, Direction.INBOUND, "chat")
        facts = facts_of(Logged(MONDAY, channel=channel), *[contact] * contacts)
        assert facts.interactions == interactions


class TestAcknowledged:
    def test_only_an_acknowledgement_acknowledges(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            Held(MONDAY, HoldReason.AWAITING_CALLER),
            Contacted(MONDAY, Direction.OUTBOUND, "auto-reply"),
            Assigned(MONDAY, "desk", "ada"),
            StatusChanged(MONDAY, Status.IN_PROGRESS),
            Resolved(MONDAY),
        )
        assert facts.acknowledged_at is None
        assert facts.acknowledgement_known

    def test_the_first_one_stays_after_a_reopening(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            Acknowledged(MONDAY + HOUR),
            Resolved(MONDAY + 2 * HOUR),
            Reopened(MONDAY + 3 * HOUR),
            Acknowledged(MONDAY + 4 * HOUR),
        )
        assert facts.acknowledged_at == MONDAY + HOUR


class TestRestored:
    def test_the_last_one_counts(self) -> None:
        facts = facts_of(Logged(MONDAY), Restored(MONDAY), Restored(MONDAY + HOUR))
        assert facts.restored_at == MONDAY + HOUR

    def test_it_holds_without_a_resolution(self) -> None:
        facts = facts_of(
            Logged(MONDAY), Restored(MONDAY), StatusChanged(MONDAY, Status.IN_PROGRESS)
        )
        assert (facts.restored_at, facts.resolved_at) == (MONDAY, None)

    def test_a_reopening_takes_it_back(self) -> None:
        facts = facts_of(Logged(MONDAY), Restored(MONDAY), Resolved(MONDAY), Reopened(MONDAY))
        assert facts.restored_at is None


class TestTime:
    def test_time_in_each_phase(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            StatusChanged(MONDAY + 1 * HOUR, Status.IN_PROGRESS),
            Held(MONDAY + 3 * HOUR, HoldReason.AWAITING_CALLER),
            StatusChanged(MONDAY + 6 * HOUR, STRANGE),
            Resolved(MONDAY + 10 * HOUR),
            Closed(MONDAY + 15 * HOUR),
            Noted(MONDAY + 99 * HOUR, "thanks"),
        )
        assert hours(facts) == {"open": 1, "active": 2, "waiting": 3, "unknown": 4, "resolved": 5}

    def test_time_closed_is_nobodys(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            Closed(MONDAY + HOUR),
            Reopened(MONDAY + 10 * HOUR),
            at=MONDAY + 12 * HOUR,
        )
        assert hours(facts) == {"open": 1, "active": 2}

    def test_a_phase_that_lasts_counts_up_to_the_instant_asked_for(self) -> None:
        logged = Logged(MONDAY)
        assert hours(facts_of(logged)) == {}
        assert hours(facts_of(logged, Noted(MONDAY + HOUR, "x"))) == {"open": 1}
        assert hours(facts_of(logged, at=MONDAY + 2 * HOUR)) == {"open": 2}

    def test_backwards_is_counted_and_never_negative(self) -> None:
        facts = facts_of(
            Logged(MONDAY),
            StatusChanged(MONDAY - HOUR, Status.IN_PROGRESS),
            Noted(MONDAY - 2 * HOUR, "x"),
            Resolved(MONDAY + HOUR),
        )
        assert facts.backwards == 2
        assert hours(facts) == {"active": 2}
        assert facts.last_event_at == MONDAY + HOUR

    def test_the_latest_instant_is_not_that_of_the_last_event(self) -> None:
        facts = facts_of(Logged(MONDAY), Noted(MONDAY - HOUR, "x"))
        assert facts.last_event_at == MONDAY

    def test_a_spring_night_is_an_hour_shorter_than_its_wall_clock(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        evening = datetime(2026, 3, 28, 22, tzinfo=berlin)
        morning = datetime(2026, 3, 29, 6, tzinfo=berlin)
        assert hours(facts_of(Logged(evening), Resolved(morning))) == {"open": 7}
        assert hours(facts_of(Logged(evening), at=morning)) == {"open": 7}

    def test_the_repeated_hour_of_autumn_runs_forwards(self) -> None:
        first = datetime(2026, 10, 25, 2, 40, tzinfo=ZoneInfo("Europe/Berlin"))
        second = first.replace(minute=20, fold=1)
        facts = facts_of(Logged(first), Resolved(second))
        assert (facts.backwards, facts.open_seconds) == (0, 40 * 60)
        assert facts.last_event_at == second.astimezone(UTC)

    def test_facts_keep_their_instants_in_utc_and_events_their_own(self) -> None:
        local = MONDAY.astimezone(ZoneInfo("America/New_York"))
        incident = replay(Logged(local))
        assert incident.facts.logged_at == MONDAY
        assert incident.facts.logged_at is not None
        assert incident.facts.logged_at.tzinfo is UTC
        assert incident.timeline[0].at is local


class TestConfigurationItem:
    def test_it_stays_where_nothing_is_said_of_it(self) -> None:
        seen = Observed(MONDAY, service="mail", configuration_item="db1")
        again = Classified(MONDAY + HOUR, category=Category("Mail"))
        assert facts_of(seen, again).configuration_item == "db1"
        assert facts_of(seen, again).service is None

    def test_another_replaces_it_and_an_empty_text_takes_it_away(self) -> None:
        first = Classified(MONDAY, configuration_item="db1")
        other = Classified(MONDAY + HOUR, configuration_item="db2")
        gone = Classified(MONDAY + HOUR, configuration_item="")
        assert facts_of(first, other).configuration_item == "db2"
        assert facts_of(first, gone).configuration_item is None

    def test_what_is_observed_replaces_all_that_was_known(self) -> None:
        first = Classified(MONDAY, configuration_item="db1")
        assert facts_of(first, Observed(MONDAY + HOUR)).configuration_item is None
        odd = Observed(MONDAY + HOUR, configuration_item="")
        assert facts_of(first, odd).configuration_item is None

    @given(timelines())
    def test_it_is_what_was_last_said(self, timeline: Timeline) -> None:
        # Every event that may say something of it, from the last one back.
        said = [
            event.configuration_item or None
            for event in reversed(timeline.events)
            if isinstance(event, Observed)
            or (isinstance(event, Classified) and event.configuration_item is not None)
        ]
        incident = Incident.replay("INC1", timeline)
        assert incident.configuration_item == (said[0] if said else None)


class TestAnswers:
    def test_a_later_answer_replaces_the_earlier_one_by_name(self) -> None:
        first = Answered(MONDAY, {"start": "nine", "device": "PC 7"})
        later = Answered(MONDAY + HOUR, {"device": "PC 8", "evidence": ""})
        incident = replay(Logged(MONDAY), first, later)
        assert incident.answers == (("device", "PC 8"), ("evidence", ""), ("start", "nine"))
        assert incident.as_of(MONDAY).answers == first.answers
        assert replay(Logged(MONDAY)).answers == ()
        odd = Answered(MONDAY, {"a'b": "x", 'a"b': "y", "aab": "z"})
        assert replay(odd).answers == odd.answers

    @given(timelines())
    def test_they_are_what_was_last_said_under_each_name(self, timeline: Timeline) -> None:
        said: dict[str, str] = {}
        for event in reversed(timeline.events):
            for name, text in event.answers if isinstance(event, Answered) else ():
                said.setdefault(name, text)
        assert dict(Incident.replay("INC1", timeline).answers) == said

    @given(timelines(), timelines())
    def test_recording_more_leaves_the_earlier_incident_as_it_was(
        self, timeline: Timeline, more: Timeline
    ) -> None:
        incident = Incident.replay("INC1", timeline)
        before = incident.answers
        after = incident.record(*more.events)
        assert after.answers == Incident.replay("INC1", [*timeline, *more]).answers
        assert incident.answers == before

    @given(timelines())
    def test_they_change_nothing_else(self, timeline: Timeline) -> None:
        told = Answered(MONDAY, {"device": "PC 7"})
        silent = [event for event in timeline if not isinstance(event, Answered)]
        incident = Incident.replay("INC1", silent)
        after = incident.record(told).facts
        assert evolve(after, last_event_at=None, backwards=0) == evolve(
            Incident.replay("INC1", [*silent, Noted(MONDAY, "x")]).facts,
            last_event_at=None,
            backwards=0,
        )
