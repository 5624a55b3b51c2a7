"""What ``python -m evaluation`` plants is there as it says, and is counted as it is by hand."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from evaluation import __main__ as command
from evaluation import beating, chance, duplicates, kinds, recurring, tables
from evaluation.tables import Score, Table, least_likely_above, most_likely_below
from evaluation.typing_errors import mistyped
from itilcore.classification import TicketKind
from itilcore.problems import Period, Rhythm
from tests.problems.exact import survival

HOUR = timedelta(hours=1)


def test_a_slip_changes_one_place_only() -> None:
    chance = Random(1)
    slips = [mistyped("printer", chance) for _ in range(500)]
    assert all(abs(len(slip) - 7) <= 1 and slip for slip in slips)
    assert "printer" not in slips
    assert all(
        sum(a != b for a, b in zip(s, "printer", strict=True)) <= 2 for s in slips if len(s) == 7
    )
    assert mistyped("x", chance) != "x"


def facts_of(text: str) -> tuple[str, ...]:
    """The words of a report that was not spoilt, without what goes before and after."""
    head = sorted(filter(None, duplicates.BEFORE), key=len, reverse=True)
    tail = sorted(filter(None, duplicates.AFTER), key=len, reverse=True)
    text = next((text[len(each) + 1 :] for each in head if text.startswith(f"{each} ")), text)
    text = next((text[: -len(each) - 1] for each in tail if text.endswith(f" {each}")), text)
    return tuple(text.split())


def test_duplicates_are_planted_as_said() -> None:
    said = duplicates.planted([40, 3, 3, *[1] * 100], 0.0, Random(1))
    told = Counter(each.thing for each in said)
    assert sorted(told.values()) == [*[1] * 100, 3, 3, 40]
    assert all(told[each.thing] == each.told_by for each in said)
    assert [each.at for each in said] == sorted(each.at for each in said)
    by_thing: dict[int, set[tuple[str, ...]]] = {}
    for each in said:
        facts = facts_of(each.text)
        by_thing.setdefault(each.thing, set()).add(facts)
        assert facts[0] == each.service and len(facts) == 6
    assert all(len(each) == 1 for each in by_thing.values())
    assert len({frozenset(*each) for each in by_thing.values()}) == len(by_thing)
    first = {thing: min(e.at for e in said if e.thing == thing) for thing in told}
    assert all(each.at - first[each.thing] <= HOUR for each in said)


@pytest.mark.parametrize("noise", [0.1, 0.25, 0.5])
def test_as_many_words_are_altered_as_the_noise_says(noise: float) -> None:
    chance, facts = Random(2), ("mail", "slow", "login", "freezes", "in", "berlin")
    kept = 0
    for _ in range(2_000):
        words = duplicates.said_of(facts, noise, chance).split()
        kept += sum(fact in words for fact in facts)
    assert abs(kept / 12_000 - (1 - noise)) < 0.02


def test_first_suggestions_are_counted_by_hand() -> None:
    def said(name: str, minutes: int, thing: int, told_by: int) -> duplicates.Said:
        at = duplicates.START + timedelta(minutes=minutes)
        return duplicates.Said(name, at, "", None, thing, told_by)

    day = [said("A", 0, 1, 3), said("B", 1, 2, 1), said("C", 2, 1, 3), said("D", 999, 1, 3)]
    answers = {"A": (), "B": ("A",), "C": ("B", "A"), "D": ()}
    # Only C repeats what was told within the window, and its first suggestion is another thing.
    assert duplicates.judged(day, answers) == {3: Score(1, 0, 1, 0), 1: Score(1, 0, 0, 0)}
    answers["C"] = ("A", "B")
    assert duplicates.judged(day, answers)[3] == Score(1, 1, 1, 1)


def test_raised_rates_are_planted_as_said() -> None:
    for noise, usual in ((0.0, 0), (0.1, 9), (0.25, 22), (0.5, 45)):
        seen = recurring.planted(30, noise, Random(1))
        for key in recurring.PLANTED:
            theirs = [at for at, keys in seen if keys == dict([key])]
            recent = sum(recurring.CHANGE <= at < recurring.END for at in theirs)
            before = sum(recurring.START <= at < recurring.CHANGE for at in theirs)
            assert (recent, before, recent + before) == (30, usual, len(theirs))


def test_the_background_keeps_its_rates() -> None:
    seen = recurring.background(20, Random(1))
    assert len(seen) == 2_400 and not any("planted" in keys.values() for _, keys in seen)
    recent = sum(at >= recurring.CHANGE for at, _ in seen)
    assert abs(recent - 600) < 4 * (2_400 * 0.25 * 0.75) ** 0.5
    assert {frozenset(keys) for _, keys in seen} == {frozenset(recurring.VALUES)}


def test_candidates_are_counted_by_hand() -> None:
    found = {("item", "planted"), ("item", "item 3")}
    assert recurring.judged(found, recurring.PLANTED) == Score(2, 1, 3, 1)


@pytest.mark.parametrize("name", list(beating.STORIES))
def test_beats_without_noise_are_in_their_phase(name: str) -> None:
    zone = ZoneInfo(beating.ZONE)
    for seed in range(10):
        story = beating.STORIES[name](0.0, Random(seed))
        count = 0
        for at in story.instants:
            local = at.astimezone(zone)
            if story.period is Period.WEEKLY:
                count += local.weekday() * 24 + local.hour == story.phase
            elif story.said == "second Tuesday":
                count += local.weekday() == 1 and 8 <= local.day <= 14
            elif story.said:
                left = monthrange(local.year, local.month)[1] - local.day
                later = range(local.weekday() + 1, local.weekday() + 1 + left)
                count += local.weekday() < 5 and all(day % 7 >= 5 for day in later)
            elif story.period is Period.MONTHLY:
                count += local.day == story.phase
            else:
                before = [patch for patch in story.patches if patch <= at]
                count += bool(before) and (at - before[-1]) // HOUR == story.phase
        beats = {"weekly at an hour": 26, "after each patch": 24}.get(name, 12)
        assert beats <= count <= beats + 4  # by chance others are there as well
        assert len(story.instants) == 2 * beats
        assert all(story.during.start <= at < story.during.end for at in story.instants)


def test_beats_fail_and_stray_as_the_noise_says() -> None:
    chance = Random(4)
    places = [beating.strayed(0.25, chance) for _ in range(4_000)]
    came = [place for place in places if place is not None]
    assert abs(len(came) / 4_000 - 0.75) < 0.03
    assert all(-0.45 <= place <= 1.45 for place in came)
    assert all(
        0 <= place < 1 for _ in range(500) if (place := beating.strayed(0, chance)) is not None
    )


def rhythm(period: Period, **more) -> Rhythm:
    return Rhythm(period=period, phase="", count=3, watched=3, occasions=3, possible=3, expected=0.1, chance=0.0, adjusted_chance=0.0, instants=(), **more)  # fmt: skip


def test_rhythms_are_counted_by_hand() -> None:
    story = beating.weekly(0.0, Random(0))
    day, hour = divmod(story.phase, 24)
    exact = rhythm(Period.WEEKLY, weekday=day, hour=hour)
    beside = rhythm(Period.WEEKLY, weekday=day, hour=hour + 1)
    beyond = rhythm(Period.WEEKLY, weekday=day, hour=hour - 2)
    other = rhythm(Period.DAILY, hour=hour)
    assert beating.judged((exact, beside, beyond, other), story) == Score(4, 2, 1, 1)
    assert beating.judged((other,), story) == Score(1, 0, 1, 0)
    for made, name in ((beating.monthly, "day"), (beating.after_patches, "lag")):
        story = made(0.0, Random(0))
        near, far = (rhythm(story.period, **{name: story.phase + n}) for n in (1, 2))
        assert beating.judged((near, far), story) == Score(2, 1, 1, 1)
    assert beating.judged((), story) == Score(0, 0, 1, 0)
    story = beating.second_tuesday(0.0, Random(0))
    said = evolve(rhythm(Period.MONTHLY), phase="second Tuesday")
    assert beating.judged((said, rhythm(Period.MONTHLY, day=9)), story) == Score(2, 1, 1, 1)


def test_poisson_arrivals_are_as_many_as_they_should_be() -> None:
    counts = [len(chance.poisson(1, Random(seed))) for seed in range(300)]
    mean = sum(counts) / 300
    spread = sum((count - mean) ** 2 for count in counts) / 299
    assert abs(mean - 60) < 2 and 45 < spread < 78


def templates(texts: dict[TicketKind, tuple[str, ...]], kind: TicketKind) -> str:
    things = "|".join(map(re.escape, kinds.THINGS))
    return "|".join(re.escape(text).replace(r"\{\}", f"(?:{things})") for text in texts[kind])


def test_kinds_are_planted_as_said() -> None:
    plain = kinds.planted(400, 0.0, Random(1))
    assert all(re.fullmatch(templates(kinds.USUAL, kind), text) for kind, text in plain)
    counts = Counter(kind for kind, _ in plain)
    assert set(counts) == set(TicketKind) and 140 < counts[TicketKind.INCIDENT] < 220
    spoilt = kinds.planted(2_000, 0.5, Random(1))
    usual = sum(bool(re.fullmatch(templates(kinds.USUAL, kind), text)) for kind, text in spoilt)
    other = sum(bool(re.fullmatch(templates(kinds.OTHERWISE, kind), text)) for kind, text in spoilt)
    assert 0 < usual < other + usual < 2_000 and abs(usual - other) < 200
    assert all(len(kinds.USUAL[kind]) and len(kinds.OTHERWISE[kind]) for kind in TicketKind)


def test_a_score_over_nothing_has_no_share() -> None:
    assert (Score().precision, Score().recall) == (None, None)
    score = tables.total([Score(4, 3, 2, 1), Score(0, 0, 2, 0)])
    assert (score.precision, score.recall) == (0.75, 0.25)


@pytest.mark.parametrize(("count", "runs"), [(0, 60), (1, 60), (7, 600), (30, 60), (59, 60)])
def test_the_bound_is_where_so_few_are_that_unlikely(count: int, runs: int) -> None:
    bound = Fraction(most_likely_below(count, runs)).limit_denominator(10**7)
    assert abs(1 - survival(count + 1, runs, bound) - Fraction(1, 20)) < Fraction(1, 10_000)
    if count == 0:
        assert abs(bound - (1 - 0.05 ** (1 / runs))) < 1e-6
    else:
        low = Fraction(least_likely_above(count, runs)).limit_denominator(10**7)
        assert abs(survival(count, runs, low) - Fraction(1, 20)) < Fraction(1, 10_000)
        assert low < Fraction(count, runs) < bound


def test_a_row_says_whether_its_level_holds() -> None:
    assert most_likely_below(60, 60) == 1.0
    assert chance.row("a", 0.01, 0, 600)[-1] == "yes"
    assert chance.row("a", 0.01, 0, 60)[-1] == "too few runs to say"
    assert chance.row("a", 0.01, 6, 600)[-1] == "too few runs to say"
    assert chance.row("a", 0.01, 20, 600)[-1] == "NO"


def test_a_table_is_markdown_or_rows_by_name() -> None:
    found = Table("A", "b", ("x", "y", "z"), (("1", 0.25, None),))
    assert found.lines()[4:7] == ["| x | y | z |", "| --- | --- | --- |", "| 1 | 0.250 | - |"]
    assert found.plain()["rows"] == [{"x": "1", "y": 0.25, "z": None}]


def test_too_many_false_alarms_end_with_1(monkeypatch, capsys) -> None:
    bad = Table("A", "b", ("x", "holds"), (("a", "NO"),))
    monkeypatch.setattr(command, "TABLES", {"chance": lambda seed, quick: bad})
    assert command.main(["--seed", "7"]) == 1
    assert capsys.readouterr().out.startswith("seed 7\n\n## A\n")


@pytest.fixture(scope="module")
def quick() -> dict[str, list[dict]]:
    made = [table(1, True) for table in command.TABLES.values()]
    return {each.name: each.plain()["rows"] for each in made}


def least(rows: list[dict], column: str, **where: object) -> float:
    chosen = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert chosen
    return min(row[column] for row in chosen)


def test_the_quick_run_stays_above_its_floors(quick: dict[str, list[dict]]) -> None:
    told = quick["Duplicates"]
    assert least(told, "recall, told by 40", noise="25 %") >= 0.7
    assert least(told, "recall, told by 3", noise="0 %") >= 0.8
    assert least(told, "precision", **{"least score": "0.85"}) >= 0.9
    raised = quick["Recurrences"]
    for noise in ("0 %", "10 %", "25 %"):
        assert least(raised, "recall", noise=noise) == 1.0
        assert least(raised, "precision", noise=noise) >= 0.95
    assert least(raised, "recall", recent=100) >= 0.95
    beats = quick["Rhythms"]
    assert least(beats, "recall", noise="0 %") == least(beats, "recall", noise="10 %") == 1.0
    assert all(row["precision"] is None or row["precision"] >= 0.8 for row in beats)
    meant = quick["Kinds"]
    assert least(meant, "recall", noise="0 %") == 1.0
    assert least(meant, "precision", kind="all") >= 0.93
    nothing = quick["Found where there is nothing"]
    assert len(nothing) == 4 and all(row["holds"] != "NO" for row in nothing)
    assert all(row["false"] == 0 for row in nothing if "rhythm" in row["what"])


def test_the_same_seed_gives_the_same_and_json_says_so(capsys) -> None:
    answers = []
    for _ in range(2):
        assert command.main(["--quick", "--json", "--only", "kinds", "recurrences"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert (answers[0]["seed"], answers[0]["quick"]) == (1, True)
    assert [each["name"] for each in answers[0]["tables"]] == ["Kinds", "Recurrences"]
    assert kinds.table(2, True) != kinds.table(1, True)


def test_the_page_has_the_figures_of_a_run() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/detection.md").read_text()
    assert "\n".join(kinds.table(1, False).lines()[4:-1]) in page
