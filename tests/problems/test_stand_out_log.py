"""What stands out in a real audit log, against the csv module, plain loops and lots drawn.

The functions are those of the page docs/how-to/what-stands-out.md, whose figures are checked
where ``--export-log`` or ITILCORE_AUDIT_LOG names the log, which is no part of the project.  The
same computation runs on the export that the page makes everywhere.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import exp, isclose, lgamma, log, log1p
from pathlib import Path
from random import Random

import pytest

from itilcore.classification import Category, drift, propose
from itilcore.problems import precedence

PAGE = Path(__file__).parents[2] / "docs/how-to/what-stands-out.md"
WEEK = timedelta(weeks=1)
COLUMNS = ("category", "subcategory", "u_symptom", "cmdb_ci")


@pytest.fixture(scope="module")
def page() -> dict:
    """The names that the code of the page makes."""
    names: dict = {"__name__": "page"}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(block, names)
    return names


def april(day: int, month: int = 4) -> datetime:
    return datetime(2016, month, day, tzinfo=UTC)


@pytest.fixture(scope="module", params=["generated", "real"])
def log_(request, page):
    """The text of the export; from when looks begin, until when; and the same for a month."""
    if request.param == "generated":
        start = page["START"]
        return (
            *both(page, page["made"](2).getvalue()),
            start,
            start + 26 * WEEK,
            start + 13 * WEEK,
            4 * WEEK,
        )
    named = request.config.getoption("--export-log")
    if not named:
        pytest.skip("no real log is named")
    with zipfile.ZipFile(named) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("__MACOSX"))
        text = archive.read(name).decode()
    return (
        *both(page, text),
        datetime(2016, 2, 29, tzinfo=UTC),
        april(1, 6),
        april(1, 6),
        april(1, 6) - april(1, 5),
    )


def when(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


class Plain:
    """The log as columns: of each incident what the first row and the last say."""

    def __init__(self, text: str) -> None:
        self.opened: dict[str, datetime] = {}
        self.first: dict[str, dict[str, str]] = {}
        self.last: dict[str, str] = {}
        self.linked: dict[str, tuple[datetime, str]] = {}
        for row in csv.DictReader(io.StringIO(text, newline="")):
            number = row["number"]
            if number not in self.opened:
                self.opened[number] = when(row["opened_at"])
                self.first[number] = row
            self.last[number] = row["category"]
            if row["problem_id"] != "?" and number not in self.linked:
                self.linked[number] = when(row["sys_updated_at"]), row["problem_id"]

    def counts(self, since, until, known_at, columns) -> Counter:
        found: Counter = Counter()
        for number, at in self.opened.items():
            if since <= at < until and not (
                number in self.linked and self.linked[number][0] < known_at
            ):
                first = self.first[number]
                found.update((name, first[name]) for name in columns if first[name] != "?")
        return found

    def standing_out(self, at, recent, usual, columns=COLUMNS):
        """Counts of what stands out with corrected p-values."""
        now = self.counts(at - recent, at, at, columns)
        before = self.counts(at - recent - usual, at - recent, at, columns)
        share = recent / (recent + usual)
        values = sorted({*now, *before})
        p = sorted((tail(now[v], now[v] + before[v], share), v) for v in values)
        found, least = {}, 1.0
        for rank in range(len(p), 0, -1):
            least = min(least, p[rank - 1][0] * len(p) / rank)
            value = p[rank - 1][1]
            if least <= 0.05:
                found[value] = (now[value], before[value], least)
        return found

    def recorded(self):
        """The first record of each problem, among incidents with a category."""
        first: dict[str, tuple[datetime, str]] = {}
        for number, (at, problem) in self.linked.items():
            category = self.first[number]["category"]
            if category != "?" and (problem not in first or (at, category) < first[problem]):
                first[problem] = at, category
        return list(first.values())


def tail(successes: int, trials: int, share: float) -> float:
    """So many or more, each term by itself."""

    def term(k: int) -> float:
        ways = lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
        return exp(ways + k * log(share) + (trials - k) * log1p(-share))

    if successes <= 0:
        return 1.0
    if successes > trials * share:
        return sum(map(term, range(successes, trials + 1)))
    return 1.0 - sum(map(term, range(successes)))


def both(page, text: str):
    """What the page reads in a log, and what plain loops do."""
    return page["incidents"](io.StringIO(text, newline="")), Plain(text)


def test_candidates_are_those_of_plain_counts(page, log_) -> None:
    seen, plain, _, _, until, recent = log_
    usual = until - recent - april(1, 3) if len(seen) > 9_000 else 8 * WEEK
    found = page["standing_out"](seen, until, recent, usual)
    wanted = plain.standing_out(until, recent, usual)
    names = {each: c for c, each in page["ABOUT"].items()}
    theirs = {(names[c], value): rest for (c, value), rest in wanted.items()}
    assert {(each.dimension, each.value) for each in found} == set(theirs)
    for each in found:
        count, before, chance = theirs[each.dimension, each.value]
        assert (each.recent, each.usual) == (count, before)
        assert isclose(each.adjusted_chance, chance, rel_tol=1e-6)
    if len(seen) == 24_918:
        assert Counter(each.dimension for each in found) == {
            "category": 3, "subcategory": 5, "symptom": 7,
        }  # fmt: skip
        assert [(e.value, e.recent, e.usual, round(e.ratio, 2)) for e in found[:6]] == [
            ("Category 28", 308, 210, 2.89),
            ("Symptom 295", 111, 45, 4.85),
            ("Symptom 534", 736, 933, 1.55),
            ("Category 57", 418, 468, 1.76),
            ("Subcategory 170", 227, 241, 1.85),
            ("Category 42", 1_374, 2_165, 1.25),
        ]
        before = page["standing_out"](
            seen, april(1, 5), april(1, 5) - april(1), april(1) - april(1, 3)
        )
        categories = [(e.value, e.recent, e.usual) for e in before if e.dimension == "category"]
        assert categories[0] == ("Category 35", 334, 50)
        assert {name for name, *_ in categories[1:]} == {
            "Category 28",
            "Category 57",
            "Category 42",
        }


def test_categories_and_drift_are_those_of_plain_counts(page, log_) -> None:
    seen, plain, start, *_ = log_
    real = len(seen) == 24_918
    long = timedelta(days=999)
    every = list(page["categories"](seen, start, start + long))
    counts = Counter(c for c in plain.last.values() if c not in {"?", "Other"})
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    for top in (10, 12, 15):
        proposal = propose(every, least_share=0.0, most=top)
        assert [(row.name, row.count) for row in proposal.rows] == most[:top]
        assert proposal.left_over == len(every) - sum(count for _, count in most[:top])
    if not real:
        return
    assert [propose(every, most=top).left_over for top in (10, 12, 15)] == [6_010, 4_560, 2_858]
    assert len(counts) == 52
    march = [row.name for row in propose(page["categories"](seen, april(1, 3), april(1))).rows]
    shares = []
    for month in (3, 4, 5):
        since, end = april(1, month), april(1, month + 1)
        theirs = [c for n, c in plain.last.items() if since <= plain.opened[n] < end]
        unknown = sum(c != "?" and c not in march for c in theirs)
        found = drift(page["categories"](seen, since, end), map(Category, march))
        assert (found.n, found.unknown, found.other) == (len(theirs), unknown, 0)
        shares.append(round(unknown / len(theirs), 2))
    assert (len(march), shares) == (15, [0.11, 0.12, 0.11])
    known = {c: sum(row[c] != "?" for row in plain.first.values()) for c in COLUMNS}
    assert known == {
        "category": 24_879, "subcategory": 24_849, "u_symptom": 19_183, "cmdb_ci": 51,
    }  # fmt: skip
    assert len({row["cmdb_ci"] for row in plain.first.values()} - {"?"}) == 45
    assert (len(plain.linked), len({problem for _, problem in plain.linked.values()})) == (381, 245)


def turned(rows: dict[str, list[tuple[bool, bool]]], hits: int, chance: Random) -> float:
    """How often so many are met where each value's weeks are turned round, spells and all."""
    draws, as_many = 20_000, 0
    for _ in range(draws):
        met = 0
        for _, row in sorted(rows.items()):
            by = chance.randrange(len(row))
            met += sum(flag and row[(n + by) % len(row)][1] for n, (flag, _) in enumerate(row))
        as_many += met >= hits
    return as_many / draws


