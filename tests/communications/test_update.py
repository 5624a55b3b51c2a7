"""Updates: all of the template or none, per audience, and nothing that was typed is obeyed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # what rich reads Markdown with

from itilcore.communications import (
    UPDATE_PARTS,
    Audience,
    Audiences,
    StakeholderUpdate,
    markdown_text,
    tell_audiences,
)
from itilcore.communications.markdown import one_line
from itilcore.errors import InvalidInput, NaiveInstant
from itilcore.incident import Incident, Logged, Noted, StakeholdersUpdated

NINE, TEN = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (9, 10))
WHOLE: dict[str, Any] = {
    "impacted": "Payroll",
    "affected": "600 people in Porto",
    "progress": "the database is being restored",
    "workaround": "none yet",
    "follow": "https://status.example",
    "technical": "disk 3 of db7 is full",
    "next_update_at": TEN,
}
DEFAULT = Audiences.default()
texts = st.none() | st.sampled_from(["", " ", "x", "Mail\nNext update: never"])


@given(st.fixed_dictionaries({name: texts for name in WHOLE if name != "next_update_at"}))
def test_without_its_next_time_it_is_always_refused(fields):
    with pytest.raises(InvalidInput) as caught:
        StakeholderUpdate(**fields)
    paths = [each.path for each in caught.value.defects]
    assert paths[-1] == "next_update_at"
    needed = [name for name in fields if name != "technical"]
    blank = [name for name in needed if fields[name] is None or not fields[name].strip()]
    assert set(blank) <= set(paths)


def test_what_is_wrong_is_told_at_once():
    wrong: dict[str, Any] = {"affected": 7, "technical": "x" * 10_001, "next_update_at": "ten"}
    with pytest.raises(InvalidInput) as caught:
        StakeholderUpdate(**{**WHOLE, **wrong})
    assert [str(each) for each in caught.value.defects] == [
        "affected: is 7: give a text",
        "technical: has 10,001 characters: at most 10,000",
        "next_update_at: is 'ten': give a date-time with a UTC offset",
    ]
    with pytest.raises(NaiveInstant):
        StakeholderUpdate(**{**WHOLE, "next_update_at": datetime(2026, 1, 5)})


def test_each_audience_is_told_its_parts():
    update = StakeholderUpdate(**WHOLE)
    users, executives, support = (update.text(audience) for audience in DEFAULT)
    assert "600 people" not in users
    assert "disk 3" not in users + executives
    assert executives.splitlines() == [
        "What is impacted: Payroll",
        "Who is affected: 600 people in Porto",
        "Status: the database is being restored",
        "Workaround: none yet",
        "Next update: 2026-01-05 10:00 UTC",
        "Where to follow: https://status.example",
    ]
    assert "Technical details: disk 3 of db7 is full" in support
    plain = StakeholderUpdate(**{**WHOLE, "technical": None})
    assert "Technical" not in plain.text(Audience(name="all"))
    last = StakeholderUpdate(**{**WHOLE, "next_update_at": None}, is_last=True)
    assert "Next update: none: this is the last one" in last.text(Audience(name="all"))


@given(st.text())
def test_markdown_obeys_nothing_that_was_typed(text):
    safe = markdown_text(text)
    assert "\n" not in safe
    bare = re.sub(r"\\.", "x", re.sub(r"&(?:amp|lt|gt);", "", safe))
    assert not re.search(r"[<>&`*_{}\[\]#|~@$=^\\]|://|(?i:www)\.|\A[-+]|\A\d+[.)]", bare)
    update = StakeholderUpdate(**{**WHOLE, "progress": f"x{text}"})
    rows = update.markdown(Audience(name="all"))
    assert len(rows.splitlines()) == len(UPDATE_PARTS)
    assert all(row.startswith("- **") for row in rows.splitlines())
    assert len(update.text(Audience(name="all")).split("\n")) == len(UPDATE_PARTS)


MARKUP = st.sampled_from(
    [
        "<b>", "&amp;", "&#65;", "![x](y)", "[x](y)", "1. ", "- ", "# ", "> ", "---", "===", "| a |",
        "  \n", "`c`", "~~s~~", "**b**", "\\*", "http://x", "<!-- ", "```", "\t",
    ]
)  # fmt: skip


@given(st.lists(MARKUP | st.text(max_size=4), max_size=8).map("".join))
def test_a_reader_of_markdown_shows_what_was_typed(text):
    shown = one_line(text)
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    row = reader.render(f"| h | x |\n| --- | --- |\n| {markdown_text(text)} | y |")
    cell = re.search(r"<tbody>\n<tr>\n<td>(.*)</td>\n<td>y</td>\n</tr>\n</tbody>", row)
    assert cell is not None
    plain = reader.render(f"**x** {markdown_text(text)}").removeprefix("<p><strong>x</strong>")
    for found in (cell[1], plain.removesuffix("</p>\n")):
        assert "<" not in found
        assert unescape(found).strip() == shown


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("1. a", r"1\. a"),
        ("12) a", r"12\) a"),
        ("- a-b", r"\- a-b"),
        ("see WWW.x.org and HTTP://x", r"see WWW\.x.org and HTTP\://x"),
        ("\x01   # a", r"\# a"),
        ("a\u202eb\ud800", "ab"),
    ],
)
def test_what_markdown_would_obey(typed, safe):
    assert markdown_text(typed) == safe


def test_long_texts_end():
    assert markdown_text("a" * 5_000) == "a" * 1_999 + "…"


def test_audiences_hold_together():
    assert DEFAULT.audience("users") is not None
    assert DEFAULT.audience("nobody") is None
    assert Audiences(DEFAULT.rows[::-1]).version == DEFAULT.version != Audiences().version
    with pytest.raises(InvalidInput) as caught:
        Audience(name=" ", told=["impacted", "wrokaround"])
    assert [str(each) for each in caught.value.defects] == [
        "name: is ' ': it must be a text that is not blank",
        "told[1]: is 'wrokaround'; did you mean 'workaround'?",
        "told: has no 'next_update_at', which everybody is told",
    ]
    row = Audience(name="users")
    with pytest.raises(InvalidInput) as caught:
        Audiences([row, "x", row])
    assert [str(each) for each in caught.value.defects] == [
        "[1]: is 'x': give an Audience",
        "[2].name: is 'users', which stands above already",
    ]


def test_audiences_are_told_by_what_happened():
    update = StakeholderUpdate(**{**WHOLE, "impacted": "Pay\nroll"})
    events = [
        Noted(NINE, "x"),
        update.event("executives", NINE),
        update.event("board", NINE),
        StakeholdersUpdated(NINE, "users", TEN),
        StakeholdersUpdated(NINE, "users", TEN, impacted="Payroll"),
    ]
    before = Incident.replay("INC1", [Logged(NINE)])
    told = tell_audiences(DEFAULT, before, events)
    assert [(each.audience, each.identifier, each.subject) for each in told] == [
        ("executives", "INC1:3:update:executives", "INC1: Pay roll"),
        ("board", "INC1:4:update:board", "INC1: Pay roll"),
    ]
    assert "disk 3" not in told[0].text + told[1].text
    assert tell_audiences(DEFAULT, before, events) == told
