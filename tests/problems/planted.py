"""Reports with planted duplicates: outages that several people tell, each in other words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random

from itilcore.problems.reports import Report

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)

SERVICES = [
    "mail",
    "vpn",
    "payroll",
    "sap",
    "sharepoint",
    "wifi",
    "printing",
    "telephony",
    "intranet",
    "citrix",
    "teams",
    "crm",
]
PLACES = [
    "berlin",
    "hamburg",
    "munich",
    "dresden",
    "cologne",
    "bremen",
    "leipzig",
    "vienna",
    "zurich",
    "basel",
    "linz",
    "graz",
]
ROOMS = [f"{floor}{wing}{room:02}" for floor in "1234" for wing in "abcd" for room in range(40)]
SAME = [
    ["down", "unavailable", "offline", "dead"],
    ["slow", "sluggish", "crawling", "laggy"],
    ["login", "logon", "signin", "authentication"],
    ["error", "failure", "fault", "problem"],
    ["freezes", "hangs", "stalls", "locks"],
    ["drops", "disconnects", "breaks", "cuts"],
    ["attachment", "file", "document", "upload"],
    ["password", "passphrase", "credentials", "pin"],
    ["screen", "display", "monitor", "window"],
    ["invoice", "bill", "statement", "receipt"],
    ["printer", "copier", "device", "machine"],
    ["meeting", "call", "conference", "appointment"],
    ["customer", "client", "account", "buyer"],
    ["folder", "directory", "share", "drive"],
    ["certificate", "licence", "token", "key"],
    ["update", "patch", "upgrade", "rollout"],
]
SYNONYMS = {word: group for group in SAME for word in group}
FILLERS = [
    "hello",
    "please",
    "help",
    "urgent",
    "since",
    "morning",
    "again",
    "my",
    "the",
    "in",
    "we",
    "cannot",
    "work",
    "today",
    "thanks",
]


def _typo(word: str, chance: Random) -> str:
    place = chance.randrange(len(word))
    kind = chance.randrange(3)
    if kind == 0:
        return word[:place] + word[place + 1 :] or word
    if kind == 1:
        return word[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _told(facts: list[str], noise: float, chance: Random) -> str:
    """The facts in somebody's words: at noise 1 hardly any word is as it was."""
    said = []
    for word in facts:
        draw = chance.random()
        if draw < 0.25 * noise:
            continue
        if draw < 0.5 * noise:
            said.append(_typo(word, chance))
        elif draw < 0.9 * noise and word in SYNONYMS:
            said.append(chance.choice(SYNONYMS[word]))
        else:
            said.append(word)
    for _ in range(round(4 * noise)):
        said.insert(chance.randint(0, len(said)), chance.choice(FILLERS))
    return " ".join(said)


def planted(
    outages: int, each: int, alone: int, noise: float, seed: int, span: timedelta = DAY
) -> tuple[list[Report], dict[str, int]]:
    """Reports, and which thing each tells: *outages* told *each* times, and *alone* told once."""
    chance = Random(seed)
    reports, truth = [], {}
    for thing in range(outages + alone):
        service = chance.choice(SERVICES)
        symptoms = [chance.choice(group) for group in chance.sample(SAME, 3)]
        facts = [service, *symptoms, chance.choice(PLACES), chance.choice(ROOMS)]
        first = START + span * chance.random()
        for _ in range(each if thing < outages else 1):
            reference = f"R{chance.getrandbits(60):015x}"
            known = service if chance.random() > 0.5 * noise else None
            at = first + timedelta(minutes=chance.randrange(60))
            text = _told(facts, noise, chance)
            reports.append(Report(reference=reference, at=at, text=text, service=known))
            truth[reference] = thing
    chance.shuffle(reports)
    return reports, truth


Pair = tuple[str, str]


def true_pairs(truth: dict[str, int]) -> set[Pair]:
    by_thing: dict[int, list[str]] = {}
    for reference, thing in sorted(truth.items()):
        by_thing.setdefault(thing, []).append(reference)
    return {pair for each in by_thing.values() for pair in combinations(each, 2)}


def precision_recall(found: Iterable[Pair], true: set[Pair]) -> tuple[float, float]:
    """The share of what was found that is true, and of what is true that was found."""
    unordered = {(min(pair), max(pair)) for pair in found}
    hits = len(unordered & true)
    return (hits / len(unordered) if unordered else 1.0), (hits / len(true) if true else 1.0)
