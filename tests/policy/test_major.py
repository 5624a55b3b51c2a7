"""The sections [cadence] and [major]: what they say, and every defect with its line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from itilcore.communications import Audiences, Cadences
from itilcore.errors import InvalidPolicy
from itilcore.intake import Criticality
from itilcore.major import MajorIncidentRules
from itilcore.policy import Book, loads
from itilcore.priority import Authority

GOOD = """
[groups.Leads]
members = "mia"
[people.mia]
[people.bo]
[roles]
own = "historian"
single = ["historian"]
apart = [["historian", "resolver"]]
[cadence]
severities = [
  { severity = "SEV1", soonest = "15m", latest = "30m" },
  { severity = "SEV3", latest = "4h" },
]
audiences = [
  { name = "board", told = ["impacted", "next_update_at"] },
  { name = "support" },
]
[major]
promote = { groups = "Leads", people = ["bo"], roles = "major incident manager" }
demote = { people = "bo" }
propose = { groups = ["Leads"] }
roles = ["major incident manager", "historian"]
covered = [["communications lead", "major incident manager"]]
candidates = [
  { name = "bad", severity = "SEV1", priority = ["P1", "P2"] },
  { name = "down", criticality = "critical", disruption = ["outage"], users = 5, related = 2 },
  { name = "boss", vip = true },
]
"""


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(each) for each in caught.value.defects]


def test_a_book_of_major_incidents():
    book = loads(GOOD)
    first, second = book.cadences
    assert (str(first), str(second)) == ("SEV1: every 15 min to 30 min", "SEV3: every 4 h")
    assert second.latest == timedelta(hours=4)
    board, support = book.audiences
    assert board.told == ("impacted", "next_update_at")
    assert "technical" in support.told
    rules = book.major
    assert str(rules.promote) == "people bo; roles major incident manager; groups Leads"
    assert rules.demote == Authority(people="bo")
    assert rules.propose == Authority(groups="Leads")
    assert rules.roles == ("major incident manager", "historian")
    assert rules.covered == (("communications lead", "major incident manager"),)
    bad, down, boss = rules.candidates
    assert (bad.severities, bad.priorities) == (("SEV1",), ("P1", "P2"))
    assert (down.criticalities, down.users, down.related) == ((Criticality.CRITICAL,), 5, 2)
    assert boss.vip


def test_what_is_not_written_is_the_default():
    assert loads("").version == Book().version
    assert loads("[cadence]").cadences == Cadences.default()
    assert loads("[cadence]").audiences == Audiences.default()
    assert loads('[major]\npreset = "small team"').major == MajorIncidentRules.small_team()
    assert loads('[major]\npreset = "default"').major == MajorIncidentRules()
    anybody = loads('[major]\npromote = { groups = "Anything", people = "anybody" }')
    assert anybody.major.promote.groups == ("Anything",)
    quiet = loads("[cadence]\nseverities = []\naudiences = []")
    assert (quiet.cadences, quiet.audiences) == (Cadences(), Audiences())


@pytest.mark.parametrize("text", ["[cadence]\nseverities = []", '[major]\npreset = "small team"'])
def test_another_section_is_another_version(text):
    assert loads(text).version != Book().version


def test_everything_that_is_wrong_is_told_at_once():
    assert defects(
        """
