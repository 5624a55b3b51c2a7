"""How bad it is, and who may say so, in a book."""

from __future__ import annotations

from datetime import timedelta

import pytest

from itilcore.actor import Actor
from itilcore.errors import InvalidInput, InvalidPolicy
from itilcore.intake import Criticality, Service, ServiceCatalogue
from itilcore.policy import Book, loads
from itilcore.priority import (
    Adjustments,
    Authority,
    DeclarationRules,
    Impact,
    ImpactRules,
    Priority,
    Severity,
    SeverityRules,
    SituationFacts,
    Urgency,
    UrgencyRules,
)

GOOD = """
[priority]
impacts = ["wide", "narrow"]
urgencies = ["now", "later"]
priorities = ["first", "second", "third"]
matrix = [["first", "second"], ["second", "third"]]
[services.payroll]
criticality = "critical"
[services.wiki]
[people.mia]
[groups.Desk]
members = ["mia"]
[impact]
otherwise = "narrow"
assumed = { users_affected = 1, threshold_within = "2h" }
[[impact.rules]]
name = "critical"
level = "wide"
when = { critical_service = true, service_down = true }
example = "nobody is paid"
[[impact.rules]]
name = "half"
level = "wide"
when = { users_share = 0.5 }
[urgency]
otherwise = "later"
rules = [{ name = "disk", level = "now", when = { threshold_within = "1h 30m" } }]
[[adjustments]]
name = "workaround"
when = { workaround = true }
steps = 1
[severity]
scale = ["Sev1", "Sev2"]
[[severity.definitions]]
severity = "Sev2"
meaning = "It hurts."
examples = "search is slow"
when = { users_affected = 5 }
[[severity.definitions]]
severity = "Sev1"
meaning = "The business stops."
examples = ["payroll down during its processing window"]
when = [{ service = "payroll", service_down = true, in_critical_window = true }, { safety_at_risk = true }]
tolerable_downtime = "1h"
[[declarations]]
severity = "Sev1"
who = { people = "mia", roles = ["major incident manager"], groups = "Desk" }
evidence = ["service", "harm"]
may_override = { people = ["mia"] }
[[declarations]]
severity = "Sev2"
"""


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(each) for each in caught.value.defects]


def test_a_book_that_says_how_bad_it_is():
    book = loads(GOOD)
    payroll = SituationFacts(
        service="payroll", service_down=True, in_critical_window=True, workaround=True
    )
    found = book.assess(payroll)
    now, later = Urgency.scale("now", "later")
    assert found.answer.impact == Impact("wide", 1)
    assert found.answer.urgency == later
    assert found.answer.computed == Priority("second", 2)
    assert found.answer.priority == Priority("third", 3)
    assert found.answer.severity == Severity("Sev1", 1)
    assert book.urgency.assess(SituationFacts(threshold_within=timedelta(hours=1))).answer == now
    assert dict(book.impact.assumed)["threshold_within"] == timedelta(hours=2)
    sev1 = book.severity.definition(Severity("Sev1", 1))
    assert sev1 is not None
    assert sev1.maximum_tolerable_downtime == timedelta(hours=1)
    judged = book.declarations.judge(Severity("Sev1", 1), Actor.person("mia"), override="no time")
    assert judged.answer.overridden == ("evidence service", "evidence harm")
    assert book.declarations.rule(Severity("Sev2", 2)) is not None


def test_what_is_critical_comes_from_the_catalogue_unless_it_is_said():
    services = ServiceCatalogue(
        [Service(name="payroll", criticality=Criticality.CRITICAL), Service(name="wiki")]
    )
    book = Book(services=services)

    def impact(**known):
        return book.assess(SituationFacts(service_down=True, **known)).answer.impact

    assert impact(service="payroll") == Impact.HIGH
    assert impact(service="payroll", critical_service=False) == Impact.LOW
    assert impact(service="wiki") == impact(service="other") == impact() == Impact.LOW
    with pytest.raises(InvalidInput, match="give SituationFacts"):
        book.assess("payroll is down")


