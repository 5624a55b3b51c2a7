"""A worker looks at the clock, and others act before it does: what they did counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.actor import Actor
from itilcore.desk import Desk, Escalate
from itilcore.errors import ActionRefused
from itilcore.incident import Closed, Escalated, HoldReason, Phase, ResolutionKind
from itilcore.policy import DueKind, loads
from itilcore.stores import MemoryStore

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ADA = Actor.person("ada")
FIX: dict[str, Any] = {"kind": ResolutionKind.FIX, "code": "x", "notes": "x"}
BOOK = loads(
    """
    [people.ada]
    [calendars.always]
    hours = "Mon-Sun 00:00-24:00"
    [sla.gold]
    calendar = "always"
    targets = [{ kind = "resolution", within = "1h", warn = ["50 %"] }]
    [closing]
    after = "2h"
    [[escalation]]
    name = "nobody took it"
    trigger = "no acknowledgement"
    after = "10m"
    kind = "hierarchic"
    to = "person ada"
    """
)


@pytest.fixture
def desk(make, store):
    made = make(store, BOOK)
    made.log("INC1", at=NINE, title="x", requester="eve")
    return made


def due(desk, minutes: int, kind: DueKind):
    found = desk.agenda(NINE + minutes * MINUTE).items
    return next(item for item in found if item.kind is kind)


def instants(desk) -> list[datetime]:
    return [event.at for event in desk.get("INC1").timeline]


@pytest.mark.parametrize("word", ["acknowledge", "resolve", "cancel"])
def test_an_escalation_that_was_stopped_a_second_ago_is_told_to_nobody(desk, store, word):
    now = NINE + 11 * MINUTE
    item = due(desk, 11, DueKind.ESCALATION)
    if word == "resolve":
        desk.start("INC1", at=now + SECOND, by=ADA)
    more = {"resolve": FIX, "cancel": {"reason": "a drill"}}.get(word, {})
    getattr(desk, word)("INC1", at=now + SECOND, by=ADA, **more)
    before = len(store.pending())
    assert desk.act(item, at=now).events == ()
    assert len(store.pending()) == before
    by_hand = Escalate(
        reference="INC1", at=now, kind=item.step.kind, to="ada", rule=item.step.rule,
        step=item.step.step,
    )  # fmt: skip
    with pytest.raises(ActionRefused, match="is not due"):
        desk.do(by_hand)


def test_what_is_still_due_is_done_after_what_has_happened(desk):
    now = NINE + 31 * MINUTE
    step, warning = due(desk, 31, DueKind.ESCALATION), due(desk, 31, DueKind.WARNING)
    desk.note("INC1", at=now + SECOND, text="x", by=ADA)
    (told,) = desk.act(step, at=now).events
    (said,) = desk.act(warning, at=now).events
    assert (type(told), told.at, said.at) == (Escalated, now + SECOND, now + SECOND)
    assert instants(desk) == sorted(instants(desk))
    assert desk.act(step, at=now).repeated


def test_a_clock_that_was_held_or_stopped_since_is_not_announced(desk):
    warning, breach = due(desk, 61, DueKind.WARNING), due(desk, 61, DueKind.BREACH)
    desk.start("INC1", at=NINE + 61 * MINUTE, by=ADA)
    # Written down late: it has waited since before its target, and after the threshold.
    desk.hold("INC1", at=NINE + 40 * MINUTE, reason=HoldReason.AWAITING_CALLER, by=ADA)
    assert desk.act(breach, at=NINE + 61 * MINUTE).events == ()
    desk.resume("INC1", at=NINE + 62 * MINUTE, by=ADA)
    desk.resolve("INC1", at=NINE + 63 * MINUTE, by=ADA, **FIX)
    assert desk.act(warning, at=NINE + 61 * MINUTE).events == ()


def test_what_closes_by_itself_closes_after_what_has_happened(desk):
    desk.start("INC1", at=NINE, by=ADA)
    desk.resolve("INC1", at=NINE, by=ADA, **FIX)
    now = NINE + 200 * MINUTE
    item = due(desk, 200, DueKind.AUTO_CLOSE)
    desk.note("INC1", at=now + SECOND, text="thanks")
    (closed,) = desk.act(item, at=now).events
    assert (type(closed), closed.at) == (Closed, now + SECOND)
    assert desk.get("INC1").phase is Phase.CLOSED


def test_what_somebody_writes_down_late_keeps_its_instant(desk):
    desk.note("INC1", at=NINE + MINUTE, text="x")
    desk.start("INC1", at=NINE, by=ADA)
    desk.resolve("INC1", at=NINE, by=ADA, **FIX)
    desk.confirm("INC1", at=NINE)
    done = desk.close("INC1", at=NINE + 30 * SECOND, by=ADA, code="done")
    assert done.events[0].at == NINE + 30 * SECOND


WORDS = ("acknowledge", "hold", "resume", "resolve", "note", "reopen")


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(WORDS), st.integers(0, 15)), max_size=8)
)
def test_no_timeline_runs_backwards_however_far_a_worker_is_behind(steps):
    desk = Desk(MemoryStore(), BOOK)
    desk.log("INC1", at=NINE, title="x", requester="eve")
    desk.start("INC1", at=NINE)
    now, items = NINE, []
    for wait, word, behind in steps:
        now += wait * MINUTE
        more = {
            "hold": {"reason": HoldReason.AWAITING_CALLER},
            "resolve": FIX,
            "note": {"text": "x"},
            "reopen": {"reason": "again"},
        }.get(word, {})
        try:
            getattr(desk, word)("INC1", at=now, by=ADA, **more)
        except ActionRefused:
            pass  # what may not be done now
        for item in items:
            outcome = desk.act(item, at=now - behind * MINUTE)
            for event in () if outcome.repeated else outcome.events:
                earlier = outcome.incident.timeline.events[:-1]
                assert event.at == max(now - behind * MINUTE, *(each.at for each in earlier))
        items = desk.agenda(now).items
    assert instants(desk) == sorted(instants(desk))
