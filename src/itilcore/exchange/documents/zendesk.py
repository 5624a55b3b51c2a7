"""Zendesk tickets with their audits or metric events: how each stood after each change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from attrs import frozen

from .flattening import text
from .form import BrokenDocument, Content, DocumentForm
from .trail import Change, in_order, moment, objects, starting

__all__ = ["ZENDESK"]

_STANDARD: Final = {"status": "status", "priority": "priority", "type": "type",
                    "group_id": "group", "assignee_id": "assignee"}  # fmt: skip
"""Fields of every account, as audits call them, and their column."""

_CUSTOM: Final = ("exact priority", "impact", "urgency", "category", "subcategory", "service",
                  "source", "hold reason")  # fmt: skip
"""Custom fields by their title; their id differs from account to account."""

_WORK: Final = "agent_work_time"
_WAIT: Final = "requester_wait_time"
_CLOCK: Final = frozenset({"activate", "pause", "fulfill"})
_PROMISED: Final = (_WORK, _WAIT, "resolution_time")
"""Metrics that run until a ticket is solved: their targets are promises about that."""

_STATUSES: Final = frozenset({"new", "open", "pending", "hold", "solved", "closed", "deleted"})
_SOMEONE: Final = "not known"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CLAIMS: Final = ("initially_assigned_at", "assigned_at", "solved_at", "status_updated_at")
_COLUMNS: Final = (
    "id", "subject", "created_at", "at", "audit", "author", *_STANDARD.values(), *_CUSTOM,
    "requester", "channel", *_CLAIMS, "first_replied_at", "reassignments", "reopens", "replies",
    "sla_met",
)  # fmt: skip


@frozen
class _MetricEvent:
    at: str
    when: datetime
    key: str
    metric: str
    kind: str


def _fits(content: Content) -> bool:
    told = "metric_events" in content or "audits" in content
    return (told and "created_at" in content) or (
        "requester_id" in content and isinstance(content.get("via"), dict)
    )


def _unroll(content: Content) -> list[dict[str, str]]:
    number = text(content.get("id")).strip()
    if not number:
        raise BrokenDocument("has no id")
    _instant(content.get("created_at"), "created_at")
    audits, events = content.get("audits"), content.get("metric_events")
    if audits is None and events is None:
        raise BrokenDocument(
            "has neither audits nor metric_events: put those of /tickets/{id}/audits there, or "
            "export it with metric_events and metric_sets"
        )
    names = _Names(content)
    found = [] if events is None else _metric_events(events)
    measured = _dict(content.get("metric_set"))
    instants = {name: _optional(measured.get(name), f"metric_set.{name}") for name in _CLAIMS}
    replied = [e.at for e in found if (e.metric, e.kind) == ("reply_time", "fulfill")]
    state = {
        **dict.fromkeys(_COLUMNS, ""),
        **{name: text(measured[name]) for name, when in instants.items() if when is not None},
        **{name: text(measured.get(name)) for name in ("reopens", "replies")},
        "id": number,
        "subject": text(content.get("subject")),
        "created_at": text(content.get("created_at")),
        "requester": names.user(content.get("requester_id")),
        "channel": text(_dict(content.get("via")).get("channel")),
        "first_replied_at": next(iter(replied), ""),
        "sla_met": _promise(found),
        **names.present(content),
    }
    if audits is not None:
        return _told(state, _changes(audits, names))
    if not measured:
        raise BrokenDocument(
            "has neither audits nor metric_set: export it with metric_sets, which say since "
            "when it is assigned"
        )
    # Nothing but the number of groups tells what came before the present one.
    stations = measured.get("group_stations")
    if isinstance(stations, int) and not isinstance(stations, bool) and stations > 0:
        state["reassignments"] = str(stations - 1)
    return _rebuilt(state, found, instants)


def _told(state: dict[str, str], changes: list[Change]) -> list[dict[str, str]]:
    """The rows of a ticket whose audits tell every change."""
    state = {**starting(state, changes), "reassignments": "0"}
    rows = []
    moved = 0
    for change in changes:
        group = state["group"]
        for name, _, after in change.items:
            state[name] = after
        if group and state["group"] and group != state["group"]:
            moved += 1
        state["reassignments"] = str(moved)
        rows.append({**state, "at": change.at, "audit": change.key, "author": change.who})
    return rows


def _rebuilt(
    state: dict[str, str], events: list[_MetricEvent], instants: Mapping[str, datetime | None]
) -> list[dict[str, str]]:
    """The rows of a ticket without audits: its clocks tell the status, its metric set the rest."""
    clocks = [e for e in events if e.metric in {_WORK, _WAIT} and e.kind in _CLOCK]
    if next((e.kind for e in clocks if e.metric == _WORK), "") != "activate":
        raise BrokenDocument(f"its metric_events are cut off: {_WORK} does not begin with activate")
    now, assignee = state["status"], state["assignee"]
    assigned = [
        _MetricEvent(state[name], when, "", "assignee", who)
        for name, who in _assignments(assignee, instants)
        if (when := instants[name]) is not None
    ]
    if assignee and not assigned:
        raise BrokenDocument("is assigned, and metric_set does not say since when")
    first = "new" if assigned or now == "new" else "new or open"
    state |= {"assignee": "", "status": ""}
    rows: list[dict[str, str]] = []
    clock: dict[str, str] = {}
    last = _EPOCH
    # What is told of one instant is one change: a pause of both clocks is no hold in between.
    told = sorted([*clocks, *assigned], key=lambda e: e.when)
    for when, together in groupby(told, key=lambda e: e.when):
        for event in together:
            clock[event.metric] = event.kind
            if event.metric == _WORK and event.kind != "activate":
                clock["stopped"] = "once"
            state["at"] = event.at
        state["assignee"] = clock.get("assignee", "")
        if _WORK in clock:
            state["status"] = _status(clock, first)
            rows.append(dict(state))
            last = when
    rows += _ending(rows[-1], now, instants, last)
    return rows


def _assignments(
    assignee: str, instants: Mapping[str, datetime | None]
) -> Iterator[tuple[str, str]]:
    """The instants of assignment and who had it from then on."""
    again = instants["assigned_at"] not in {None, instants["initially_assigned_at"]}
    yield "initially_assigned_at", _SOMEONE if again or not assignee else assignee
    if again:
        yield "assigned_at", assignee or _SOMEONE


def _status(clock: Mapping[str, str], first: str) -> str:
    """The status that the clocks show; *first* for a ticket that nobody has had yet."""
    if clock[_WORK] == "fulfill":
        return "solved"
    if clock[_WORK] == "pause":
        waits = {"pause": "pending", "activate": "hold"}
        return waits.get(clock.get(_WAIT, ""), "pending or hold")
    return "open" if "stopped" in clock or "assignee" in clock else first


def _ending(
    row: dict[str, str], now: str, instants: Mapping[str, datetime | None], last: datetime
) -> list[dict[str, str]]:
    """The row that leads to the present status, *now*, where the clocks do not."""
    seen = row["status"]
    if now not in _STATUSES or now in seen.split(" or "):
        return []
    for name in ("status_updated_at", "solved_at") if now == "solved" else ("status_updated_at",):
        when = instants[name]
        if when is not None and when >= last:
            return [{**row, "status": now, "at": row[name]}]
    if (seen, now) == ("solved", "closed"):
        return []
    raise BrokenDocument(f"its metric_events are cut off: they end at {seen}, and it is {now}")


def _instant(value: object, what: str) -> datetime:
    found = moment(value, what)
    if found < _EPOCH:
        raise BrokenDocument(f"{what} lies before 1970")
    return found


def _optional(value: object, what: str) -> datetime | None:
    return None if value is None or value == "" else _instant(value, what)


def _dict(value: object) -> Content:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Content]:
    return [i for i in value if isinstance(i, dict)] if isinstance(value, list) else []


def _page(value: object, key: str) -> object:
    """The list in the page that *value* is, if it is one and the last."""
    if not isinstance(value, dict) or key not in value:
        return value
    found = value[key]
    counted, further = value.get("count"), value.get("next_page")
    # An incremental export has a next_page even on its last page, where the stream ends.
    ended = value.get("end_of_stream")
    more = (
        _dict(value.get("meta")).get("has_more") is True
        or ended is False
        or (ended is not True and bool(further))
        or (isinstance(counted, int) and isinstance(found, list) and counted > len(found))
    )
    if more:
        what = "audits" if key == "audits" else "metric_events"
        raise BrokenDocument(f"its {what} are cut off: there are more")
    return found


def _changes(value: object, names: _Names) -> list[Change]:
    """What each audit changed, oldest first, each once."""
    found: dict[str, Change] = {}
    created = False
    for index, audit in enumerate(objects(_page(value, "audits"), "audits")):
        path = f"audits[{index}]"
        when = _instant(audit.get("created_at"), f"{path}.created_at")
        items: list[tuple[str, str, str]] = []
        for event in objects(audit.get("events"), f"{path}.events"):
            kind = text(event.get("type"))
            created = created or kind == "Create"
            name = names.column(event.get("field_name"))
            if name and kind in {"Create", "Change"}:
                after = names.value(name, event.get("field_name"), event.get("value"))
                before = names.value(name, event.get("field_name"), event.get("previous_value"))
                items.append((name, after if kind == "Create" else before, after))
        if items:
            key = text(audit.get("id"))
            who = names.user(audit.get("author_id"))
            change = Change(text(audit["created_at"]), when, key, who, tuple(items))
            found[key or path] = change
    if not created or not found:
        raise BrokenDocument("its audits are cut off: none of them creates the ticket")
    return in_order(found.values())


def _metric_events(value: object) -> list[_MetricEvent]:
    """The events that are not deleted, oldest first; ``update_status`` and others included."""
    value = _page(_page(value, "ticket_metric_events"), "metric_events")
    lists = (
        [(f"metric_events.{name}", name, inner) for name, inner in value.items()]
        if isinstance(value, dict)
        else [("metric_events", "", value)]
    )
    found = [
        _MetricEvent(
            text(event["time"]),
            when,
            text(event.get("id")),
            text(event.get("metric")) or name,
            text(event.get("type")),
        )
        for path, name, inner in lists
        for index, event in enumerate(objects(inner, path))
        if event.get("deleted") is not True
        for when in [_instant(event.get("time"), f"{path}[{index}].time")]
    ]
    return sorted(found, key=lambda e: (e.when, len(e.key), e.key))


def _promise(events: list[_MetricEvent]) -> str:
    """Whether the ticket was solved within its SLA: ``true``, ``false`` or unknown."""
    held: list[bool] = []
    for metric in _PROMISED:
        own = [event for event in events if event.metric == metric]
        ends = [event.when for event in own if event.kind == "fulfill"]
        if ends and any(event.kind == "apply_sla" for event in own):
            # A breach is foreseen: it stands there before it has come, and after it has not.
            held.append(all(e.when > ends[-1] for e in own if e.kind == "breach"))
    return text(all(held)) if held else ""


class _Names:
    """What ids stand for in one ticket, as far as it says so."""

    def __init__(self, content: Content) -> None:
        self._groups = _by_id([*_dicts(content.get("groups")), _dict(content.get("group"))])
        people = [_dict(content.get(name)) for name in ("requester", "submitter", "assignee")]
        self._users = _by_id([*_dicts(content.get("users")), *people])
        fields = _dicts(content.get("ticket_fields"))
        self._columns: dict[str, str] = dict(_STANDARD)
        self._options: dict[str, dict[str, str]] = {}
        for field in fields:
            key, title = text(field.get("id")), text(field.get("title")).strip().casefold()
            if key and title in _CUSTOM:
                self._columns[key] = title
                self._options[key] = {
                    text(option.get("value")): text(option.get("name"))
                    for option in _dicts(field.get("custom_field_options"))
                }

    def column(self, field: object) -> str | None:
        """The column of a field as an audit calls it, or ``None`` if it is not followed."""
        return self._columns.get(text(field))

    def user(self, key: object) -> str:
        """The name of a user, else the id; nobody for what Zendesk does itself."""
        found = text(key).strip()
        return "" if found == "-1" else self._users.get(found, found)

    def value(self, column: str, field: object, value: object) -> str:
        """What a person would read for *value*."""
        if column == "assignee":
            return self.user(value)
        if column == "group":
            return self._groups.get(text(value).strip(), text(value).strip())
        options = self._options.get(text(field), {})
        several = value if isinstance(value, list) else [value]
        return ", ".join(options.get(text(one), text(one)) for one in several)

    def present(self, content: Content) -> dict[str, str]:
        """The present values of all fields, by column."""
        found = {
            column: self.value(column, field, content.get(field))
            for field, column in _STANDARD.items()
        }
        for key in ("fields", "custom_fields"):
            for field in _dicts(content.get(key)):
                name = self.column(field.get("id"))
                if name in _CUSTOM:
                    found[name] = self.value(name, field.get("id"), field.get("value"))
        return found


def _by_id(items: list[Content]) -> dict[str, str]:
    pairs = ((text(item.get("id")).strip(), text(item.get("name")).strip()) for item in items)
    return {key: name for key, name in pairs if key and name}


ZENDESK: Final = DocumentForm("zendesk", _COLUMNS, _fits, _unroll)
"""Tickets of Zendesk, each with its ``audits``, or its ``metric_events`` and ``metric_set``."""
