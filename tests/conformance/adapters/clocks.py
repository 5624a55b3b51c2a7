"""The kinds that ask a clock: a timeline is made, an agreement read, nothing reckoned by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from itilcore.incident import (
    Closed,
    Contacted,
    Direction,
    Event,
    Held,
    HoldReason,
    Incident,
    Logged,
    Phase,
    Prioritised,
    Resolved,
    Status,
    StatusChanged,
)
from itilcore.priority import Priority
from itilcore.sla import (
    Agreement,
    Applies,
    BusinessDays,
    ClockState,
    Condition,
    Conventions,
    PastCycle,
    Reading,
    Retargeting,
    Target,
    TargetKind,
    Threshold,
)

from .answer import Answer, differences, known
from .desks import desk, instant, pauses, seconds

Vector = Mapping[str, Any]

SOURCES = {
    "ServiceNow/ServiceNowDocs": "servicenow",
    "support.atlassian.com": "jira",
    "glpi-project/glpi": "glpi",
    "zammad/zammad": "zammad",
    "frappe/helpdesk": "frappe",
    "jstanden/cerb": "default",
}
_PRESETS = ("default", "servicenow", "servicenow-retroactive", "jira", "glpi", "zammad", "frappe")
_MODES = {
    "keep_start": Retargeting.KEEP_START,
    "keep_start_and_pauses": Retargeting.KEEP_START_AND_PAUSES,
    "restart": Retargeting.RESTART,
}
_KNOWN = (
    "created_at", "clock", "pausable", "target", "pauses", "changes", "levels", "stopped_at",
    "now", "closed_at",
)  # fmt: skip
_WHY = HoldReason.AWAITING_CALLER


def _source(vector: Vector) -> str:
    return SOURCES.get(vector.get("provenance", {}).get("repo", ""), "default")


def _pauses_on_hold(conventions: Conventions, kind: TargetKind) -> bool:
    rows = conventions.conditions(kind).pause
    return any(row.phases == (Phase.WAITING,) and not row.hold_reasons for row in rows)


def conventions_for(vector: Vector, kind: TargetKind) -> tuple[str, Conventions]:
    """The conventions that the vector describes: the default, else those of its source, else
    another preset, else the default with what the vector says.
    """
    given, expected = vector["input"], vector["expect"]
    due = expected.get("due_convention")
    modes = {_MODES[change["mode"]] for change in given.get("changes", ()) if "mode" in change}
    pausable = given.get("pausable")

    def fits(conventions: Conventions) -> bool:
        return (
            (pausable is None or _pauses_on_hold(conventions, kind) is pausable)
            and (due is None or conventions.due == due)
            and (not modes or modes == {conventions.retargeting})
        )

    for name in dict.fromkeys(("default", _source(vector), *_PRESETS)):
        if fits(Conventions.named(name)):
            return name, Conventions.named(name)
    assert len(modes) < 2, "one clock follows one way to change targets"
    found = Conventions.named("default")
    if pausable is not None:
        rows = (Condition(phases=Phase.WAITING),) if pausable else ()
        found = evolve(found, **{kind.value: evolve(found.conditions(kind), pause=rows)})
    found = evolve(found, due=due or found.due, retargeting=next(iter(modes), found.retargeting))
    said = [f"pausable={pausable}", *([f"due={due}"] if due else []), *(m.value for m in modes)]
    return f"default with {', '.join(said)}", found


def _within(target: Mapping[str, Any]) -> timedelta | BusinessDays:
    known(target, "work_seconds", "business_days", "snap", what="target")
    if "business_days" in target:
        return BusinessDays(target["business_days"], target.get("snap", "end_of_day"))
    return seconds(target["work_seconds"])


def _level(level: Mapping[str, Any]) -> Threshold:
    known(level, "work_seconds", "business_days", what="a level")
    if "business_days" in level:
        return Threshold.after(BusinessDays(level["business_days"]))
    return Threshold.after(seconds(level["work_seconds"]))


def _ended(kind: TargetKind, at: datetime) -> Event:
    if kind is TargetKind.RESOLUTION:
        return Resolved(at)
    return Contacted(at, Direction.OUTBOUND)


def _held(given: Mapping[str, Any]) -> list[tuple[datetime, int, Event]]:
    found: list[tuple[datetime, int, Event]] = []
    for pause in pauses(given):
        found.append((pause.start, 2, Held(pause.start, _WHY)))
        if pause.end.year < 9000:  # one without an end lasts
            found.append((pause.end, 1, StatusChanged(pause.end, Status.IN_PROGRESS)))
    return found


def sla(vector: Vector) -> Answer:
    expected = vector["expect"]
    answer = _sla(vector)
    if "due_convention" in expected or not differences(answer, expected):
        return answer
    # A fact that does not say where a time ends that runs out at a closing accepts either.
    other = _sla({**vector, "expect": {**expected, "due_convention": "next_open"}})
    return answer if differences(other, expected) else other


def _sla(vector: Vector) -> Answer:
    given = known(vector["input"], *_KNOWN)
    kind = TargetKind(given["clock"])
    name, conventions = conventions_for(vector, kind)
    calendar = desk(vector["calendar"])
    created = instant(given["created_at"])
    changes = given.get("changes", [])
    promised = [given["target"], *(change["target"] for change in changes)]
    priorities = [Priority(f"P{rank}", rank) for rank in range(1, len(promised) + 1)]
    agreement = Agreement(
        "promised",
        [
            Target(
                kind,
                _within(target),
                calendar,
                applies=Applies(priorities=priority.name),
                warn=[_level(level) for level in given.get("levels", ())],
            )
            for priority, target in zip(priorities, promised, strict=True)
        ],
        conventions,
    )
    events: list[tuple[datetime, int, Event]] = _held(given)
    for change, priority in zip(changes, priorities[1:], strict=True):
        known(change, "at", "target", "mode", what="a change")
        at = instant(change["at"])
        events.append((at, 0, Prioritised(at, priority=priority)))
    if "stopped_at" in given:
        at = instant(given["stopped_at"])
        events.append((at, 3, _ended(kind, at)))
    if "closed_at" in given:
        at = instant(given["closed_at"])
        events.append((at, 4, Closed(at)))
    events.sort(key=lambda row: row[:2])
    timeline = [
        Logged(created),
        Prioritised(created, priority=priorities[0]),
        *(event for _, _, event in events),
    ]
    now = instant(given["now"]) if "now" in given else max(event.at for event in timeline)
    (reading,) = agreement.read(Incident.replay("V1", timeline), now)
    run: Reading | PastCycle = reading
    if kind is TargetKind.UPDATE and "stopped_at" in given:
        run = reading.earlier[0]  # an update begins the next cycle: what is asked is the first
    assert run.elapsed is not None
    assert run.target is not None
    within = run.target.within
    due_before = reading.changes[0].due if reading.changes else None
    values = {
        "due_at": run.due,
        "due_before_change_at": due_before,
        "elapsed_work_seconds": run.elapsed.total_seconds(),
        "remaining_work_seconds": (
            (within - run.elapsed).total_seconds()
            if isinstance(within, timedelta)
            else reading.remaining and reading.remaining.total_seconds()
        ),
        "paused_work_seconds": reading.paused.total_seconds() if reading.paused else 0,
        "breached": run.breached,
        "levels_at": [warning.at for warning in reading.warnings],
    }
    return Answer(values, name, says=reading.explain())


_STATUS_EVENTS = {
    "responded": lambda at: Contacted(at, Direction.OUTBOUND),
    "paused": lambda at: Held(at, _WHY),
    "resumed": lambda at: StatusChanged(at, Status.IN_PROGRESS),
    "resolved": Resolved,
}


def status(vector: Vector) -> Answer:
    given = known(
        vector["input"],
        *("created_at", "response_work_seconds", "resolution_work_seconds", "events", "now"),
    )
    calendar = desk(vector["calendar"])
    agreement = Agreement(
        "two clocks",
        [
            Target(TargetKind.RESPONSE, seconds(given["response_work_seconds"]), calendar),
            Target(TargetKind.RESOLUTION, seconds(given["resolution_work_seconds"]), calendar),
        ],
    )
    timeline: list[Event] = [Logged(instant(given["created_at"]))]
    timeline += [_STATUS_EVENTS[each["type"]](instant(each["at"])) for each in given["events"]]
    response, resolution = agreement.read(timeline, instant(given["now"]))
    if response.breached or resolution.breached:
        found = "failed"
    elif resolution.state is ClockState.PAUSED:
        found = "paused"
    elif response.state is ClockState.RUNNING:
        found = "response_due"
    elif resolution.state is ClockState.RUNNING:
        found = "resolution_due"
    else:
        found = "fulfilled"
    return Answer({"status": found})


_SPOKEN = {"customer": Direction.INBOUND, "agent": Direction.OUTBOUND}
_LONG = timedelta(days=3650)


def metric(vector: Vector) -> Answer:
    given = known(vector["input"], "metric", "events")
    name = given["metric"]
    assert name in _METRICS, f"no adapter for {name}; there are {', '.join(_METRICS)}"
    kind, convention = _METRICS[name]
    events = [(instant(each["at"]), _SPOKEN[each["type"]]) for each in given["events"]]
    if not events:
        return Answer({"seconds": None}, convention)
    timeline: list[Event] = [Logged(events[0][0])]
    timeline += [Contacted(at, direction) for at, direction in events]
    target = Target(kind, _LONG, desk(vector["calendar"]))
    agreement = Agreement("talk", [target], Conventions.named(convention))
    (reading,) = agreement.read(timeline, timeline[-1].at)
    if kind is TargetKind.UPDATE:
        waits = [cycle.elapsed.total_seconds() for cycle in reading.earlier]
        return Answer({"seconds": max(waits, default=None)}, convention)
    stopped = reading.stopped_at is not None and reading.elapsed is not None
    return Answer({"seconds": reading.elapsed.total_seconds() if stopped else None}, convention)


_METRICS = {
    "first_response_seconds": (TargetKind.RESPONSE, "default"),
    "longest_customer_to_agent_wait": (TargetKind.UPDATE, "zammad"),
}
