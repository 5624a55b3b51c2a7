"""Similar reports: examples, laws against all pairs, and how good the suggestions are."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from itilcore.classification import Category
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.problems.likeness import (
    MOST_KEYS,
    MOST_READ,
    against,
    common_length,
    likeness,
    plain_common_length,
    read,
)
from itilcore.problems.reports import Report
from itilcore.problems.rules import SimilarRules
from itilcore.problems.similar import SimilarReports

from .planted import planted, precision_recall, true_pairs

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def report(name: str, text: str, minute: float = 0, **more: object) -> Report:
    return Report(reference=name, at=NINE + minute * MINUTE, text=text, **more)


def holding(*reports: Report, window: timedelta = HOUR, least: float = 0.5) -> SimilarReports:
    index = SimilarReports(window, least)
    for each in reports:
        index.add(each)
    return index


def names(index: SimilarReports, asked: Report) -> list[str]:
    return [each.reference for each in index.suggest(asked, asked.at)]


def test_a_suggestion_says_why() -> None:
    net = Category("Network")
    one = report("A", "VPN tunnel drops", service="vpn", requester="ada", category=net)
    vpn = Category("Network", "VPN")
    other = report("B", "tunnel drops: vpn", 1, service="vpn", requester="ada", category=vpn)
    (found,) = holding(one).suggest(other, other.at)
    assert (found.reference, found.score) == ("A", 1.0)
    assert list(map(str, found.reasons)) == [
        "both have tunnel, drops, vpn",
        "both are about vpn",
        "both lie in Network",
        "both are from ada",
        "reported 1 minute apart",
    ]
    long = " ".join(f"word{n}" for n in range(12))
    (found,) = holding(report("A", long)).suggest(report("B", long), NINE)
    assert str(found.reasons[0]).startswith("both have word10, word11, word0, ")
    assert str(found.reasons[0]).endswith(", word5 and 4 more")
    assert str(found.reasons[1]) == "reported at the same time"


def test_what_is_known_of_both_counts() -> None:
    index = SimilarReports(HOUR)
    text = "no mail since nine"
    mail, web = report("A", text, service="mail"), report("B", text, service="web")
    assert index.score(mail, web) == 16 / 19
    assert index.score(mail, report("C", text)) == 1.0
    net, disk = (report(n, text, category=Category(n)) for n in ("Network", "Disk"))
    assert index.score(net, disk) == 16 / 17


def test_the_window_ends_at_both_sides() -> None:
    kept = [report(f"{minute}", "no mail since nine", minute) for minute in (-61, -60, 0, 1)]
    index = holding(*kept)
    assert names(index, report("new", "no mail since nine")) == ["0"]  # kept until an hour before 1
    index = holding(*kept[:3])
    assert names(index, report("new", "no mail since nine")) == ["-60", "0"]
    assert index.suggest(report("new", "no mail since nine"), NINE + 2 * HOUR) == ()


def test_what_is_old_is_dropped() -> None:
    index = SimilarReports(HOUR)
    for minute in range(300):
        index.add(report(f"R{minute}", f"mail {minute}", minute))
        assert len(index) == min(minute + 1, 61)
        assert len(index._line) <= 2 * 61 + 1
    assert "R239" in index and "R238" not in index and 7 not in index
    index.add(report("old", "mail", 10))
    assert "old" not in index and len(index) == 61
    assert len(index._by_key) < 130


def test_a_reference_may_come_again_once_it_is_old_or_discarded() -> None:
    first = report("A", "mail is slow today")
    index = holding(first, first)
    with pytest.raises(InvalidInput, match="discard it first"):
        index.add(report("A", "web"))
    index.discard("A")
    index.discard("A")
    assert len(index) == 0 and not index._by_key
    index.add(report("A", "web is slow"))
    index.add(report("B", "web is fast", 30))
    index.discard("B")
    index.add(report("C", "phone", 90))
    index.add(report("A", "web is gone", 91))
    assert len(index) == 2
    index.add(report("D", "web", 400))
    index.add(report("E", "web", 500))
    assert len(index) == 1


def test_of_many_only_the_most_similar_are_told() -> None:
    reports = [report(f"R{n:02}", "no mail since nine", n) for n in range(40)]
    index = SimilarReports(HOUR, most=3, compared=5, per_word=8, looked_up=2)
    assert [found for _, found in index.suggest_all(reports[:1])] == [()]
    index.suggest_all(reports)
    # of the five latest, all just as similar: by name
    assert names(index, report("new", "no mail since nine", 40)) == ["R35", "R36", "R37"]


def test_an_old_twin_is_not_crowded_out_by_later_strangers() -> None:
    text = "mail vpn payroll gateway"
    twin = report("twin", text)
    strangers = [report(f"R{n}", f"mail vpn payroll thing{n}", 1 + n / 10) for n in range(300)]
    rare = [report(f"S{n}", f"gateway other{n}", 31 + n / 100) for n in range(150)]
    index = SimilarReports(HOUR)
    index.suggest_all([twin, *strangers, *rare])
    assert names(index, report("new", text, 40))[:1] == ["twin"]


def test_wrong_reports_and_settings_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Report(reference="", at=NINE, text=None, service=" ", requester=3, category="Network")
    assert [each.path for each in caught.value.defects] == [
        "reference",
        "text",
        "service",
        "requester",
        "category",
    ]
    with pytest.raises(NaiveInstant):
        Report(reference="A", at=datetime(2026, 3, 2), text="")
    with pytest.raises(InvalidInput) as caught:
        SimilarReports(timedelta(), True, most=0, looked_up=1.0, per_word=None, compared=-1)
    assert len(caught.value.defects) == 6
    for least in (float("nan"), 1.1, -0.1):
        with pytest.raises(InvalidInput):
            SimilarReports(HOUR, least)
    index = SimilarReports(HOUR)
    asked = report("A", "mail")
    for wrong in (
        lambda: index.add("A"),
        lambda: index.discard([]),
        lambda: index.suggest(None, NINE),
        lambda: index.suggest(asked, "now"),
        lambda: index.suggest_all(3),
        lambda: index.score(asked, 3),
        lambda: index.score(3, asked),
    ):
        with pytest.raises(InvalidInput):
            wrong()
    with pytest.raises(NaiveInstant):
        index.suggest(asked, datetime(2026, 3, 2))


def test_nothing_is_added_in_bulk_where_something_is_wrong() -> None:
    index = holding(report("A", "mail"))
    with pytest.raises(InvalidInput) as caught:
        index.suggest_all([report("B", "web"), report("B", "wifi"), report("A", "vpn"), None])
    assert [each.path for each in caught.value.defects] == ["[1].reference", "[2].reference", "[3]"]
    assert "B" not in index


def test_settings_have_a_version() -> None:
    assert SimilarReports(HOUR).version == SimilarReports(HOUR).version
    assert SimilarReports(HOUR).version != SimilarReports(HOUR, most=3).version


WORDS = [
    "mail",
    "vpn",
    "down",
    "slow",
    "drucker",
    "srv01",
    "srv 2",
    "not",
    "ünter",
    "打印机坏了",
    "打印机坏",
    "坏",
    "no",
]
texts = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", "! ", ", ", " - "])), max_size=6
).map(lambda said: "".join(word + sign for word, sign in said))
several = st.lists(
    st.builds(
        lambda minute, text, service: (minute, text, service),
        st.integers(0, 90),
        texts,
        st.none() | st.sampled_from(["mail", "vpn"]),
    ),
    max_size=14,
).map(
    lambda rows: [
        report(f"R{n}", text, minute, service=service)
        for n, (minute, text, service) in enumerate(rows)
    ]
)


def pieces(text: str) -> set[str]:
    """The words, and of long ones in Chinese every three signs in a row."""
    found = set()
    for word in text.lower().split():
        word = word.strip("!,-")
        wide = "打" in word and len(word) > 3
        found |= {word[n : n + 3] for n in range(len(word) - 2)} if wide else {word}
    return found - {""}


@given(several, st.sampled_from([0.0, 0.4, 0.7, 1.0]), st.randoms())
def test_suggestions_are_all_pairs_that_share_a_word(reports, least, chance) -> None:
    index = SimilarReports(HOUR, least, most=100)
    expected: dict[str, list[tuple[float, str]]] = {each.reference: [] for each in reports}
    for one in reports:
        for other in reports:
            apart = one.at - other.at
            score = index.score(one, other)
            assert score == index.score(other, one)
            assert 0.0 <= score <= 1.0
            if one is other or not timedelta() <= apart <= HOUR or score < least:
                continue
            if pieces(one.text) & pieces(other.text):
                expected[one.reference].append((-score, other.reference))
    shuffled = reports[:]
    chance.shuffle(shuffled)
    for given_order in (reports, shuffled):
        found = SimilarReports(HOUR, least, most=100).suggest_all(given_order)
        assert {
            each.reference: [(-s.score, s.reference) for s in suggested]
            for each, suggested in found
        } == {name: sorted(pairs) for name, pairs in expected.items()}
        assert [e for e, _ in found] == sorted(reports, key=lambda e: (e.at, e.reference))


@given(several, st.randoms(), st.integers(1, 4), st.integers(0, 150))
def test_the_order_of_adding_means_nothing_where_few_are_compared(
    reports, chance, few, minute
) -> None:
    asked = report("asked", "mail vpn down 打印机坏了", minute)
    shuffled = reports[:]
    chance.shuffle(shuffled)
    answers = []
    for order in (reports, shuffled):
        index = SimilarReports(HOUR, 0.1, most=few, compared=few, per_word=few, looked_up=few)
        for each in order:
            index.add(each)
        answers.append(index.suggest(asked, asked.at))
    assert answers[0] == answers[1]
    bulk = SimilarReports(HOUR, 0.1, most=few, compared=few, per_word=few, looked_up=few)
    bulk.suggest_all(shuffled)
    assert bulk.suggest(asked, asked.at) == answers[0]


@given(several, st.lists(st.integers(0, 90), max_size=5))
def test_unrelated_reports_change_nothing(reports, others) -> None:
    asked = report("asked", "mail vpn down", 90)
    index = holding(*reports)
    before = index.suggest(asked, asked.at)
    for number, minute in enumerate(others):
        index.add(report(f"other{number}", f"zzz{number} qqq", minute))
    assert index.suggest(asked, asked.at) == before


@given(st.text("ab c", max_size=40), st.text("ab c", max_size=40))
def test_plain_python_measures_what_rapidfuzz_measures(one: str, other: str) -> None:
    assert plain_common_length(one, other) == LCSseq.similarity(one, other)


many_words = st.lists(st.text("abcü", min_size=1, max_size=5), min_size=3, max_size=8, unique=True)


@given(many_words, many_words)
def test_likeness_is_the_mean_of_the_token_set_ratio_and_that_of_all_words(
    one: list[str], other: list[str]
) -> None:
    texts = " ".join(one), " ".join(other)
    mine, theirs = map(read, texts)
    found = likeness(mine, theirs, plain_common_length)
    shared = sorted(set(one) & set(other))
    whole = (" ".join([*shared, *sorted(set(each) - set(shared))]) for each in (one, other))
    assert found == pytest.approx((fuzz.token_set_ratio(*texts) + fuzz.ratio(*whole)) / 200)
    assert found == likeness(theirs, mine, common_length())
    for least in (0.0, 0.3, 0.6, 0.9):
        bounded = likeness(mine, theirs, plain_common_length, least)
        assert bounded == found if found >= least else bounded <= found


def test_few_words_are_compared_as_they_are() -> None:
    long = read("the vpn drops in the office since nine")
    assert likeness(read("vpn"), long, plain_common_length) < 0.2
    assert likeness(read("vpn"), read("VPN!"), plain_common_length) == 1.0
    assert likeness(read(""), read(""), plain_common_length) == 0.0
    assert likeness(read("vpn"), read("mail"), plain_common_length, 0.9) == 0.0


def like(one: str, other: str) -> float:
    found = likeness(read(one), read(other), common_length())
    assert found == likeness(read(other), read(one), plain_common_length)
    return found


def test_what_one_says_beside_the_other_counts() -> None:
    assert like("mail is slow", "My laptop is slow when I open the mail attachments") < 0.7
    assert 0.75 < like("VPN is down", "hello, the VPN is down, thanks") < 1.0
    assert like("VPN is down!", "Down is VPN") == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VPN is down", "VPN is not down"),
        ("VPN down", "VPN not down"),
        ("I can print today", "I can't print today"),
        ("Der Drucker geht wieder", "Der Drucker geht nicht"),
        ("Disk full on SRV01", "Disk full on SRV02"),
        ("printer 3 is out of paper", "printer 4 is out of paper"),
        ("打印机３坏了吗", "打印机４坏了吗"),
    ],
)
def test_a_no_and_another_number_count_against(one: str, other: str) -> None:
    assert like(one, other) <= 0.75
    assert against(read(one), read(other))
    mine, theirs = report("A", one, service="x"), report("B", other, service="x")
    assert SimilarReports(HOUR).score(mine, theirs) < SimilarReports(HOUR).least


def test_numbers_of_one_alone_and_times_of_day_say_nothing_against() -> None:
    for one, other in (
        ("VPN is down since 9:05", "VPN is down since 10:15"),
        ("disk full on srv-01", "disk full on SRV01 in room 7"),
        ("mail is not there", "no mail today"),
    ):
        assert against(read(one), read(other)) == ()
    assert like("VPN is down since 9:05", "VPN is down since 9:25") > 0.9


def test_a_suggestion_says_what_speaks_against_it() -> None:
    other = report("B", "srv02 does not start")
    (found,) = holding(report("A", "srv01 does start"), least=0.3).suggest(other, other.at)
    assert [str(each) for each in found.reasons][1:3] == [
        "only one of them negates",
        "each has a number of its own",
    ]


def test_there_is_one_least_score_unless_another_is_given() -> None:
    assert SimilarRules().least == SimilarReports(HOUR).least == 0.8


def test_without_rapidfuzz_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    reports, _ = planted(5, 4, 40, 0.4, 3)
    quick = SimilarReports(HOUR).suggest_all(reports)
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    assert common_length() is plain_common_length
    assert SimilarReports(HOUR).suggest_all(reports) == quick


def test_texts_of_other_scripts_are_found() -> None:
    index = holding(
        report("han", "三楼的打印机坏了"),
        report("thai", "เครื่องพิมพ์ชั้นสามเสีย"),
        report("arabic", "الطابعة في الطابق الثالث لا تعمل"),
        report("hindi", "प्रिंटर काम नहीं कर रहा"),
        report("emoji", "🔥🔥🔥 😀"),
    )
    assert names(index, report("x", "打印机坏了，在三楼的")) == ["han"]
    assert names(index, report("x", "เครื่องพิมพ์ชั้นสามเสียแล้ว")) == ["thai"]
    assert names(index, report("x", "لا تعمل الطابعة في الطابق")) == ["arabic"]
    assert names(index, report("x", "प्रिंटर काम नहीं\u200d कर रहा है")) == ["hindi"]
    assert names(index, report("x", "🔥")) == []


HOSTILE = [
    "",
    "\0\x1b[31m\u202e",
    "a" * 1_000_000,
    "a " * 500_000,
    " ".join(f"w{n}" for n in range(200_000)),
    "\ufdfa" * 500_000,  # one sign that folds to eighteen
    "e" + "\u0301\u0323" * 500_000,
    "打" * 1_000_000,
    "".join(chr(0x4E00 + n % 20_000) for n in range(1_000_000)),
    "🔥" * 250_000,
    "\ud800 lone",
    "ab" * 500_000,
]


@pytest.mark.parametrize("plain", [False, True])
def test_hostile_texts_have_an_answer_soon(plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if plain:
        monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    index = SimilarReports(HOUR, 0.1)
    reports = [
        report(f"R{n}-{place}", text[place:])
        for n, text in enumerate(HOSTILE)
        for place in range(3)
    ]
    start = time.process_time()
    found = index.suggest_all(reports)
    assert time.process_time() - start < 10.0
    assert all(0.1 <= each.score <= 1.0 for _, several in found for each in several)
    for each in map(read, HOSTILE):
        assert len(each.line) <= MOST_READ and len(each.keys) <= MOST_KEYS


def test_as_many_of_one_text_are_bounded_too() -> None:
    reports = [report(f"R{n}", "no mail since nine in the office", n / 100) for n in range(1_000)]
    start = time.process_time()
    found = SimilarReports(HOUR).suggest_all(reports)
    assert time.process_time() - start < 10.0
    assert len(found[-1][1]) == 10


@pytest.mark.parametrize(
    ("noise", "precise", "complete", "kept"),
    [
        (0.0, 0.99, 0.99, 0.99),
        (0.25, 0.98, 0.80, 0.99),
        (0.5, 0.95, 0.40, 0.97),
        (0.75, 0.90, 0.15, 0.95),
        (1.0, 0.75, 0.05, 0.90),
    ],
)
def test_planted_duplicates_are_found(
    noise: float, precise: float, complete: float, kept: float
) -> None:
    reports, truth = planted(20, 5, 160, noise, 11)
    window, least = 4 * HOUR, 0.7
    index = SimilarReports(window, least, most=50)
    found = {
        tuple(sorted((each.reference, other.reference)))
        for each, suggested in index.suggest_all(reports)
        for other in suggested
    }
    every = {
        tuple(sorted((one.reference, other.reference)))
        for one, other in combinations(reports, 2)
        if abs(one.at - other.at) <= window and index.score(one, other) >= least
    }
    true = true_pairs(truth)
    precision, recall = precision_recall(found, true)
    assert found <= every
    assert precision >= precise and recall >= complete
    # What is lost for not comparing every two: true pairs and all pairs.
    assert len(found & true) >= kept * len(every & true)
    assert len(found) >= kept * len(every)


def test_precision_and_recall_of_nothing_are_whole() -> None:
    assert precision_recall([], set()) == (1.0, 1.0)
    assert precision_recall([("b", "a"), ("a", "c")], {("a", "b"), ("b", "c")}) == (0.5, 0.5)


def test_instants_are_kept_in_utc() -> None:
    at = datetime(2026, 3, 2, 10, tzinfo=timezone(HOUR))
    assert Report(reference="A", at=at, text="").at.isoformat() == "2026-03-02T09:00:00+00:00"
