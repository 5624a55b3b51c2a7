"""Articles and how they match, against scores by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from math import isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput
from itilcore.incident import Classified, Incident, Logged
from itilcore.knowledge.articles import Article, ArticleQuestion, Articles, KnowledgeBase, match
from itilcore.knowledge.words import MOST_SIGNS, words_of

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
VPN = Category("Network", "VPN")
WORDS = ("mail", "vpn", "tunnel", "down", "slow", "printer")


def article(identifier: str = "KB1", title: str = "title", **parts) -> Article:
    return Article(identifier=identifier, title=title, **parts)


texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
bases = st.lists(
    st.fixed_dictionaries(
        {
            "title": texts.map(lambda text: f"title {text}"),
            "text": texts,
            "keywords": st.lists(st.sampled_from(WORDS), max_size=2),
            "categories": st.lists(
                st.sampled_from(["Network", "Network > VPN", "Mail"]), max_size=2
            ),
            "services": st.lists(st.sampled_from(["vpn", "mail"]), max_size=2),
            "draft": st.booleans(),
        }
    ),
    max_size=8,
)
questions = st.builds(
    ArticleQuestion,
    text=st.none() | texts,
    category=st.sampled_from([None, VPN, Category("Mail")]),
    service=st.sampled_from([None, "vpn", "mail"]),
)


def by_hand(question: ArticleQuestion, article: Article, known: list[Article]) -> float:
    def has(each: Article) -> set[str]:
        return set(f"{each.title} {each.text} {' '.join(each.keywords)}".split())

    asked = set((question.text or "").split())
    weights = {}
    for word in asked:
        count = sum(1 for each in known if word in has(each))
        if count:
            weights[word] = log((1 + len(known)) / count)
    score = 0.0
    if weights:
        score += 0.5 * sum(weights[word] for word in weights if word in has(article))
        score /= sum(weights.values())
    path = () if question.category is None else question.category.path
    fits = [tuple(text.split(" > ")) for text in article.categories]
    score += 0.3 * any(path[: len(each)] == each for each in fits)
    return score + 0.2 * (question.service in article.services)


@given(questions, bases, st.booleans(), st.randoms(use_true_random=False))
def test_matches_are_scored_as_by_hand_in_any_order(question, base, drafts: bool, chance) -> None:
    given_ones = [article(f"KB{number}", **parts) for number, parts in enumerate(base)]
    known = [each for each in given_ones if drafts or not each.draft]
    scores = {each.identifier: by_hand(question, each, known) for each in known}
    found = match(question, given_ones, drafts=drafts)
    assert {each.article.identifier for each in found} == {
        name for name, score in scores.items() if score > 0
    }
    for each in found:
        assert isclose(each.score, scores[each.article.identifier], rel_tol=1e-12)
        assert 0 < each.score <= 1 + 1e-12
        assert each.reasons
    ranks = [(-each.score, each.article.identifier) for each in found]
    assert ranks == sorted(ranks)
    chance.shuffle(given_ones)
    assert match(question, iter(given_ones), drafts=drafts) == found
    assert match(question, given_ones, drafts=drafts, most=2) == found[:2]


def test_reasons_name_the_rarest_words_and_the_narrowest_category() -> None:
    long = "one two three four five six"
    known = [
        article("KB1", long, categories=["Network", "Network>VPN"], services="vpn"),
        article("KB2", "one"),
    ]
    question = ArticleQuestion(text=f"{long} seven", category=VPN, service="vpn")
    first, second = match(question, known)
    assert isclose(first.score, 1.0)
    assert first.reasons == (
        "shares 6 words: five, four, six, three, two, ...",
        "is for the category Network > VPN",
        "is for the service vpn",
    )
    assert second.reasons == ("shares 1 word: one",)


def test_ties_are_in_the_order_of_the_identifiers() -> None:
    known = [article(name, "the same") for name in ("KB3", "KB1", "KB2")]
    found = match(ArticleQuestion(text="same"), known)
    assert [each.article.identifier for each in found] == ["KB1", "KB2", "KB3"]


def test_nothing_asked_or_nothing_known_matches_nothing() -> None:
    assert match(ArticleQuestion(), [article()]) == ()
    assert match(ArticleQuestion(text=""), [article()]) == ()
    assert match(ArticleQuestion(text="title"), []) == ()


def test_a_question_is_what_an_incident_says() -> None:
    events = [Logged(NINE, "No VPN"), Classified(NINE, category=VPN, service="vpn")]
    found = ArticleQuestion.of(Incident.replay("INC1", events))
    assert found == ArticleQuestion(text="No VPN", category=VPN, service="vpn")
    with pytest.raises(InvalidInput):
        ArticleQuestion.of("INC1")


def test_words_are_folded_and_those_that_say_nothing_are_left_out() -> None:
    assert words_of("Straße STRASSE ｖｐｎ! a 1 x_y " + "k" * 65) == {"strasse", "vpn", "x_y"}
    assert words_of("字 שלום हिन्दी 🙂\x00\u202e") == {"字", "שלום", "हिन्दी"}
    assert words_of(" ") == words_of("") == frozenset()
    assert words_of("ab " * MOST_SIGNS + "late") == {"ab"}


@pytest.mark.parametrize("sign", ["a", "a b ", "🙂", "\u202e", "\x00", "ﷺ", "字", "\ud800", "़"])
def test_a_megabyte_of_text_is_answered_quickly(sign: str) -> None:
    text = sign * (1_000_000 // len(sign))
    start = time.process_time()
    match(ArticleQuestion(text=text), [article(text=text), article("KB2", text[:9] or "x")])
    assert time.process_time() - start < 5


def test_an_article_is_a_value_without_an_order_within() -> None:
    one = article(categories=["B", "A>C", "A > C"], services=["y", "x"], keywords=["k", "j"])
    assert one.categories == ("A > C", "B")
    assert one == article(categories=["A > C", "B"], services=["x", "y"], keywords=["j", "k"])
    assert len({one, one}) == 1
    assert article(services="x").services == ("x",)
    assert one.category_for(Category("A", "C", "D")) == Category("A", "C")
    assert one.category_for(Category("A")) is None


@pytest.mark.parametrize(
    ("parts", "paths"),
    [
        ({"identifier": "", "title": " ", "text": None}, ["identifier", "title", "text"]),
        ({"draft": 1, "made_from": ""}, ["draft", "made_from"]),
        ({"services": ["x", 3], "keywords": [[]]}, ["services[1]", "keywords[0]"]),
        ({"services": None}, ["services[0]"]),
        ({"categories": ["A", 3, "B > "]}, ["categories[1]", "categories[2]"]),
        ({"categories": ["B > ", "A"]}, ["categories[1]"]),
    ],
)
def test_an_article_tells_all_that_is_wrong_with_it(parts, paths: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        article(**{"identifier": "KB1", "title": "t", **parts})
    assert [each.path for each in caught.value.defects] == paths


def test_articles_are_kept_by_identifier() -> None:
    one, two = article("KB1"), article("KB2")
    base: KnowledgeBase = Articles([two, one])
    assert tuple(base.articles()) == (one, two)
    assert Articles([one, two]) == base
    assert Articles().articles() == ()
    for wrong in ([one, 3], 3, [one, article("KB1", "other")]):
        with pytest.raises(InvalidInput):
            Articles(wrong)


def test_wrong_arguments_are_told_with_their_places() -> None:
    with pytest.raises(InvalidInput) as caught:
        match("vpn", [3], most=0, drafts="no")
    paths = [each.path for each in caught.value.defects]
    assert paths == ["question", "most", "drafts", "articles[0]"]
    with pytest.raises(InvalidInput):
        match(ArticleQuestion(), 3)
    with pytest.raises(InvalidInput) as caught:
        ArticleQuestion(text=1, category="Network", service=2)
    assert [each.path for each in caught.value.defects] == ["text", "category", "service"]
