"""People, groups, services, routing and hand-offs in a book."""

from __future__ import annotations

import pytest

from itilcore.classification import Category, TicketKind
from itilcore.errors import InvalidPolicy
from itilcore.intake import Criticality
from itilcore.policy import Book, loads
from itilcore.routing import Directory, HandOffRules, RoleRules, RoutingQuestion

GOOD = """
[calendars.office]
hours = "Mon-Fri 09:00-17:00"
[people.ada]
name = "Ada"
tier = 1
manager = "mia"
site = "Porto"
[people.mia]
vip = true
[people.bob]
skills = ["vpn"]
capacity = 5
[groups.Desk]
tier = 1
members = "ada"
hours = "office"
[groups."Network team"]
tier = 2
members = ["bob"]
categories = "Network"
[services.payroll]
criticality = "critical"
owner = "mia"
tolerable_downtime = "2h"
hours = "office"
depends_on = "db"
[services.db]
degradation_counts = true
[[routing]]
name = "vpn"
group = "Network team"
category = "Network > VPN"
kind = "incident"
skills = "vpn"
[[routing]]
name = "rest"
group = "Desk"
tier = 1
[[hand_offs]]
requires = ["summary", "steps"]
[[hand_offs]]
category = "Network"
requires = ["device.os", "exhausted"]
scripts = ["restart", "ping"]
"""


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        loads(text)
    return [str(each) for each in caught.value.defects]


def test_a_book_of_people():
    book = loads(GOOD)
    assert [each.identifier for each in book.directory.managers_of("ada")] == ["mia"]
    assert [each.name for each in book.directory.groups_of("bob")] == ["Network team"]
    desk = book.directory.group("Desk")
    assert desk is not None
    assert desk.hours == book.calendar("office")
    assert [each.name for each in book.services.dependents_of("db")] == ["payroll"]
    payroll = book.services.service("payroll")
    assert payroll is not None
    assert payroll.criticality is Criticality.CRITICAL
    question = RoutingQuestion(category=Category("Network", "VPN"), kind=TicketKind.INCIDENT)
    route = book.routing.choose(question)
    assert route is not None
    assert (route.group, route.skills) == ("Network team", ("vpn",))
    assert len(book.hand_offs.missing(None, Category("Network"))) == 4


def test_each_section_is_in_the_version():
    versions = {
        loads(text).version
        for text in (
            "",
            "[people.ada]",
            "[groups.Desk]",
            "[services.db]",
            "[[routing]]\nname = 'a'\ngroup = 'x'",
            "[[hand_offs]]\nrequires = 'summary'",
        )
    }
    assert len(versions) == 6
    assert loads("").directory == Book().directory == Directory()
    assert loads("hand_offs = []").hand_offs == HandOffRules()
    assert Book().hand_offs == HandOffRules.default()


def test_roles():
    book = loads("[roles]\nsingle = 'scribe'\napart = [['requester', 'resolver']]")
    assert book.roles == RoleRules(single="scribe", apart=[("requester", "resolver")])
    assert book.version != Book().version
    own = "[roles]\nown = ['a', 'B', 'c', 'd']\n"
    wrong = "single = ['', 'a']\napart = [['a'], 'b', ['c', 'C '], ['d', ' ']]"
    assert defects(own + wrong) == [
        "line 3, roles.single[0]: is '': it must be a text that is not blank",
        "line 4, roles.apart[0]: is ('a',): give two roles",
        "line 4, roles.apart[1]: is 'b': give two roles",
        "line 4, roles.apart[2]: has 'c' twice",
        "line 4, roles.apart[3]: is ' ': it must be a text that is not blank",
    ]
    assert defects("roles = 3") == ["line 1, roles: is 3, not a table"]
    assert defects("[roles]\nsingle = 3") == [
        "line 2, roles.single: is 3: give a name or a list of names"
    ]


def test_everything_wrong_at_once():
    text = """
[people.ada]
manager = "moa"
tier = 0
vip = "x"
[people.bob]
skills = 3
[groups.Desk]
members = ["adda"]
hours = "x"
capacity = 0
[services.a]
depends_on = "a"
tolerable_downtime = "x"
[services.b]
tolerable_downtime = "1 business day"
criticality = "crit"
[[routing]]
name = "a"
group = "Desk"
kind = "incdent"
[[routing]]
name = "a"
group = "Desk"
category = ">"
words = "!"
[[routing]]
group = 3
[[hand_offs]]
requires = "sumary"
[[hand_offs]]
scripts = "x"
"""
    assert [each.split(":")[0] for each in defects(text)] == [
        "line 3, people.ada.manager",
        "line 4, people.ada.tier",
        "line 5, people.ada.vip",
        "line 7, people.bob.skills",
        "line 9, groups.Desk.members",
        "line 10, groups.Desk.hours",
        "line 11, groups.Desk.capacity",
        "line 13, services.a.depends_on[0]",
        "line 14, services.a.tolerable_downtime",
        "line 16, services.b.tolerable_downtime",
        "line 17, services.b.criticality",
        "line 21, routing[0].kind",
        "line 23, routing[1].name",
        "line 25, routing[1].category[0]",
        "line 26, routing[1].words[0]",
        "line 27, routing[2].name",
        "line 28, routing[2].group",
        "line 30, hand_offs[0].requires[0]",
        "line 31, hand_offs[1].requires",
        "line 32, hand_offs[1].scripts",
    ]


