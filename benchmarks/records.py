"""Recorded, checked moves over a dictionary with a guard, and JSON over bare cattrs and orjson."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import attrs
from attrs import frozen

from benchmarks.timing import Row, paired, row
from itilcore.actor import Actor
from itilcore.codec import dumps, loads
from itilcore.incident import (
    Acknowledged,
    Assigned,
    Event,
    Held,
    HoldReason,
    Incident,
    Lifecycle,
    Logged,
    Noted,
    Phase,
    Status,
    StatusChanged,
    Timeline,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADA = Actor.person("ada")


def story(length: int) -> list[Event]:
    """The events of an incident that is being worked on, *length* of them."""
    first: list[Event] = [
        Logged(START, "Mail is slow", "ada", "phone"),
        Assigned(START + MINUTE, "Desk", "bob"),
        Acknowledged(START + 2 * MINUTE),
        StatusChanged(START + 3 * MINUTE, Status.IN_PROGRESS),
    ]
    more = [Noted(START + number * MINUTE, f"note {number}", by=ADA) for number in range(4, length)]
    return [*first, *more]


@frozen
class Ticket:
    """What a careful programmer writes first: what a list of tickets shows, and the history."""

    reference: str
    status: Status
    hold_reason: HoldReason | None
    events: tuple[Event, ...]
    title: str | None = None
    kind: str | None = None
    priority: str | None = None
    group: str | None = None
    assignee: str | None = None
    requester: str | None = None
    category: str | None = None
    service: str | None = None
    logged_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None


def guarded(value: object) -> bool:
    return value is not None


ALLOWED: dict[tuple[Status, str], tuple[Status, Callable[[object], bool]]] = {
    (Status.IN_PROGRESS, "hold"): (Status.ON_HOLD, guarded),
    (Status.ON_HOLD, "resume"): (Status.IN_PROGRESS, lambda _: True),
}


def by_hand(ticket: Ticket, action: str, reason: HoldReason | None, at: datetime) -> Ticket:
    target, guard = ALLOWED[ticket.status, action]
    if not guard(reason):
        raise ValueError(f"{action} needs a reason")
    event: Event
    if target.phase is Phase.WAITING:
        assert reason is not None
        event = Held(at, reason, by=ADA)
    else:
        event = StatusChanged(at, target, by=ADA)
    return attrs.evolve(ticket, status=target, hold_reason=reason, events=(*ticket.events, event))


def recorded(lifecycle: Lifecycle, incident: Incident, at: datetime) -> Incident:
    """Held and resumed: both moves checked, both events recorded."""
    reason = HoldReason.AWAITING_CALLER
    row = lifecycle.step(incident, "hold", {"hold_reason": reason})
    held = incident.record(Held(at, reason, row.target, by=ADA))
    row = lifecycle.step(held, "resume")
    return held.record(StatusChanged(at + MINUTE, row.target, by=ADA))


def machine() -> Callable[[], object]:
    """The same two moves with `transitions`: a mutable model, and no history."""
    library = import_module("transitions")

    class Model:
        state: str
        trigger: Callable[..., bool]

    model = Model()
    library.Machine(
        model,
        states=["IN_PROGRESS", "ON_HOLD"],
        transitions=[
            {
                "trigger": "hold",
                "source": "IN_PROGRESS",
                "dest": "ON_HOLD",
                "conditions": lambda reason=None: reason is not None,
            },
            {"trigger": "resume", "source": "ON_HOLD", "dest": "IN_PROGRESS"},
        ],
        initial="IN_PROGRESS",
    )

    def moved() -> None:
        assert model.trigger("hold", reason=HoldReason.AWAITING_CALLER)
        assert model.trigger("resume")

    return moved


def many(count: int, work: Callable[[], object]) -> Callable[[], None]:
    def repeated() -> None:
        for _ in range(count):
            work()

    return repeated


def moves(count: int, runs: int) -> Iterable[Row]:
    """A move at twenty events, and what it costs at two thousand."""
    lifecycle = Lifecycle.default()
    at = START + timedelta(days=2)

    def ours(length: int) -> Callable[[], object]:
        incident = Incident.replay("INC1", story(length)).record(Noted(at, "read"))
        assert incident.status == Status.IN_PROGRESS  # folded once, as one that was read is
        return lambda: recorded(lifecycle, incident, at).status

    ticket = Ticket("INC1", Status.IN_PROGRESS, None, tuple(story(20)))

    def floor() -> Ticket:
        held = by_hand(ticket, "hold", HoldReason.AWAITING_CALLER, at)
        return by_hand(held, "resume", None, at + MINUTE)

    found, hand = paired(many(count, ours(20)), many(count, floor), runs)
    try:
        peer = machine()
    except ImportError:
        other = None
    else:
        _, other = paired(many(count, ours(20)), many(count, peer), runs)
        other /= 2 * count
    name = "a checked, recorded move at 20 events over dict, guard, evolve; beside transitions"
    yield row(name, found / (2 * count), hand / (2 * count), 1.0, other)
    long, short = paired(many(count, ours(2_000)), many(count, ours(20)), runs)
    name = "a checked, recorded move at 2,000 events over one at 20"
    yield row(name, long / (2 * count), short / (2 * count), 1.2)


def bare() -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
    """cattrs' own converter for orjson, with the kind of each event as a tag."""
    made = import_module("cattrs.preconf.orjson").make_converter()
    union = import_module("cattrs.strategies").configure_tagged_union
    kinds = Logged | Assigned | Acknowledged | StatusChanged | Noted
    made.register_unstructure_hook(Status, lambda status: status.name)
    made.register_structure_hook(Status, lambda name, _: getattr(Status, name))
    union(kinds, made)
    return (
        lambda lists: made.dumps(lists, list[list[kinds]]),
        lambda text: made.loads(text, list[list[kinds]]),
    )


def json(count: int, runs: int) -> Iterable[Row]:
    """Histories as JSON and back; nothing where orjson is not installed."""
    timelines = [Timeline(story(20)) for _ in range(count)]
    lists = [list(each) for each in timelines]
    text = dumps(timelines)
    assert loads(list[Timeline], text) == timelines
    try:
        dump, load = bare()
    except ImportError:
        return
    bytes_ = dump(lists)
    assert load(bytes_) == lists
    found, floor = paired(lambda: dumps(timelines), lambda: dump(lists), runs)
    yield row("dump 20 events as JSON over cattrs and orjson", found / count, floor / count, 1.2)
    found, floor = paired(lambda: loads(list[Timeline], text), lambda: load(bytes_), runs)
    yield row("load 20 events from JSON over cattrs and orjson", found / count, floor / count, 1.2)


def run(quick: bool = False) -> list[Row]:
    """Every row."""
    return [*moves(*((20, 3) if quick else (2_000, 15))), *json(*((5, 3) if quick else (200, 15)))]
