"""What a ticket is, forms, alerts and what comes back, in a book."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from itilcore.classification import Category, KindRules, OutageRules, Ticket, TicketKind
from itilcore.desk import Desk
from itilcore.errors import InvalidPolicy
from itilcore.incident import Classified, Incident, Logged
from itilcore.intake import AlertRules, AssetRules, Forms, TriageRules, VagueRules
from itilcore.policy import Book, loads
from itilcore.priority import Impact
from itilcore.problems import ProblemRules, RecurrenceRules, SimilarRules
from itilcore.report import AtHand, build, explain
from itilcore.repositories import Commit
from itilcore.routing import RoutingQuestion
from itilcore.stores import MemoryStore

GOOD = """
[kinds]
least = 0.5
lead = 0.05
questions = [{ text = "A new badge, or a broken one?", kinds = ["incident", "service request"] }]
[[kinds.rules]]
name = "badge"
kind = "service request"
confidence = 0.9
phrases = "badge"
without = ["lost"]
source = "portal"
catalogue_item = ["Badge"]
category = "Net"
service = "door"
fields = { site = ["Porto", "Lisbon"] }
ordered = true
[outages]
outage = ["is toast"]
[taxonomy.nodes.net]
name = "Network"
renamed_from = ["Net"]
[taxonomy.nodes.vpn]
name = "VPN"
parent = "net"
[taxonomy.nodes.fax]
name = "Fax"
retired = true
replaced_by = "net"
[[taxonomy.changes]]
at = 2026-01-05T09:00:00Z
by = "ada"
why = "as people say"
what = "renamed Net to Network"
[intake]
usable = 0.5
phrases = ["kaputt"]
fewest_words = 3
fewest_letters = 6
diagnostics = [{ category = "Network", questions = "Which socket?" }]
stale_after_days = 60
changed_within_days = 3
[forms.vpn]
kind = "incident"
category = "Network > VPN"
fields = ["device", { name = "token", question = "Which token?", weight = 2, choices = ["a", "b"] }]
own = "token"
[alerts]
window = "2h"
reopen_within = "never"
flapping = 0
flapping_within = "30m"
severity_labels = "level"
severities = [{ name = "page", impact = "HIGH", urgency = "LOW" }]
[similar]
window = "1h"
least = 0.7
most = 3
[recurrence]
recent_days = 7
usual_days = 90
level = 0.01
by = ["site", "service"]
rhythm_level = 0.001
tz = "Europe/Lisbon"
"""


def defects(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as error:
        loads(text)
    return [str(each) for each in error.value.defects]


def test_a_book_says_what_a_ticket_is() -> None:
    book = loads(GOOD)
    rule = next(each for each in book.triage.kinds.rules if each.name == "badge")
    assert (rule.kind, rule.sources, rule.fields, rule.ordered) == (
        TicketKind.SERVICE_REQUEST,
        ("portal",),
        (("site", ("Lisbon", "Porto")),),
        True,
    )
    assert len(book.triage.kinds.rules) == len(KindRules.default().rules) + 1
    asked = {each.kinds: each.text for each in book.triage.kinds.questions}
    assert asked[TicketKind.INCIDENT, TicketKind.SERVICE_REQUEST].startswith("A new badge")
    assert (book.triage.kinds.least, book.triage.kinds.lead) == (0.5, 0.05)
    assert set(book.triage.outages.outage) == {*OutageRules().outage, "is toast"}
    taxonomy = book.triage.taxonomy
    assert taxonomy.resolve(Category("fax")).answer == Category("Network")
    assert taxonomy.resolve(Category("Net", "VPN")).answer == Category("Network", "VPN")
    assert (taxonomy.number, taxonomy.changes[0].at) == (1, datetime(2026, 1, 5, 9, tzinfo=UTC))
    vague = book.triage.vague
    assert "kaputt" in vague.phrases
    assert (vague.fewest_words, vague.fewest_letters) == (3, 6)
    assert vague.questions(Category("Network"))[0] == "Which socket?"
    assert "By cable, Wi-Fi or VPN?" not in vague.questions(Category("Network"))
    assert book.triage.assets == AssetRules(
        stale_after=timedelta(days=60), changed_within=timedelta(days=3)
    )
    forms = book.triage.forms
    assert forms.usable == 0.5
    fields = dict(forms.fields(TicketKind.INCIDENT, Category("Network", "VPN")))
    token = next(each for each in fields if each.name == "token")
    assert (token.weight, token.choices, fields[token]) == (2, ("a", "b"), "vpn")
    assert len(forms.forms) == len(Forms.default().forms) + 1


def test_a_book_says_what_is_behind_incidents() -> None:
    book = loads(GOOD)
    policy = book.problems.alerts
    assert (policy.window, policy.reopen_within) == (timedelta(hours=2), None)
    assert (policy.flapping, policy.flapping_within) == (None, timedelta(minutes=30))
    (severity,) = book.alerts.severities
    assert (severity.name, severity.impact, book.alerts.severity_labels) == (
        "page",
        Impact.HIGH,
        ("level",),
    )
    assert book.problems.similar == SimilarRules(window=timedelta(hours=1), least=0.7, most=3)
    assert book.problems.recurrence == RecurrenceRules(
        recent=timedelta(days=7),
        usual=timedelta(days=90),
        level=0.01,
        by=("site", "service"),
        rhythm_level=0.001,
        tz="Europe/Lisbon",
    )


def test_without_sections_the_rules_are_the_usual_ones() -> None:
    book = loads("")
    assert (book.triage, book.alerts, book.problems) == (
        TriageRules(),
        AlertRules(),
        ProblemRules(),
    )
    assert book == Book()


def test_the_usual_rules_can_be_left_out() -> None:
    book = loads(
        """
        [kinds]
        default = false
        [outages]
        default = false
        outage = "down"
        [intake]
        default_forms = false
        default_phrases = false
        """
    )
    assert (book.triage.kinds.rules, book.triage.kinds.questions) == ((), ())
    assert (book.triage.outages.outage, book.triage.outages.idle) == (("down",), ())
    assert (book.triage.forms.forms, book.triage.vague.phrases) == ((), ())


def test_a_rule_of_a_usual_name_takes_its_place() -> None:
    usual = KindRules.default().rules[0]
    book = loads(
        f'[kinds]\nrules = [{{ name = "{usual.name}", kind = "change", confidence = 0.3, phrases = "x" }}]\n'
        "[forms.incident]\nfields = ['symptoms']\nkind = 'incident'\n"
    )
    found = {rule.name: rule for rule in book.triage.kinds.rules}
    assert found[usual.name].confidence == 0.3
    assert len(found) == len(KindRules.default().rules)
    names = {form.name: form.names for form in book.triage.forms.forms}
    assert names["incident"] == ("symptoms",)


@pytest.mark.parametrize(
    "text",
    [
        "[kinds]\nleast = 0.5",
        "[outages]\noutage = 'toast'",
        "[taxonomy.nodes.n]\nname = 'Network'",
        "[intake]\nusable = 0.5",
        "[intake]\nphrases = 'kaputt'",
        "[intake]\nchanged_within_days = 3",
        "[forms.x]\nfields = ['device']",
        "[alerts]\nwindow = '2h'",
        "[alerts]\nservice_labels = 'app'",
        "[similar]\nleast = 0.9",
        "[recurrence]\nby = 'site'",
    ],
)
def test_every_section_is_in_the_version(text: str) -> None:
    assert loads(text).version != Book().version


def test_a_wrong_kind_hides_nothing_else_of_a_rule() -> None:
    text = """
