"""The update: what stakeholders are told of an incident, and when they hear next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from attrs import field, frozen

from itilcore.actor import Actor
from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import Event, Incident, StakeholdersUpdated

from .audience import UPDATE_PARTS, Audience, Audiences
from .markdown import markdown_text, one_line
from .notification import Notification

__all__ = ["StakeholderUpdate", "tell_audiences"]

MOST_TEXT: Final = 10_000
"""Characters that one part of an update may have."""

_TEXTS: Final = ("impacted", "affected", "progress", "workaround", "follow")
_HEADS: Final = {
    "impacted": "What is impacted",
    "affected": "Who is affected",
    "progress": "Status",
    "workaround": "Workaround",
    "technical": "Technical details",
    "next_update_at": "Next update",
    "follow": "Where to follow",
}
_PLAIN: Final = tuple(part for part in UPDATE_PARTS if part != "technical")
_MOST_SUBJECT: Final = 200
_LAST: Final = "none: this is the last one"


@frozen(kw_only=True)
class StakeholderUpdate:
    """The template of an update: all of it is said, or it is none.

    ``impacted`` is what suffers, ``affected`` who does, ``progress`` how the work stands,
    ``workaround`` a way around (where there is none: say so), ``follow`` where to look in
    between, ``technical`` what only those hear who are told technical details.  Without
    ``next_update_at`` it is refused, unless it ``is_last``: after the resolution.  Raises
    `itilcore.errors.InvalidInput` with everything that is missing,
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> StakeholderUpdate(impacted="Payroll", affected="everybody", progress="we restart it")
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: stakeholder update: 3 defects
      workaround: is missing
      follow: is missing
      next_update_at: is missing: say when they hear next
    """

    impacted: str | None = None
    affected: str | None = None
    progress: str | None = None
    workaround: str | None = None
    follow: str | None = None
    next_update_at: datetime | None = None
    technical: str | None = None
    is_last: bool = field(default=False)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for name in (*_TEXTS, "technical"):
            text = getattr(self, name)
            if text is None and name == "technical":
                continue
            if text is None or (isinstance(text, str) and not text.strip()):
                defects.append(Defect(name, "is missing"))
            elif not isinstance(text, str):
                defects.append(Defect(name, f"is {text!r:.60}: give a text"))
            elif len(text) > MOST_TEXT:
                problem = f"has {len(text):,} characters: at most {MOST_TEXT:,}"
                defects.append(Defect(name, problem))
        if self.next_update_at is None:
            if not self.is_last:
                defects.append(Defect("next_update_at", "is missing: say when they hear next"))
        elif not isinstance(self.next_update_at, datetime):
            problem = f"is {self.next_update_at!r:.60}: give a date-time with a UTC offset"
            defects.append(Defect("next_update_at", problem))
        if defects:
            raise InvalidInput("stakeholder update", defects)
        if self.next_update_at is not None:
            require_aware("next_update_at", self.next_update_at)

    def event(self, audience: str, at: datetime, by: Actor | None = None) -> StakeholdersUpdated:
        """The event that *by* told *audience* this *at* an instant.

        >>> from datetime import UTC
        >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
        >>> update = StakeholderUpdate(impacted="Mail", affected="all", progress="restarting",
        ...     workaround="none yet", follow="the status page", next_update_at=ten)
        >>> update.event("users", nine).progress
        'restarting'
        """
        return StakeholdersUpdated(
            at,
            audience,
            self.next_update_at,
            impacted=self.impacted,
            affected=self.affected,
            progress=self.progress,
            workaround=self.workaround,
            follow=self.follow,
            technical=self.technical,
            by=by,
        )

    def text(self, audience: Audience) -> str:
        """What *audience* is told, as plain text: a line for each part.

        The parts are as somebody typed them, on one line each: escape them for where they go.
        """
        return "\n".join(f"{head}: {said}" for head, said, _ in self._said(audience))

    def markdown(self, audience: Audience) -> str:
        r"""What *audience* is told, as Markdown, in which nothing that was typed is obeyed.

        >>> update = StakeholderUpdate(impacted="<b>Mail</b>", affected="all", progress="*back*",
        ...     workaround="none", follow="status page", technical="a disk", is_last=True)
        >>> print(update.markdown(Audience(name="x", told=["impacted", "next_update_at"])))
        - **What is impacted:** &lt;b&gt;Mail&lt;/b&gt;
        - **Next update:** none: this is the last one
        """
        return "\n".join(
            f"- **{head}:** {markdown_text(said, MOST_TEXT) if typed else said}"
            for head, said, typed in self._said(audience)
        )

    def _said(self, audience: Audience) -> Iterator[tuple[str, str, bool]]:
        """Each part that *audience* is told: its head, what is said, whether somebody typed it."""
        for part in UPDATE_PARTS:
            if part in audience.told:
                value = getattr(self, part)
                if part == "next_update_at":
                    said = _LAST if value is None else f"{value:%Y-%m-%d %H:%M} {value:%Z}"
                    yield _HEADS[part], said, False
                elif value is not None:
                    yield _HEADS[part], one_line(value, MOST_TEXT), True


def tell_audiences(
    audiences: Audiences, before: Incident, events: Iterable[Event]
) -> tuple[Notification, ...]:
    """What *audiences* are to be told by the updates among *events*, by which *before* goes on.

    An audience that has no row is told all parts but the technical ones; an event that does
    not hold all of the template tells nothing, because somebody has said it elsewhere.

    >>> from datetime import UTC
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> update = StakeholderUpdate(impacted="Mail", affected="all", progress="restarting",
    ...     workaround="none yet", follow="the status page", next_update_at=ten)
    >>> new = Incident.replay("INC1", [])
    >>> (said,) = tell_audiences(Audiences.default(), new, [update.event("users", nine)])
    >>> said.subject, said.text.splitlines()[-2]
    ('INC1: Mail', 'Next update: 2026-01-05 10:00 UTC')
    """
    found = []
    for number, event in enumerate(events, before.version + 1):
        update = _told(event)
        if update is None or not isinstance(event, StakeholdersUpdated):
            continue
        row = audiences.audience(event.audience) or Audience(name=event.audience, told=_PLAIN)
        found.append(
            Notification(
                identifier=f"{before.reference}:{number}:update:{event.audience}",
                reference=before.reference,
                rule="update",
                audience=event.audience,
                at=event.at,
                subject=one_line(f"{before.reference}: {update.impacted}", _MOST_SUBJECT),
                text=update.text(row),
            )
        )
    return tuple(found)


def _told(event: Event) -> StakeholderUpdate | None:
    """What *event* told somebody, ``None`` where it is no update or not a whole one."""
    if not isinstance(event, StakeholdersUpdated):
        return None
    try:
        return StakeholderUpdate(
            impacted=event.impacted,
            affected=event.affected,
            progress=event.progress,
            workaround=event.workaround,
            follow=event.follow,
            technical=event.technical,
            next_update_at=event.next_update_at,
            is_last=event.next_update_at is None,
        )
    except InvalidInput:
        return None