def test_what_does_not_hold_together():
    text = """
[people.ada]
manager = "moa"
[people.mia]
manager = "mio"
[people.mio]
manager = "mia"
[groups.Desk]
members = ["adda"]
[services.a]
depends_on = "b"
[services.b]
depends_on = ["a", "c"]
[[routing]]
name = "a"
group = "Desk"
[[routing]]
name = "b"
group = "Desk"
category = "Mail"
"""
    assert defects(text) == [
        "line 3, people.ada.manager: is 'moa', whom nobody knows; did you mean 'mio'?",
        "line 5, people.mia.manager: goes round: mia < mio < mia",
        "line 9, groups.Desk.members: has 'adda', whom nobody knows; did you mean 'ada'?",
        "line 11, services.a.depends_on: goes round: a < b < a",
        "line 13, services.b.depends_on: has 'c', which is no service; there are a, b",
        "line 17, routing[1]: is never reached: a takes all that it fits",
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("people = 3", "line 1, people: is int, not a table of tables"),
        ("people.ada = 3", "line 1, people.ada: is 3, not a table"),
        ("groups = 3", "line 1, groups: is int, not a table of tables"),
        ("groups.Desk = 3", "line 1, groups.Desk: is 3, not a table"),
        ("services.a = 3", "line 1, services.a: is 3, not a table"),
        ("routing = 3", "line 1, routing: is 3, not an array of tables"),
        ("hand_offs = [3]", "line 1, hand_offs[0]: is 3, not a table"),
        (
            "[groups.Desk]\n[[routing]]\nname = 'a'\ngroup = 'Dsk'",
            "line 4, routing[0].group: there is no group 'Dsk'; did you mean 'Desk'?",
        ),
        (
            "[[routing]]\nname = 'a'\ngroup = 'x'\nsite = 'y'\n[[routing]]\nname = 'a'\ngroup = 'x'",
            "line 6, routing[1].name: is 'a', which stands above already",
        ),
    ],
)
def test_defects(text: str, wanted: str):
    assert defects(text) == [wanted]


def test_a_role_that_is_misspelt_is_told() -> None:
    text = "[roles]\nsingle = ['scrbe', 'Scribe', 'tier 4 resolver']\napart = [['requester', 'resovler']]"
    assert defects(text) == [
        "line 2, roles.single[0]: has 'scrbe', which is no role, and none of the own; "
        "did you mean 'scribe'?",
        "line 3, roles.apart[0]: has 'resovler', which is no role, and none of the own; "
        "did you mean 'resolver'?",
    ]


def test_a_condition_that_never_fits_is_told() -> None:
    text = """
[people.ada]
site = "Porto"
skills = ["vpn"]
[services.mail]
[groups.Desk]
services = ["mial"]
[[routing]]
name = "a"
group = "Desk"
impact = "high"
urgency = "now"
priority = ["P1", "P9"]
service = "mial"
site = "Prto"
skills = "quantum"
[[routing]]
name = "b"
group = "Desk"
impact = "HIGH"
service = ["mail", " "]
"""
    assert [each.split(";")[0] for each in defects(text)] == [
        "line 7, groups.Desk.services[0]: is 'mial', which is no service of the book",
        "line 11, routing[0].impact[0]: is 'high', which is no impact of the book",
        "line 12, routing[0].urgency[0]: is 'now', which is no urgency of the book",
        "line 13, routing[0].priority[1]: is 'P9', which is no priority of the book",
        "line 14, routing[0].service[0]: is 'mial', which is no service of the book",
        "line 15, routing[0].site[0]: is 'Prto', which is no site of the book",
        "line 16, routing[0].skills[0]: is 'quantum', which is no skill that anybody has of the book",
        "line 21, routing[1].service[1]: is ' ': it must be a text that is not blank",
    ]


def test_rules_that_several_earlier_ones_take_together_are_told() -> None:
    text = """
[[routing]]
name = "x"
group = "A"
service = "s"
[[routing]]
name = "y"
group = "B"
service = "t"
[[routing]]
name = "z"
group = "C"
service = ["s", "t"]
"""
    assert defects(text) == [
        "line 10, routing[2]: is never reached: x and y take all that it fits",
    ]


def test_what_is_no_role_at_all() -> None:
    assert defects("[roles]\napart = [[1, 'scribe']]") == [
        "line 2, roles.apart[0]: is 1: it must be a text that is not blank",
    ]


def test_an_owner_whom_nobody_knows() -> None:
    text = "[people.ada]\n[services.mail]\nowner = 'adda'\n[services.web]\nowner = 'ada'"
    assert defects(text) == [
        "line 3, services.mail.owner: is 'adda', whom nobody knows; did you mean 'ada'?",
    ]
