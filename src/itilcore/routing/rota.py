"""Rotas: people who take turns at a duty, by the wall clock of a zone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cached_property

from attrs import evolve, field, frozen

from itilcore.calendars import BusinessCalendar, Interval
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import several
from itilcore.incident import in_utc
from itilcore.version import JSONValue, content_version

from .overrides import Override, Swap, override_defects, swap_defects
from .turns import Turns, require_known, turn_defects

__all__ = ["Duty", "Rota"]


@frozen
class Duty:
    """``person`` is on duty for ``rota`` from ``start`` up to, not including, ``end``; in UTC.

    ``why`` is the turn, or the override, that says so.

    >>> monday, tuesday = (datetime(2026, 1, day, 9, tzinfo=UTC) for day in (5, 6))
    >>> Duty("Desk", "ada", monday, tuesday, "turn 1").interval == Interval(monday, tuesday)
    True
    """

    rota: str
    person: str
    start: datetime
    end: datetime
    why: str

    @property
    def interval(self) -> Interval:
        """When it is."""
        return Interval(self.start, self.end)

    def __str__(self) -> str:
        return f"{self.rota}: {self.person}, {self.interval} ({self.why})"


@frozen(kw_only=True)
class Rota:
    """Who is on duty when: ``people`` take turns of ``turn_days`` days, for ever and in order.

    ``people`` are identifiers; one that stands twice takes two turns a round.  The first turn
    begins on the date ``first`` and each turn at the time ``handover`` of its date, by the wall
    clock of the zone ``tz``: so a turn over a change to summer time is an hour shorter.  A
    handover that the clock shows twice is the first of the two; one that it skips is the end
    of the gap.  Where that leaves a turn no time, as on a date that a zone left out, it is lost.

    ``cover`` are the hours in which the rota claims that somebody is on duty, ``None`` for
    always; outside them, and before the first turn, nobody is.  ``overrides`` take over from
    whoever would be on duty, ``swaps`` exchange two turns; their order means nothing.

    Raises `itilcore.errors.InvalidInput` with everything at once: nobody, a blank name, a turn
    below a day or over 100,000, an unknown zone, a first date outside the years 1600 to 4000,
    a handover with a zone or with a fraction of a second, overrides that overlap, a swap of a
    date on which no turn begins, a turn that is swapped twice.

    >>> rota = Rota(
    ...     name="Triage", people=["ada", "bob"], first=date(2026, 1, 5), tz="Europe/Berlin",
    ...     turn_days=7,
    ... )
    >>> rota.who(datetime(2026, 1, 12, 7, 59, tzinfo=UTC))
    'ada'
    >>> rota.who(datetime(2026, 1, 12, 8, 0, tzinfo=UTC))
    'bob'
    """

    name: str
    people: tuple[str, ...] = field(converter=several)
    first: date
    tz: str
    turn_days: int
    handover: time = time(9)
    cover: BusinessCalendar | None = None
    overrides: tuple[Override, ...] = field(default=(), converter=several)
    swaps: tuple[Swap, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        when = [*turn_defects(self.first, self.handover, self.tz, self.turn_days)]
        turns = None if when else self._turns
        defects = [*self._who_defects(), *when, *override_defects(self.overrides)]
        defects += swap_defects(self.swaps, turns)
        if defects:
            raise InvalidInput("rota", defects)
        overrides = sorted(self.overrides, key=lambda each: each.start)
        swaps = sorted(self.swaps, key=lambda each: each.first)
        object.__setattr__(self, "overrides", tuple(overrides))
        object.__setattr__(self, "swaps", tuple(swaps))

    def _who_defects(self) -> Iterator[Defect]:
        yield from blank_defects("name", self.name)
        if not self.people:
            yield Defect("people", "is empty: give at least one person")
        for index, person in enumerate(self.people):
            yield from blank_defects(f"people[{index}]", person)
        if self.cover is not None and not isinstance(self.cover, BusinessCalendar):
            yield Defect("cover", f"is {self.cover!r:.60}: give a BusinessCalendar, or None")

    @cached_property
    def _turns(self) -> Turns:
        return Turns(self.first, self.handover, self.tz, self.turn_days)

    @cached_property
    def _override_starts(self) -> tuple[datetime, ...]:
        return tuple(each.start for each in self.overrides)

    @cached_property
    def _partners(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for swap in self.swaps:
            one, two = self._turns.on(swap.first), self._turns.on(swap.second)
            found |= {one: two, two: one}
        return found

    def _override(self, at: datetime) -> Override | None:
        place = bisect_right(self._override_starts, at) - 1
        return self.overrides[place] if place >= 0 and at < self.overrides[place].end else None

    def _holder(self, turn: int) -> str:
        return self.people[self._partners.get(turn, turn) % len(self.people)]

    def _is_claimed(self, at: datetime) -> bool:
        if at < self._turns.start:
            return False
        require_known(at)
        return self.cover is None or self.cover.is_open(at)

    def who(self, at: datetime) -> str | None:
        """Whoever is on duty at *at*, as `on_duty` answers it; no reasons.

        The look-up costs the same however many turns there were.  Raises what `on_duty` does.
        """
        moment = in_utc(require_aware("at", at))
        if not self._is_claimed(moment):
            return None
        override = self._override(moment)
        return self._holder(self._turns.at(moment)) if override is None else override.person

    def on_duty(self, at: datetime) -> Decision[str | None]:
        """Whoever is on duty at *at* and why; ``None`` where nobody is.

        Raises `itilcore.errors.NaiveInstant` for an instant without a UTC offset and
        `itilcore.errors.UnknownYear` for one after the year 4000, or that the cover does not
        know.

        >>> rota = Rota(
        ...     name="Triage", people=["ada", "bob"], first=date(2026, 1, 5), tz="UTC",
        ...     turn_days=1, swaps=[Swap(date(2026, 1, 6), date(2026, 1, 7))],
        ... )
        >>> print(rota.on_duty(datetime(2026, 1, 6, 12, tzinfo=UTC)).explain())
        ada, because:
          turn 2 of the rotation began on 2026-01-06 at 09:00, in UTC, and is bob's [turn]
          it is swapped with turn 3, of 2026-01-07, which is ada's [swap]
        decided by rota:...
        """
        moment = in_utc(require_aware("at", at))
        if not self._is_claimed(moment):
            return Decision(None, self._why_nobody(moment), self.version)
        turn = self._turns.at(moment)
        reasons = [*self._why_turn(turn)]
        override = self._override(moment)
        if override is None:
            return Decision(self._holder(turn), reasons, self.version)
        inputs = {"person": override.person, "start": override.start, "end": override.end}
        return Decision(
            override.person, [*reasons, Reason("override", str(override), inputs)], self.version
        )

    def _why_nobody(self, at: datetime) -> Iterator[Reason]:
        if at < self._turns.start or self.cover is None:
            text = f"the rota starts later: {self._moment(self._turns.start)}"
            yield Reason("start", text, {"first": self.first.isoformat()})
        else:
            text = "outside its cover the rota has nobody on duty"
            yield Reason("cover", text, {"cover": self.cover.version})
            yield from self.cover.explain(at).reasons

    def _why_turn(self, turn: int) -> Iterator[Reason]:
        own = self.people[turn % len(self.people)]
        begun = self._moment(self._turns.begins(turn))
        text = f"turn {turn + 1} of the rotation began {begun}, and is {own}'s"
        yield Reason(
            "turn", text, {"turn": turn + 1, "date": self._turns.date_of(turn).isoformat()}
        )
        if turn in self._partners:
            other = self._partners[turn]
            text = f"it is swapped with turn {other + 1}, of {self._turns.date_of(other)}"
            inputs = {"turn": other + 1, "date": self._turns.date_of(other).isoformat()}
            yield Reason("swap", f"{text}, which is {self._holder(turn)}'s", inputs)

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self._turns.zone)
        return f"on {local.date()} at {local.time().isoformat().removesuffix(':00')}, in {self.tz}"

    def duties(self, start: datetime, end: datetime) -> tuple[Duty, ...]:
        """The duties from *start* up to *end*, clipped to them, ascending; in UTC.

        They are cut at handovers, at the edges of the cover and of overrides; an override goes
        on over a handover in one piece.  None where *end* is not after *start*.  Raises what
        `on_duty` does.

        >>> rota = Rota(
        ...     name="Triage", people=["ada", "bob"], first=date(2026, 1, 5), tz="UTC", turn_days=1
        ... )
        >>> monday, tuesday = (datetime(2026, 1, day, 18, tzinfo=UTC) for day in (5, 6))
        >>> for duty in rota.duties(monday, tuesday):
        ...     print(duty)
        Triage: ada, 2026-01-05T18:00:00+00:00/2026-01-06T09:00:00+00:00 (turn 1)
        Triage: bob, 2026-01-06T09:00:00+00:00/2026-01-06T18:00:00+00:00 (turn 2)
        """
        low, high = (
            in_utc(require_aware(name, at)) for name, at in (("start", start), ("end", end))
        )
        low = max(low, self._turns.start)
        if low >= high:
            return ()
        require_known(high, edge=True)
        whole = (Interval(low, high),)
        open_ = whole if self.cover is None else self.cover.intervals(low, high)
        return tuple(duty for each in open_ for duty in self._pieces(each.start, each.end))

    def _pieces(self, at: datetime, end: datetime) -> Iterator[Duty]:
        """The duties of a time that the rota claims throughout."""
        while at < end:
            override = self._override(at)
            if override is None:
                turn = self._turns.at(at)
                until = min(end, self._turns.begins(turn + 1), self._next_override(at))
                yield Duty(self.name, self._holder(turn), at, until, self._why(turn))
            else:
                until = min(end, override.end)
                why = "override" if override.reason is None else f"override: {override.reason}"
                yield Duty(self.name, override.person, at, until, why)
            at = until

    def _next_override(self, at: datetime) -> datetime:
        place = bisect_right(self._override_starts, at)
        starts = self._override_starts
        return starts[place] if place < len(starts) else datetime.max.replace(tzinfo=UTC)

    def _why(self, turn: int) -> str:
        if turn in self._partners:
            return f"turn {turn + 1}, swapped with turn {self._partners[turn] + 1}"
        return f"turn {turn + 1}"

    def swapped(self, first: date, second: date) -> Rota:
        """The rota with two turns exchanged; with the same two exchanged again, as it was.

        Raises `itilcore.errors.InvalidInput` as a rota with such a swap does.

        >>> rota = Rota(
        ...     name="Triage", people=["ada", "bob"], first=date(2026, 1, 5), tz="UTC", turn_days=1
        ... )
        >>> one, two = date(2026, 1, 5), date(2026, 1, 6)
        >>> rota.swapped(one, two).who(datetime(2026, 1, 5, 12, tzinfo=UTC))
        'bob'
        >>> rota.swapped(one, two).swapped(two, one) == rota
        True
        """
        swap = Swap(first, second)
        others = tuple(each for each in self.swaps if each != swap)
        again = len(others) < len(self.swaps)
        return evolve(self, swaps=others if again else (*others, swap))

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the cover by its version."""
        return {
            "name": self.name,
            "people": list(self.people),
            "first": self.first.isoformat(),
            "handover": self.handover.isoformat(),
            "tz": self.tz,
            "turn_days": self.turn_days,
            "cover": None if self.cover is None else self.cover.version,
            "overrides": [each.content for each in self.overrides],
            "swaps": [each.content for each in self.swaps],
        }

    @cached_property
    def version(self) -> str:
        """The content version: the same turns of the same people have the same."""
        return content_version("rota", self.content)
