"""Outage or degradation: what people say, what they deny, and texts that mean harm."""

from __future__ import annotations

import json
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification.outage import Disruption, OutageRules
from itilcore.classification.ticket import Ticket
from itilcore.errors import InvalidInput

OUTAGE, DEGRADATION, UNKNOWN = Disruption.OUTAGE, Disruption.DEGRADATION, Disruption.UNKNOWN
RULES = OutageRules()


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Mail is down", OUTAGE),
        ("I cannot log in", OUTAGE),
        ("I can’t log in", OUTAGE),
        ("Nobody can print", OUTAGE),
        ("The portal was slow, and is now unavailable", OUTAGE),
        ("Does not work at all", OUTAGE),
        ("The server is not responding", OUTAGE),
        ("VPN is slow", DEGRADATION),
        ("VPN is slowing down", DEGRADATION),
        ("Intermittent errors", DEGRADATION),
        ("Some users cannot log in", DEGRADATION),
        ("Sometimes down", DEGRADATION),
        ("It is not completely down", DEGRADATION),
        ("Slow, but not down", DEGRADATION),
        ("not only slow, it is unstable", DEGRADATION),
        ("not slow", UNKNOWN),
        ("It isn't slow", UNKNOWN),
        ("It is not very slow", UNKNOWN),
        ("It is no longer slow", UNKNOWN),
        ("There is no outage", UNKNOWN),
        ("not slow, but down", OUTAGE),
        ("Downtown office", UNKNOWN),
        ("The drop-down is blue", UNKNOWN),
        ("", UNKNOWN),
        ("🙂 \u202e \x00", UNKNOWN),
    ],
)
def test_what_is_said(title: str, found: Disruption) -> None:
    assert RULES.decide(Ticket(title=title)).answer is found
    assert RULES.decide(Ticket(text=title)).answer is found


def test_title_and_text_count_together() -> None:
    found = RULES.decide(Ticket(title="Mail is down", text="for some users"))
    assert found.answer is DEGRADATION
    assert [str(reason) for reason in found.reasons] == [
        "partial: says some users",
        "outage: says down",
    ]


PARTS = {"outage": "dead", "degradation": "slow", "partial": "at times", "idle": "scroll down"}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(PARTS)), st.booleans(), st.booleans()), max_size=6)
)
def test_what_counts_is_what_is_not_denied(said: list[tuple[str, bool, bool]]) -> None:
    text = " and ".join(
        f"{'not ' if denied else ''}{'very ' if filled else ''}{PARTS[part]}"
        for part, denied, filled in said
    )
    counts = {part for part, denied, _ in said if not denied}
    expected = UNKNOWN
    if "partial" in counts:
        expected = DEGRADATION
    elif "outage" in counts:
        expected = OUTAGE
    elif "degradation" in counts:
        expected = DEGRADATION
    assert RULES.decide(Ticket(title=text)).answer is expected


@given(st.permutations(["down", "dead", "gone"]))
def test_the_order_of_phrases_changes_nothing(phrases: list[str]) -> None:
    rules = OutageRules(outage=phrases, negations=(), fillers=())
    assert rules == OutageRules(outage=("gone", "dead", "down"), negations=(), fillers=())
    assert rules.version == OutageRules(outage=phrases[::-1], negations=(), fillers=()).version
    assert json.loads(json.dumps(rules.content)) == rules.content


@pytest.mark.parametrize("text", ["not " * 250_000, "slow down " * 100_000, "遅" * 1_000_000])
def test_a_megabyte_is_answered_at_once(text: str) -> None:
    begun = perf_counter()
    found = RULES.decide(Ticket(text=text))
    assert perf_counter() - begun < 2
    assert str(found.reasons[-1]) == "the first 5,000 characters were read"


def test_what_is_wrong_is_refused_whole() -> None:
    with pytest.raises(InvalidInput) as refused:
        OutageRules(outage=[""], degradation=5, partial="?", idle=["a" * 201])
    assert [defect.path for defect in refused.value.defects] == [
        "outage[0]",
        "degradation[0]",
        "partial[0]",
        "idle[0]",
    ]
    with pytest.raises(InvalidInput, match="give a Ticket"):
        RULES.decide(None)