def test_without_the_sections_there_are_defaults_and_each_counts_in_the_version():
    assert loads("") == Book()
    assert Book().impact == ImpactRules.default()
    versions = {
        Book().version,
        Book(impact=ImpactRules([], Impact.LOW)).version,
        Book(urgency=UrgencyRules([], Urgency.LOW)).version,
        Book(adjustments=Adjustments()).version,
        Book(severity=SeverityRules()).version,
        Book(declarations=DeclarationRules()).version,
    }
    assert len(versions) == 6
    empty = loads(
        'adjustments = []\ndeclarations = []\n[severity]\n[impact]\nrules=[]\notherwise="LOW"'
    )
    assert empty.adjustments == Adjustments()
    assert empty.severity == SeverityRules()
    assert empty.declarations == DeclarationRules()
    assert empty.impact == ImpactRules([], Impact.LOW)


def test_all_defects_of_levels_at_once():
    text = """
[impact]
assumed = { users = 1, threshold_within = "-2h" }
[[impact.rules]]
name = "a"
level = "HIHG"
when = { user_affected = 5, work_halted = false }
[[impact.rules]]
level = "HIGH"
when = { compliance_deadline_within = "-4h" }
[[impact.rules]]
name = "c"
level = "LOW"
when = "always"
[[impact.rules]]
name = "d"
level = "LOW"
[[impact.rules]]
name = "e"
level = "LOW"
when = { vip_affected = true }
[[impact.rules]]
name = "e"
level = "HIGH"
when = { threshold_within = "2 business days" }
[[impact.rules]]
name = "f"
level = "LOW"
when = { vip_affected = true, service = "wiki" }
"""
    assert defects(text) == [
        "line 2, impact.otherwise: is missing",
        "line 3, impact.assumed.threshold_within: is '-2h': it must be a time of nothing or more",
        "line 3, impact.assumed.users: is no fact; did you mean 'users_share'?",
        "line 6, impact.rules[0].level: is 'HIHG', which is not on the scale; did you mean 'HIGH'?",
        "line 7, impact.rules[0].when.user_affected: is no fact; did you mean 'users_affected'?",
        "line 8, impact.rules[1].name: is missing",
        "line 10, impact.rules[1].when.compliance_deadline_within: is '-4h': "
        "it must be a time of nothing or more",
        "line 14, impact.rules[2].when: is 'always', not a table of facts",
        "line 15, impact.rules[3].when: is missing",
        "line 23, impact.rules[5].name: is 'e', which stands above already",
        "line 25, impact.rules[5].when.threshold_within: is '2 business days': "
        "it must be a time of nothing or more",
        "line 29, impact.rules[6].when: is never reached: 'e' fits before",
    ]


def test_defects_of_rows_together_and_of_what_cannot_be_read():
    text = """
[impact]
otherwise = "MEDIUM"
[[impact.rules]]
name = "wrong"
level = "LOW"
when = {}
[[impact.rules]]
name = "low"
level = "LOW"
when = { vip_affected = true }
[[impact.rules]]
name = "low"
level = "LOW"
when = { vip_affected = true, service = "wiki" }
"""
    assert defects(text) == [
        "line 3, impact.otherwise: is MEDIUM, below rows that give LOW: highest first",
        "line 7, impact.rules[0].when: has no conditions",
        "line 13, impact.rules[2].name: is 'low', which stands above already",
        "line 15, impact.rules[2].when: is never reached: 'low' fits before",
    ]
    assert defects("impact = 5\nurgency = 5\nseverity = 5\nadjustments = 5\ndeclarations = 5") == [
        "line 1, impact: is 5, not a table",
        "line 2, urgency: is 5, not a table",
        "line 3, severity: is 5, not a table",
        "line 4, adjustments: is 5, not an array of tables",
    ]
    assert defects(
        '[impact]\notherwise = "LOW"\nrules = [{level = "LOW", when = {vip_affected = true}}]'
    ) == ["line 3, impact.rules[0].name: is missing"]
    assert defects('[urgency]\notherwise = "LOW"') == ["line 1, urgency.rules: is missing"]
    assert defects("declarations = 5") == ["line 1, declarations: is 5, not an array of tables"]