[priority]
preset = "itil"
[groups.Leads]
[people.mia]
[cadence]
severities = [
  { severity = "SEV1", latest = "0m" },
  { severity = "SEV2", latest = "1h", soonest = "2h" },
  { severity = "SEV3", latest = "3 business days" },
  { severity = "SEV4", latest = "1h" },
  { severity = "SEV4", latest = "2h" },
  { latest = "soon" },
]
audiences = [
  { name = "a", told = ["impactd"] },
  { name = "b" },
  { name = "b" },
  { told = 7 },
]
[major]
promote = { roles = ["manager"], groups = ["Leeds"], people = ["maya"] }
demote = {}
propose = 7
roles = ["scrib", " "]
covered = [["resolver", "major incident manager"]]
candidates = [
  { name = "a" },
  { name = "b", users = 0, severity = [""], priority = "P9", criticality = "huge" },
  { name = "c", users = 1 },
  { name = "c", users = 1 },
  { users = 1 },
]
"""
    ) == [
        "line 8, cadence.severities[0].latest: is 0:00:00: give more than nothing and at most"
        " 366 days",
        "line 9, cadence.severities[1].soonest: is 2:00:00, longer than 1:00:00",
        "line 10, cadence.severities[2].latest: is in business days: a word is due at all "
        "hours; give hours or minutes",
        "line 12, cadence.severities[4].severity: is 'SEV4', which stands above already",
        "line 13, cadence.severities[5].latest: is 'soon': give such as '4h' or '1h 30m'",
        "line 13, cadence.severities[5].severity: is missing",
        "line 16, cadence.audiences[0].told: has no 'impacted', which everybody is told",
        "line 16, cadence.audiences[0].told: has no 'next_update_at', which everybody is told",
        "line 16, cadence.audiences[0].told[0]: is 'impactd'; did you mean 'impacted'?",
        "line 18, cadence.audiences[2].name: is 'b', which stands above already",
        "line 19, cadence.audiences[3].name: is missing",
        "line 19, cadence.audiences[3].told: is 7: give a name or a list of names",
        "line 22, major.promote.groups: is 'Leeds', whom nobody knows; did you mean 'Leads'?",
        "line 22, major.promote.people: is 'maya', whom nobody knows; there are mia",
        "line 22, major.promote.roles: is 'manager', whom nobody knows; there are communications "
        "lead, major incident manager, requester, resolver, scribe, tier 1 resolver, "
        "tier 2 resolver, tier 3 resolver",
        "line 23, major.demote: names nobody: give people, roles or groups",
        "line 24, major.propose: is 7, not a table",
        "line 25, major.roles: there is no role 'scrib'; did you mean 'scribe'?",
        "line 25, major.roles[1]: is ' ': it must be a text that is not blank",
        "line 26, major.covered[0]: whoever resolves it cannot manage it",
        "line 28, major.candidates[0]: sets nothing: every incident would be a candidate",
        "line 29, major.candidates[1].criticality: is 'huge'; there are critical, high, "
        "medium, low",
        "line 29, major.candidates[1].priority: there is no priority 'P9'; there are P1, P2, "
        "P3, P4",
        "line 29, major.candidates[1].severity[0]: is '': it must be a text that is not blank",
        "line 29, major.candidates[1].users: is 0: give a whole number from 1 on, or None",
        "line 31, major.candidates[3].name: is 'c', which stands above already",
        "line 32, major.candidates[4].name: is missing",
    ]


def test_who_may_promote_has_to_be_said():
    assert defects("[major]") == [
        "line 1, major.promote: is missing: say who may, in roles, groups or people"
    ]
    assert defects('[major]\npreset = "smal team"') == [
        "line 2, major.preset: there is no preset 'smal team'; did you mean 'small team'?"
    ]
    assert defects("cadence = 1\nmajor = 1") == [
        "line 1, cadence: is 1, not a table",
        "line 2, major: is 1, not a table",
    ]
    assert defects("[cadence]\nseverities = 1\naudiences = 2") == [
        "line 2, cadence.severities: is 1, not an array of tables",
        "line 3, cadence.audiences: is 2, not an array of tables",
    ]


def test_severities_and_priorities_are_those_of_the_scales_in_any_case():
    text = """
[cadence]
severities = [{ severity = "SEV9", latest = "1h" }, { severity = "sev1", latest = "1h" }]
[major]
promote = { people = "mia" }
candidates = [
  { name = "a", severity = ["sev1", "SEV9"], priority = ["p1", "P9"] },
]
"""
    assert defects(text) == [
        "line 3, cadence.severities[0].severity: is 'SEV9', which is no severity of the book; "
        "did you mean 'SEV4'?",
        "line 7, major.candidates[0].priority: there is no priority 'P9'; there are P1, P2, P3, P4",
        "line 7, major.candidates[0].severity: there is no severity 'SEV9'; did you mean 'SEV4'?",
    ]
    own = '[severity]\nscale = ["SEV9"]\n[priority]\nimpacts = ["a"]\nurgencies = ["a"]\n'
    own += 'priorities = ["P9"]\nmatrix = [["P9"]]\n' + text.replace('"sev1"', '"Sev9"').replace(
        '{ severity = "SEV9", latest = "1h" }, ', ""
    ).replace('"p1"', '"p9"')
    assert [row.severity for row in loads(own).cadences] == ["Sev9"]