[kinds]
questions = [
  { text = " ", kinds = ["bug", "incident"] }, { text = "x", kinds = "bug" }, { kinds = [] }, 3 ]
rules = [
  { name = "a", kind = "incidnt", confidence = 2.0, phrases = ["b", " ", "a"], fields = { x = [] } },
  { name = "a", confidence = 0.5, phrases = "x" },
  { name = "none", kind = "incident", confidence = 0.5 },
  { name = "but", kind = "incident", confidence = 0.5, without = "x" },
]
"""
    found = defects(text)
    assert [each.split(":")[0] for each in found] == [
        "line 4, kinds.questions[0].kinds",
        "line 4, kinds.questions[0].text",
        "line 4, kinds.questions[1].kinds",
        "line 4, kinds.questions[2].text",
        "line 4, kinds.questions[3]",
        "line 6, kinds.rules[0].confidence",
        "line 6, kinds.rules[0].fields.x",
        "line 6, kinds.rules[0].kind",
        "line 6, kinds.rules[0].phrases[1]",
        "line 7, kinds.rules[1].kind",
        "line 7, kinds.rules[1].name",
        "line 8, kinds.rules[2]",
        "line 9, kinds.rules[3]",
    ]
    assert "it would fit every ticket" in found[-1]


def test_fields_of_a_form_are_told_where_they_stand() -> None:
    text = """
