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

from itilcore.communications import Notification
from itilcore.errors import UnknownIncident, VersionConflict
from itilcore.incident import Incident, Logged, Noted
from itilcore.repositories import Commit, Store

from .places import opened

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ASKED, ACCEPTED, CONFLICT, REPEATED = "asked", "accepted", "conflict", "repeated"


@frozen
class Outcome:
    """What came of a command: ``text`` is its own, ``version`` the incident's after it."""

    kind: str
    reference: str
    version: int
    text: str


def command(store: Store, incident: Incident | None, reference: str, text: str) -> Incident:
    """Note *text* on an incident, which is logged with it where it is not there yet.

    The text is the idempotency key as well, and the end of the notification's identifier.
    Raises `itilcore.errors.VersionConflict` where somebody else was quicker.
    """
    before = incident or Incident.replay(reference, ())
    at = START + timedelta(seconds=before.version)
    events = [Noted(at, text)] if incident else [Logged(at), Noted(at, text)]
    after = before.record(*events)
    told = Notification(
        identifier=f"{reference}:{after.version}:{text}",
        reference=reference,
        rule="noted",
        audience="staff",
        at=at,
        subject=text,
    )
    commit = Commit.of(after, events, notifications=[told], idempotency_key=text, look_again_at=at)
    done = store.commit(commit)
    assert done.repeated or done.version == after.version, done
    return after


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
            stale = Incident.replay(earlier.reference, [Logged(START)])
            command(store, stale, earlier.reference, earlier.text)
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