def test_levels_are_those_of_the_book_and_of_none_where_it_has_none_that_is_right():
    own = """
[priority]
impacts = ["wide"]
urgencies = ["now"]
priorities = ["first"]
matrix = [["first"]]
[impact]
rules = []
otherwise = "HIGH"
[urgency]
rules = []
otherwise = "now"
"""
    assert defects(own) == [
        "line 9, impact.otherwise: is 'HIGH', which is not on the scale; there are wide"
    ]
    wrong = '[priority]\npreset = "ital"\n[impact]\nrules = []\notherwise = "wide"\n[urgency]\n'
    assert [each.split(":")[0] for each in defects(wrong)] == ["line 2, priority.preset"]


def test_a_row_for_a_team_that_is_short_of_people():
    text = """
    [[adjustments]]
    name = "capacity"
    when = { capacity_short = true, workaround = true }
    steps = 1
    """
    known = {"critical_service": True, "service_down": True, "work_halted": True}
    facts = SituationFacts(capacity_short=True, workaround=True, **known)
    assert loads(text).assess(facts).answer.priority == Priority.P2


def test_all_defects_of_adjustments_at_once():
    text = """
[[adjustments]]
name = "a"
when = { workaround = true }
steps = 0
[[adjustments]]
name = "b"
when = { workaround = true }
steps = -1
[[adjustments]]
when = { vip_affect = true }
steps = 1
[[adjustments]]
name = "c"
steps = "one"
when = 5
[[adjustments]]
name = "d"
steps = 1
when = { workaround = true }
[[adjustments]]
steps = 1
when = { workaround = true }
[[adjustments]]
name = "d"
steps = 1
when = { service_down = true }
"""
    assert defects(text) == [
        "line 5, adjustments[0].steps: is 0: give a whole number, above 0 to lower the priority",
        "line 8, adjustments[1].when.workaround: raises for less harm",
        "line 10, adjustments[2].name: is missing",
        "line 11, adjustments[2].when.vip_affect: is no fact; did you mean 'vip_affected'?",
        "line 15, adjustments[3].steps: is 'one', not a whole number",
        "line 16, adjustments[3].when: is 5, not a table of facts",
        "line 21, adjustments[5].name: is missing",
        "line 25, adjustments[6].name: is 'd', which stands above already",
        "line 27, adjustments[6].when.service_down: lowers for more harm",
    ]


def test_all_defects_of_severities_at_once():
    text = """
[severity]
[[severity.definitions]]
severity = "SEV1"
meaning = "It stops."
examples = []
when = { workaround = true }
tolerable_downtime = "-1h"
[[severity.definitions]]
severity = "SEV9"
examples = 5
when = [{ users_shar = 5 }, 5]
tolerable_downtime = "2 business days"
[[severity.definitions]]
meaning = ""
examples = "a"
tolerable_downtime = "0h"
[[severity.definitions]]
severity = "SEV2"
meaning = "It hurts."
[[severity.definitions]]
severity = "SEV3"
meaning = "a"
examples = "a"
tolerable_downtime = "1h"
[[severity.definitions]]
severity = "SEV3"
meaning = "a"
examples = "a"
[[severity.definitions]]
severity = "SEV4"
meaning = "a"
examples = "a"
tolerable_downtime = "30m"
"""
    assert defects(text) == [
        "line 6, severity.definitions[0].examples: are none: people need one to compare with",
        "line 7, severity.definitions[0].when.workaround: "
        "moves the priority of the work, never the severity",
        "line 8, severity.definitions[0].tolerable_downtime: is '-1h': "
        "give such as '4h' or '1h 30m'",
        "line 9, severity.definitions[1].meaning: is missing",
        "line 10, severity.definitions[1].severity: is 'SEV9', which is not on the scale; "
        "did you mean 'SEV4'?",
        "line 11, severity.definitions[1].examples: is 5: give a name or a list of names",
        "line 12, severity.definitions[1].when[0].users_shar: is no fact; did you mean 'users_share'?",
        "line 12, severity.definitions[1].when[1]: is 5, not a table of facts",
        "line 13, severity.definitions[1].tolerable_downtime: "
        "is in business days: give hours or minutes",
        "line 14, severity.definitions[2].severity: is missing",
        "line 15, severity.definitions[2].meaning: is '': it must be a text that is not blank",
        "line 17, severity.definitions[2].tolerable_downtime: is '0h': "
        "it must be more than nothing",
        "line 18, severity.definitions[3].examples: is missing",
        "line 25, severity.definitions[4].tolerable_downtime: "
        "is 1:00:00, and 0:30:00 of the lower SEV4: a lower one bears more",
        "line 27, severity.definitions[5].severity: is SEV3, which is defined above already",
    ]
    assert defects('[severity]\nscale = ["a", "a"]\n[[declarations]]\nseverity = "a"') == [
        "line 2, severity.scale[1]: is 'a', which stands before",
    ]


