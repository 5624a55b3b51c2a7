"""The timeline document: one list of what happened, for the scribe and for all who read it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from attrs import frozen

from itilcore.communications import markdown_text
from itilcore.errors import Defect, InvalidInput, require_aware
from itilcore.incident import Event, Incident, in_utc

from .telling import said_of

__all__ = ["TimelineDocument", "TimelineRow", "timeline_document"]


@frozen
class TimelineRow:
    """``what`` happened, ``at`` which instant, and by ``who``: ``None`` where that is not known.

    ``written_at`` is when it was written down, where that was later.
    """

    at: datetime
    who: str | None
    what: str
    written_at: datetime | None = None


@frozen
class TimelineDocument:
    """What happened to the incident of a ``reference``, the earliest first; texts as typed.

    Instants are in the zone that was asked for.
    """

    reference: str
    title: str | None
    rows: tuple[TimelineRow, ...]

    def to_markdown(self) -> str:
        """A heading and a table, in which nothing that somebody typed is obeyed."""
        title = "" if self.title is None else f": {markdown_text(self.title)}"
        lines = [f"# Timeline of {markdown_text(self.reference)}{title}", ""]
        return "\n".join([*lines, *rows_as_markdown(self.rows), ""])


def rows_as_markdown(rows: tuple[TimelineRow, ...]) -> list[str]:
    """*rows* as the lines of a table of Markdown."""
    lines = ["| when | who | what |", "| --- | --- | --- |"]
    for row in rows:
        who = "" if row.who is None else markdown_text(row.who)
        late = "" if row.written_at is None else f" (written down {_when(row.written_at)})"
        lines.append(f"| {_when(row.at)} | {who} | {markdown_text(row.what)}{late} |")
    return lines


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} {at:%Z}"


def timeline_document(
    incident: Incident, at: datetime | None = None, *, tz: tzinfo = UTC
) -> TimelineDocument:
    r"""What happened to *incident*, by *at* where that is given, in the order of the instants.

    Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset and
    `itilcore.errors.InvalidInput` for what is no zone.

    >>> from itilcore.incident import Logged, WorkaroundFound
    >>> nine, ten = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
    >>> incident = Incident.replay("INC1", [Logged(nine, "Mail"), WorkaroundFound(ten, "<web>")])
    >>> print(timeline_document(incident).to_markdown())
    # Timeline of INC1: Mail
    <BLANKLINE>
    | when | who | what |
    | --- | --- | --- |
    | 2026-01-05 09:00:00 UTC |  | logged: Mail |
    | 2026-01-05 10:00:00 UTC |  | workaround: &lt;web&gt; |
    <BLANKLINE>
    """
    if not isinstance(tz, tzinfo):
        raise InvalidInput("timeline document", [Defect("tz", f"is {tz!r:.60}: give a tzinfo")])
    events = incident.timeline.events
    if at is not None:
        limit = in_utc(require_aware("at", at))
        events = tuple(event for event in events if in_utc(event.at) <= limit)
    ordered = sorted(events, key=lambda event: in_utc(event.at))
    rows = tuple(_row(event, tz) for event in ordered)
    return TimelineDocument(incident.reference, incident.title, rows)


def _row(event: Event, tz: tzinfo) -> TimelineRow:
    later = in_utc(event.known_at) > in_utc(event.at)
    return TimelineRow(
        at=event.at.astimezone(tz),
        who=None if event.by is None else event.by.identifier,
        what=said_of(event),
        written_at=event.known_at.astimezone(tz) if later else None,
    )
