"""Vague complaints: what is too little, in any script, and what to ask then."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput
from itilcore.intake.vague import Diagnostic, VagueRules
from itilcore.words import unspaced, words

RULES = VagueRules()
SMALL = VagueRules(phrases=["it is slow", "help", "b c"], fewest_words=3)
texts = st.lists(
    st.sampled_from(["it", "is", "slow", "help", "a", "b", "c", "vpn", "7", "--", "遅い"]),
    max_size=8,
).map(" ".join)


def defects(make: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


@pytest.mark.parametrize(
    "text",
    ["Something's wrong with my laptop", "Having trouble with the app", "SRV12", "2nd try 24", "it is slow", "does not work", "help", "urgent!!", "same as last time", "", " ", "???", "It doesn't work. Please help, URGENT", "12345", "PC broken", "😀😀😀", "\x00", "動かない", "عاجل", "\u202e\u200f"],
)  # fmt: skip
def test_vague(text):
    decision = RULES.check(text)
    assert decision.answer is True
    assert decision.reasons[-1].text.startswith("ask: ")


@pytest.mark.parametrize(
    "text",
    ["ORA-01555", "Account locked", "New mouse", "SRV12 disk full", "SRV12 is down", "HH-12 broken", "0x80070005", "no sound", "Outlook shows error 0x80070005 when sending", "ネットワークにつながりません", "เข้าระบบเงินเดือนไม่ได้", "无法连接到公司的网络打印机", "لا أستطيع فتح البريد الإلكتروني منذ الصباح", "VPN が つながりません", "Der Drucker im dritten Stock druckt nur leere Seiten"],
)  # fmt: skip
def test_not_vague(text):
    decision = RULES.check(text)
    assert decision.answer is False
    assert "ask: " not in decision.explain()


def test_a_known_name_makes_the_difference_unless_it_is_all():
    assert RULES.check("Payroll is slow", known=["payroll", "vpn"]).answer is False
    assert RULES.check("the VPN!", known="vpn").answer is False
    alone = RULES.check("VPN, vpn", known=["vpn"])
    assert alone.answer is True and "names vpn, and says nothing of it" in alone.explain()
    assert RULES.check("My payrolls", known=["payroll"]).answer is True
    assert RULES.check("PCが遅い", known=["pc"]).answer is False
    assert RULES.check("a b c d e f", known=["a b c d e f"]).answer is False


def test_names_with_the_same_words_are_one_and_many_cost_no_time():
    many = [f"pc {n}" for n in range(20_000)]
    began = time.process_time()
    told = RULES.check("pc " * 3_000, known=[*many, "!!!", "PC", "pc"]).explain()
    assert time.process_time() - began < 1
    assert "names PC [" in told
    one, other = (
        RULES.check("the vpn", known=names).explain() for names in (["VPN", "vpn"], ["vpn", "VPN"])
    )
    assert one == other and "names VPN [" in one


def plain(text: str, known: list[str]) -> bool:
    """Whether a text is vague by `SMALL`, by way of padded text."""
    tokens: list[str] = []
    for token in text.split():
        tokens += list(token) if token == "遅い" else [token] if token != "--" else []

    def marks(phrases):
        hit = [False] * len(tokens)
        for phrase in phrases:
            parts = phrase.split()
            for at in range(len(tokens)):
                if tokens[at : at + len(parts)] == parts:
                    hit[at : at + len(parts)] = [True] * len(parts)
        return hit

    rest = [
        token
        for token, hit in zip(tokens, marks(["it is slow", "help", "b c"]), strict=True)
        if not hit
    ]
    letters = sum(token in "遅い" for token in rest)
    plain_words = sum(token != "7" and token not in "遅い" for token in rest)
    if plain_words / 3 + letters / 8 > 1 - 1e-9:
        return False
    named = marks(known)
    return not any(named) or all(named)


@given(texts, st.lists(st.sampled_from(["vpn", "a b", "7"]), max_size=2))
def test_vague_is_what_a_plain_reading_says(text, known):
    assert SMALL.check(text, known=known).answer == plain(text, known)


@given(
    texts,
    st.lists(st.sampled_from(["vpn", "a b", "7"]), max_size=2),
    st.sampled_from(["vpn", "a", "is slow"]),
)
def test_a_name_more_makes_vague_only_what_is_all_names_and_a_phrase_more_never_clears_it(
    text, known, more
):
    before = SMALL.check(text, known=known).answer
    after = SMALL.check(text, known=[*known, more])
    assert after.answer <= before or "and says nothing of it" in after.explain()
    rules = VagueRules(phrases=[*SMALL.phrases, more], fewest_words=3)
    assert rules.check(text, known=known).answer >= before


@given(texts, st.permutations(SMALL.phrases))
def test_the_order_of_phrases_and_names_means_nothing(text, phrases):
    other = VagueRules(phrases=phrases, fewest_words=3)
    assert other.version == SMALL.version
    assert other.check(text, known=["a", "b"]) == SMALL.check(text, known=["b", "a"])


@given(st.text(max_size=60))
def test_any_text_has_an_answer_and_case_means_nothing(text):
    assert RULES.check(text).answer in (True, False)
    if text.isascii():
        assert RULES.check(text.upper()).answer == RULES.check(text.lower()).answer
    for word in words(text):
        assert not any(map(str.isspace, word))


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "help " * 200_000, "\x00" * 1_000_000, "😀" * 250_000, "\u202e" * 1_000_000, "a" + "\u0301\u0316" * 500_000, "ﷺ" * 500_000, "遅" * 500_000, "\ud800" * 1_000_000, " " * 1_000_000 + "help"],
    ids=range(10),
)  # fmt: skip
def test_hostile_texts_are_answered_in_time(text):
    began = time.process_time()
    decision = RULES.check(text, known=["vpn", "mail"])
    assert time.process_time() - began < 1
    assert decision.answer is not None
    assert len(decision.explain()) < 1_000
    assert ("5,000 characters were read" in decision.explain()) == (len(text.strip()) > 5_000)


def test_words_of_any_script():
    assert words("Café ＶＰＮ a\u00adb x_1 हिन्दी") == ("café", "vpn", "ab", "x_1", "हिन्दी")
    assert words("\u0301a! \u0301b") == ("a", "b") and words("ab遅c") == ("ab", "遅", "c")
    assert [word[0] for word in words("ไม่ได้")] == ["ไ", "ม", "ไ", "ด"]
    assert words("PCが2台") == ("pc", "が", "2", "台")
    assert not unspaced("\u3040") and not unspaced("é") and unspaced("𠮷") and not unspaced("😀")


def test_many_phrases_are_cut_in_the_reason():
    told = RULES.check("hello please help urgent asap slow down it is broken").explain()
    assert "said, but tell nothing: asap, broken, down, hello, help and " in told
    assert (
        "names a, b, c, d, e"
        in RULES.check("f e d c b a", known="abcdef"[::1].replace("", " ").split()).explain()
    )


def test_questions_come_from_the_narrowest_category_first_each_once():
    rules = VagueRules(
        diagnostics=[
            Diagnostic(questions=["What?", "Since when?"]),
            Diagnostic(categories=["Network > VPN", "Mail"], questions="Which client?"),
            Diagnostic(categories="Network", questions=["By cable?", "What?"]),
        ]
    )
    assert rules.questions(Category("Network", "VPN", "x")) == (
        "Which client?",
        "By cable?",
        "What?",
        "Since when?",
    )
    assert rules.questions(None) == rules.questions(Category("Print")) == ("What?", "Since when?")
    assert "ask: Which client?" in rules.check("help", Category("Mail")).explain()
    silent = VagueRules(diagnostics=())
    assert silent.questions() == () and "ask" not in silent.check("help").explain()
    assert VagueRules(diagnostics=rules.diagnostics[::-1]).version == rules.version
    assert "letters 3 of 8" in RULES.check("動かな").explain()


def test_wrong_parts_are_told_at_once():
    wrong: Any = VagueRules
    assert defects(
        lambda: wrong(
            phrases=[" ", "!", "x" * 201, 5], fewest_words=0, fewest_letters=True, diagnostics=["x"]
        )
    ) == [
        "phrases[0]: is ' ': it must be a text that is not blank",
        "phrases[1]: is '!', without letter or digit",
        "phrases[2]: has 201 characters: give at most 200",
        "phrases[3]: is 5: it must be a text that is not blank",
        "fewest_words: is 0: give a whole number from 1 on",
        "fewest_letters: is True: give a whole number from 1 on",
        "diagnostics[0]: is 'x': give a Diagnostic",
    ]
    other: Any = Diagnostic
    assert defects(lambda: other(categories=" ", questions=())) == [
        "categories[0]: is ' ': it must be a text that is not blank",
        "questions: has none",
    ]
    assert defects(lambda: other(questions=["a", "a", ""])) == [
        "questions[1]: is 'a', as one before",
        "questions[2]: is '': it must be a text that is not blank",
    ]
    check: Any = RULES.check
    assert defects(lambda: check(None, "Mail", [5])) == [
        "text: is None: give a text",
        "category: is 'Mail': give a Category or None",
        "known[0]: is 5: it must be a text that is not blank",
    ]