def test_more_than_anybody_means_is_refused_at_once():
    names = ", ".join(f'"s{number}"' for number in range(101))
    declared = '[[declarations]]\nseverity = "anything"'
    assert defects(f"[severity]\nscale = [{names}]\n{declared}") == [
        "line 2, severity.scale: has 101 names: at most 100"
    ]
    rows = "".join(
        f'[[impact.rules]]\nname = "{n}"\nlevel = "LOW"\nwhen = {{ users_affected = {n} }}\n'
        for n in range(501, 0, -1)
    )
    assert defects(f'[impact]\notherwise = "LOW"\n{rows}') == [
        "line 3, impact.rules: are 501 rows: at most 500"
    ]


def test_all_defects_of_declarations_at_once():
    text = """
[people.mia]
[groups.Desk]
[[declarations]]
severity = "SEV1"
who = { people = "mai", groups = ["Desc"], roles = "anything" }
may_override = { person = "mia" }
[[declarations]]
severity = "SEV7"
who = {}
may_override = 5
evidence = 5
[[declarations]]
severity = "SEV2"
[[declarations]]
severity = "SEV2"
[[declarations]]
severity = "SEV3"
evidence = ["a", "a"]
"""
    assert defects(text) == [
        "line 6, declarations[0].who.groups: is 'Desc', whom nobody knows; did you mean 'Desk'?",
        "line 6, declarations[0].who.people: is 'mai', whom nobody knows; did you mean 'mia'?",
        "line 6, declarations[0].who.roles: is 'anything', whom nobody knows; there are "
        "communications lead, major incident manager, requester, resolver, scribe, "
        "tier 1 resolver, tier 2 resolver, tier 3 resolver",
        "line 7, declarations[0].may_override: names nobody: give people, roles or groups",
        "line 7, declarations[0].may_override.person: is no such key; there are people, roles, groups",
        "line 9, declarations[1].severity: is 'SEV7', which is not on the scale; "
        "did you mean 'SEV4'?",
        "line 10, declarations[1].who: names nobody: give people, roles or groups",
        "line 11, declarations[1].may_override: is 5, not a table",
        "line 12, declarations[1].evidence: is 5: give a name or a list of names",
        "line 16, declarations[3].severity: is SEV2, which has a rule above already",
        "line 19, declarations[4].evidence[1]: is 'a' once more",
    ]


def test_a_lower_severity_bears_as_much_or_more():
    rows = "".join(
        f'[[severity.definitions]]\nseverity = "{name}"\nmeaning = "a"\nexamples = "a"\n'
        f'tolerable_downtime = "{longest}"\n'
        for name, longest in (("SEV2", "2h"), ("SEV1", "1h"), ("SEV3", "2h"))
    )
    first, second, third = loads(rows).severity.definitions
    assert first.maximum_tolerable_downtime == timedelta(hours=1)
    assert second.maximum_tolerable_downtime == third.maximum_tolerable_downtime