[forms]
w = 3
[forms.x]
own = ["mine", " "]
category = ["Network", " ", "Access"]
fields = ["symptoms", { name = "symptoms", weight = 0 }, { question = "?" }, "shoe", { name = "" }]
"""
    assert [each.split(":")[0] for each in defects(text)] == [
        "line 3, forms.w",
        "line 5, forms.x.own[1]",
        "line 6, forms.x.category[1]",
        "line 7, forms.x.fields[1]",
        "line 7, forms.x.fields[1].weight",
        "line 7, forms.x.fields[2].name",
        "line 7, forms.x.fields[3]",
        "line 7, forms.x.fields[4].name",
        "line 7, forms.x.fields[4].question",
    ]


def test_all_that_is_wrong_with_a_taxonomy_is_told() -> None:
    text = """
[taxonomy.nodes.a]
name = "A"
parent = "b"
[taxonomy.nodes.b]
name = "B"
parent = "a"
[taxonomy.nodes.c]
name = "Same"
[taxonomy.nodes.d]
name = "same"
parent = ""
[taxonomy.nodes.e]
name = "x > y"
[taxonomy.nodes.f]
name = "F"
parent = "e"
[taxonomy.nodes.g]
name = "Same"
parent = "nowhere"
[taxonomy.nodes.h]
name = "SAME"
[taxonomy.nodes]
i = 3
[[taxonomy.changes]]
at = 2026-01-05T09:00:00Z
by = ""
why = "w"
what = "x"
[[taxonomy.changes]]
at = 2026-01-05T09:00:00
by = "ada"
why = "w"
what = "x"
"""
    found = defects(text)
    assert [each.split(":")[0] for each in found] == [
        "line 4, taxonomy.nodes.a.parent",
        "line 12, taxonomy.nodes.d.parent",
        "line 14, taxonomy.nodes.e.name",
        "line 20, taxonomy.nodes.g.parent",
        "line 21, taxonomy.nodes.h",
        "line 24, taxonomy.nodes.i",
        "line 27, taxonomy.changes[0].by",
        "line 31, taxonomy.changes[1].at",
    ]
    assert "is 2026-01-05 09:00:00: give an instant" in found[-1]


def test_hints_speak_of_no_business_days_where_these_are_refused() -> None:
    found = defects('[alerts]\nwindow = "4x"\nreopen_within = "2d"\n[similar]\nwindow = "0h"\n')
    assert found == [
        "line 2, alerts.window: is '4x': give such as '4h' or '1h 30m'",
        "line 3, alerts.reopen_within: is '2d': say '48h'",
        "line 5, similar.window: is 0:00:00: give a timedelta of more than nothing",
    ]


def test_all_defects_are_told_at_once() -> None:
    text = """
[kinds]
least = 2.0
rules = [
  { name = "a", kind = "incidnt", confidence = 0.5 },
  { name = "b", kind = "incident", confidence = 2.0, phrases = ["?!"], source = " " },
  { name = "c", kind = "incident", confidence = 0.5, phrases = "x" },
  { name = "c", kind = "incident", confidence = 0.6, phrases = "x" },
  { kind = "incident", confidence = 0.5, phrases = 3 },
]
questions = [{ text = " ", kinds = "incident" }, { text = "x" }, { text = "y" }]
[outages]
outage = ["fine", "?!"]
idle = 3
[taxonomy.nodes.a]
name = "A > B"
[taxonomy.nodes.b]
parent = "x"
[[taxonomy.changes]]
at = 2026-01-05T09:00:00
by = "ada"
why = "w"
what = "x"
[intake]
usable = 1.5
phrases = ["?!"]
fewest_words = 0
stale_after_days = 0
diagnostics = [{ questions = [] }]
[forms.x]
kind = "bug"
fields = ["symptom", { name = "y" }, 4]
[forms.y]
kind = "incident"
[alerts]
window = "2d"
reopen_within = "3 business days"
flapping = -1
service_labels = [" "]
severities = [{ name = "page", impact = "BIG", urgency = "HIGH" }, { name = "" , impact = "LOW", urgency = "LOW" },
  { name = "a", impact = "LOW", urgency = "LOW" }, { name = "A", impact = "LOW", urgency = "LOW" }]
