"""One book with every mistake of the rules for what is bad, each told with its line and path."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from itilcore.actor import Actor
from itilcore.desk import Desk
from itilcore.errors import ActionRefused, Defect, InvalidPolicy
from itilcore.policy import loads
from itilcore.stores import MemoryStore

BOOK = """
[priority]
preset = "itil"

[people.ada]
manager = "bo"
[people.bo]
manager = "cy"
[people.cy]
manager = "ada"

[groups.Network]
members = ["ada"]

[[escalation]]
name = "to nobody"
trigger = "breach"
kind = "functional"
to = "group Netwrok"

[[escalation]]
name = "of nobody"
trigger = "breach"
kind = "hierarchic"
to = "manager"
applies = { group = "Dsk" }

[[escalation]]
name = "before it began"
trigger = "no acknowledgement"
after = "-15m"
kind = "hierarchic"
to = "person ada"

[[escalation]]
name = "without a pause"
trigger = "breach"
kind = "hierarchic"
to = "person bo"
repeat_every = "0m"
most = 3

[cadence]
severities = [
  { severity = "SEV1", latest = "0m" },
  { severity = "SEV2", latest = "-30m" },
]

[[severity.definitions]]
severity = "SEV1"
meaning = "The business stops."
examples = []

[[severity.definitions]]
severity = "SEV2"
meaning = "It hurts."

[[declarations]]
severity = "SEV1"
who = { groups = "Leeds" }

[[declarations]]
severity = "SEV2"
who = {}

[major]
promote = {}
"""
"""Unknown groups, a circle of managers, negative and empty times, what nobody may decide."""


# What is written, which of the lines that read so, what is told of it.
DEFECTS = [
    ('manager = "bo"', 0, "people.ada.manager", "goes round: ada < bo < cy < ada"),
    (
        'to = "group Netwrok"',
        0,
        "escalation[0].to",
        "there is no group 'Netwrok'; did you mean 'Network'?",
    ),
    (
        'applies = { group = "Dsk" }',
        0,
        "escalation[1].applies.group",
        "there is no group 'Dsk'; there are Network",
    ),
    (
        'after = "-15m"',
        0,
        "escalation[2].after",
        "is '-15m': give a time such as '30m' or '4h'",
    ),
    (
        'repeat_every = "0m"',
        0,
        "escalation[3].repeat_every",
        "is 0:00:00: give a time of more than nothing, up to 366 days",
    ),
    (
        '  { severity = "SEV1", latest = "0m" },',
        0,
        "cadence.severities[0].latest",
        "is 0:00:00: give more than nothing and at most 366 days",
    ),
    (
        '  { severity = "SEV2", latest = "-30m" },',
        0,
        "cadence.severities[1].latest",
        "is '-30m': give such as '4h' or '1h 30m'",
    ),
    (
        "examples = []",
        0,
        "severity.definitions[0].examples",
        "are none: people need one to compare with",
    ),
    ("[[severity.definitions]]", 1, "severity.definitions[1].examples", "is missing"),
    (
        'who = { groups = "Leeds" }',
        0,
        "declarations[0].who.groups",
        "is 'Leeds', whom nobody knows; there are Network",
    ),
    (
        "who = {}",
        0,
        "declarations[1].who",
        "names nobody: give people, roles or groups",
    ),
    (
        "promote = {}",
        0,
        "major.promote",
        "names nobody: give people, roles or groups",
    ),
]


def told(text: str) -> list[Defect]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return list(caught.value.defects)


@pytest.mark.parametrize(
    ("written", "which", "path", "problem"), DEFECTS, ids=[path for _, _, path, _ in DEFECTS]
)
def test_each_mistake_is_told_where_it_stands(written: str, which: int, path: str, problem: str):
    lines = [number for number, line in enumerate(BOOK.splitlines(), 1) if line == written]
    assert Defect(path, problem, lines[which]) in told(BOOK)


def test_all_of_it_is_told_at_once_and_nothing_else():
    found = told(BOOK)
    assert [(each.path, each.problem) for each in found] == [row[2:] for row in DEFECTS]
    lines = [each.line for each in found]
    assert lines == sorted(lines)


def test_a_major_section_that_names_nobody_who_decides():
    (defect,) = told("[major]\n")
    assert str(defect) == (
        "line 1, major.promote: is missing: say who may, in roles, groups or people"
    )


def test_a_promotion_without_authority_is_refused_by_the_desk():
    book = loads(
        """
        [people.mia]
        [people.ada]
        [groups.Leads]
        members = ["mia"]
        [major]
        promote = { groups = "Leads" }
        """
    )
    nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    desk = Desk(MemoryStore(), book)
    desk.log("INC1", at=nine, title="No payroll", requester="ada")
    for by, why in (
        (Actor.person("ada"), "ada has no authority for it; who has: groups Leads"),
        (Actor.automation("monitoring"), "monitoring is an automation; who may: groups Leads"),
        (None, "nobody is said to do it"),
    ):
        with pytest.raises(ActionRefused, match=why):
            desk.promote_major("INC1", at=nine, by=by, reason="payroll runs today")
        assert not desk.get("INC1").is_major
    done = desk.promote_major("INC1", at=nine, by=Actor.person("mia"), reason="payroll")
    assert done.incident.is_major


def test_a_wrong_matrix_tells_no_defects_of_others():
    with pytest.raises(InvalidPolicy) as caught:
        loads(
            """
            [priority]
            impacts = ["major", "minor"]
            urgencies = ["now", "later"]
            priorities = ["first", "second"]
            matrix = [["first", "second"], ["first"]]
            [[routing]]
            name = "a"
            group = "A"
            impact = "major"
            priority = "first"
            [alerts]
            severities = [{ name = "page", impact = "major", urgency = "now" }]
            """
        )
    assert {defect.path.partition(".")[0] for defect in caught.value.defects} == {"priority"}
