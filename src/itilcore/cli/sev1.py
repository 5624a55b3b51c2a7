"""A Sev1, played hour by hour: payroll fails on the day on which it is run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from itilcore.actor import Actor
from itilcore.communications import CadenceCompliance, Notification, cadence_compliance
from itilcore.desk import Desk, Outcome
from itilcore.errors import ActionRefused
from itilcore.escalation import Simulation
from itilcore.incident import Incident, ResolutionKind, Role
from itilcore.intake import AlertDraft, AlertStatus
from itilcore.major import Review, ReviewAction, TimelineDocument, draft_review, timeline_document
from itilcore.metrics import CostResult, CostRow, DowntimeCost
from itilcore.policy import DueItem, DueKind
from itilcore.priority import Impact, Severity, SituationFacts, Urgency
from itilcore.sample import SEV1_START

__all__: list[str] = []

_REFERENCE: Final = "INC1"
_MINUTE: Final = timedelta(minutes=1)
_HALF: Final = 30 * _MINUTE
_DAY: Final = timedelta(days=1)
_MONDAY: Final = 3 * _DAY + 3 * timedelta(hours=1)
_SAID: Final = {
    DueKind.BREACH: "{clock} is late",
    DueKind.UPDATE: "an update is overdue",
    DueKind.AUTO_CLOSE: "it closes",
}
_PAULO, _MARTA, _CLEO = map(Actor.person, ("paulo", "marta", "cleo"))
_COST: Final = DowntimeCost(
    rows=[CostRow(18_000, service="payroll", severity=Severity.SEV1), CostRow(600)]
)
_EVIDENCE: Final = {
    "service": "payroll",
    "business_impact": "900 salaries are due at the bank at 14:00",
}
_SITUATION: Final = SituationFacts(
    service="payroll",
    service_down=True,
    in_critical_window=True,
    work_halted=True,
    workaround=True,
)
_TEMPLATE: Final = {
    "impacted": "The payroll run of March",
    "affected": "900 people who are paid today",
    "follow": "the status page",
}


@frozen
class Sev1Moment:
    """``what`` happened ``at`` which instant, and the notifications that went out by it."""

    at: datetime
    what: str
    heard: tuple[Notification, ...] = ()


@frozen(kw_only=True)
class Sev1Day:
    """What the outage showed.

    ``simulation`` is as it was logged: who hears what if nobody acts.  ``refused`` are moments
    at which the desk said no.
    """

    moments: tuple[Sev1Moment, ...]
    refused: tuple[Sev1Moment, ...]
    simulation: Simulation
    incident: Incident
    timeline: TimelineDocument
    review: Review
    compliance: CadenceCompliance
    cost: CostResult


class _Play:
    """The desk, and what has happened at it so far."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.now = SEV1_START
        self.moments: list[Sev1Moment] = []
        self.refused: list[Sev1Moment] = []

    def until(self, at: datetime) -> datetime:
        """Nobody does anything until *at*: whatever falls due meanwhile is done by the agenda."""
        while True:
            for item in self.desk.agenda(self.now).items:
                self.desk.act(item, at=self.now)
                self.tell(f"agenda: {_said(item)}")
            look = self.desk.agenda(self.now).look_again_at
            if look is None or not self.now < look <= at:
                self.now = at
                return at
            self.now = look

    def tell(self, what: str) -> Sev1Moment:
        """Note *what* happened now, with what went out by it."""
        heard: list[Notification] = []
        self.desk.drain(heard.append)
        self.moments.append(Sev1Moment(self.now, what, tuple(heard)))
        return self.moments[-1]

    def does(self, minute: int, what: str, command: Callable[..., Any], **given: Any) -> Any:
        """After so many minutes *command* is carried out, after what the agenda had to do."""
        at = self.until(SEV1_START + minute * _MINUTE)
        done = command(_REFERENCE, at=at, **given)
        self.tell(what)
        return done

    def cannot(self, minute: int, what: str, command: Callable[..., Any], **given: Any) -> None:
        """After so many minutes *command* is refused."""
        try:
            self.does(minute, what, command, **given)
        except ActionRefused as error:
            lacks = ", ".join(name for name, _ in error.missing)
            self.refused.append(self.tell(f"REFUSED: {what}: {error.why or f'without {lacks}'}"))

    def update(self, minute: int, progress: str, workaround: str, next_in: int | None = 30) -> None:
        """The stakeholders hear how it stands, and after how many minutes they hear again."""
        following = None if next_in is None else SEV1_START + (minute + next_in) * _MINUTE
        self.does(
            minute,
            f"update: {progress}",
            self.desk.update_stakeholders,
            by=_CLEO,
            progress=progress,
            workaround=workaround,
            next_update_at=following,
            **_TEMPLATE,
        )


def _said(item: DueItem) -> str:
    if item.step is not None:
        step = item.step
        return f"{step.kind.value} escalation to {step.to}: {step.rule} {step.number}/{step.most}"
    return _SAID[item.kind].format(clock=item.clock)


def play_sev1(desk: Desk) -> Sev1Day:
    """Play the outage on *desk*, which goes by `itilcore.sample.SEV1_BOOK`."""
    play = _Play(desk)
    simulation = _nobody_acts(play)
    _declared(play)
    _promoted(play)
    _worked_on(play)
    return _looked_back(play, simulation)


