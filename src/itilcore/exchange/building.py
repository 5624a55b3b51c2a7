"""From the rows of one incident to its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any

from itilcore.incident import (
    Acknowledged,
    Asserted,
    Assigned,
    Classified,
    Event,
    Logged,
    Observed,
    Phase,
    Prioritised,
    Status,
    StatusChanged,
)

from .cells import Cells, Get, Unmapped, category_of, reader_of, text_of, tier_of, whole
from .instants import InstantReader
from .loading import COUNTS, MOMENTS
from .mapping import ExportMapping

__all__: list[str] = []

_CLAIMED = {
    "acknowledged": "acknowledged_at",
    "resolved": "resolved_at",
    "closed": "closed_at",
    "impact_started": "impact_started_at",
    "detected": "detected_at",
    "escalated": "first_escalated_at",
    "reassignments": "reassignments",
    "reopened": "reopenings",
    "interactions": "interactions",
    "hand_offs": "hand_offs",
    "escalations": "escalations",
}


Pick = Callable[[Cells], object]


def _nothing(_cells: Cells) -> None:
    return None


class Builder:
    """Makes the events of an incident from its rows, as one mapping says.

    What is looked up in the mapping is looked up once, here: a long export makes millions
    of calls of what is left.
    """

    def __init__(
        self,
        mapping: ExportMapping,
        places: dict[str, int],
        instants: InstantReader,
        unmapped: Unmapped,
    ) -> None:
        self._places = places
        self._missing = frozenset(mapping.missing)
        self._mapping = mapping
        self._instants = instants
        self._unmapped = unmapped
        self.reference = self._text("reference")
        self.at_column = "at" if mapping.shape == "updates" else "logged_at"
        self._status = self._value("status")
        self._hold_reason = self._value("hold_reason")
        self._kind = self._value("kind")
        self._priority = self._value("priority")
        self._impact = self._value("impact")
        self._urgency = self._value("urgency")
        self._group = self._text("group")
        self._assignee = self._text("assignee")
        self._service = self._text("service")
        self._item = self._text("configuration_item")
        self._actor = self._value("actor")
        self._title, self._requester = self._text("title"), self._text("requester")
        self._channel = self._text("channel")
        category = mapping.column("category")
        self._category = (
            _nothing if category is None else category_of(category, places, self._missing)
        )
        tier = mapping.derivation("tier")
        by_suffix = tier is not None and tier.rule == "suffix_of"
        self._tier_of_group = tier_of(tier) if tier is not None and by_suffix else None
        self._tier = self._count(tier.of) if tier is not None and not by_suffix else _nothing
        self._first_known, self._acknowledged_on, self._resolved_on = self._moments()
        self._claim_columns = self._claims()
        self._logged_at = mapping.column("logged_at")
        self._recorded_at = mapping.column("recorded_at")
        # Rows whose cells in these columns are those of the row before change nothing there.
        self._watch_status = self._watched("status", "hold_reason")
        self._watch_priority = self._watched("impact", "urgency", "priority")
        self._watch_assignment = self._watched("group", "assignee", tier=True)
        self._watch_class = self._watched("kind", "category", "service", "configuration_item")
        self._watch_claims = _picker(
            {places[c] for _, columns, _ in self._claim_columns for c in columns}
        )
        self._watch_all = _picker(set(range(len(places))) - self._idle(places))

    def _text(self, name: str) -> Get:
        column = self._mapping.column(name)
        return _nothing if column is None else text_of(column, self._places, self._missing)

    def _value(self, name: str) -> Get:
        if self._mapping.column(name) is None:
            return _nothing
        text = self._text(name)
        read = reader_of(name, self._mapping, self._unmapped)

        def value(cells: Cells) -> Any:
            raw = text(cells)
            return None if raw is None else read(raw)

        return value

    def _first(self, columns: tuple[str, ...]) -> Callable[[Cells], str]:
        """The first of *columns* that is not missing, as it stands."""
        places, missing = [self._places[name] for name in columns], self._missing
        if len(places) == 1:
            return itemgetter(places[0])

        def first(cells: Cells) -> str:
            return next((cells[p] for p in places if cells[p] not in missing), cells[places[0]])

        return first

    def _count(self, columns: tuple[str, ...]) -> Get:
        first, missing = self._first(columns), self._missing

        def count(cells: Cells) -> int | None:
            raw = first(cells)
            found = whole(raw)
            if found is None and raw not in missing:
                self._unmapped.add(columns[0], raw)
            return found

        return count

    def _instant(self, columns: tuple[str, ...]) -> Get:
        first, missing, read = self._first(columns), self._missing, self._instants.read

        def instant(cells: Cells) -> datetime | None:
            raw = first(cells)
            if raw in missing:
                return None
            found = read(raw)
            if isinstance(found, datetime):
                return found
            self._unmapped.add(columns[0], raw)
            return None

        return instant

    def _moments(self) -> tuple[Get, frozenset[str], frozenset[str]]:
        acknowledged = self._mapping.derivation("acknowledged")
        resolved = self._mapping.derivation("resolved")
        first_known: Get = _nothing
        acknowledged_on = resolved_on = frozenset[str]()
        if acknowledged is not None and acknowledged.rule == "first_known":
            first_known = self._assignee if acknowledged.of[0] == "assignee" else self._group
        if acknowledged is not None and acknowledged.rule == "enters":
            acknowledged_on = frozenset(acknowledged.of)
        if resolved is not None and resolved.rule == "enters":
            names = frozenset(resolved.of)
            # The fold finds the entries into Resolved by itself; other statuses are claimed.
            resolved_on = frozenset() if names == {"RESOLVED"} else names
        return first_known, acknowledged_on, resolved_on

    def _claims(self) -> list[tuple[str, tuple[str, ...], Get]]:
        """What each row claims: the fact, the columns it reads (none = silent), and how."""
        found: list[tuple[str, tuple[str, ...], Get]] = []
        trail = self._mapping.shape == "updates" and self._mapping.column("status") is not None
        natural = {"closed", "reopened"} if trail else set[str]()
        for name in (*MOMENTS, *COUNTS):
            rule = self._mapping.derivation(name)
            fact = _CLAIMED[name]
            if rule is None:
                silent = name in {"acknowledged", "resolved", *COUNTS} and name not in natural
                if silent:
                    found.append((fact, (), _nothing))
            elif rule.rule == "column":
                found.append((fact, rule.of, self._instant(rule.of)))
            elif rule.rule == "count":
                found.append((fact, rule.of, self._count(rule.of)))
        if self._resolved_on:
            found.append(("resolved_at", (), _nothing))
        column = self._mapping.column("sla_met")
        if column is not None:
            found.append(("sla_met", column.names, self._value("sla_met")))
        return found

    def _idle(self, places: dict[str, int]) -> set[int]:
        """The places whose cells say nothing about the state: key, instants, actor, texts."""
        idle: tuple[str, ...] = ("reference", "at", "logged_at", "recorded_at", "actor")
        idle += ("title", "requester", "channel")
        columns = [column for name in idle if (column := self._mapping.column(name)) is not None]
        busy = {
            name
            for ours, column in self._mapping.columns
            if ours not in idle
            for name in column.names
        }
        busy |= {name for _, names, _ in self._claim_columns for name in names}
        return {places[n] for column in columns for n in column.names if n not in busy}

    def _watched(self, *names: str, tier: bool = False) -> Pick:
        columns = [self._mapping.column(name) for name in names]
        places = {self._places[c] for column in columns if column is not None for c in column.names}
        derivation = self._mapping.derivation("tier")
        if tier and derivation is not None and derivation.rule == "column":
            places.add(self._places[derivation.of[0]])
        return _picker(places)

    def _tier_now(self, cells: Cells, group: str | None) -> int | None:
        if self._tier_of_group is not None:
            return self._tier_of_group(group)
        tier: int | None = self._tier(cells)
        return tier

    def _state(self, cells: Cells) -> tuple[Status | None, Any]:
        found: tuple[Status, Any] | None = self._status(cells)
        if found is None:
            return None, None
        reason = found[1]
        if reason is None and found[0].phase is Phase.WAITING:
            reason = self._hold_reason(cells)
        return found[0], reason

    def _claimed(self, cells: Cells) -> dict[str, Any]:
        return {fact: get(cells) for fact, _, get in self._claim_columns}

    def _observed(self, at: datetime, cells: Cells, recorded: datetime | None, by: Any) -> Observed:
        status, reason = self._state(cells)
        group = self._group(cells)
        return Observed(
            at,
            status=status,
            hold_reason=reason,
            kind=self._kind(cells),
            category=self._category(cells),
            service=self._service(cells),
            impact=self._impact(cells),
            urgency=self._urgency(cells),
            priority=self._priority(cells),
            group=group,
            assignee=self._assignee(cells),
            tier=self._tier_now(cells, group),
            configuration_item=self._item(cells),
            recorded_at=recorded,
            by=by,
        )

    def _item_now(self, before: Cells, cells: Cells) -> str | None:
        """What the event says of the configuration item: an empty text where it has gone."""
        found: str | None = self._item(cells)
        return "" if found is None and self._item(before) is not None else found

    def _when(self, column: Any, cells: Cells) -> datetime | None:
        if column is None:
            return None
        instant: datetime | None = self._instant(column.names)(cells)
        return instant

    def snapshot(self, at: datetime, cells: Cells) -> list[Event]:
        """The events of an incident that has one row, logged at *at*."""
        claims = self._claimed(cells)
        instants = [value for value in claims.values() if isinstance(value, datetime)]
        seen = self._when(self._mapping.column("at"), cells)
        seen = seen if seen is not None else max([at, *instants])
        logged = Logged(
            at,
            title=self._title(cells),
            requester=self._requester(cells),
            channel=self._channel(cells),
            status=None,
        )
        observed = self._observed(seen, cells, None, self._actor(cells))
        self._count_unknown(observed.status)
        return [logged, Asserted(at, claims), observed]

    def _count_unknown(self, status: Status | None) -> None:
        if status is not None and status.raw is not None:
            self._unmapped.add("status", status.raw)

    def history(self, rows: Iterable[tuple[datetime, Cells]]) -> list[Event]:
        """The events of an incident that has one row per update."""
        events: list[Event] = []
        add = events.append
        before: Cells = ()
        known = False
        status: Status | None = None
        watch = self._watch_all
        state: object = None
        for at, cells in rows:
            last, state = state, watch(cells)
            if before and state == last:
                self._count_unknown(status)
                continue
            by = self._actor(cells)
            recorded = None if self._recorded_at is None else self._when(self._recorded_at, cells)
            if not before:
                logged_at = self._when(self._logged_at, cells)
                add(
                    Logged(
                        at if logged_at is None else logged_at,
                        title=self._title(cells),
                        requester=self._requester(cells),
                        channel=self._channel(cells),
                        status=None,
                        recorded_at=recorded,
                        by=by,
                    )
                )
                add(Asserted(at, self._claimed(cells), recorded_at=recorded))
                seen = self._observed(at, cells, recorded, by)
                status = seen.status
                add(seen)
                entered = status
            else:
                entered = None
                if self._watch_class(before) != self._watch_class(cells):
                    add(
                        Classified(
                            at,
                            self._kind(cells),
                            self._category(cells),
                            self._service(cells),
                            configuration_item=self._item_now(before, cells),
                            recorded_at=recorded,
                            by=by,
                        )
                    )
                if self._watch_priority(before) != self._watch_priority(cells):
                    add(
                        Prioritised(
                            at,
                            self._impact(cells),
                            self._urgency(cells),
                            self._priority(cells),
                            recorded_at=recorded,
                            by=by,
                        )
                    )
                if self._watch_assignment(before) != self._watch_assignment(cells):
                    group = self._group(cells)
                    add(
                        Assigned(
                            at,
                            group,
                            self._assignee(cells),
                            self._tier_now(cells, group),
                            recorded_at=recorded,
                            by=by,
                        )
                    )
                if self._watch_status(before) != self._watch_status(cells):
                    now, reason = self._state(cells)
                    if now is not None:
                        entered = None if now == status else now
                        status = now
                        add(StatusChanged(at, now, reason, recorded_at=recorded, by=by))
                if self._watch_claims(before) != self._watch_claims(cells):
                    add(Asserted(at, self._changes(before, cells), recorded_at=recorded))
            if entered is not None and entered.name in self._resolved_on:
                add(Asserted(at, {"resolved_at": at}, recorded_at=recorded))
            if not known and (
                (entered is not None and entered.name in self._acknowledged_on)
                or self._first_known(cells) is not None
            ):
                known = True
                add(Acknowledged(at, recorded_at=recorded, by=by))
            self._count_unknown(status)
            before = cells
        return events

    def _changes(self, before: Cells, cells: Cells) -> dict[str, Any]:
        return {
            fact: get(cells)
            for fact, columns, get in self._claim_columns
            if any(before[self._places[c]] != cells[self._places[c]] for c in columns)
        }


def _picker(places: set[int]) -> Pick:
    """The cells at *places*, for a comparison at the speed of C."""
    return itemgetter(*places) if places else _nothing
