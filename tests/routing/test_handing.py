"""What a hand-off needs: what is missing, what is there, and the law that nothing slips through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category
from itilcore.errors import InvalidInput
from itilcore.incident import DiagnosticStep, HandOffNotes, StepOutcome
from itilcore.routing import HandOffRule, HandOffRules

VPN = Category("Network", "VPN")
FULL = HandOffNotes(
    summary="No VPN",
    steps=[DiagnosticStep("restart"), DiagnosticStep("ping", StepOutcome.NOT_POSSIBLE)],
    device={"os": "Windows 11"},
    user={"site": "Berlin"},
    evidence="log 7",
    environment="office",
    next_step="look at the gateway",
)
EVERY = ("summary", "steps", "exhausted", "device.os", "user.site", "evidence", "environment",
         "next_step")  # fmt: skip


def rules(*requires, **more) -> HandOffRules:
    return HandOffRules([HandOffRule(requires=requires, **more)])


def texts(found: HandOffRules, notes, category=None) -> list[str]:
    return [reason.text for reason in found.check(notes, category).reasons]


def test_all_that_can_be_required_is_there():
    found = rules(*EVERY)
    decision = found.check(FULL, None)
    assert decision.answer is True
    assert decision.version == found.version
    assert [dict(reason.inputs)["requirement"] for reason in decision.reasons] == list(EVERY)
    assert found.missing(FULL, None) == ()
    assert found.completeness(FULL, None) == 1
    assert [reason.text for reason in decision.reasons] == [
        "the summary is there: No VPN",
        "there is a diagnostic step: restart, ping",
        "steps were tried and none solved it: restart, ping",
        "the device's os is there: Windows 11",
        "the user's site is there: Berlin",
        "there is a piece of evidence: log 7",
        "the environment is there: office",
        "the next step is there: look at the gateway",
    ]


@pytest.mark.parametrize("notes", [None, HandOffNotes()])
def test_without_notes_all_of_it_is_missing(notes):
    found = rules(*EVERY)
    assert found.missing(notes, None) == EVERY
    assert found.completeness(notes, None) == 0
    assert texts(found, notes) == [
        "the summary is missing",
        "there is no diagnostic step",
        "nothing was tried: there is no diagnostic step",
        "the device's os is missing; no fact of the device is known",
        "the user's site is missing; no fact of the user is known",
        "there is no piece of evidence",
        "the environment is missing",
        "the next step is missing",
    ]


def test_blank_texts_are_missing():
    blank = HandOffNotes(
        summary=" ", environment="", next_step="\t", device={"os": " ", "age": "3"}
    )
    found = rules("summary", "environment", "next_step", "device.os")
    assert found.missing(blank, None) == ("summary", "environment", "next_step", "device.os")
    assert texts(found, blank)[-1] == "the device's os is missing; known are age"


def test_a_script_is_exhausted_when_all_its_steps_were_tried():
    found = rules("exhausted", scripts=["restart", "ping"])
    assert texts(found, FULL) == ["all steps of the script were tried: restart, ping"]
    one = HandOffNotes(steps=DiagnosticStep("ping"))
    assert texts(found, one) == ["steps of the script not tried yet: restart; tried: ping"]
    none = HandOffNotes(steps=DiagnosticStep("reset"))
    assert texts(found, none) == ["steps of the script not tried yet: restart, ping; tried: none"]
    assert found.missing(none, None) == ("exhausted",)


def test_what_was_solved_is_not_exhausted():
    solved = HandOffNotes(steps=[DiagnosticStep("a"), DiagnosticStep("b", StepOutcome.SOLVED)])
    assert texts(rules("exhausted"), solved) == ["what can be tried is not exhausted: b solved it"]
    assert not solved.exhausted


def test_every_rule_that_fits_adds_what_it_requires():
    found = HandOffRules(
        [
            HandOffRule(categories="Network", requires=["device.os", "summary"]),
            HandOffRule(categories=["Mail", "Printing"], requires="evidence"),
            HandOffRule(requires=["summary", "next_step"]),
        ]
    )
    assert found.missing(None, VPN) == ("device.os", "summary", "next_step")
    assert found.missing(None, Category("Network", "LAN")) == ("device.os", "summary", "next_step")
    assert found.missing(None, Category("Printing")) == ("evidence", "summary", "next_step")
    assert found.missing(None, Category("Net")) == found.missing(None, None)
    assert found.missing(None, None) == ("summary", "next_step")
    half = HandOffNotes(summary="No VPN")
    assert found.completeness(half, VPN) == pytest.approx(1 / 3)
    assert [reason.rule for reason in found.check(half, VPN).reasons] == [
        "hand-off rule 1, category Network",
        "hand-off rule 3, every incident",
        "hand-off rule 1, category Network",
        "hand-off rule 3, every incident",
    ]
    assert str(found.rules[1]) == "category Mail or Printing"


def test_a_name_that_two_rules_ask_for_counts_once():
    found = HandOffRules(
        [
            HandOffRule(requires=["exhausted", "summary"], scripts="ping"),
            HandOffRule(requires="exhausted", scripts="reset"),
        ]
    )
    assert found.missing(FULL, None) == ("exhausted",)
    assert found.completeness(FULL, None) == 0.5
    assert texts(found, FULL) == [
        "steps of the script not tried yet: reset; tried: none",
        "all steps of the script were tried: ping",
        "the summary is there: No VPN",
    ]


def test_where_nothing_is_required_every_hand_off_is_complete():
    found = HandOffRules([HandOffRule(categories="Mail", requires="summary")])
    assert found.check(None, VPN).answer is True
    assert texts(found, None, VPN) == ["no rule asks for anything here"]
    assert found.completeness(None, VPN) is None
    assert HandOffRules([HandOffRule()]).completeness(None, None) is None


def test_the_default_and_the_content():
    found = HandOffRules.default()
    assert found.missing(None, None) == ("summary", "steps", "next_step")
    assert found.content == [
        {"categories": [], "requires": ["summary", "steps", "next_step"], "scripts": []}
    ]
    assert found.version == HandOffRules.default().version
    assert found.version.startswith("hand-off rules:")
    assert found.version != HandOffRules().version


def problems(make) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(defect) for defect in caught.value.defects]


def test_bad_rules_say_every_defect():
    assert problems(
        lambda: HandOffRule(
            categories=["Network > ", "", 5],
            requires=["sumary", "devcie.os", "device", "user. ", "colour", " ", 3, ["x"]],
            scripts=["", "ping"],
        )
    ) == [
        "categories[0]: is blank",
        "categories[1]: is '': it must be a text that is not blank",
        "categories[2]: is 5: it must be a text that is not blank",
        "requires[0]: is 'sumary', which no hand-off can require; did you mean 'summary'?",
        "requires[1]: is 'devcie.os', which no hand-off can require; did you mean 'device'?",
        "requires[2]: is 'device': name the fact as well, such as device.os",
        "requires[3]: is 'user. ': name the fact as well, such as user.os",
        "requires[4]: is 'colour', which no hand-off can require; there are summary, steps, "
        "exhausted, evidence, environment, next_step, device.NAME, user.NAME",
        "requires[5]: is ' ': it must be a text that is not blank",
        "requires[6]: is 3: it must be a text that is not blank",
        "requires[7]: is ['x']: it must be a text that is not blank",
        "scripts[0]: is '': it must be a text that is not blank",
        "scripts: are named, and 'exhausted' is not required",
    ]
    assert problems(lambda: HandOffRule(requires=None, categories=7)) == [
        "categories[0]: is 7: it must be a text that is not blank",
        "requires[0]: is None: it must be a text that is not blank",
    ]


def test_what_are_no_rules_and_no_notes():
    assert problems(lambda: HandOffRules([HandOffRule(), "x"])) == [
        "rules[1]: is 'x': give a HandOffRule"
    ]
    assert problems(lambda: HandOffRules(5)) == ["rules[0]: is 5: give a HandOffRule"]
    assert HandOffRules(HandOffRule(requires="steps")).missing(None, None) == ("steps",)
    for ask in ("check", "missing", "completeness"):
        assert problems(lambda ask=ask: getattr(HandOffRules(), ask)("x", "Network")) == [
            "notes: is 'x': give HandOffNotes or None",
            "category: is 'Network': give a Category or None",
        ]


# The oracle works on plain data: notes as a dictionary, categories as texts.

NAMES = (*EVERY, "device.ram", "user.os")
STEPS = ("ping", "restart", "reset")

plain_notes = st.none() | st.fixed_dictionaries(
    {
        "summary": st.sampled_from([None, "", " ", "No VPN"]),
        "environment": st.sampled_from([None, "office"]),
        "next_step": st.sampled_from([None, "\n", "look"]),
        "evidence": st.lists(st.sampled_from(["log 1", "log 2"]), max_size=2),
        "device": st.dictionaries(st.sampled_from(["os", "ram"]), st.sampled_from(["", "x"])),
        "user": st.dictionaries(st.sampled_from(["os", "site"]), st.sampled_from([" ", "y"])),
        "steps": st.lists(
            st.tuples(st.sampled_from(STEPS), st.sampled_from(StepOutcome)), max_size=3
        ),
    }
)
paths = st.sampled_from(["Network", "Network > VPN", "Network > VPN > Client", "Mail"])


@st.composite
def plain_rules(draw):
    requires = draw(st.lists(st.sampled_from(NAMES), max_size=4))
    scripts = draw(st.lists(st.sampled_from(STEPS), max_size=2)) if "exhausted" in requires else []
    return draw(st.lists(paths, max_size=2)), requires, scripts


def lacks(name: str, scripts: list[str], notes: dict) -> bool:
    if name == "exhausted":
        names = [step for step, _ in notes["steps"]]
        if scripts:
            return bool(set(scripts) - set(names))
        return not names or StepOutcome.SOLVED in [outcome for _, outcome in notes["steps"]]
    if name in ("steps", "evidence"):
        return len(notes[name]) == 0
    if "." in name:
        kind, fact = name.split(".")
        return not notes[kind].get(fact, "").strip()
    return notes[name] is None or not notes[name].strip()


EMPTY = {"summary": None, "environment": None, "next_step": None, "evidence": [], "device": {},
         "user": {}, "steps": []}  # fmt: skip


def oracle(given_rules, notes, category) -> tuple[list[str], list[str]]:
    """The names asked for and the names missing, in order."""
    asked, missing = [], []
    for categories, requires, scripts in given_rules:
        below = [category == c or (category or "").startswith(f"{c} >") for c in categories]
        if categories and not any(below):
            continue
        for name in requires:
            if name not in asked:
                asked.append(name)
            if lacks(name, scripts, notes or EMPTY) and name not in missing:
                missing.append(name)
    return asked, missing


@given(st.lists(plain_rules(), max_size=3), plain_notes, st.none() | paths)
def test_a_complete_hand_off_is_never_refused_and_an_incomplete_one_always(
    given_rules, plain, category
):
    found = HandOffRules(
        [HandOffRule(categories=c, requires=r, scripts=s) for c, r, s in given_rules]
    )
    notes = None
    if plain is not None:
        steps = [DiagnosticStep(name, outcome) for name, outcome in plain["steps"]]
        notes = HandOffNotes(**{**plain, "steps": steps})
    of = None if category is None else Category.parse(category)
    asked, missing = oracle(given_rules, plain, category)
    decision = found.check(notes, of)
    assert decision.answer is (not missing)
    assert set(found.missing(notes, of)) == set(missing)
    said = [dict(reason.inputs).get("requirement") for reason in decision.reasons]
    assert set(said) - {None} == set(asked)
    assert set(missing) <= set(said)
    share = found.completeness(notes, of)
    if asked:
        assert share == pytest.approx(1 - len(missing) / len(asked))
        assert (share == 1) is decision.answer
    else:
        assert share is None
        assert decision.answer is True


@given(st.lists(plain_rules(), max_size=3), plain_rules(), st.none() | paths)
def test_one_rule_more_never_asks_for_less(given_rules, another, category):
    made = [HandOffRule(categories=c, requires=r, scripts=s) for c, r, s in (*given_rules, another)]
    of = None if category is None else Category.parse(category)
    fewer, more = HandOffRules(made[:-1]), HandOffRules(made)
    assert set(fewer.missing(FULL, of)) <= set(more.missing(FULL, of))
    assert fewer.missing(None, of) == more.missing(None, of)[: len(fewer.missing(None, of))]
