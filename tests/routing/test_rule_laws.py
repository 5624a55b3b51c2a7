"""The laws of routing rules, against a plain scan that uses nothing of them but what they say."""

from __future__ import annotations

from itertools import combinations, product

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itilcore.classification import Category, TicketKind
from itilcore.priority import Impact, Priority, Severity, Urgency
from itilcore.routing.people import SupportGroup
from itilcore.routing.rules import RoutingQuestion, RoutingRule, RoutingRules

GROUPS = ("Desk", "Mail", "Network")
PATHS = [path for n in (1, 2, 3) for path in product("AB", repeat=n)]
NAMES = ("x", "y", "z")
PHRASES = ("mail", "no mail", "mail is down", "down", "e-mail")
TEXTS = ("no", "mail", "is", "down", "mails", "E-Mail", "No!", "MAIL,", "e")

named = {
    "services": st.sampled_from(NAMES),
    "sites": st.sampled_from(NAMES),
    "customers": st.sampled_from(NAMES),
    "impacts": st.sampled_from([level.name for level in Impact.default_scale()]),
    "urgencies": st.sampled_from([level.name for level in Urgency.default_scale()]),
    "priorities": st.sampled_from([level.name for level in Priority.default_scale()]),
    "severities": st.sampled_from([level.name for level in Severity.default_scale()]),
    "kinds": st.sampled_from(TicketKind),
    "words": st.sampled_from(PHRASES),
    "categories": st.sampled_from(PATHS).map(" > ".join),
}
# Categories and words are where values nest: of these there are to be many, and few conditions.
often = st.lists(st.sampled_from(["categories", "words"]), min_size=1, max_size=2, unique=True)
mixed = st.lists(st.sampled_from(sorted(named)), max_size=3, unique=True)
conditions = st.one_of(often, mixed).flatmap(
    lambda chosen: st.fixed_dictionaries(
        {name: st.lists(named[name], min_size=1, max_size=3) for name in chosen}
    )
)


@st.composite
def rule_lists(draw: st.DrawFn) -> list[RoutingRule]:
    parts = draw(st.lists(conditions, max_size=8))
    return [
        RoutingRule(name=f"r{n}", group=draw(st.sampled_from(GROUPS)), **each)
        for n, each in enumerate(parts)
    ]


def maybe(values: object) -> st.SearchStrategy[object]:
    return st.none() | st.sampled_from(values)


questions = st.builds(
    RoutingQuestion,
    category=st.none()
    | st.sampled_from([*PATHS, ("A", "B", "A", "A"), ("C",)]).map(lambda p: Category(*p)),
    service=maybe([*NAMES, "other"]),
    impact=maybe(Impact.default_scale()),
    urgency=maybe(Urgency.default_scale()),
    priority=maybe([*Priority.default_scale(), Priority("P9", 9)]),
    severity=maybe(Severity.default_scale()),
    kind=maybe(list(TicketKind)),
    site=maybe(NAMES),
    customer=maybe(NAMES),
    text=st.none() | st.lists(st.sampled_from(TEXTS), max_size=5).map(" ".join),
)


def tokens(text: str) -> list[str]:
    for sign in "-!,":
        text = text.replace(sign, " ")
    return text.lower().split()


def spoken(phrase: str, text: str) -> bool:
    wanted, said = tokens(phrase), tokens(text)
    return any(said[n : n + len(wanted)] == wanted for n in range(len(said)))


def failures(rule: RoutingRule, asked: RoutingQuestion) -> list[str]:
    """The conditions that do not fit, by the words of the rule."""
    found = []
    for plural, name in (
        ("services", "service"),
        ("sites", "site"),
        ("customers", "customer"),
        ("kinds", "kind"),
    ):
        if getattr(rule, plural) and getattr(asked, name) not in getattr(rule, plural):
            found.append(plural)
    for plural, level in (
        ("impacts", asked.impact),
        ("urgencies", asked.urgency),
        ("priorities", asked.priority),
        ("severities", asked.severity),
    ):
        wanted = getattr(rule, plural)
        if wanted and (level is None or str(level) not in wanted):
            found.append(plural)
    if rule.categories:
        text = f"{asked.category} > "
        if asked.category is None or not any(text.startswith(f"{c} > ") for c in rule.categories):
            found.append("categories")
    said = "" if asked.text is None else asked.text
    if rule.words and not any(spoken(each, said) for each in rule.words):
        found.append("words")
    return found


@given(rule_lists(), st.lists(questions, min_size=1, max_size=8))
def test_all_ways_to_ask_answer_what_a_plain_scan_answers(
    given_rules: list[RoutingRule], asked: list[RoutingQuestion]
) -> None:
    rules = RoutingRules(given_rules)
    for question in asked:
        missed = [failures(rule, question) for rule in given_rules]
        assert [sorted(rule.failed(question)) for rule in given_rules] == list(map(sorted, missed))
        assert [rule.fits(question) for rule in given_rules] == [not each for each in missed]
        first = next((r for r, each in zip(given_rules, missed, strict=True) if not each), None)
        decision = rules.route(question)
        assert decision.answer == rules.choose(question)
        if first is not None:
            assert (decision.answer.rule, decision.answer.group) == (first.name, first.group)
            continue
        assert decision.answer is None  # and only where no rule fits
        nearest = sorted(zip(map(len, missed), range(len(missed)), strict=True))[:3]
        told = [reason.rule for reason in decision.reasons]
        assert told == ([f"r{place}" for _, place in nearest] or ["routing"])
        for (count, _), reason in zip(nearest, decision.reasons, strict=False):
            assert len(reason.inputs) == count == reason.text.count(";") + 1


