"""The timeline document and reviews: gaps that add up, what was missing, texts obeyed by none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.calendars import BusinessCalendar
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import (
    Announced,
    AnnouncementKind,
    Assigned,
    Closed,
    Contacted,
    Direction,
    Escalated,
    EscalationKind,
    Event,
    HandedOff,
    Held,
    HoldReason,
    Incident,
    Linked,
    LinkKind,
    Logged,
    MajorIncidentMarked,
    MajorState,
    Noted,
    Observed,
    Resolved,
    SeverityDeclared,
    StakeholdersUpdated,
    Status,
    StatusChanged,
)
from itilcore.major import (
    REVIEW_PROMPTS,
    ActionsInTime,
    ReviewAction,
    ReviewPrompt,
    draft_review,
    timeline_document,
)
from itilcore.priority import Severity
from itilcore.sla import Agreement, Target, TargetKind
from itilcore.testing.examples import every_event
from tests.incident.strategies import timelines

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
PROMOTED = MajorIncidentMarked(NINE, MajorState.PROMOTED, "payroll")
OFFICE = BusinessCalendar.weekly("Mon-Fri 09:00-17:00", tz="UTC")


def test_every_kind_of_event_is_told_as_a_sentence():
    rows = timeline_document(Incident.replay("INC1", every_event())).rows
    texts = [row.what for row in rows]
    kinds = {type(event).__name__ for event in every_event()}
    assert not kinds & set(texts)  # told, and not by their class
    for text in (
        "logged: Mail is slow, for ada, by phone",
        "assigned to Network, ada",
        "told leads: looking",
        "proposed as a major incident: payroll is down",
        "resolution of gold has passed 75 %",
        "closed, code code; s; cause: c; article KB1",
        "seen in status UNKNOWN(-100), group Desk",
        "status ON_HOLD: AWAITING_PARTS",
    ):
        assert text in texts


def test_a_kind_that_came_later_is_told_by_its_name():
    class Strange(Noted):
        pass

    incident = Incident.replay("INC1", [Strange(NINE, "x")])
    assert timeline_document(incident).rows[0].what == "Strange"


def test_what_has_two_ways_to_be_said():
    said = [
        (Assigned(NINE), "assigned to nobody"),
        (SeverityDeclared(NINE, Severity.SEV1, "overridden: x"), "severity SEV1: overridden: x"),
        (
            SeverityDeclared(NINE, Severity.SEV1, "x", override="without authority: y"),
            "severity SEV1 by override: x",
        ),
        (Contacted(NINE, Direction.INBOUND), "the requester got in touch"),
        (
            Announced(NINE, AnnouncementKind.BREACH, "response", "gold", NINE),
            "response of gold is late",
        ),
        (
            Announced(NINE, AnnouncementKind.UPDATE, "update", "cadence", NINE),
            "an update was overdue since 2026-01-05 09:00 UTC",
        ),
        (
            StakeholdersUpdated(NINE, "users", NINE, progress="x"),
            "told users: x; next at 2026-01-05 09:00 UTC",
        ),
        (Noted(NINE, "x" * 600), f"note: {'x' * 499}…"),
    ]
    incident = Incident.replay("INC1", [event for event, _ in said])
    assert [row.what for row in timeline_document(incident).rows] == [text for _, text in said]


def test_the_document_is_in_a_zone_and_shows_what_was_written_late():
    incident = Incident.replay(
        "INC|1",
        [
            Logged(NINE, "<script>|", by=Actor.person("a|b")),
            Noted(NINE - HOUR, "x\n# y", recorded_at=NINE),
        ],
    )
    document = timeline_document(incident, tz=ZoneInfo("Asia/Tokyo"))
    assert document.to_markdown().splitlines() == [
        r"# Timeline of INC\|1: &lt;script&gt;\|",
        "",
        "| when | who | what |",
        "| --- | --- | --- |",
        r"| 2026-01-05 17:00:00 JST |  | note: x \# y (written down 2026-01-05 18:00:00 JST) |",
        r"| 2026-01-05 18:00:00 JST | a\|b | logged: &lt;script&gt;\| |",
    ]
    assert timeline_document(Incident.replay("INC1", [])).to_markdown().startswith("# Timeline of")
    assert len(timeline_document(incident, NINE - MINUTE).rows) == 1
    wrong: Any = "UTC"
    with pytest.raises(InvalidInput, match="tz: is 'UTC': give a tzinfo"):
        timeline_document(incident, tz=wrong)
    with pytest.raises(NaiveInstant):
        timeline_document(incident, datetime(2026, 1, 5))


@given(timelines(), st.integers(0, 3_000))
def test_the_gaps_of_a_review_add_up_to_all_of_it(timeline, minutes):
    incident = Incident.replay("INC1", [Logged(NINE), *timeline])
    at = max(event.at for event in incident.timeline) + minutes * MINUTE
    review = draft_review(incident, [], at)
    assert sum((gap.length for gap in review.gaps), timedelta()) == review.end - review.start
    assert all(gap.length > timedelta() for gap in review.gaps)
    for before, after in zip(review.gaps, review.gaps[1:], strict=False):
        assert before.end == after.start
    assert review.gaps[:1] == () or review.gaps[0].start == review.start
    assert list(review.longest(3)) == sorted(review.gaps, key=lambda gap: -gap.length)[:3]
    assert review.to_markdown().count("\n## ") == 6


def response(calendar: BusinessCalendar) -> Agreement:
    target = Target(TargetKind.RESOLUTION, timedelta(hours=4), calendar)
    return Agreement(name="gold", targets=[target])


def test_the_longest_gaps_have_reasons_from_holds_and_accounts():
    events: list[Event] = [
        Logged(NINE, "Mail", "ada"),
        StatusChanged(NINE + HOUR, Status.IN_PROGRESS),
        Announced(NINE + 2 * HOUR, AnnouncementKind.WARNING, "resolution", "gold", NINE, "50 %"),
        Held(NINE + 3 * HOUR, HoldReason.AWAITING_VENDOR),
        StatusChanged(NINE + 5 * HOUR, Status.IN_PROGRESS),
        Noted(NINE + 7 * HOUR, "home"),
        Noted(NINE + 24 * HOUR, "back"),
        Resolved(NINE + 25 * HOUR),
    ]
    incident = Incident.replay("INC1", events)
    at = NINE + 30 * HOUR
    review = draft_review(incident, response(OFFICE).read(incident, at), at)
    assert review.end == NINE + 25 * HOUR
    night, *_ = review.longest()
    assert (night.length, night.before, night.after) == (17 * HOUR, "note: home", "note: back")
    assert [reason.rpartition(" (")[2] for reason in night.reasons] == ["7:00:00)", "9:00:00)"]
    assert night.reasons[0].startswith("resolution did not count: Mon 2026-01-05 17:00:00 lies")
    held = next(gap for gap in review.gaps if gap.start == NINE + 3 * HOUR)
    assert held.reasons[0] == "on hold: AWAITING_VENDOR (2:00:00)"
    work = next(gap for gap in review.gaps if gap.start == NINE + HOUR)
    assert (work.length, work.reasons) == (2 * HOUR, ())  # the announcement ended no gap
    text = review.to_markdown()
    assert "nothing in the records says why" in text.replace("\\", "")
    still = Incident.replay("INC1", [Logged(NINE), StatusChanged(NINE, Status.ON_HOLD)])
    (only,) = draft_review(still, [], NINE + HOUR).gaps
    assert (only.after, only.reasons) == ("nothing since", ("on hold (1:00:00)",))
    held, since = StatusChanged(NINE + HOUR, Status.ON_HOLD), StatusChanged(NINE, Status.NEW)
    backwards = Incident.replay("INC1", [Logged(NINE), held, since])
    assert [gap.reasons for gap in draft_review(backwards, [], NINE + 2 * HOUR).gaps] == [(), ()]


def test_a_step_of_a_rule_ends_no_gap_and_somebody_who_escalates_does():
    up = EscalationKind.HIERARCHIC
    by_rule = Escalated(NINE + HOUR, up, "mia", "nobody took it", rule="nobody took it", step="1")
    by_hand = Escalated(NINE + 2 * HOUR, up, "mia", "I need her")
    incident = Incident.replay("INC1", [Logged(NINE), by_rule, by_hand])
    gaps = draft_review(incident, [], NINE + 3 * HOUR).gaps
    assert [gap.start for gap in gaps] == [NINE, NINE + 2 * HOUR]


def test_what_was_missing():
    bare = Incident.replay(
        "INC1",
        [
            Logged(NINE),
            HandedOff(NINE + HOUR, "Network"),
            MajorIncidentMarked(NINE, MajorState.PROMOTED),
            Resolved(NINE + 2 * HOUR),
        ],
    )
    lacked = draft_review(bare, [], NINE + 3 * HOUR).lacked
    for text in (
        "the category is not known",
        "it was never acknowledged",
        "no severity was declared",
        "no audience was told anything",
        "the resolution has no notes",
        "the hand-off to Network at 2026-01-05 10:00 UTC lacked summary, steps, next_step",
        "nobody was ever communications lead",
    ):
        assert text in lacked
    untold = (
        Observed,  # which forgets what was known
        MajorIncidentMarked,
        StakeholdersUpdated,
    )
    events = [each for each in every_event() if not isinstance(each, untold)]
    known = draft_review(Incident.replay("INC1", [*events, PROMOTED]), [], NINE + 3 * HOUR).lacked
    assert [text for text in known if "hand-off" not in text] == [
        "no audience was told anything",
        "nobody was ever communications lead",
        "nobody was ever scribe",
    ]
    plain = draft_review(Incident.replay("INC1", every_event()[:18]), [], NINE + 3 * HOUR).lacked
    assert not any("nobody was ever" in text for text in plain)
    unresolved = draft_review(Incident.replay("INC1", [Logged(NINE)]), [], NINE).lacked
    assert not any("resolution" in text for text in unresolved)


def test_a_review_is_finished_by_people():
    incident = Incident.replay(
        "INC1",
        [
            Logged(NINE, "Mail"),
            Linked(NINE, LinkKind.PROBLEM, "PRB1"),
            Linked(NINE, LinkKind.CHANGE, "CHG1"),
            Resolved(NINE + HOUR),
            Closed(NINE + 2 * HOUR, knowledge="KB7"),
            Closed(NINE + 2 * HOUR),
        ],
    )
    review = draft_review(incident, [], NINE + 3 * HOUR)
    assert review.linked == ("problem PRB1", "article KB7")
    assert len(review.missing()) == len(REVIEW_PROMPTS) + 1
    text = review.to_markdown()
    assert "*nobody answered yet*" in text
    assert "None yet." in text
    for index in range(len(REVIEW_PROMPTS)):
        review = review.answered(index, "a disk | <b>")
    assert review.missing() == ("there are no actions",)
    half = review.with_actions([ReviewAction(text="x")])
    assert half.missing() == ("action 1 has no owner", "action 1 has no due instant")
    assert "| x | nobody | no instant |  |" in half.to_markdown()
    watch = ReviewAction(text="watch the disk", owner="ada", due=NINE + 5 * HOUR)
    sooner = ReviewAction(text="tell", owner="bo", due=NINE + 4 * HOUR)
    done = ReviewAction(text="buy", owner="cy", due=NINE + 4 * HOUR, done_at=NINE + 3 * HOUR)
    whole = review.with_actions([watch, sooner, done])
    assert whole.is_complete
    assert whole.overdue(NINE + 6 * HOUR) == (sooner, watch)
    assert whole.overdue(NINE + 4 * HOUR) == ()
    text = whole.to_markdown()
    assert r"a disk \| &lt;b&gt;" in text
    assert r"| watch the disk | ada | 2026-01-05 14:00 UTC |  |" in text
    assert text.endswith("Nothing.\n")
    wrong: Any = True
    for index in (-1, len(REVIEW_PROMPTS), wrong):
        with pytest.raises(InvalidInput, match="there are 5 prompts, from 0"):
            review.answered(index, "x")
    with pytest.raises(InvalidInput, match=r"actions\[0\]: is 'x': give a ReviewAction"):
        review.with_actions(["x"])  # type: ignore[list-item]  # what is refused
    with pytest.raises(InvalidInput, match="there is nothing to review"):
        draft_review(incident, [], NINE - HOUR)
    bad: Any = 7
    with pytest.raises(InvalidInput) as caught:
        ReviewPrompt(question=" ", answer=bad)
    assert [each.path for each in caught.value.defects] == ["question", "answer"]


def test_an_action_that_is_none():
    bad: Any = "tomorrow"
    with pytest.raises(InvalidInput) as caught:
        ReviewAction(text=" ", owner="", due=bad)
    assert [each.path for each in caught.value.defects] == ["text", "owner", "due"]
    with pytest.raises(NaiveInstant):
        ReviewAction(text="x", done_at=datetime(2026, 1, 5))


instants = st.none() | st.integers(0, 10)


@given(st.lists(st.tuples(instants, instants)), st.integers(0, 10))
def test_each_action_counts_once_or_is_left_out_for_a_reason(pairs, at):
    actions = [
        ReviewAction(
            text="x",
            due=None if due is None else NINE + due * HOUR,
            done_at=None if done is None else NINE + done * HOUR,
        )
        for due, done in pairs
    ]
    found = ActionsInTime.of(actions, NINE + at * HOUR)
    assert found.n + sum(count for _, count in found.excluded) == found.population == len(pairs)
    done = [(due, when) for due, when in pairs if due is not None and when is not None]
    assert found.in_time == sum(when <= at and when <= due for due, when in done)
    late = sum(due is not None and due < at and (when is None or when > at) for due, when in pairs)
    assert found.n == late + sum(when <= at for _, when in done)
    assert (found.share is None) is (found.n == 0)
    assert found.share is None or found.share == found.in_time / found.n
