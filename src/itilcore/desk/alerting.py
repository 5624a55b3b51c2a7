"""Alerts at the desk: what keeps firing is one incident, as the book's policy has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import evolve, frozen

from itilcore.decision import Reason
from itilcore.errors import (
    ActionRefused,
    Defect,
    IdempotencyKeyReused,
    InvalidInput,
    VersionConflict,
    blank_defects,
    require_aware,
)
from itilcore.incident import Incident, Phase, in_utc
from itilcore.intake import AlertDraft, AlertStatus
from itilcore.policy import Book
from itilcore.repositories import Commit, Committed

from .alert_history import (
    AGAIN,
    ENDED,
    FLAPS,
    MONITORING,
    STILL,
    alert_key,
    changes_of,
    latest_of,
    logged_at,
    over_at,
    readable,
)
from .carrying import carried_out
from .command import Command, LogIncident, Note, Reopen
from .flow import Call, Flow
from .outcome import Outcome

__all__ = ["received"]

MOST_ATTEMPTS: Final = 100
"""Each time that one is overtaken another was taken in: so many at once all get their turn."""


class _Overtaken(Exception):
    """Something else was stored meanwhile: it is to be decided anew on what is there now."""


def received(book: Book, draft: Any, reference: str, at: datetime) -> Flow[Outcome | None]:
    """Take an alert in: on the incident that it belongs to, or as a new one of *reference*.

    ``None`` where it tells the end of something that is no open incident.
    """
    require_aware("at", at)
    defects = blank_defects("reference", reference)
    if not isinstance(draft, AlertDraft):
        defects.append(Defect("draft", f"is {draft!r:.60}: give an AlertDraft"))
    if defects:
        raise InvalidInput("alert", defects)
    attempts = MOST_ATTEMPTS
    while True:
        number, latest = yield from latest_of(draft)
        receipt = _Receipt(book, draft, reference, at, number, latest)
        attempts -= 1
        try:
            if draft.status is AlertStatus.RESOLVED:
                return (yield from receipt.ended())
            return (yield from receipt.fired())
        except _Overtaken as overtaken:
            if attempts < 1:
                raise overtaken.args[0] from None


@frozen
class _Receipt:
    """An alert, and how its fingerprint stands: ``number`` incidents, of which the ``latest``."""

    book: Book
    draft: AlertDraft
    reference: str
    at: datetime
    number: int
    latest: Incident | None

    @property
    def since(self) -> str:
        return in_utc(self.draft.starts_at).isoformat()

    @property
    def firing_key(self) -> str:
        # A webhook sends the same again as long as it fires: what fires has one start.
        return alert_key(self.draft, AlertStatus.FIRING.value, self.since)

    @property
    def ended_key(self) -> str:
        return alert_key(self.draft, AlertStatus.RESOLVED.value, self.since)

    def home(self) -> Flow[Incident | None]:
        """The incident that what fires since then belongs to already."""
        latest = self.latest
        if latest is not None and latest.facts.detected_at == self.draft.starts_at:
            return latest
        told: Committed | None = yield Call("committed", (self.firing_key,))
        return (yield from readable(told))

    def ended(self) -> Flow[Outcome | None]:
        """A note on the incident of what fired, or on the latest; nothing where it is not open."""
        told: Committed | None = yield Call("committed", (self.ended_key,))
        if told is not None:
            noted = told.version > told.before  # else it was not open
            incident = (yield from readable(told)) if noted else None
            return None if incident is None else self.repeated(incident)
        home = (yield from self.home()) or self.latest
        if home is None:
            return None
        if home.phase is None or not home.phase.is_unresolved:
            yield from self.kept(home, self.ended_key)
            return None
        ends = self.draft.ends_at
        ended = self.at if ends is None else min(in_utc(ends), in_utc(self.at))
        text = f"{ENDED}{in_utc(ended).isoformat()}."
        return (yield from self.noted(home, text, self.ended_key, fires=False))

    def fired(self) -> Flow[Outcome]:
        """On the incident of the fingerprint where the policy says so, else as a new one."""
        home = yield from self.home()
        if home is not None:
            return (yield from self.sent_again(home))
        latest, policy = self.latest, self.book.problems.alerts
        if latest is None:
            return (yield from self.logged("it is the first of its fingerprint"))
        if in_utc(self.at) - logged_at(latest) >= policy.window:
            why = f"the window of {latest.reference}, {policy.window} from its start, had ended"
            return (yield from self.logged(why))
        if latest.phase is not None and latest.phase.is_unresolved:
            text = f"{AGAIN}{self.since}."
            return (yield from self.noted(latest, text, self.firing_key, fires=True))
        return (yield from self.reopened(latest, AGAIN, self.firing_key))

    def sent_again(self, home: Incident) -> Flow[Outcome]:
        """Nothing, but where it still fires though somebody has ended its incident."""
        latest, over = self.latest, over_at(home)
        if over is None or latest is None or home.reference != latest.reference:
            return self.repeated(home)
        ended: Committed | None = yield Call("committed", (self.ended_key,))
        if ended is not None or in_utc(self.at) <= over:
            return self.repeated(home)  # it was sent before that, and comes late
        if home.phase is Phase.CANCELLED:
            # Somebody said that it is no incident: it is told once, and no new one made of it.
            text, key = f"{STILL}{self.since}.", alert_key(self.draft, "still", home.reference)
            return (yield from self.noted(home, text, key, fires=True))
        key = alert_key(self.draft, "still", home.reference, over.isoformat())
        return (yield from self.reopened(home, STILL, key))

    def repeated(self, incident: Incident) -> Outcome:
        text = f"what is told of the firing at {self.since} stands on {incident.reference} already"
        return Outcome(
            incident=incident,
            look_again_at=self.book.look_again_at(incident, self.at),
            reasons=(Reason("repetition", text, {"fingerprint": self.draft.fingerprint}),),
            repeated=True,
        )

    def reopened(self, latest: Incident, told: str, key: str) -> Flow[Outcome]:
        """What was resolved, where policy and lifecycle open it again; else a new one."""
        resolved, policy = latest.facts.resolved_at, self.book.problems.alerts
        if latest.phase is not Phase.RESOLVED or resolved is None:
            return (yield from self.logged(f"{latest.reference} had ended"))
        if not policy.reopens(resolved, self.at):
            within = policy.reopen_within
            how = "nothing reopens it" if within is None else f"it is reopened for {within} only"
            return (yield from self.logged(f"{latest.reference} had been resolved, and {how}"))
        told, flaps = self.flapping(latest, f"{told}{self.since}.", fires=True)
        command = Reopen(reference=latest.reference, at=self.at, by=MONITORING, reason=told)
        text = f"{latest.reference} had been resolved no longer than {policy.reopen_within} before"
        why = Reason("reopening", text, {"reopen_within": policy.reopen_within})
        try:
            return (yield from self.carried(command, key, latest.version, (why, *flaps)))
        except ActionRefused:
            # What the lifecycle does not open again is another incident.
            return (yield from self.logged(f"{latest.reference} may not be reopened any more"))

    def noted(self, incident: Incident, text: str, key: str, *, fires: bool) -> Flow[Outcome]:
        text, flaps = self.flapping(incident, text, fires=fires)
        command = Note(reference=incident.reference, at=self.at, by=MONITORING, text=text)
        why = Reason(
            "fingerprint",
            f"it has the fingerprint of {incident.reference}",
            {"fingerprint": self.draft.fingerprint},
        )
        return (yield from self.carried(command, key, incident.version, (why, *flaps)))

    def flapping(
        self, incident: Incident, text: str, *, fires: bool
    ) -> tuple[str, tuple[Reason, ...]]:
        """*text* that tells flapping too, once an incident, and the reason wherever it flaps."""
        policy = self.book.problems.alerts
        changes, said = changes_of(incident)
        if fires == bool(len(changes) % 2):
            changes.append(in_utc(self.at))
        if not policy.flaps(changes):
            return text, ()
        told = f"{FLAPS}{policy.flapping} changes within {policy.flapping_within}"
        why = Reason("flapping", told[0].lower() + told[1:], {"changes": len(changes)})
        return text if said else f"{text} {told}.", (why,)

    def logged(self, why: str) -> Flow[Outcome]:
        """The next incident of the fingerprint; the key of its number lets just one be it."""
        command, left_out = self.command()
        key = alert_key(self.draft, self.number + 1)
        reasons = (Reason("start", f"it is a new incident: {why}"), *left_out)
        try:
            outcome = yield from self.carried(command, key, None, reasons)
        except VersionConflict as conflict:
            other: Committed | None = yield Call("committed", (key,))
            if other is None:
                raise  # the reference is another incident's
            raise _Overtaken(conflict) from None
        yield from self.kept(outcome.incident, self.firing_key)
        return outcome

    def command(self) -> tuple[LogIncident, list[Reason]]:
        """What logs it, and the reasons why anything of it is left out or changed."""
        details, rule = self.draft.details, self.book.priority
        impact, urgency, text = details["impact"], details["urgency"], details["text"]
        reasons = []
        for name, level, scale in (
            ("impact", impact, rule.impacts),
            ("urgency", urgency, rule.urgencies),
        ):
            if level is not None and level not in scale:
                problem = f"{name} {level} is not on the scale of the book: both are left out"
                reasons.append(Reason("severity", problem, {name: level}))
                impact = urgency = None
        started = min(in_utc(details["started_at"]), in_utc(self.at))
        if started != details["started_at"]:
            late = f"it starts at {self.since}, later than it was received, which counts"
            reasons.append(Reason("clock", late, {"starts_at": self.draft.starts_at}))
            text = "\n\n".join(filter(None, (text, f"The alert says that {late}.")))
        command = LogIncident(
            reference=self.reference,
            at=self.at,
            by=MONITORING,
            title=details["title"],
            text=text,
            channel="monitoring",
            service=details["service"],
            impact=impact,
            urgency=urgency,
            impact_started_at=started,
            detected_at=started,
            detected_by=f"{self.draft.source} {self.draft.fingerprint}",
        )
        return command, reasons

    def carried(
        self, command: Command, key: str, version: int | None, reasons: tuple[Reason, ...]
    ) -> Flow[Outcome]:
        """Carried out on *version* and on no other: another alert may have changed the case."""
        try:
            outcome = yield from carried_out(self.book, command, key=key, expected_version=version)
        except IdempotencyKeyReused as error:
            raise _Overtaken(error) from None
        except VersionConflict as error:
            if version is None:
                raise
            raise _Overtaken(error) from None
        if outcome.repeated:
            if isinstance(command, LogIncident):  # by another alert, perhaps
                raise _Overtaken(IdempotencyKeyReused(key, command.reference, command.reference))
            return self.repeated(outcome.incident)
        return evolve(outcome, reasons=(*outcome.reasons, *reasons))

    def kept(self, incident: Incident, key: str) -> Flow[None]:
        """Keep *key* with *incident*, without an event."""
        while True:
            look_again_at = self.book.look_again_at(incident, self.at)
            commit = Commit.of(incident, (), idempotency_key=key, look_again_at=look_again_at)
            try:
                yield Call("commit", (commit,))
            except VersionConflict:
                incident = yield Call("get", (incident.reference,))
            except IdempotencyKeyReused:
                return  # it is kept with the incident before, where this one still fired
            else:
                return
