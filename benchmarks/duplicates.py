"""Suggestions of similar reports over the mere look-up of who has a word in common."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import log
from random import Random

import attrs

from benchmarks.timing import Row, paired, row
from itilcore.problems.reports import Report
from itilcore.problems.similar import SimilarReports

START = datetime(2026, 1, 5, tzinfo=UTC)
WINDOW = timedelta(days=7)
_SYLLABLES = [first + second for first in "bdfgklmnprst" for second in "aeiou"]


def reports(count: int, seed: int = 7) -> tuple[list[Report], dict[str, str]]:
    """*count* reports within the window, in order: eight words each, as rare as words are.

    How often a word stands falls with its rank, as in any language; every tenth report tells
    once more what one of the twenty before it told, with one word changed: which one is told, too.
    """
    chance = Random(seed)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(20_000)]
    totals = []
    total = 0.0
    for rank in range(1, len(words) + 1):
        total += 1 / rank
        totals.append(total)
    said: list[tuple[list[str], str]] = []
    again: dict[str, str] = {}
    for number in range(count):
        told, service = chance.choices(words, cum_weights=totals, k=8), str(chance.randrange(50))
        if number % 10 == 9:
            first = number - chance.randint(1, min(number, 20))
            told, service = list(said[first][0]), said[first][1]
            told[chance.randrange(8)] = chance.choice(words)
            again[f"R{number:06}"] = f"R{first:06}"
        said.append((told, service))
    step = WINDOW / (count + 1)
    found = [
        Report(
            reference=f"R{number:06}",
            at=START + number * step,
            text=" ".join(told),
            service=service,
        )
        for number, (told, service) in enumerate(said)
    ]
    return found, again


class ByHand:
    """The look-up alone: for each word the latest that have it, and nothing is compared."""

    def __init__(self) -> None:
        self.by_word: dict[str, list[int]] = {}

    def add(self, number: int, report: Report) -> None:
        for word in set(report.text.split()):
            self.by_word.setdefault(word, []).append(number)

    def candidates(self, report: Report, most: int = 50) -> set[int]:
        found: set[int] = set()
        for word in set(report.text.split()):
            found.update(self.by_word.get(word, ())[-most:])
        return found

    def bulk(self, given: list[Report]) -> list[set[int]]:
        found = []
        for number, report in enumerate(given):
            self.add(number, report)
            found.append(self.candidates(report))
        return found


def one_by_one(kept: list[Report], asked: int, runs: int) -> tuple[float, float, float]:
    """Seconds a report, asked against *kept*, ours and the look-up alone; and what was missed.

    Missed is the share of texts told before, at any time in the window, whose report is not
    among the suggestions.
    """
    index, floor = SimilarReports(WINDOW), ByHand()
    for number, report in enumerate(kept):
        index.add(report)
        floor.add(number, report)
    at = kept[-1].at
    chosen = Random(1).sample(kept, asked)
    new = [attrs.evolve(each, reference=f"new {each.reference}") for each in chosen]
    missed = sum(
        all(found.reference != old.reference for found in index.suggest(each, at))
        for each, old in zip(new, chosen, strict=True)
    )
    ours, theirs = paired(
        lambda: [index.suggest(each, at) for each in new],
        lambda: [floor.candidates(each) for each in new],
        runs,
    )
    return ours / asked, theirs / asked, missed / asked


def in_bulk(given: list[Report], again: dict[str, str]) -> tuple[float, float]:
    """Seconds, and the share of those told *again* whose first report is not suggested."""
    index = SimilarReports(WINDOW)
    gc.collect()
    start = time.perf_counter()
    answers = index.suggest_all(given)
    taken = time.perf_counter() - start
    missed = sum(
        all(each.reference != again[report.reference] for each in found)
        for report, found in answers
        if report.reference in again
    )
    return taken, missed / len(again)


def by_hand(given: list[Report]) -> float:
    start = time.perf_counter()
    ByHand().bulk(given)
    return time.perf_counter() - start


def rows(few: int, count: int, asked: int, runs: int) -> Iterable[Row]:
    every, again = reports(count)
    found, floor, missed = one_by_one(every, asked, runs)
    yield row(f"similar reports of one among {count:,} over the look-up alone", found, floor)
    yield row(f"share of texts told before that are missed among {count:,}", missed)
    long, missed = in_bulk(every, again)
    name = f"similar reports of each of {count:,} in bulk over the look-up alone, a report"
    yield row(name, long / count, by_hand(every) / count)
    yield row(f"share of what is told again soon that is missed among {count:,}", missed)
    small = reports(few)
    short = statistics.median(in_bulk(*small)[0] for _ in range(runs))
    grown = log(long / short) / log(count / few)
    yield row(f"exponent of growth in bulk from {few:,} to {count:,} reports", grown, 1.0, 1.2)


def run(quick: bool = False) -> list[Row]:
    """Every row."""
    return list(rows(*((200, 2_000, 50, 1) if quick else (10_000, 100_000, 1_000, 3))))