def _alert(status: AlertStatus, ended: datetime | None = None) -> AlertDraft:
    return AlertDraft(
        fingerprint="payroll-down",
        status=status,
        title="Payroll does not answer",
        service="payroll",
        starts_at=SEV1_START,
        ends_at=ended,
        impact=Impact.HIGH,
        urgency=Urgency.HIGH,
    )


def _nobody_acts(play: _Play) -> Simulation:
    at = play.until(SEV1_START + 5 * _MINUTE)
    play.desk.receive(_alert(AlertStatus.FIRING), _REFERENCE, at=at)
    play.tell("an alert logs it: payroll does not answer")
    return play.desk.book.simulate(play.desk.get(_REFERENCE), at, hours=24)


def _declared(play: _Play) -> None:
    desk = play.desk
    given = {"group": "Payroll", "assignee": "paulo", "tier": 2, "by": _MARTA}
    play.does(37, "marta gives it to paulo", desk.assign, **given)
    play.does(38, "paulo takes it on", desk.start, by=_PAULO)
    declare, sev1 = desk.declare_severity, {"severity": Severity.SEV1}
    play.cannot(40, "paulo declares a Sev1", declare, by=_PAULO, evidence=_EVIDENCE, **sev1)
    play.cannot(42, "marta declares it", declare, by=_MARTA, **sev1)
    play.does(45, "marta declares a Sev1", declare, by=_MARTA, evidence=_EVIDENCE, **sev1)


def _promoted(play: _Play) -> None:
    desk = play.desk
    why = {"reason": "payday"}
    play.does(46, "paulo proposes a major incident", desk.propose_major, by=_PAULO)
    play.cannot(47, "paulo promotes it", desk.promote_major, by=_PAULO, **why)
    done: Outcome = play.does(48, "marta promotes it", desk.promote_major, by=_MARTA, **why)
    play.tell("; ".join(str(reason) for reason in done.reasons))
    for role, person in (
        (Role.MAJOR_INCIDENT_MANAGER, "marta"),
        (Role.COMMUNICATIONS_LEAD, "cleo"),
        (Role.SCRIBE, "diogo"),
    ):
        play.does(50, f"{person} is {role.name}", desk.assume_role, role=role, person=person)
    resolver = {"role": Role.RESOLVER, "person": "marta"}
    play.cannot(51, "marta wants to fix it as well", desk.assume_role, **resolver)


def _worked_on(play: _Play) -> None:
    desk = play.desk
    vendor = {"vendor": "Ledgerly", "by": _PAULO}
    play.update(55, "we look for the cause", "none yet")
    play.does(65, "Ledgerly is asked", desk.engage_vendor, ticket="L-7", **vendor)
    # The next word is due at 07:25, and nobody writes it.
    play.update(92, "the maker of the software has been asked", "none yet")
    play.update(120, "the maker has not answered", "none yet")
    note = "the licence ended at midnight"
    answered = desk.vendor_answered
    play.does(130, "Ledgerly answers", answered, delivered=False, note=note, **vendor)
    way = "send last month's salaries to the bank"
    play.does(140, "a workaround is known", desk.record_workaround, text=way, by=_PAULO)
    found = desk.book.assess(_SITUATION)
    because = [str(each) for each in found.reasons if each.rule == "priority adjustments"]
    play.does(
        142,
        f"the order of work is {found.answer.priority}, the severity stays {found.answer.severity}",
        desk.prioritise,
        by=_MARTA,
        priority=found.answer.priority,
        reason=because[0],
    )
    play.update(150, "the cause is known: the licence ended", way)
    play.update(178, "the maker sends a new licence", way)
    play.does(185, "Ledgerly delivers", answered, note="a new licence", **vendor)
    play.does(190, "payroll works again", desk.restore, by=_PAULO)
    at = play.until(SEV1_START + 192 * _MINUTE)
    desk.receive(_alert(AlertStatus.RESOLVED, at), _REFERENCE, at=at)
    play.tell("the alert has ended")
    done = {"kind": ResolutionKind.FIX, "code": "licence", "notes": "A new licence is in."}
    play.does(200, "paulo resolves it", desk.resolve, by=_PAULO, **done)
    play.update(205, "payroll works", "none needed", None)


def _looked_back(play: _Play, simulation: Simulation) -> Sev1Day:
    desk, book = play.desk, play.desk.book
    at = play.until(SEV1_START + _MONDAY)
    before = desk.get(_REFERENCE)
    play.tell(f"three days later it is {before.status}: a major incident does not close by itself")
    action = ReviewAction(
        text="warn a month before a licence ends", owner="paulo", due=at + 30 * _DAY
    )
    review = draft_review(
        before, book.read(before, at), at, hand_offs=book.hand_offs, rules=book.major
    )
    review = review.with_actions([action])
    why = {"reason": "the review is drafted", "by": _MARTA}
    minute = _MONDAY // _MINUTE
    play.does(minute, "marta demotes it", desk.demote_major, **why)
    play.until(at + _MINUTE)
    incident = desk.get(_REFERENCE)
    return Sev1Day(
        moments=tuple(play.moments),
        refused=tuple(play.refused),
        simulation=simulation,
        incident=incident,
        timeline=timeline_document(incident),
        review=review,
        compliance=cadence_compliance([incident], book.cadences, at),
        cost=_COST.measure([incident], at=at),
    )
