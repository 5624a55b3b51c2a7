"""What recurs and which rhythms there are, over counters of the same keys and the same hours."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.timing import Row, paired, row
from itilcore.problems.recurrence import Occurrence, recurrences
from itilcore.problems.rhythm import Period, rhythms

START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 730
RECENT = START + timedelta(days=DAYS - 30)
END = START + timedelta(days=DAYS)
ZONE = "Europe/Berlin"
LATE = "item 0"


def moment(chance: random.Random) -> datetime:
    return START + timedelta(seconds=chance.randrange(DAYS * 86_400))


def occurrences(count: int) -> list[Occurrence]:
    """Evenly over two years, and one item that came a hundred times in the last month only."""
    chance = random.Random(11)
    found = []
    for number in range(count):
        late = number < 100
        at = RECENT + timedelta(minutes=number) if late else moment(chance)
        keys = {
            "category": f"category {chance.randrange(300)}",
            "item": LATE if late else f"item {chance.randrange(1, 20_000)}",
            "requester": f"person {chance.randrange(50_000)}",
            "site": f"site {chance.randrange(40)}",
        }
        found.append(Occurrence(f"INC{number}", at, keys))
    chance.shuffle(found)
    return found


def recurring(count: int, runs: int) -> Iterable[Row]:
    given = occurrences(count)

    def floor() -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        now: Counter[tuple[str, str]] = Counter()
        before: Counter[tuple[str, str]] = Counter()
        for each in given:
            (now if each.at >= RECENT else before).update(each.keys)
        return now, before

    found = recurrences(given, (RECENT, END), (START, RECENT))
    assert found[0].value == LATE
    assert found[0].recent == floor()[0]["item", LATE] == 100
    ours, plain = paired(lambda: recurrences(given, (RECENT, END), (START, RECENT)), floor, runs)
    name = f"what recurs among {count:,} occurrences over counters of the same keys"
    yield row(name, ours, plain)


def beating(count: int, runs: int) -> Iterable[Row]:
    """Evenly over two years, and as many again as a Monday at nine has, on each Monday at nine."""
    chance = random.Random(12)
    given = [moment(chance) for _ in range(count)]
    zone = ZoneInfo(ZONE)
    monday = datetime(2024, 1, 1, 9, 30, tzinfo=zone)
    more = max(count // (DAYS * 24), 3)
    given += [monday + timedelta(weeks=week) for week in range(DAYS // 7) for _ in range(more)]
    chance.shuffle(given)

    def floor() -> Counter[tuple[int, int, int]]:
        counts: Counter[tuple[int, int, int]] = Counter()
        for at in given:
            local = at.astimezone(zone)
            counts[local.weekday(), local.hour, local.day] += 1
        return counts

    found = rhythms(given, ZONE)
    assert [(each.period, each.weekday, each.hour) for each in found] == [(Period.WEEKLY, 0, 9)]
    ours, plain = paired(lambda: rhythms(given, ZONE), floor, runs)
    name = f"the rhythms of {len(given):,} instants over a counter of the same hours"
    yield row(name, ours, plain)


def run(quick: bool = False) -> list[Row]:
    """Every row."""
    count, runs = (5_000, 3) if quick else (1_000_000, 3)
    return [*recurring(count, runs), *beating(count, runs)]
