"""Laws of escalation, over random rules, random lives and random looks at the agenda."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from itilcore.desk import Desk
from itilcore.escalation import EscalationPolicy, Stop, TriggerKind
from itilcore.incident import (
    Cancelled,
    Closed,
    Escalated,
    Held,
    HoldReason,
    Incident,
    Phase,
    StakeholdersUpdated,
    Status,
    StatusChanged,
)
from itilcore.policy import Book, DueKind
from itilcore.repositories import Commit, Query
from itilcore.stores import MemoryStore

from .scenes import (
    ADA,
    DAY,
    MINUTE,
    NINE,
    OFFICE,
    book,
    life,
    lives,
    promises,
    rule,
    rules,
    several_rules,
)

minutes = st.integers(0, 700)
HELD = tuple(kind for kind in TriggerKind if kind is not TriggerKind.VENDOR_SILENT)


class Played:
    """A desk over a store in memory, with one incident whose events come from outside."""

    def __init__(self, rule_book: Book) -> None:
        self.book = rule_book
        self.store = MemoryStore()
        self.desk = Desk(self.store, rule_book)
        self.fired = []
        self.reminded = []

    def happens(self, *events) -> None:
        version = 0
        known = ()
        if self.store.find(Query()).incidents:
            incident = self.store.get("INC1")
            version, known = incident.version, incident.timeline.events
        after = Incident.replay("INC1", [*known, *events])
        self.store.commit(
            Commit(
                reference="INC1",
                expected_version=version,
                events=events,
                look_again_at=self.book.look_again_at(after, events[-1].at),
            )
        )

    def look(self, at) -> list:
        """Act on all that is due *at* an instant; the items, done or not."""
        items = [item for item in self.desk.agenda(at).items if item.kind is DueKind.ESCALATION]
        self.act(items, at)
        # What else fell due is none of our business, and would stay due.
        for item in self.desk.agenda(at).items:
            self.desk.act(item, at=at)
        return items

    def act(self, items, at) -> None:
        for item in items:
            before = self.desk.get("INC1")
            for done in self.desk.act(item, at=at).events:
                if item.kind is DueKind.ESCALATION:
                    self.fired.append((item.at, done.at, item.step, done))
                elif item.kind is DueKind.UPDATE:
                    self.reminded.append((item, done.at, before))


def step_keys(steps) -> list:
    return sorted((step.rule, step.step, step.to, step.at) for step in steps)


@given(several_rules(), lives, minutes, st.lists(st.integers(1, 900), max_size=12), promises)
def test_the_simulation_is_what_the_agenda_then_does(given_rules, steps, wait, looks, promised):
    rule_book = book(*given_rules, promised=promised)
    events = life(steps)
    at = events[-1].at + wait * MINUTE
    played = Played(rule_book)
    played.happens(*events)
    simulated = rule_book.simulate(played.store.get("INC1"), at)
    now = at
    for gap in looks:
        now = min(now + gap * MINUTE, simulated.end)
        played.look(now)
    # The last look of each rule lies outside its quiet hours.
    last = {simulated.end, *(rule.heard(simulated.end) for rule in given_rules)}
    for moment in sorted(last):
        played.look(moment)
    done = [step for came, _, step, _ in played.fired if came <= simulated.end]
    assert step_keys(done) == step_keys(each.step for each in simulated.steps)
    written = [event for event in played.store.get("INC1").timeline if isinstance(event, Escalated)]
    assert [event.to for _, _, step, event in played.fired] == [event.to for event in written]
    assert simulated.untold == ()


@example([rule(kind=TriggerKind.BREACH, after=MINUTE)], [], 0, DAY)
@example([rule(kind=TriggerKind.PERCENT_OF_TARGET, percent=100, calendar=OFFICE)], [], 0, DAY)
@given(several_rules(), lives, minutes, promises)
def test_whoever_looks_when_told_to_does_it_at_the_simulated_instants(
    given_rules, steps, wait, promised
):
    rule_book = book(*given_rules, promised=promised)
    events = life(steps)
    at = events[-1].at + wait * MINUTE
    played = Played(rule_book)
    played.happens(*events)
    simulated = rule_book.simulate(played.store.get("INC1"), at)
    now = at
    while now is not None and now <= simulated.end:
        played.look(now)
        later = played.desk.agenda(now).look_again_at
        assert later is None or later > now
        # Nobody is called for nothing.
        assert later is None or played.desk.agenda(later).items
        now = later
    done = sorted((when, step.rule, step.step) for _, when, step, _ in played.fired)
    assert done == sorted((each.at, each.step.rule, each.step.step) for each in simulated.steps)


@given(several_rules(), lives, st.lists(st.integers(1, 400), max_size=8), st.data())
def test_nothing_fires_twice_nor_in_quiet_hours_nor_after_its_stop(given_rules, steps, looks, data):
    """Also where an agenda that was read earlier is acted on later, by a clock that is behind."""
    by_name = {rule.name: rule for rule in given_rules}
    played = Played(book(*given_rules))
    first, *others = life(steps)
    played.happens(first)
    now = first.at
    gaps = list(looks)
    held_back = []
    pending = list(others)
    while pending or gaps:
        if gaps and (not pending or now + gaps[0] * MINUTE < pending[0].at):
            now += gaps.pop(0) * MINUTE
            behind = data.draw(st.sampled_from([0, 0, 1, 60]))
            played.act(held_back, now - behind * MINUTE)
            agenda = played.desk.agenda(now).items
            act_at_once = data.draw(st.booleans())
            held_back = [] if act_at_once else agenda
            played.act(agenda if act_at_once else [], now)
        else:
            happened = pending.pop(0)
            now = max(now, happened.at)
            played.happens(happened)
    instants = [event.at for event in played.store.get("INC1").timeline]
    assert instants == sorted(instants)
    steps_fired = [(event.rule, event.step) for _, _, _, event in played.fired]
    assert len(steps_fired) == len(set(steps_fired))
    timeline = played.store.get("INC1").timeline.events
    for index, event in enumerate(timeline):
        if not isinstance(event, Escalated):
            continue
        rule = by_name[event.rule]
        assert rule.quiet is None or not rule.quiet.is_open(event.at)
        before = Incident.replay("INC1", timeline[:index])
        assert before.phase in (Phase.OPEN, Phase.ACTIVE, Phase.WAITING)
        if Stop.ON_HOLD in rule.stops:
            assert before.phase is not Phase.WAITING
        if Stop.ACKNOWLEDGED in rule.stops or rule.trigger.kind is TriggerKind.NO_ACKNOWLEDGEMENT:
            assert before.facts.acknowledged_at is None
        if Stop.ASSIGNED in rule.stops:
            assert before.assignee is None
        assert 1 <= sum(1 for each in steps_fired if each == (event.rule, event.step)) <= rule.most
    # So it is for updates that are overdue, of which the same agenda tells.
    told = [item.identifier for item, _, _ in played.reminded]
    assert len(told) == len(set(told))
    for item, at, before in played.reminded:
        assert item.instant < at
        # What was promised is owed after a resolution, too; after the end what is promised then.
        if before.phase in (Phase.CLOSED, Phase.CANCELLED):
            ends = [n for n, e in enumerate(before.timeline) if isinstance(e, Closed | Cancelled)]
            words = [n for n, e in enumerate(before.timeline) if isinstance(e, StakeholdersUpdated)]
            assert words[-1] > ends[-1]
        spoken = [e.at for e in before.timeline if isinstance(e, StakeholdersUpdated)]
        assert all(word <= item.instant for word in spoken)


@given(several_rules(), lives, minutes, st.randoms(use_true_random=False))
def test_the_order_of_rules_means_nothing(given_rules, steps, wait, chance):
    shuffled = list(given_rules)
    chance.shuffle(shuffled)
    one, two = book(*given_rules), book(*shuffled)
    assert one.version == two.version
    found = Incident.replay("INC1", life(steps))
    at = found.timeline[-1].at + wait * MINUTE
    assert one.escalations(found, at) == two.escalations(found, at)


def _fired_at(rule, events, until) -> dict[str, list]:
    """By occasion when a rule fires for these events if it is looked at whenever something is due."""
    played = Played(book(rule))
    pending = list(events)
    played.happens(pending.pop(0))
    now = NINE
    while True:
        # What falls due at the very instant of an event comes after it.
        due = played.store.next_due(now - timedelta(microseconds=1))
        if pending and (due is None or pending[0].at <= max(due, now)):
            now = max(now, pending[0].at)
            played.happens(pending.pop(0))
            continue
        if due is None or due > until:
            told: dict[str, list] = {}
            for _, when, step, _ in played.fired:
                # Each clock is an occasion of its own; what begins anew is the same one.
                clock = step.step.partition("#")[0].partition("@")[0]
                key = clock if rule.trigger.is_clocked else rule.name
                told.setdefault(key, []).append(when)
            return told
        now = max(due, now)
        played.look(now)


@given(rules(kinds=HELD), lives, st.integers(0, 60), st.integers(1, 400), st.integers(0, 400))
def test_a_longer_hold_never_makes_an_escalation_earlier(rule, steps, wait, length, more):
    calm = [step for step in steps if step[1] not in ("resolve", "reopen", "vendor", "hold")]
    before = life(calm)
    start = before[-1].at + wait * MINUTE
    until = start + 3_000 * MINUTE

    def told(span):
        held = Held(start, HoldReason.AWAITING_CALLER, by=ADA)
        resumed = StatusChanged(start + span * MINUTE, Status.IN_PROGRESS, by=ADA)
        return _fired_at(rule, [*before, held, resumed], until)

    short, long = told(length), told(length + more)
    for occasion in short.keys() & long.keys():
        pairs = zip(short[occasion], long[occasion], strict=False)
        assert all(one <= two for one, two in pairs)


@given(several_rules(), lives, minutes)
def test_the_first_step_is_told_by_the_rule_alone(given_rules, steps, wait):
    """One policy of many rules says what each of them says by itself."""
    found = Incident.replay("INC1", life(steps))
    at = found.timeline[-1].at + wait * MINUTE
    together = book(*given_rules).escalations(found, at).steps
    apart = [each for rule in given_rules for each in book(rule).escalations(found, at).steps]
    assert [(s.rule, s.step, s.at, s.to) for s in together] == sorted(
        ((s.rule, s.step, s.at, s.to) for s in apart), key=lambda s: (s[2], s[0], s[1])
    )
    assert EscalationPolicy(given_rules).version == book(*given_rules).escalation.version
