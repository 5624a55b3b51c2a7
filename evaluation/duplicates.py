"""Duplicates: outages that forty people report, amid reports of other things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

from attrs import frozen

from itilcore.problems import Report, SimilarReports

from .tables import NOISE, Cell, Score, Table, level_of, total
from .typing_errors import mistyped

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
WINDOW = timedelta(hours=4)
LEAST = (0.7, 0.8, 0.85)
MANY, FEW = 40, 3
"""How many people tell what is told more than once."""

SERVICES = ("mail", "vpn", "payroll", "sap", "wifi", "printing", "telephony", "intranet", "crm")
PLACES = ("berlin", "hamburg", "munich", "dresden", "bremen", "vienna", "zurich", "basel", "graz")
SAME = (
    ("down", "unavailable", "offline", "dead"),
    ("slow", "sluggish", "crawling", "laggy"),
    ("login", "logon", "signin", "authentication"),
    ("freezes", "hangs", "stalls", "stops"),
    ("drops", "disconnects", "breaks", "cuts"),
    ("attachment", "file", "document", "upload"),
    ("password", "passphrase", "credentials", "pin"),
    ("screen", "display", "monitor", "window"),
    ("invoice", "bill", "statement", "receipt"),
    ("meeting", "call", "conference", "appointment"),
    ("customer", "client", "account", "buyer"),
    ("folder", "directory", "share", "drive"),
    ("certificate", "licence", "token", "key"),
    ("update", "patch", "upgrade", "rollout"),
)
"""Words that mean the same."""
BEFORE = ("", "", "hello", "please help", "urgent", "hi team", "once more")
AFTER = ("", "", "thanks", "since this morning", "for all of us", "can somebody look")

_MEANS = {word: group for group in SAME for word in group}


@frozen
class Said:
    """What somebody reported, which ``thing`` it was and how many tell it: that is the truth."""

    reference: str
    at: datetime
    text: str
    service: str | None
    thing: int
    told_by: int


def said_of(facts: tuple[str, ...], noise: float, chance: Random) -> str:
    """*facts* in somebody's words: so large a share of the words is altered."""
    words = []
    for fact in facts:
        word = fact
        if chance.random() < noise:
            same = [each for each in _MEANS.get(fact, ()) if each != fact]
            if same and chance.random() < 0.5:
                word = chance.choice(same)
            else:
                word = mistyped(fact, chance)
        words.append(word)
    parts = (chance.choice(BEFORE), " ".join(words), chance.choice(AFTER))
    return " ".join(part for part in parts if part)


def planted(sizes: Iterable[int], noise: float, chance: Random) -> list[Said]:
    """Half a day on which each thing is told by as many people as *sizes* says, within an hour.

    No two things have all of their facts in common, but most share some.  Whether the service
    is known is as uncertain as the words are.
    """
    seen: set[frozenset[str]] = set()
    found: list[Said] = []
    for thing, size in enumerate(sizes):
        facts: tuple[str, ...] = ()
        while not facts or frozenset(facts) in seen:
            symptoms = (chance.choice(group) for group in chance.sample(SAME, 3))
            facts = (chance.choice(SERVICES), *symptoms, "in", chance.choice(PLACES))
        seen.add(frozenset(facts))
        first = START + timedelta(hours=12) * chance.random()
        for _ in range(size):
            at = first + timedelta(hours=1) * chance.random()
            service = facts[0] if chance.random() >= noise else None
            text = said_of(facts, noise, chance)
            found.append(Said(f"R{len(found):05}", at, text, service, thing, size))
    found.sort(key=lambda each: each.at)
    return found


def judged(said: list[Said], answers: dict[str, tuple[str, ...]]) -> dict[int, Score]:
    """What the first suggestion of each report is worth, by how many tell the same.

    *answers* has for each report the references suggested, the best first.  Planted is every
    report of a thing that somebody had told already within the window; it is found where the
    first suggestion tells the same thing.
    """
    thing = {each.reference: each.thing for each in said}
    last: dict[int, datetime] = {}
    found = {each.told_by: Score() for each in said}
    for each in said:
        told = each.thing in last and each.at - last[each.thing] <= WINDOW
        last[each.thing] = each.at
        best = answers[each.reference][:1]
        right = sum(thing[name] == each.thing for name in best)
        found[each.told_by] += Score(len(best), right, int(told), right)
    return found


def answered(said: list[Said], least: float) -> dict[str, tuple[str, ...]]:
    """What `SimilarReports` suggests for each."""
    index = SimilarReports(WINDOW, least)
    reports = [
        Report(reference=each.reference, at=each.at, text=each.text, service=each.service)
        for each in said
    ]
    return {
        report.reference: tuple(each.reference for each in suggested)
        for report, suggested in index.suggest_all(reports)
    }


def table(seed: int, quick: bool) -> Table:
    """The table of duplicates."""
    runs, many, few, alone = (1, 2, 8, 80) if quick else (2, 5, 20, 300)
    sizes = [MANY] * many + [FEW] * few + [1] * alone
    rows: list[tuple[Cell, ...]] = []
    for least, noise in product(LEAST, NOISE):
        scores = []
        for run in range(runs):
            said = planted(sizes, noise, Random(f"duplicates {seed} {noise} {run}"))
            scores.append(judged(said, answered(said, least)))
        by = {size: total([each[size] for each in scores]) for size in scores[0]}
        every = total(list(by.values()))
        recalls = (by[MANY].recall, by[FEW].recall)
        rows.append((f"{least:g}", level_of(noise), every.planted, every.precision, *recalls))
    return Table(
        "Duplicates",
        f"Each of {runs} runs is half a day with {many} outages that {MANY} people tell within an "
        f"hour, {few} things that {FEW} tell and {alone} that one tells, all in one small "
        "vocabulary. Noise is the share of words that are mistyped or replaced, and of reports "
        "without a service. Each report is asked for those of the "
        f"{WINDOW // timedelta(hours=1)} hours before it. Precision is of the first suggestions "
        "made, recall of the reports of what somebody had told already.",
        (
            "least score",
            "noise",
            "told already",
            "precision",
            f"recall, told by {MANY}",
            f"recall, told by {FEW}",
        ),
        tuple(rows),
    )
