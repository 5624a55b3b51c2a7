"""One process: commands one after the other, each written down before and after.

What a command is, `command` says, and nothing else here knows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from attrs import frozen

from itilcore.communications import NotificationRule
from itilcore.desk import Desk
from itilcore.errors import UnknownIncident, VersionConflict
from itilcore.incident import Assigned, Incident, Logged, PolicyAdopted, StatusChanged
from itilcore.policy import Book
from itilcore.repositories import Store

from .places import opened

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULE = NotificationRule(
    name="told", when=("logged", "assigned"), audience="staff", subject="$title $group"
)
BOOK = Book(notifications=[RULE])
ASKED, ACCEPTED, CONFLICT, REPEATED = "asked", "accepted", "conflict", "repeated"


@frozen
class Outcome:
    """What came of a command: ``text`` is its own, ``version`` the incident's after it."""

    kind: str
    reference: str
    version: int
    text: str


def command(store: Store, incident: Incident | None, reference: str, text: str) -> Incident:
    """Assign an incident to the group *text* through the desk, or log it under that title.

    The text is the idempotency key as well, and the subject of the notification.  Raises
    `itilcore.errors.VersionConflict` where somebody else was quicker.
    """
    desk = Desk(store, BOOK)
    if incident is None:
        done = desk.log(reference, at=START, title=text, kind=None, key=text)
    else:
        done = desk.assign(
            reference,
            at=START + timedelta(seconds=incident.version),
            group=text,
            key=text,
            expected_version=incident.version,
        )
    return done.incident


def marks(incident: Incident) -> Iterator[tuple[int, int, str | None]]:
    """What commands left behind: the first and the last event of each, and its text.

    Logging leaves two events: that it was logged, and by which book; so does the first
    assignment, which changes the status.  What is nobody's has ``None`` for a text.
    """
    events = dict(enumerate(incident.timeline, 1))
    number = 1
    while number in events:
        match events[number], events.get(number + 1):
            case (Logged(title=text), PolicyAdopted()) | (Assigned(group=text), StatusChanged()):
                yield number, number + 1, text
                number += 1
            case Assigned(group=text), _:
                yield number, number, text
            case _:
                yield number, number, None
        number += 1


def act(store: Store, references: list[str], name: str, count: int, seed: int) -> Iterator[Outcome]:
    """*count* commands by *name*, at incidents by chance; one in ten asks a second time.

    Half of them act on what they saw last, which others may have changed since.
    """
    chance = Random(seed)  # noqa: S311  # a seed's chance
    seen: dict[str, Incident] = {}
    accepted: list[Outcome] = []
    for number in range(count):
        reference, text = chance.choice(references), f"{name}:{number}"
        if accepted and chance.random() < 0.1:
            earlier = chance.choice(accepted)
            logged = earlier.version == len((Logged, PolicyAdopted))
            stale = None if logged else Incident.replay(earlier.reference, [Logged(START)])
            command(store, stale, earlier.reference, earlier.text)  # its key says: done
            yield Outcome(REPEATED, earlier.reference, earlier.version, earlier.text)
            continue
        incident = seen.get(reference) if chance.random() < 0.5 else None
        if incident is None:
            try:
                incident = store.get(reference)
            except UnknownIncident:
                incident = None
        yield Outcome(ASKED, reference, 0, text)
        try:
            seen[reference] = command(store, incident, reference, text)
        except VersionConflict:
            seen.pop(reference, None)
            yield Outcome(CONFLICT, reference, 0, text)
        else:
            accepted.append(Outcome(ACCEPTED, reference, seen[reference].version, text))
            yield accepted[-1]


def work(place: str, references: list[str], name: str, count: int, seed: int, diary: Path) -> None:
    """Open the store and act, and write each outcome into *diary* before going on."""
    out = os.open(diary, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with opened(place) as store:
        for each in act(store, references, name, count, seed):
            line = [each.kind, each.reference, each.version, each.text]
            os.write(out, f"{json.dumps(line)}\n".encode())


def outcomes(diaries: Iterable[Path]) -> list[Outcome]:
    """What was written into diaries; a process that was killed may have none."""
    return [
        Outcome(*json.loads(line))
        for diary in diaries
        if diary.exists()
        for line in diary.read_text().splitlines()
    ]
