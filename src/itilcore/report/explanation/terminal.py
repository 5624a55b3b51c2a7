"""An explanation in a terminal: events down the page, each lane a column beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from itilcore.errors import MissingExtra
from itilcore.incident import LANES
from itilcore.report.sheet import Sheet
from itilcore.report.shell import Address
from itilcore.report.text import hours, plain

from .explaining import Explanation, answer_text, instant_text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["rows", "show_explanation"]

HEADS = ("instant", "since", "event", *(name.removesuffix("_reason") for name in LANES))

CLOCKS: Final = ("clock", "state", "target", "due", "elapsed", "remaining", "because of")
ACCOUNTS: Final = ("clock", "from", "to", "counted", "how long", "why")
MOST_ENTRIES: Final = 200
"""Of a longer account the beginning is shown."""


def show_explanation(found: Explanation, console: Console | None = None) -> None:
    """Print *found*.  Texts from the source are made harmless first.

    Raises `itilcore.errors.MissingExtra` where rich is not installed.
    """
    try:
        from rich.console import Console
    except ImportError:
        raise MissingExtra("rich", "cli") from None
    out = console or Console(highlight=False)
    for part in _parts(found):
        out.print(part, markup=False, highlight=False)


def about(found: Explanation) -> str:
    """As of when, and in which zone the instants are."""
    as_of = "no events" if found.at is None else f"as of {instant_text(found.at)}"
    return f"{len(found.events):,} events, {as_of}; instants in {found.zone}"


def rows(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each event its instant, the time since the first, the event, and what it changed.

    A lane that it did not change goes on as ``|``, or stays empty where nothing is known; ``-``
    ends it.
    """
    now: dict[str, str | None] = {}
    for event in found.events:
        since = (event.at - found.events[0].at).total_seconds() / 3600
        now.update(event.changed)
        lanes = (
            plain(event.changed[name] or "-", 40)
            if name in event.changed
            else "|" * (now.get(name) is not None)
            for name in LANES
        )
        odd = f" [{plain('; '.join(event.deviations), 120)}]" if event.deviations else ""
        shown = f"-{hours(-since)}" if since < 0 else hours(since)
        yield instant_text(event.at), shown, event.kind + odd, *lanes


def details(found: Explanation) -> Iterator[tuple[str, str, str]]:
    """For each event that says more its instant, kind, and words; who acted and when told."""
    for event in found.events:
        who = "" if event.by is None else f"by {plain(event.by)}"
        late = event.recorded_at
        told = "" if late is None else f"recorded {instant_text(late)}"
        said = "; ".join(part for part in (event.said, who, told) if part)
        if said:
            yield instant_text(event.at), event.kind, said


def counts(found: Explanation) -> Iterator[tuple[str, str, str]]:
    """For each metric its name, what it counted, and why."""
    for counted in found.counted:
        yield counted.name, counted.said, counted.why(instant_text)