@given(rule_lists(), st.lists(questions, min_size=1, max_size=10))
def test_what_is_never_reached_never_fires(
    given_rules: list[RoutingRule], asked: list[RoutingQuestion]
) -> None:
    rules = RoutingRules(given_rules)
    dead = {finding.rule for finding in rules.unreachable()}
    alive = RoutingRules([rule for rule in given_rules if rule.name not in dead])
    assert alive.unreachable() == ()
    for question in asked:
        chosen = rules.choose(question)
        assert chosen is None or chosen.rule not in dead
        assert chosen == alive.choose(question)


def witness(rule: RoutingRule) -> RoutingQuestion:
    """A question that fits the rule and knows nothing else."""
    parts: dict[str, object] = {}
    for plural, name, kind in (
        ("services", "service", str),
        ("sites", "site", str),
        ("customers", "customer", str),
        ("kinds", "kind", TicketKind),
        ("impacts", "impact", lambda text: Impact(text, 1)),
        ("urgencies", "urgency", lambda text: Urgency(text, 1)),
        ("priorities", "priority", lambda text: Priority(text, 1)),
        ("severities", "severity", lambda text: Severity(text, 1)),
        ("categories", "category", Category.parse),
        ("words", "text", str),
    ):
        values = getattr(rule, plural)
        if values:
            parts[name] = kind(values[0])
    return RoutingQuestion(**parts)


def each_alone(rule: RoutingRule) -> list[RoutingRule]:
    """The rule with one value a condition, in every way to pick them."""
    parts = [name for name in named if getattr(rule, name)]
    picks = product(*(getattr(rule, name) for name in parts))
    return [evolve(rule, **dict(zip(parts, pick, strict=True))) for pick in picks]


@given(rule_lists())
def test_a_rule_is_covered_just_when_the_other_fits_every_least_question_of_it(
    given_rules: list[RoutingRule],
) -> None:
    for earlier, later in combinations(given_rules, 2):
        every = all(not failures(earlier, witness(each)) for each in each_alone(later))
        assert earlier.covers(later) is every
    for finding in RoutingRules(given_rules).unreachable():
        assert int(finding.earlier[1:]) < int(finding.rule[1:])


def joint(one: RoutingRule, other: RoutingRule) -> RoutingQuestion:
    """A question with all that both ask for; of two categories the narrower."""
    mine, theirs = witness(one), witness(other)
    names = ("service", "impact", "urgency", "priority", "severity", "kind", "site", "customer")
    parts = {name: getattr(mine, name) or getattr(theirs, name) for name in names}
    both = [each.category for each in (mine, theirs) if each.category is not None]
    texts = [each.text for each in (mine, theirs) if each.text is not None]
    parts["category"] = max(both, key=lambda each: each.depth, default=None)
    parts["text"] = ", ".join(texts) if texts else None
    return RoutingQuestion(**parts)


@given(rule_lists(), st.lists(questions, max_size=10))
def test_rules_overlap_just_when_some_question_fits_both(
    given_rules: list[RoutingRule], asked: list[RoutingQuestion]
) -> None:
    found = {(each.earlier, each.rule) for each in RoutingRules(given_rules).overlaps()}
    for one, other in combinations(given_rules, 2):
        pairs = product(each_alone(one), each_alone(other))
        some = any(
            not failures(one, both) and not failures(other, both)
            for both in (joint(*pair) for pair in pairs)
        )
        assert one.overlaps(other) is other.overlaps(one) is some
        assert ((one.name, other.name) in found) is (some and one.group != other.group)
        if not some:
            assert not any(one.fits(each) and other.fits(each) for each in asked)


@given(rule_lists(), st.permutations(GROUPS), questions)
def test_the_order_of_the_groups_changes_nothing(
    given_rules: list[RoutingRule], order: list[str], question: RoutingQuestion
) -> None:
    bare = RoutingRules(given_rules)
    ordered = RoutingRules(given_rules, [SupportGroup(name=name) for name in order])
    assert ordered == bare
    assert ordered.version == bare.version
    assert [group.name for group in ordered.groups] == sorted(GROUPS)
    assert ordered.route(question) == bare.route(question)


@given(rule_lists(), questions, st.sampled_from(GROUPS))
def test_an_assignment_is_never_overwritten_unasked(
    given_rules: list[RoutingRule], question: RoutingQuestion, current: str
) -> None:
    rules = RoutingRules(given_rules)
    assert rules.route(question, current=current).answer is None
    again = rules.route(question, current=current, again=True)
    assert again.answer == rules.choose(question)
    assert again.reasons[1:] == rules.route(question).reasons
