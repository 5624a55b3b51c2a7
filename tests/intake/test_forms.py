"""Forms as data: which fit, how complete answers are, and what is asked next."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput
from itilcore.intake.completeness import USUAL_FIELDS, Completeness, CompletenessGrade, FormField
from itilcore.intake.form import Form
from itilcore.intake.forms import Forms

NAMES = sorted(USUAL_FIELDS)
PATHS = ["A", "B", "A > A", "A > B", "A > B > C"]
HOSTILE = [
    "",
    " \t\n",
    "\x00",
    "\u200f\u202e",
    "😀",
    "שלום",
    "a\x00b",
    "x" * 1_000_000,
    " " * 1_000_000,
    "\x00" * 1_000_000,
    "\u0301\u0316" * 500_000,
    "\ud800",
    "ﷺ" * 1_000,
]

form_fields = st.builds(
    FormField,
    st.sampled_from(NAMES),
    weight=st.integers(1, 1_000),
    required=st.booleans(),
    choices=st.sampled_from([(), ("yes", "no")]),
    longest=st.integers(3, 10),
)


@st.composite
def form_lists(draw: st.DrawFn) -> list[Form]:
    return [
        Form(
            name=name,
            kinds=draw(st.lists(st.sampled_from(TicketKind), max_size=2)),
            categories=draw(st.lists(st.sampled_from(PATHS), max_size=2)),
            fields=draw(st.lists(form_fields, max_size=4, unique_by=lambda each: each.name)),
        )
        for name in "stuv"[: draw(st.integers(0, 4))]
    ]


kinds = st.none() | st.sampled_from(TicketKind)
categories = st.none() | st.sampled_from(PATHS).map(Category.parse)
values = (
    st.none()
    | st.sampled_from(["", " ", "\x00", "yes", "NO ", "a very long text"])
    | st.text(max_size=12)
    | st.dates()
    | st.lists(st.text(max_size=3), max_size=2)
    | st.integers()
)
answer_sets = st.dictionaries(st.sampled_from([*NAMES, "other"]), values)


def defects(make: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        make()
    return [str(each) for each in caught.value.defects]


@given(form_lists(), kinds, categories)
def test_what_fits_is_what_a_plain_reading_says_narrowest_first(forms, kind, category):
    path = f"{category} > "
    wanted = []
    for form in forms:
        depths = [
            text.count(">") + 1
            for text in form.categories
            if category and path.startswith(f"{text} > ")
        ]
        if form.categories and not depths:
            continue
        if form.kinds and kind not in form.kinds:
            continue
        wanted.append((-max(depths, default=0), not form.kinds, form.name))
    assert [each.name for each in Forms(forms).fitting(kind, category)] == [
        n for _, _, n in sorted(wanted)
    ]


@given(form_lists(), answer_sets, kinds, categories)
def test_the_score_is_the_share_of_weight_and_1_exactly_where_nothing_is_missing(
    forms, answers, kind, category
):
    checked = Forms(forms)
    asked = {}
    for form in reversed(checked.fitting(kind, category)):
        asked.update({each.name: each for each in form.fields})
    found = checked.check(answers, kind, category).answer
    total = sum(each.weight for each in asked.values())
    missing = [asked[name] for name in found.missing]
    assert len(set(found.missing)) == len(found.missing)
    assert [each.weight for each in missing] == sorted(
        (each.weight for each in missing), reverse=True
    )
    assert found.score == pytest.approx(1 - sum(e.weight for e in missing) / total if total else 1)
    assert (
        (found.score == 1) == (found.missing == ()) == (found.grade is CompletenessGrade.COMPLETE)
    )
    assert (found.score == 0) == (found.grade is CompletenessGrade.EMPTY)
    assert {each.path for each in found.wrong} <= set(found.missing)
    required = [each.weight for each in missing if each.required]
    assert (found.next_question.weight if required else found.next_question) == (
        max(required) if required else None
    )
    for name in set(asked) - set(found.missing):
        assert answers[name] not in (None, "", " ", "\x00", [])


@given(form_lists(), answer_sets, answer_sets, kinds, categories)
def test_an_answer_more_never_lowers_the_score(forms, answers, more, kind, category):
    checked = Forms(forms)
    before = checked.check(answers, kind, category).answer
    after = checked.check({**more, **answers}, kind, category).answer
    assert after.score >= before.score
    assert set(after.missing) <= set(before.missing)


@given(
    form_lists().flatmap(lambda forms: st.tuples(st.just(forms), st.permutations(forms))),
    answer_sets,
    kinds,
    categories,
)
def test_the_order_of_forms_and_of_answers_means_nothing(pair, answers, kind, category):
    one, other = map(Forms, pair)
    assert one == other and one.version == other.version
    backwards = dict(reversed(answers.items()))
    assert one.check(answers, kind, category) == other.check(backwards, kind, category)


def test_the_narrower_form_says_how_a_name_is_asked():
    forms = Forms(
        [
            Form(name="any", fields=["start", "symptoms"]),
            Form(
                name="vpn",
                categories="Network > VPN",
                fields=FormField("symptoms", "Which message?", weight=5),
            ),
            Form(name="incident", kinds=TicketKind.INCIDENT, fields="device"),
        ]
    )
    asked = forms.fields(TicketKind.INCIDENT, Category("Network", "VPN", "Client"))
    assert [(each.name, form) for each, form in asked] == [
        ("symptoms", "vpn"),
        ("device", "incident"),
        ("start", "any"),
    ]
    assert asked[0][0].question == "Which message?"
    assert forms.fields(None, None)[1][0].question == USUAL_FIELDS["symptoms"]


def test_grades_have_boundaries():
    forms = Forms(
        Form(
            name="f",
            fields=[
                FormField("user", weight=6),
                FormField("device", weight=3),
                FormField("start", required=False),
            ],
        )
    )

    def grade(*names: str) -> str:
        return str(forms.check(dict.fromkeys(names, "x"), None).answer)

    assert [
        grade(),
        grade("device", "start"),
        grade("user"),
        grade("user", "device"),
        grade("user", "device", "start"),
    ] == ["empty (0 %)", "poor (40 %)", "usable (60 %)", "usable (90 %)", "complete (100 %)"]
    assert forms.check({"user": "x", "device": "y"}, None).answer.next_question is None
    assert (
        str(Forms(forms.forms, usable=0.95).check({"user": "x", "device": "y"}, None).answer)
        == "poor (90 %)"
    )


def test_where_nothing_is_asked_nothing_is_missing():
    decision = Forms().check({"a": "b"}, None)
    assert decision.answer == Completeness(score=1.0, grade=CompletenessGrade.COMPLETE)
    assert [each.text for each in decision.reasons] == [
        "no form asks anything here",
        "'a' was not asked for",
    ]


def test_answers_that_nobody_asked_for_are_named_with_the_nearest():
    decision = Forms.default().check(
        {"symptom": "x", **{str(n): n for n in range(100)}, 7: 8}, TicketKind.INCIDENT
    )
    told = [each.text for each in decision.reasons if each.rule == "forms"]
    assert len(told) == 5
    decision = Forms.default().check({"symptom": "x"}, TicketKind.INCIDENT)
    assert "'symptom' was not asked for; did you mean 'symptoms'?" in decision.explain()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (None, False), ([], False), (["", None], False), (["", "x"], True), (("x",), True),
        ("\u200b\u202e", False), ("\x00", False), ("😀", True), ("سلام", True),
        (date(2026, 1, 5), True), (datetime(2026, 1, 5, tzinfo=UTC), True),
        (5, Defect("user", "is of int: give a text or a date")),
        (["x", True], Defect("user", "is of bool: give a text or a date")),
        ("x" * 41, Defect("user", "has 41 characters: give at most 40")),
        (" " * 10 + "x" * 40 + "\n", True),
    ],
)  # fmt: skip
def test_what_an_answer_is(answer, found):
    assert FormField("user", longest=40).look(answer) == found


def test_choices_are_met_in_any_case_and_width():
    field = FormField("user", choices=("Straße", "nein"))
    assert field.look(" STRASSE ") is True and field.look("Ｎｅｉｎ") is True
    assert field.look("neim") == Defect("user", "is 'neim'; did you mean 'nein'?")
    assert isinstance(field.look("nein" + " " * 100 + "x"), Defect)
    assert field.look(["nein", " "]) is True


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_are_told_in_time(text):
    forms = Forms(
        Form(
            name="f",
            fields=[FormField("user", choices=("yes", "no"), longest=1_000_000), "symptoms"],
        )
    )
    began = time.process_time()
    found = forms.check({"user": text, "symptoms": text, text: text}, None).answer
    assert time.process_time() - began < 1
    assert "user" in found.missing


def test_wrong_parts_are_told_at_once():
    wrong: Any = FormField
    assert defects(lambda: wrong("", 5, 0, "yes", ["", "A", "a"], True)) == [
        "name: is '': it must be a text that is not blank",
        "question: is 5: it must be a text that is not blank",
        "weight: is 0: give a whole number from 1 to 1,000",
        "required: is 'yes': give True or False",
        "choices[0]: is '': it must be a text that is not blank",
        "choices[2]: is 'a', which stands before",
        "longest: is True: give a whole number from 1 to 1,000,000",
    ]
    form: Any = Form
    assert defects(
        lambda: form(
            name=" ",
            kinds=["incident"],
            categories=["A > ", 5],
            own=["", 7, "floor"],
            fields=[
                5,
                "evidense",
                "floor",
                "user",
                FormField("user"),
                FormField("floor", "Which floor?"),
                FormField("flor", "Which?"),
            ],
        )
    ) == [
        "name: is ' ': it must be a text that is not blank",
        "kinds[0]: is 'incident': give a TicketKind",
        "categories[0]: is 'A > ', which has a name that is blank",
        "categories[1]: is 5: it must be a text that is not blank",
        "own[0]: is '': it must be a text that is not blank",
        "own[1]: is 7: it must be a text that is not blank",
        "fields[0]: is 5: give a FormField or a usual name",
        "fields[1]: is 'evidense', which is no usual name and not in own; did you mean 'evidence'?",
        "fields[2]: is 'floor', which needs a question: give a FormField",
        "fields[4]: is 'user', which stands before",
        "fields[6]: is 'flor', which is no usual name and not in own; did you mean 'floor'?",
    ]
    forms: Any = Forms
    assert defects(lambda: forms(["x"], usable=1)) == [
        "forms[0]: is 'x': give a Form",
        "usable: is 1: give a number between 0 and 1",
    ]
    same = Form(name="a", fields="user")
    assert defects(lambda: forms([same, same])) == ["a: stands twice"]
    check: Any = Forms.default().check
    assert defects(lambda: check({}, "incident", "A")) == [
        "kind: is 'incident': give a TicketKind or None",
        "category: is 'A': give a Category or None",
    ]
    assert defects(lambda: check([], None)) == ["are []: give them by name"]


def test_a_question_is_needed_for_a_name_that_is_not_usual():
    assert defects(lambda: FormField("devise")) == [
        "question: is missing for 'devise', which is no usual name; did you mean 'device'?"
    ]


def test_every_choice_can_be_given():
    assert defects(lambda: FormField("user", choices=["yes", "no"], longest=2)) == [
        "longest: is 2, and a choice is longer"
    ]


def test_completeness_holds_together():
    wrong: Any = Completeness
    assert defects(lambda: wrong(score="1", grade="poor")) == [
        "score: is '1': give a number from 0 to 1",
        "grade: is 'poor': give a CompletenessGrade",
    ]
    assert defects(lambda: wrong(score=1.0, grade=CompletenessGrade.COMPLETE, missing=("a",))) == [
        "missing: must be empty exactly where the score is 1"
    ]


def test_a_form_may_have_names_of_its_own():
    form = Form(name="f", own="floor", fields=FormField("floor", "Which floor?"))
    assert form.names == ("floor",)
    assert Forms(form).check({"floor": "3"}, None).answer.score == 1


@pytest.mark.parametrize("kind", TicketKind)
def test_the_forms_that_come_with_it_ask_something_of_every_kind(kind):
    assert Forms.default().check({}, kind, Category("Access")).answer.next_question is not None