def clocks(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each clock how it stands: its target, when it is due, what has elapsed and why."""
    for reading in found.clocks:
        target = "no target" if reading.target is None else str(reading.target)
        late = ", running late" if reading.is_running_late else ""
        late += ", late before" if reading.ever_breached and not reading.breached else ""
        yield (
            plain(f"{reading.agreement} {reading.name}"),
            reading.state.value + late,
            plain(target, 120),
            _moment(reading.due, found.zone),
            _length(reading.elapsed),
            _length(reading.remaining),
            plain("; ".join(map(str, reading.chosen)), 200),
        )


def accounts(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each clock the intervals that it counted and those that it did not, and why."""
    for reading in found.clocks:
        account = reading.account
        for entry in account[:MOST_ENTRIES]:
            yield (
                plain(f"{reading.agreement} {reading.name}"),
                _moment(entry.interval.start, found.zone),
                _moment(entry.interval.end, found.zone),
                "counts" if entry.counted else "",
                _length(entry.interval.duration),
                plain(str(entry.why), 120),
            )
        if len(account) > MOST_ENTRIES:
            more = f"{len(account) - MOST_ENTRIES:,} more, all of them in the JSON"
            yield plain(f"{reading.agreement} {reading.name}"), "…", "", "", "", more


def parts_played(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each role who had it, from when to when."""
    for spell in found.roles:
        yield (
            plain(spell.role.name, 60),
            plain(spell.person, 60),
            _moment(spell.start, found.zone),
            _moment(spell.end, found.zone),
        )


def ahead(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each escalation to come when, to whom, by which rule, and why."""
    for at, to, rule, why in found.ahead:
        yield instant_text(at), plain(to, 80), plain(rule, 80), plain(why, 200)


def next_up(found: Explanation) -> Iterator[tuple[str, ...]]:
    """What has fallen due, the next word to stakeholders, and when the agenda looks again."""
    for at, what, why in () if found.coming is None else found.coming.rows():
        yield _moment(at, found.zone), plain(what, 80), plain(why, 200)


def decisions(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each decision of the book its name, the answer, and the reasons."""
    for name, decision in found.decided:
        answer = answer_text(decision)
        reasons = "; ".join(str(reason) for reason in decision.reasons)
        yield name, plain("undecided" if answer is None else answer, 80), plain(reasons, 300)


VENDORS: Final = ("vendor", "since", "until", "waited", "answer", "ticket", "status", "workaround")


def vendors(found: Explanation) -> Iterator[tuple[str, ...]]:
    """For each engagement of a vendor how long it was waited for, and what helps meanwhile."""
    for each in found.vendors:
        link = each.status_link
        end = "still waiting" if each.end is None else instant_text(each.end)
        over = each.end is not None and not each.delivered
        yield (
            plain(each.vendor, 60),
            instant_text(each.start),
            end + (", nothing delivered" if over else ""),
            _length(found.waited(each)),
            _moment(each.last_answer_at, found.zone),
            plain(each.ticket or "-"),
            "-" if link is None else Address(plain(link, 120), link),
            plain(each.workaround or "-", 200),
        )


def _moment(instant: datetime | None, zone: str) -> str:
    return "-" if instant is None else instant_text(instant.astimezone(ZoneInfo(zone)))


def _length(length: timedelta | None) -> str:
    if length is None:
        return "-"
    spent = length / timedelta(hours=1)
    return f"-{hours(-spent)}" if spent < 0 else hours(spent)


Table = tuple[str, tuple[str, ...], Iterator[tuple[str, ...]]]


def tables(found: Explanation) -> Iterator[Table]:
    """The tables of an explanation: caption, heads, rows.  Those of clocks only with clocks."""
    yield "What happened", HEADS, rows(found)
    yield "In detail", ("instant", "event", "what it says"), details(found)
    if found.clocks:
        yield "How the clocks stand", CLOCKS, clocks(found)
        yield "What the clocks counted", ACCOUNTS, accounts(found)
    if found.roles:
        yield "Who played which part", ("role", "person", "from", "until"), parts_played(found)
    if found.vendors:
        yield "Which vendors were asked", VENDORS, vendors(found)
    if found.noticed:
        yield "Its way between groups", ("noticed",), ((plain(why, 200),) for why in found.noticed)
    if found.decided:
        yield "What the book decides", ("what", "answer", "because"), decisions(found)
    if found.coming is not None:
        yield "What comes next", ("when", "what", "because of"), next_up(found)
    if found.ahead:
        heads = ("when", "who hears of it", "by the rule", "because")
        yield "If nobody acts", heads, ahead(found)
    if found.untold:
        told = ((plain(why, 200),) for why in found.untold)
        yield "Clocks that cannot be told", ("clock, and why",), told
    yield "What each metric counted, and why", ("metric", "counted", "because of"), counts(found)


def _parts(found: Explanation) -> Iterator[RenderableType]:
    title = "" if found.title is None else f": {plain(found.title, 120)}"
    yield plain(found.reference, 120) + title
    yield about(found)
    yield ""
    for caption, heads, lines in tables(found):
        sheet = Sheet(caption, *heads, words=True)
        shown = list(lines)
        for line in shown:
            sheet.add(*line)
        if shown:
            yield sheet
