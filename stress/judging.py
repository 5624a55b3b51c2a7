"""The judgement: what is stored, held against what the processes wrote down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from itilcore.communications import Notification
from itilcore.errors import CorruptEvent, UnknownIncident
from itilcore.incident import Incident
from itilcore.repositories import Query, Store

from .acting import ACCEPTED, ASKED, CONFLICT, REPEATED, Outcome, marks

MOST = 1_000


def outbox(store: Store) -> list[Notification]:
    """Everything that waits, which is marked as delivered."""
    found: list[Notification] = []
    while page := store.pending(limit=MOST):
        found += page
        store.delivered([each.identifier for each in page])
    return found


def histories(store: Store, references: Iterable[str]) -> tuple[list[Incident], list[str]]:
    """The incidents that are there, and what is wrong with those that cannot be read."""
    found: list[Incident] = []
    wrong: list[str] = []
    for reference in references:
        try:
            found.append(store.get(reference))
        except UnknownIncident:
            continue
        except CorruptEvent as error:
            wrong.append(str(error))
    return found, wrong


def judge(
    incidents: Iterable[Incident], told: Iterable[Notification], noted: Iterable[Outcome]
) -> list[str]:
    """What is wrong: nothing, where every accepted command is in one history, at its place.

    A command that was asked for and of which nobody heard may be there or not, but whole.
    """
    wrong: list[str] = []
    outcomes = list(noted)
    asked = {each.text for each in outcomes if each.kind == ASKED}
    refused = {each.text for each in outcomes if each.kind == CONFLICT}
    stored: dict[str, tuple[str, int]] = {}
    meant: set[str] = set()
    for incident in incidents:
        for number, version, text in marks(incident):
            if text is None or text not in asked:
                wrong.append(f"event {number} of {incident.reference} is nobody's")
            elif text in stored:
                wrong.append(f"{text} is there twice")
            elif text in refused:
                wrong.append(f"{text} was refused and is there")
            else:
                stored[text] = incident.reference, version
                meant.add(f"{incident.reference}:{number}:told:staff")
    for each in outcomes:
        if each.kind in (ACCEPTED, REPEATED):
            place = stored.get(each.text)
            if place != (each.reference, each.version):
                wrong.append(f"{each.text} was to be {each.version} of {each.reference}: {place}")
    said = Counter(each.identifier for each in told)
    wrong += [f"{name} is told, and nothing happened" for name in said.keys() - meant]
    wrong += [f"{name} happened, and nothing is told" for name in meant - said.keys()]
    wrong += [f"{name} is told {count} times" for name, count in said.items() if count > 1]
    return wrong


def keys(store: Store, incidents: Iterable[Incident]) -> list[str]:
    """What is wrong with the idempotency keys of what is stored."""
    wrong: list[str] = []
    for incident in incidents:
        for _, version, text in marks(incident):
            done = None if text is None else store.committed(text)
            if done is None or (done.reference, done.version) != (incident.reference, version):
                wrong.append(f"the key {text} says {done}")
    return wrong


def listed(store: Store, expected: int) -> list[str]:
    """What is wrong with the pages that list all incidents."""
    count, after = 0, None
    while True:
        page = store.find(Query(), limit=MOST, after=after)
        count += len(page.incidents)
        after = page.next
        if after is None:
            return [] if count == expected else [f"{count} incidents are listed, not {expected}"]