def test_roles_that_declare_are_those_that_there_are():
    own = """
    [roles]
    own = ["Duty Manager", "historian"]
    [[declarations]]
    severity = "SEV1"
    who = { roles = ["duty manager", "tier 5 resolver", "Scribe"] }
    """
    assert loads(own).declarations.rules[0].who == Authority(
        roles=["duty manager", "tier 5 resolver", "scribe"]
    )
    one = own.replace('["Duty Manager", "historian"]', '"Duty Manager"')
    assert loads(one).declarations == loads(own).declarations
    wrong = own.replace('["Duty Manager", "historian"]', "5").replace("tier 5", "tier five")
    assert [each.partition(";")[0] for each in defects(wrong)] == [
        "line 3, roles.own: is 5: give a name or a list of names",
        "line 6, declarations[0].who.roles: is 'duty manager', whom nobody knows",
    ]
    assert len(defects(own.replace("[roles]", "[[roles]]"))) == 2


def test_a_row_that_is_wrong_hides_no_other():
    text = """
[impact]
otherwise = "LOW"
rules = [
  { name = "a", level = "HIGH", when = { users_affected = "many" } },
  { name = "a", level = "LOW", when = { service_down = true } },
]
[[adjustments]]
name = "w"
when = {}
steps = 1
[[adjustments]]
name = "w"
when = { workaround = true }
steps = 1
[[severity.definitions]]
severity = "SEV2"
meaning = ""
examples = "a"
tolerable_downtime = "1h"
[[severity.definitions]]
severity = "SEV2"
meaning = "a"
examples = []
tolerable_downtime = "30m"
[[severity.definitions]]
severity = "SEV1"
meaning = "a"
examples = "a"
tolerable_downtime = "2h"
[[declarations]]
severity = "SEV1"
evidence = ["a", "a"]
[[declarations]]
severity = "SEV1"
evidence = ["b", "b"]
[cadence]
severities = [{ severity = "SEV1", latest = "0m" }, { severity = "sev1", latest = "0m" }]
audiences = [{ name = "b", told = 5 }, { name = "b", told = ["x"] }, { told = ["y"] }, { told = ["impacted", "next_update_at"] }]
[major]
promote = { people = "mia" }
candidates = [{ name = "n" }, { name = "n", users = 0 }, { related = 0 }]
"""
    assert [each.partition(":")[0] for each in defects(text)] == [
        "line 5, impact.rules[0].when.users_affected",
        "line 6, impact.rules[1].name",
        "line 10, adjustments[0].when",
        "line 13, adjustments[1].name",
        "line 18, severity.definitions[0].meaning",
        "line 22, severity.definitions[1].severity",
        "line 24, severity.definitions[1].examples",
        "line 30, severity.definitions[2].tolerable_downtime",
        "line 33, declarations[0].evidence[1]",
        "line 35, declarations[1].severity",
        "line 36, declarations[1].evidence[1]",
        "line 38, cadence.severities[0].latest",
        "line 38, cadence.severities[1].latest",
        "line 38, cadence.severities[1].severity",
        "line 39, cadence.audiences[0].told",
        "line 39, cadence.audiences[1].name",
        "line 39, cadence.audiences[1].told",
        "line 39, cadence.audiences[1].told",
        "line 39, cadence.audiences[1].told[0]",
        "line 39, cadence.audiences[2].name",
        "line 39, cadence.audiences[2].told",
        "line 39, cadence.audiences[2].told",
        "line 39, cadence.audiences[2].told[0]",
        "line 39, cadence.audiences[3].name",
        "line 42, major.candidates[0]",
        "line 42, major.candidates[1].name",
        "line 42, major.candidates[1].users",
        "line 42, major.candidates[2].name",
        "line 42, major.candidates[2].related",
    ]