[similar]
window = "1 business day"
least = 3.0
[recurrence]
recent_days = 0
by = ["sight"]
level = 2.0
tz = "Mars"
"""
    assert [each.split(":")[0] for each in defects(text)] == [
        "line 3, kinds.least",
        "line 5, kinds.rules[0].kind",
        "line 6, kinds.rules[1].confidence",
        "line 6, kinds.rules[1].phrases[0]",
        "line 6, kinds.rules[1].source[0]",
        "line 8, kinds.rules[3].name",
        "line 9, kinds.rules[4].name",
        "line 9, kinds.rules[4].phrases",
        "line 11, kinds.questions[0].kinds",
        "line 11, kinds.questions[0].text",
        "line 11, kinds.questions[2].kinds",
        "line 13, outages.outage[1]",
        "line 14, outages.idle",
        "line 16, taxonomy.nodes.a.name",
        "line 17, taxonomy.nodes.b.name",
        "line 18, taxonomy.nodes.b.parent",
        "line 20, taxonomy.changes[0].at",
        "line 25, intake.usable",
        "line 26, intake.phrases[0]",
        "line 27, intake.fewest_words",
        "line 28, intake.stale_after_days",
        "line 29, intake.diagnostics[0].questions",
        "line 31, forms.x.kind",
        "line 32, forms.x.fields[0]",
        "line 32, forms.x.fields[1]",
        "line 32, forms.x.fields[1].question",
        "line 32, forms.x.fields[2]",
        "line 33, forms.y.fields",
        "line 36, alerts.window",
        "line 37, alerts.reopen_within",
        "line 38, alerts.flapping",
        "line 39, alerts.service_labels[0]",
        "line 40, alerts.severities[0].impact",
        "line 40, alerts.severities[1].name",
        "line 41, alerts.severities[3].name",
        "line 43, similar.window",
        "line 44, similar.least",
        "line 46, recurrence.recent_days",
        "line 47, recurrence.by[0]",
        "line 48, recurrence.level",
        "line 49, recurrence.tz",
    ]


def test_a_taxonomy_that_does_not_hold_together() -> None:
    text = """
[taxonomy.nodes.a]
name = "A"
parent = "b"
[taxonomy.nodes.b]
name = "B"
parent = "a"
"""
    assert defects(text) == ["line 4, taxonomy.nodes.a.parent: goes round: a > b > a"]
    twice = "[taxonomy.nodes.a]\nname = 'A'\n[taxonomy.nodes.b]\nname = 'a'\n"
    assert defects(twice) == [
        "line 3, taxonomy.nodes.b: has or had the path a, as a has or had",
    ]
    order = """
[taxonomy]
changes = [
  { at = 2026-01-06T09:00:00Z, by = "ada", why = "w", what = "x" },
  { at = 2026-01-05T09:00:00Z, by = "ada", why = "w", what = "x" },
]
"""
    assert [each.split(":")[0] for each in defects(order)] == ["line 5, taxonomy.changes[1].at"]


@pytest.mark.parametrize(
    "section",
    ["kinds", "outages", "taxonomy", "intake", "forms", "alerts", "similar", "recurrence"],
)
def test_a_section_that_is_no_table(section: str) -> None:
    assert all(each.startswith(f"line 1, {section}") for each in defects(f"{section} = 3"))
    assert len(defects(f"{section} = 3")) == 1


def test_severities_of_other_scales_are_left_out() -> None:
    own = """