def test_what_follows_a_flag_is_that_of_lots_drawn(page, log_) -> None:
    seen, plain, start, until, *_ = log_
    real = len(seen) == 24_918
    problems = plain.recorded()
    assert page["recorded"](seen) == sorted(problems)
    told = []
    for usual, ahead in ((4, WEEK), (4, 2 * WEEK), (6, WEEK)):
        flagged = page["looks"](seen, start, until, WEEK, usual * WEEK, ahead)
        rows: dict[str, list[tuple[bool, bool]]] = {}
        marks = []
        while start + (usual + 1 + len(marks)) * WEEK + ahead <= until:
            marks.append(start + (usual + 1 + len(marks)) * WEEK)
        flags = [plain.standing_out(at, WEEK, usual * WEEK, ("category",)) for at in marks]
        assert {at: set(values) for at, values in flagged.items()} == {
            at: {value for _, value in each} for at, each in zip(marks, flags, strict=True)
        }
        for value in {value for each in flags for _, value in each}:
            rows[value] = [
                (
                    ("category", value) in each,
                    any(at <= when_ < at + ahead and c == value for when_, c in problems),
                )
                for at, each in zip(marks, flags, strict=True)
            ]
        hits = sum(flag and met for row in rows.values() for flag, met in row)
        found = precedence(flagged, problems, ahead)
        count = sum(flag for row in rows.values() for flag, _ in row)
        assert (found.looks, found.flagged, found.observed) == (len(marks), count, hits)
        chance, draws, as_many, total = Random(7), 4_000, 0, 0
        for _ in range(draws):
            drawn = sum(
                sum(chance.sample([met for _, met in row], sum(flag for flag, _ in row)))
                for _, row in sorted(rows.items())
            )
            as_many += drawn >= hits
            total += drawn
        assert abs(as_many / draws - found.chance) < 3 * (0.25 / draws) ** 0.5
        assert abs(total / draws - found.expected) < 0.2
        told.append(
            (found.looks, found.flagged, hits, round(found.expected, 1), f"{found.chance:.2g}")
        )
        if real and (usual, ahead) == (4, WEEK):
            powers = [
                round(precedence(flagged, problems, ahead, odds=o).power, 2) for o in (2, 4, 8)
            ]
            assert powers == [0.13, 0.45, 0.79]
            assert round(3 * found.chance, 3) == 0.041
            assert abs(turned(rows, hits, Random(7)) - 0.014) < 0.003
    if real:
        assert told == [
            (8, 28, 18, 14.1, "0.014"),
            (7, 25, 15, 15.0, "0.65"),
            (6, 21, 15, 12.3, "0.032"),
        ]
    else:
        assert told[0][2] >= 4 and float(told[0][4]) < 0.01
