"""The sections ``[lifecycle]``, ``[closing]`` and ``[[notifications]]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.calendars import BusinessCalendar
from itilcore.communications import NotificationRule
from itilcore.errors import nearest
from itilcore.incident import Lifecycle, Phase, Status, Transition

from .closing import Closing
from .promises import duration
from .reading import Place

__all__ = ["read_closing", "read_lifecycle", "read_notifications"]

_MOST_DAYS: Final = 3_660


@frozen(kw_only=True)
class WrittenTransition:
    """A row of ``[lifecycle]``."""

    source: str | None
    action: str | None
    target: str | None
    requires: list[str] = field(factory=list)


@frozen(kw_only=True)
class WrittenLifecycle:
    """``[lifecycle]``: one by name, or statuses with their phases, and rows."""

    preset: str | None = None
    initial: str | None = None
    statuses: dict[str, Any] = field(factory=dict)
    transitions: list[Any] = field(factory=list)


@frozen(kw_only=True)
class WrittenClosing:
    """``[closing]``."""

    after: str | None = None
    calendar: str | None = None
    reopen_within_days: int | None = None


@frozen(kw_only=True)
class WrittenNotification:
    """``[[notifications]]``."""

    name: str | None
    when: Any
    audience: str | None
    subject: str | None
    text: str = ""


def read_lifecycle(place: Place, given: object) -> Lifecycle | None:
    """The lifecycle, or ``None`` and more defects."""
    record = place.record(WrittenLifecycle, given)
    if record is None or not isinstance(given, Mapping):
        return None
    # By what is written: a value that is wrong has been told already.
    own = any(key in given for key in ("initial", "statuses", "transitions"))
    if ("preset" in given) is own:
        place.refuse("give a preset, or initial, statuses and transitions")
        return None
    if not own:
        with (place / "preset").catching():
            return None if record.preset is None else Lifecycle.named(record.preset)
        return None
    before = len(place.defects)
    statuses: dict[str, Status] = {}
    for name, phase in record.statuses.items():
        found = (place / "statuses" / name).choice(Phase, phase)
        if found is not None:
            with (place / "statuses" / name).catching(lambda _: ""):
                statuses[name] = Status(name, found)
    names = record.statuses
    rows = []
    for at, row in place.records("transitions", WrittenTransition, record.transitions):
        source = (at / "source").named(row.source, statuses, "status", names)
        target = (at / "target").named(row.target, statuses, "status", names)
        if source is not None and target is not None and row.action is not None:
            rows.append(Transition(source, row.action, target, row.requires))
    known = record.initial if "initial" in given else ""
    initial = (place / "initial").named(known, statuses, "status", names)
    if len(place.defects) > before or initial is None:
        return None
    with place.catching():
        return Lifecycle(rows, initial)
    return None


def read_closing(
    place: Place, given: object, calendars: Mapping[str, BusinessCalendar], written: Iterable[str]
) -> Closing:
    """When incidents close; the default where it cannot be read."""
    record = place.record(WrittenClosing, given)
    found = Closing()
    if record is None:
        return found
    if record.calendar is not None:
        calendar = (place / "calendar").named(record.calendar, calendars, "calendar", written)
        if calendar is not None:
            found = evolve(found, calendar=calendar)
    if record.after is not None:
        with (place / "after").catching(lambda path: path.removeprefix("after")):
            after = None if record.after.strip() == "never" else duration(record.after)
            found = evolve(found, after=after)
    days = record.reopen_within_days
    if days is not None and not 1 <= days <= _MOST_DAYS:
        (place / "reopen_within_days").refuse(f"is {days}: give from 1 to {_MOST_DAYS:,} days")
    elif days is not None:
        found = evolve(found, reopen_within=timedelta(days=days))
    return found


def read_notifications(
    place: Place, given: object, lifecycle: Lifecycle | None
) -> tuple[NotificationRule, ...]:
    """The rules in their order; no two of one name.

    They may speak of the statuses of *lifecycle*; of any where it could not be read.
    """
    found: list[NotificationRule] = []
    for at, record in place.records("", WrittenNotification, place.array(given)):
        if record.name is None or record.audience is None or record.subject is None:
            continue
        if record.when is None:
            continue
        if record.name in {rule.name for rule in found}:
            (at / "name").refuse(f"is {record.name!r}, which stands above already")
            continue
        with at.catching():
            rule = NotificationRule(
                name=record.name,
                when=record.when,
                audience=record.audience,
                subject=record.subject,
                text=record.text,
            )
            found.append(rule)
            known = [] if lifecycle is None else _occasions(lifecycle)
            for word in rule.when:
                if known and word not in known:
                    (at / "when").refuse(f"nothing is called {word!r}; {nearest(word, known)}")
    return tuple(found)


def _occasions(lifecycle: Lifecycle) -> list[str]:
    """What a rule may be about."""
    phases = [phase.value for phase in Phase if phase is not Phase.UNKNOWN]
    return ["logged", "assigned", *phases, *(status.name for status in lifecycle.statuses)]
