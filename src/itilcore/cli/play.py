"""Playing a generated month through a desk: the demo's incidents, as commands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from itilcore import desk as do
from itilcore.actor import Actor
from itilcore.classification import Category
from itilcore.errors import ActionRefused, Defect, InvalidInput
from itilcore.incident import Direction, HoldReason, Incident, Phase, ResolutionKind
from itilcore.priority import Impact, Urgency
from itilcore.repositories import Query, Store
from itilcore.sample import History, Step, generate

__all__: list[str] = []

PLAYED: Final = 2
"""The way in which it is played; a store of another one is left alone."""

WEEKS: Final = 5
INCIDENTS: Final = 400
_IMPACTS, _URGENCIES = Impact.default_scale(), Urgency.default_scale()
_DAY: Final = timedelta(days=1)
_FIRST_LINE: Final = "Service Desk 1st"
_PAGE: Final = 500
_KINDS: Final = (
    do.LogIncident,
    do.Prioritise,
    do.Assign,
    do.Start,
    do.Resume,
    do.Contact,
    do.Hold,
    do.Resolve,
    do.Reopen,
    do.Cancel,
)
"""The commands that a turn may take."""


@frozen
class Turn:
    """One update of one incident, or a look at the agenda at the end of a day."""

    at: datetime
    key: str
    history: History | None = None
    before: Step | None = None
    step: Step | None = None


def turns(seed: int) -> list[Turn]:
    """The turns of the month, in the order of time."""
    found: list[Turn] = []
    histories = list(generate(seed=seed, incidents=INCIDENTS, weeks=WEEKS))
    for history in histories:
        before: Step | None = None
        for number, step in enumerate(history.steps):
            found.append(Turn(step.at, f"demo:{history.reference}:{number}", history, before, step))
            before = step
    first = min(turn.at for turn in found).replace(hour=0, minute=0)
    for day in range(1, WEEKS * 7 + 1):
        found.append(Turn(first + day * _DAY, f"demo:agenda:{day}"))
    return sorted(found, key=lambda turn: (turn.at, turn.key))


def play(
    desk: do.Desk, seed: int, progress: Callable[[int, int], object] | None = None
) -> tuple[int, int]:
    """Play the month of *seed* on *desk*; how many turns there are, and how many were done before.

    Every command of a turn is done under a key of its own, so that a run that was cut off goes
    on where it was.
    """
    every = turns(seed)
    _own_store(desk.store, {turn.history.reference for turn in every if turn.history})
    done = _done(desk.store, every)
    for number, turn in enumerate(every[done:], done):
        if turn.step is None:
            for item in desk.agenda(turn.at).items:
                desk.act(item, at=turn.at)
        else:
            _taken(desk, turn)
        if progress is not None:
            progress(number + 1, len(every))
    return len(every), done


def _own_store(store: Store, references: Collection[str]) -> None:
    """Refuse a store that holds other incidents than the demo's: it is somebody's own."""
    for incident in store.find(Query(), limit=_PAGE).incidents:
        if incident.reference not in references:
            problem = (
                f"holds {incident.reference}, which is none of the demo's: give a file of its own"
            )
            raise InvalidInput("store", [Defect("", problem)])


def stored(store: Store) -> Iterator[Incident]:
    """Every incident of *store*, in the order in which they were logged."""
    after: str | None = None
    while True:
        page = store.find(Query(), limit=_PAGE, after=after)
        yield from page.incidents
        after = page.next
        if after is None:
            return


def _done(store: Store, every: list[Turn]) -> int:
    """How many turns are done already: all before the last one that left a trace, which may be
    done by half; all of them where that is the last.
    """
    for number in range(len(every) - 1, -1, -1):
        key = every[number].key
        if every[number].step is not None and any(
            store.committed(_key(key, kind)) is not None for kind in _KINDS
        ):
            return number
    return 0


def _key(turn: str, kind: type[do.Command]) -> str:
    """The key of a command: of a turn that is taken again, only what is not done yet is asked.

    By its kind and not by its number, since what has been done already changes what is left.
    """
    return f"{turn}:{kind.__name__}"


def _taken(desk: do.Desk, turn: Turn) -> None:
    """Take a turn, command by command."""
    for command in _commands(desk, turn):
        try:
            desk.do(command, key=_key(turn.key, type(command)))
        except ActionRefused:
            # The generator knows no lifecycle: what the desk refuses does not happen.
            return


def _commands(desk: do.Desk, turn: Turn) -> Iterator[do.Command]:
    history, step, before = turn.history, turn.step, turn.before
    assert history is not None
    assert step is not None
    fields: dict[str, Any] = {
        "reference": history.reference,
        "at": step.at,
        "by": Actor.automation(step.actor) if step.actor == "system" else Actor.person(step.actor),
    }
    if before is None:
        yield _log(history, step, fields)
    elif (step.impact, step.urgency) != (before.impact, before.urgency):
        yield do.Prioritise(
            impact=_IMPACTS[step.impact - 1], urgency=_URGENCIES[step.urgency - 1], **fields
        )
    moved = before is None or (step.group, step.assignee) != (before.group, before.assignee)
    if moved and step.assignee is not None:
        tier = 1 if step.group == _FIRST_LINE else 2
        yield do.Assign(group=step.group, assignee=step.assignee, tier=tier, **fields)
    yield from _status(desk, history, step, before, fields)


def _log(history: History, step: Step, fields: dict[str, Any]) -> do.Command:
    return do.LogIncident(
        title=history.title,
        requester=history.requester,
        channel=history.channel,
        category=Category(history.category, history.subcategory),
        service=history.service,
        impact=_IMPACTS[step.impact - 1],
        urgency=_URGENCIES[step.urgency - 1],
        **fields,
    )


def _status(
    desk: do.Desk, history: History, step: Step, before: Step | None, fields: dict[str, Any]
) -> Iterator[do.Command]:
    phase = desk.get(history.reference).phase
    if step.status == "closed" and before is not None and before.status == "new":
        yield do.Cancel(reason="opened by mistake", **fields)
    elif step.status == "active" and phase is Phase.WAITING:
        yield do.Resume(**fields)
    elif step.status == "active" and phase is Phase.RESOLVED:
        yield do.Contact(direction=Direction.INBOUND, channel=history.channel, **fields)
        yield do.Reopen(reason="it is back", **fields)
    elif step.status == "active" and phase is Phase.OPEN:
        yield do.Start(**fields)
    elif step.status == "hold":
        if phase is Phase.OPEN:
            yield do.Start(**fields)
        reason = (step.hold or "AWAITING_CALLER").upper().replace(" ", "_")
        if "CALLER" in reason or "USER" in reason:
            yield do.Contact(direction=Direction.OUTBOUND, channel="email", **fields)
        yield do.Hold(reason=HoldReason(reason), **fields)
    elif step.status == "resolved":
        if phase is Phase.OPEN:
            yield do.Start(**fields)
        notes = f"{history.service}: {history.title}"
        yield do.Resolve(kind=ResolutionKind.FIX, code=history.close_code, notes=notes, **fields)