[priority]
impacts = ["major", "minor"]
urgencies = ["now", "later"]
priorities = ["first", "second"]
matrix = [["first", "second"], ["second", "second"]]
[alerts]
window = "1h"
"""
    assert loads(own).alerts.severities == ()
    unsaid = own.replace('[alerts]\nwindow = "1h"\n', "")
    assert "alerts" not in unsaid
    assert loads(unsaid).alerts.severities == ()
    some = own + 'severities = [{ name = "page", impact = "major", urgency = "now" }]\n'
    assert loads(some).alerts.severities[0].impact.name == "major"


def test_a_book_decides_by_its_own_words() -> None:
    book = loads(GOOD)
    ticket = Ticket(
        title="Badge, please",
        source="Portal",
        catalogue_item="badge",
        category=Category("Network"),
        service="DOOR",
        fields={"site": "porto"},
    )
    assert book.triage.kinds.decide(ticket).answer is TicketKind.SERVICE_REQUEST
    assert VagueRules().version != book.triage.vague.version


RENAMED = """
[taxonomy.nodes.net]
name = "Network"
[taxonomy.nodes.vpn]
name = "VPN"
parent = "net"
renamed_from = ["Remote access"]
[calendars.always]
hours = "Mon-Sun 00:00-24:00"
[groups.Net]
tier = 2
categories = "Remote access"
[groups.Desk]
[[routing]]
name = "vpn"
group = "Net"
category = "Remote access"
[[routing]]
name = "rest"
group = "Desk"
[[hand_offs]]
category = "remote access"
requires = "evidence"
[sla.gold]
calendar = "always"
targets = [{ kind = "resolution", within = "4h", applies = { category = "Remote access" } }]
[forms.vpn]
category = "Remote access"
fields = ["device"]
[intake]
diagnostics = [{ category = "Remote access", questions = "Which gateway?" }]
[[kinds.rules]]
name = "vpn"
kind = "incident"
confidence = 0.9
category = "Remote access"
"""


@pytest.mark.parametrize("written", ["Remote access", "Network > VPN"])
def test_rules_and_incidents_follow_a_renamed_category(written: str) -> None:
    book = loads(RENAMED)
    nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    events = [Logged(nine, "x"), Classified(nine, category=Category.parse(written))]
    # As it was filed then, past the desk.
    incident = Incident.replay("INC1", events)
    standing = Category("Network", "VPN")
    assert book.filed(incident).category == standing
    question = RoutingQuestion.of(book.filed(incident))
    assert book.routing.route(question).answer.group == "Net"
    (reading,) = book.read(incident, nine)
    assert reading.due is not None
    assert book.hand_offs.missing(None, standing) == ("evidence",)
    triage = book.triage
    assert [form.name for form in triage.forms.fitting(None, standing)] == ["vpn"]
    assert triage.vague.questions(standing)[0] == "Which gateway?"
    assert triage.kinds.decide(Ticket(category=standing)).answer is TicketKind.INCIDENT
    assert book.directory.group("Net").categories == ("Network > VPN",)
    store = MemoryStore()
    store.commit(Commit(reference="INC1", expected_version=0, events=events))
    assert Desk(store, book).assign_next("INC1", at=nine).incident.group == "Net"
    told = build(AtHand("desk", [incident]), book=book).to_dict()["source"]
    assert told["routing"]["never_fired"] == ["rest"]
    assert told["categories"]["moved"] == (written != "Network > VPN")
    assert explain(incident, book=book).to_dict()["decided"]["route"]["answer"].startswith("Net")


def test_a_category_that_the_taxonomy_never_had_is_a_defect() -> None:
    text = "[taxonomy.nodes.net]\nname = 'Network'\n[[routing]]\nname = 'a'\ngroup = 'A'\n"
    assert defects(text + "category = ['Network', 'Netwrok', '>']") == [
        "line 6, routing[0].category[1]: is 'Netwrok', which the taxonomy never had; "
        "did you mean 'Network'?",
        "line 6, routing[0].category[2]: path[0] is blank; path[1] is blank",
    ]


def test_a_book_says_what_does_not_count_and_what_tells_all() -> None:
    text = """
[[kinds.rules]]
name = "toast"
kind = "incident"
confidence = 0.9
phrases = "toast"
negations = "kein"
fillers = "bisschen"
idle = "toast rack"
[outages]
over = "good as new"
[intake]
telling = "dead mouse"
"""
    triage = loads(text).triage
    answers = [
        triage.kinds.decide(Ticket(title=title)).answer
        for title in ("toast", "kein toast", "kein bisschen toast", "toast rack")
    ]
    assert answers == [TicketKind.INCIDENT, None, None, None]
    assert triage.outages.over == tuple(sorted({*OutageRules().over, "good as new"}))
    assert triage.vague.check("dead mouse").answer is False
    assert defects(text.replace('"good as new"', '["c++"]').replace('"dead mouse"', '"a|b"')) == [
        "line 11, outages.over[0]: is 'c++': phrases are words, and without '+' it would find 'c'",
        "line 13, intake.telling[0]: is 'a|b': phrases are words, and '|' would be lost",
    ]
