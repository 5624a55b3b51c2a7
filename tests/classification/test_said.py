"""What is said of phrases, against a plain reading that marks one word after the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification.said import DENIED, IDLE, Said

MEANS = {"a": "x", "b": "y", "a b": IDLE, "c d": "x", "no c": "y"}
NEGATIONS, FILLERS = ("no", "not yet"), ("very", "so")
SAID = Said(MEANS, NEGATIONS, FILLERS)
texts = st.lists(
    st.sampled_from(["a", "b", "c", "d", "no", "not", "yet", "very", "so"]), max_size=9
)


def plain(said: list[str]) -> list[tuple[str, str]]:
    marks: list[str | None] = [None] * len(said)
    found: dict[int, str] = {}
    for length in (2, 1):
        for at in range(len(said) - length + 1):
            text = " ".join(said[at : at + length])
            if text in MEANS and not any(marks[at : at + length]):
                marks[at : at + length] = [text] * length
                found[at] = text
    told = []
    for at, text in found.items():
        before = at
        while before and said[before - 1] in FILLERS:
            before -= 1
        denied = any(
            said[max(0, before - len(words.split())) : before] == words.split()
            and not any(marks[before - len(words.split()) : before])
            for words in NEGATIONS
        )
        name = DENIED if denied else MEANS[text]
        if name != IDLE:
            told.append((name, text))
    return sorted(told)


@given(texts)
def test_it_is_what_a_plain_reading_says(said: list[str]) -> None:
    assert sorted(SAID.find(tuple(said))) == plain(said)
