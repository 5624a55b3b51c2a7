"""One method a command, for both desks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from itilcore.actor import Actor
from itilcore.classification import Category, TicketKind
from itilcore.incident import (
    Direction,
    EscalationKind,
    HandOffNotes,
    HoldReason,
    LinkKind,
    ResolutionKind,
    Role,
    Status,
)
from itilcore.priority import Impact, Priority, Severity, Urgency

from . import command as do

__all__ = ["Commands"]

R = TypeVar("R")
"""An outcome, or what is awaited for one."""


class Commands(ABC, Generic[R]):
    """The commands as methods.  Each makes the command of that name and hands it to `do`.

    Each takes the ``reference``, ``at`` and ``by``; ``key`` makes a repetition harmless, and
    with ``expected_version`` the command holds for that version of the incident alone.
    """

    @abstractmethod
    def do(
        self, command: do.Command, *, key: str | None = None, expected_version: int | None = None
    ) -> R:
        """Carry out *command*."""

    def log(
        self,
        reference: str,
        *,
        at: datetime,
        title: str,
        by: Actor | None = None,
        requester: str | None = None,
        channel: str = "self-service",
        text: str | None = None,
        kind: TicketKind | None = TicketKind.INCIDENT,
        category: Category | None = None,
        service: str | None = None,
        configuration_item: str | None = None,
        impact: Impact | None = None,
        urgency: Urgency | None = None,
        impact_started_at: datetime | None = None,
        detected_at: datetime | None = None,
        detected_by: str | None = None,
        links: Iterable[tuple[LinkKind, str]] = (),
        answers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        key: str | None = None,
    ) -> R:
        """Record an incident: `LogIncident`."""
        command = do.LogIncident(
            reference=reference,
            at=at,
            by=by,
            title=title,
            requester=requester,
            channel=channel,
            text=text,
            kind=kind,
            category=category,
            service=service,
            configuration_item=configuration_item,
            impact=impact,
            urgency=urgency,
            impact_started_at=impact_started_at,
            detected_at=detected_at,
            detected_by=detected_by,
            links=links,
            answers=answers,
        )
        return self.do(command, key=key)

    def classify(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        kind: TicketKind | None = None,
        category: Category | None = None,
        service: str | None = None,
        configuration_item: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say what it is and what it is about: `Classify`."""
        command = do.Classify(
            reference=reference,
            at=at,
            by=by,
            kind=kind,
            category=category,
            service=service,
            configuration_item=configuration_item,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def prioritise(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        impact: Impact | None = None,
        urgency: Urgency | None = None,
        priority: Priority | None = None,
        reason: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say impact and urgency, or override the priority: `Prioritise`."""
        command = do.Prioritise(
            reference=reference,
            at=at,
            by=by,
            impact=impact,
            urgency=urgency,
            priority=priority,
            reason=reason,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def declare_severity(
        self,
        reference: str,
        *,
        at: datetime,
        severity: Severity,
        evidence: Mapping[str, str] | str = "",
        by: Actor | None = None,
        override: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say how bad it is for the business, on evidence: `DeclareSeverity`."""
        command = do.DeclareSeverity(
            reference=reference,
            at=at,
            by=by,
            severity=severity,
            evidence=evidence,
            override=override,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def acknowledge(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Take it on: `Acknowledge`."""
        command = do.Acknowledge(reference=reference, at=at, by=by)
        return self.do(command, key=key, expected_version=expected_version)

    def assign(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        group: str | None = None,
        assignee: str | None = None,
        tier: int | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Give it to a group, and to a person: `Assign`."""
        command = do.Assign(
            reference=reference, at=at, by=by, group=group, assignee=assignee, tier=tier
        )
        return self.do(command, key=key, expected_version=expected_version)

    def hand_off(
        self,
        reference: str,
        *,
        at: datetime,
        group: str,
        by: Actor | None = None,
        assignee: str | None = None,
        tier: int | None = None,
        notes: str | None = None,
        details: HandOffNotes | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Hand it to another group with what that group needs: `HandOff`."""
        command = do.HandOff(
            reference=reference,
            at=at,
            by=by,
            group=group,
            assignee=assignee,
            tier=tier,
            notes=notes,
            details=details,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def assume_role(
        self,
        reference: str,
        *,
        at: datetime,
        role: Role,
        person: str,
        by: Actor | None = None,
        replacing: bool = False,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Somebody takes on a role: `AssumeRole`."""
        command = do.AssumeRole(
            reference=reference, at=at, by=by, role=role, person=person, replacing=replacing
        )
        return self.do(command, key=key, expected_version=expected_version)

    def renounce_role(
        self,
        reference: str,
        *,
        at: datetime,
        role: Role,
        person: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Somebody gives a role back: `RenounceRole`."""
        command = do.RenounceRole(reference=reference, at=at, by=by, role=role, person=person)
        return self.do(command, key=key, expected_version=expected_version)

    def unassign(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Take it from whoever has it: `Unassign`."""
        command = do.Unassign(reference=reference, at=at, by=by)
        return self.do(command, key=key, expected_version=expected_version)

    def start(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Begin to work on it: `Start`."""
        command = do.Start(reference=reference, at=at, by=by)
        return self.do(command, key=key, expected_version=expected_version)

    def hold(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        reason: HoldReason | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Stop work until something else has happened: `Hold`."""
        command = do.Hold(reference=reference, at=at, by=by, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)

    def resume(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Go on after a hold: `Resume`."""
        command = do.Resume(reference=reference, at=at, by=by)
        return self.do(command, key=key, expected_version=expected_version)

    def note(
        self,
        reference: str,
        *,
        at: datetime,
        text: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Write a note: `Note`."""
        command = do.Note(reference=reference, at=at, by=by, text=text)
        return self.do(command, key=key, expected_version=expected_version)

    def contact(
        self,
        reference: str,
        *,
        at: datetime,
        direction: Direction,
        by: Actor | None = None,
        channel: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Record an exchange with the requester: `Contact`."""
        command = do.Contact(
            reference=reference, at=at, by=by, direction=direction, channel=channel
        )
        return self.do(command, key=key, expected_version=expected_version)

    def answer(
        self,
        reference: str,
        *,
        at: datetime,
        answers: Mapping[str, str] | Iterable[tuple[str, str]],
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Record what the requester answered to an intake form: `Answer`."""
        command = do.Answer(reference=reference, at=at, by=by, answers=answers)
        return self.do(command, key=key, expected_version=expected_version)

    def engage_vendor(
        self,
        reference: str,
        *,
        at: datetime,
        vendor: str,
        by: Actor | None = None,
        ticket: str | None = None,
        status_link: str | None = None,
        workaround: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Ask a vendor for help, or tell more of one that is waited for: `EngageVendor`."""
        command = do.EngageVendor(
            reference=reference,
            at=at,
            by=by,
            vendor=vendor,
            ticket=ticket,
            status_link=status_link,
            workaround=workaround,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def vendor_answered(
        self,
        reference: str,
        *,
        at: datetime,
        vendor: str,
        by: Actor | None = None,
        delivered: bool = True,
        note: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """A vendor answered, and the wait is over where it delivered: `RecordVendorAnswer`."""
        command = do.RecordVendorAnswer(
            reference=reference, at=at, by=by, vendor=vendor, delivered=delivered, note=note
        )
        return self.do(command, key=key, expected_version=expected_version)

    def record_workaround(
        self,
        reference: str,
        *,
        at: datetime,
        text: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Write down a way around the fault: `RecordWorkaround`."""
        command = do.RecordWorkaround(reference=reference, at=at, by=by, text=text)
        return self.do(command, key=key, expected_version=expected_version)

    def restore(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say that the service works again: `Restore`."""
        command = do.Restore(reference=reference, at=at, by=by)
        return self.do(command, key=key, expected_version=expected_version)

    def resolve(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        kind: ResolutionKind | None = None,
        code: str | None = None,
        notes: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say that it is over: `Resolve`.  The outcome offers the children of a parent."""
        command = do.Resolve(reference=reference, at=at, by=by, kind=kind, code=code, notes=notes)
        return self.do(command, key=key, expected_version=expected_version)

    def confirm(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """The requester agrees: `Confirm`."""
        command = do.Confirm(reference=reference, at=at, by=by)
        return self.do(command, key=key, expected_version=expected_version)

    def reopen(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        reason: str | None = None,
        to: Status | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """The resolution did not hold: `Reopen`."""
        command = do.Reopen(reference=reference, at=at, by=by, reason=reason, to=to)
        return self.do(command, key=key, expected_version=expected_version)

    def close(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        code: str | None = None,
        summary: str | None = None,
        cause: str | None = None,
        steps: Iterable[str] = (),
        knowledge: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """End it: `Close`."""
        command = do.Close(
            reference=reference,
            at=at,
            by=by,
            code=code,
            summary=summary,
            cause=cause,
            steps=steps,
            knowledge=knowledge,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def cancel(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        reason: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """End it because there is nothing to resolve: `Cancel`."""
        command = do.Cancel(reference=reference, at=at, by=by, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)

    def move(
        self,
        reference: str,
        *,
        at: datetime,
        take: str,
        by: Actor | None = None,
        to: Status | None = None,
        facts: Mapping[str, object] | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Take an action of the team's own lifecycle: `Move`."""
        command = do.Move(
            reference=reference, at=at, by=by, take=take, to=to, facts=dict(facts or {})
        )
        return self.do(command, key=key, expected_version=expected_version)

    def link(
        self,
        reference: str,
        *,
        at: datetime,
        kind: LinkKind,
        other: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say what *other* is to it: `Link`.

        A parent and its child are both told; a problem or a change is no incident, and only
        this one is.  An interrupted call is mended by calling again.
        """
        command = do.Link(reference=reference, at=at, by=by, kind=kind, other=other)
        return self.do(command, key=key, expected_version=expected_version)

    def propose_major(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        reason: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Propose it as a major incident: `ProposeMajor`.  Without a *reason* the book's are it."""
        command = do.ProposeMajor(reference=reference, at=at, by=by, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)

    def promote_major(
        self,
        reference: str,
        *,
        at: datetime,
        reason: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Make it a major incident: `PromoteMajor`.  The outcome says which roles are vacant."""
        command = do.PromoteMajor(reference=reference, at=at, by=by, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)

    def reject_major(
        self,
        reference: str,
        *,
        at: datetime,
        reason: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say that it is no major incident, though proposed: `RejectMajor`."""
        command = do.RejectMajor(reference=reference, at=at, by=by, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)

    def demote_major(
        self,
        reference: str,
        *,
        at: datetime,
        reason: str,
        by: Actor | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Say that it is no major incident any more: `DemoteMajor`."""
        command = do.DemoteMajor(reference=reference, at=at, by=by, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)

    def update_stakeholders(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        audiences: str | Iterable[str] = (),
        impacted: str | None = None,
        affected: str | None = None,
        progress: str | None = None,
        workaround: str | None = None,
        follow: str | None = None,
        technical: str | None = None,
        next_update_at: datetime | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Tell audiences how things stand and when they hear next: `UpdateStakeholders`."""
        command = do.UpdateStakeholders(
            reference=reference,
            at=at,
            by=by,
            audiences=audiences,
            impacted=impacted,
            affected=affected,
            progress=progress,
            workaround=workaround,
            follow=follow,
            technical=technical,
            next_update_at=next_update_at,
        )
        return self.do(command, key=key, expected_version=expected_version)

    def escalate(
        self,
        reference: str,
        *,
        at: datetime,
        kind: EscalationKind,
        to: str,
        by: Actor | None = None,
        reason: str | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> R:
        """Let a group or a person hear of it who can do more: `Escalate`."""
        command = do.Escalate(reference=reference, at=at, by=by, kind=kind, to=to, reason=reason)
        return self.do(command, key=key, expected_version=expected_version)
