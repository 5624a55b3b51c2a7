"""The desk over a store that is awaited."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from itilcore.actor import Actor
from itilcore.classification import Classifier
from itilcore.communications import Notification
from itilcore.incident import Incident, Option
from itilcore.intake import AlertDraft, Triage
from itilcore.policy import Book, DueItem
from itilcore.problems import Problem, Suggestion
from itilcore.repositories import AsyncStore, Query

from . import command as do
from .agenda import Agenda, acted, agenda_at, rescheduled
from .alerting import received
from .assigning import assigned_next
from .commands import Commands
from .flow import awaited, require_store
from .linking import done, followed_up
from .outcome import Outcome
from .triaging import offered_by, similar_to, triaged

__all__ = ["AsyncDesk"]


class AsyncDesk(Commands[Awaitable[Outcome]]):
    """`Desk` with every method awaited; the rules, and what they say, are the same.

    >>> import asyncio
    >>> from datetime import UTC, datetime
    >>> from itilcore.stores import MemoryStore, Threaded
    >>> async def newcomer() -> str:
    ...     desk = AsyncDesk(Threaded(MemoryStore()))
    ...     nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    ...     outcome = await desk.log("INC1", at=nine, title="Mail is slow", requester="ada")
    ...     return outcome.incident.reference
    >>> asyncio.run(newcomer())
    'INC1'
    """

    def __init__(self, store: AsyncStore, book: Book | None = None) -> None:
        require_store(store, book, awaited=True)
        self.store = store
        self.book = Book() if book is None else book

    def do(
        self, command: do.Command, *, key: str | None = None, expected_version: int | None = None
    ) -> Awaitable[Outcome]:
        """Carry out *command*."""
        flow = done(self.book, command, key, expected_version)
        return awaited(flow, self.store)

    async def get(self, reference: str) -> Incident:
        """The incident.  Raises `itilcore.errors.UnknownIncident` where there is none."""
        return await self.store.get(reference)

    async def options(
        self, reference: str, *, at: datetime, facts: Mapping[str, object] | None = None
    ) -> tuple[Option, ...]:
        """What may be done to it next, and for the rest what is missing; nothing is done."""
        return self.book.options(await self.store.get(reference), at, facts or {})

    async def follow_up(
        self,
        reference: str,
        *,
        at: datetime,
        new_reference: str,
        reason: str,
        by: Actor | None = None,
        key: str | None = None,
    ) -> Outcome:
        """A new incident linked to one that may not be reopened any more: its outcome.

        Title, requester, kind, category, service, impact and urgency are taken over.
        """
        flow = followed_up(self.book, reference, new_reference, at, reason, by, key)
        return await awaited(flow, self.store)

    async def assign_next(
        self,
        reference: str,
        *,
        at: datetime,
        by: Actor | None = None,
        again: bool = False,
        key: str | None = None,
    ) -> Outcome:
        """Give it to the group that the book routes it to, and to whom of it has room.

        The reasons stand in the outcome and in the incident.  One that somebody has stays
        there, and one that a group has stays with the group, unless it is to be routed *again*.
        Loads are counted before it is given out: of two that are given out at one moment both
        may go to one person.  Raises `itilcore.errors.ActionRefused` where no rule fits, with
        those that come nearest, and where another group should get what is being worked on,
        which is a hand-off.
        """
        flow = assigned_next(self.book, reference, at, by, key, again)
        return await awaited(flow, self.store)

    async def triage(
        self,
        reference: str,
        *,
        answers: Mapping[str, object] | None = None,
        by: Classifier | None = None,
    ) -> Triage:
        """What the book says of it: kind, disruption, category, what is missing, what to ask.

        *answers* are those to its form, without them those that it keeps; *by* is another
        classifier for the kind.
        """
        return await awaited(triaged(self.book, reference, answers, by), self.store)

    async def similar(self, reference: str) -> tuple[Suggestion, ...]:
        """What was reported shortly before it and may tell the same; nothing is merged."""
        return await awaited(similar_to(self.book, reference), self.store)

    async def offered(self, problem: Problem) -> tuple[str, ...]:
        """The references that the fix of *problem* resolves, for closing them together."""
        return await awaited(offered_by(problem), self.store)

    async def receive(self, draft: AlertDraft, reference: str, *, at: datetime) -> Outcome | None:
        """Take an alert in: a note on the incident that it belongs to, or a new incident.

        By the alert policy of the book: within the window what fires again belongs to the
        incident of its fingerprint, which it reopens only where the policy and the lifecycle
        say so; else it is logged as *reference*.  That it resolved becomes a note: a person
        resolves the incident.  The same alert again does nothing, however many come at once,
        and ``None`` says that it told the end of nothing that is open.

        What still fires after its incident was resolved is as what fires again, outside the
        window too; after a cancellation it is noted, once.  What flaps by the policy is noted
        once an incident.  A start later than *at* counts as *at*, and impact and urgency that
        are not on the scales of the book are left out: the reasons of the outcome say so.
        """
        return await awaited(received(self.book, draft, reference, at), self.store)

    async def agenda(self, at: datetime, *, limit: int = 1_000) -> Agenda:
        """What has fallen due by *at*, and when to look again."""
        return await awaited(agenda_at(self.book, at, limit), self.store)

    async def act(self, item: DueItem, *, at: datetime) -> Outcome:
        """Do what an item of the agenda asks for; doing it twice does nothing twice."""
        return await awaited(acted(self.book, item, at), self.store)

    async def reschedule(self, at: datetime, query: Query | None = None) -> int:
        """After a change of the book: give incidents the instants at which to look again."""
        return await awaited(rescheduled(self.book, query or Query(), at), self.store)

    async def drain(
        self, deliver: Callable[[Notification], Awaitable[object]], *, limit: int = 100
    ) -> int:
        """Hand at most *limit* notifications to *deliver*, and mark each that it took.

        Where *deliver* raises, that one and those after it stay; a crash between delivering
        and marking delivers again, under the same identifier.
        """
        count = 0
        for notification in await self.store.pending(limit=limit):
            await deliver(notification)
            count += await self.store.delivered([notification.identifier])
        return count
