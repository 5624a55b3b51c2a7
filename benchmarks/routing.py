"""Routing among two hundred rules, with and without reasons, over a plain loop of comparisons."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.timing import Row, paired, row
from itilcore.classification import Category
from itilcore.priority import Impact, Priority
from itilcore.routing.question import fold_words
from itilcore.routing.rules import RoutingQuestion, RoutingRule, RoutingRules

RULES = 200
TOPS = ("Network", "Mail", "Database", "Printing", "Workplace", "Telephony", "Web", "Identity")
MIDDLES = ("Access", "Outage", "Slow", "Request", "Hardware", "Licence")
BOTTOMS = ("Office", "Home", "Branch", "Plant")
SITES = tuple(f"Site {number}" for number in range(12))
SERVICES = tuple(f"service {number}" for number in range(60))
WORDS = tuple(f"word{number}" for number in range(13))
FILLER = tuple(f"filler{number}" for number in range(16))

# A rule by hand: paths, pairs of a place and the values allowed there, phrases, and the answer.
Plain = tuple[
    tuple[tuple[str, ...], ...],
    tuple[tuple[int, frozenset[str]], ...],
    tuple[str, ...],
    tuple[str, str],
]
# A question by hand: path, service, impact, priority, site, and the text's folded words.
Asked = tuple[tuple[str, ...], str, str, str, str, str]

PLACES = {"services": 1, "impacts": 2, "priorities": 3, "sites": 4}


def rules() -> list[RoutingRule]:
    """As desks have them: from the narrow to the broad, a third of them looking at the text."""
    chance = random.Random(8)
    found = []
    for number in range(RULES):
        parts: dict[str, Any] = {}
        path = [chance.choice(TOPS), chance.choice(MIDDLES), chance.choice(BOTTOMS)]
        if number % 5:
            parts["categories"] = " > ".join(path[: 3 if number < 80 else 2])
        else:
            parts["services"] = chance.sample(SERVICES, 2)
        if number % 3 == 0:
            parts["words"] = chance.sample(WORDS, 2)
        if number % 4 == 0:
            parts["priorities"] = ["P1", "P2"]
        if number % 7 == 0:
            parts["sites"] = chance.sample(SITES, 3)
        if number % 11 == 0:
            parts["impacts"] = "HIGH"
        found.append(RoutingRule(name=f"rule {number}", group=f"Group {number % 30}", **parts))
    return found


def values(count: int) -> list[dict[str, Any]]:
    """What is known about so many incidents."""
    chance = random.Random(9)
    return [
        {
            "category": Category(
                chance.choice(TOPS), chance.choice(MIDDLES), chance.choice(BOTTOMS)
            ),
            "service": chance.choice(SERVICES),
            "impact": chance.choice(Impact.default_scale()),
            "priority": chance.choice(Priority.default_scale()),
            "site": chance.choice(SITES),
            "text": " ".join([*chance.sample(FILLER, 7), chance.choice(WORDS)]).capitalize(),
        }
        for _ in range(count)
    ]


def plain_rule(rule: RoutingRule) -> Plain:
    return (
        tuple(tuple(text.split(" > ")) for text in rule.categories),
        tuple(
            (at, frozenset(getattr(rule, name)))
            for name, at in PLACES.items()
            if getattr(rule, name)
        ),
        tuple(f" {words} " for words in rule.words),
        (rule.group, rule.name),
    )


def plain_question(given: dict[str, Any]) -> Asked:
    return (
        given["category"].path,
        given["service"],
        given["impact"].name,
        given["priority"].name,
        given["site"],
        fold_words(given["text"]),
    )


def by_hand(plain: list[Plain], asked: Asked) -> tuple[str, str] | None:
    """Group and name of the first rule that fits, from one look at each."""
    path, text = asked[0], asked[-1]
    for paths, allowed, phrases, answer in plain:
        if paths and not any(path[: len(each)] == each for each in paths):
            continue
        if any(asked[at] not in names for at, names in allowed):
            continue
        if phrases and not any(phrase in text for phrase in phrases):
            continue
        return answer
    return None


def decisions(quick: bool) -> Iterable[Row]:
    """Seconds a decision among 200 rules, over the plain loop that makes the same one."""
    routing, plain = RoutingRules(rules()), [plain_rule(rule) for rule in rules()]
    given = values(200 if quick else 4_000)
    runs = 1 if quick else 15
    questions = [RoutingQuestion(**each) for each in given]
    asked = [plain_question(each) for each in given]
    answers = [by_hand(plain, each) for each in asked]
    for question, answer in zip(questions, answers, strict=True):  # folds the texts as well
        route = routing.choose(question)
        assert (route and (route.group, route.rule)) == answer
        assert routing.route(question).answer == route
    routed = [at for at, answer in enumerate(answers) if answer is not None]
    lost = [at for at, answer in enumerate(answers) if answer is None]

    def timed(name: str, ask: Callable[[RoutingQuestion], object], places: list[int]) -> Row:
        ours, theirs = [questions[at] for at in places], [asked[at] for at in places]
        found, floor = paired(
            lambda: [ask(each) for each in ours],
            lambda: [by_hand(plain, each) for each in theirs],
            runs,
        )
        count = len(places)
        return row(f"{name} ({count / found:,.0f}/s)", found / count, floor / count)

    share = f"{len(routed) / len(given):.0%} of them routed"
    every = list(range(len(given)))
    yield timed(f"a route among {RULES} rules, {share}, over a plain loop", routing.choose, every)
    yield timed("a route with its reasons over a plain loop without", routing.route, routed)
    yield timed("no route, with the nearest rules, over a plain loop without", routing.route, lost)
    found, floor = paired(
        lambda: [routing.choose(RoutingQuestion(**each)) for each in given],
        lambda: [by_hand(plain, plain_question(each)) for each in given],
        runs,
    )
    name = f"a question made and its route ({len(given) / found:,.0f}/s) over a tuple and the loop"
    yield row(name, found / len(given), floor / len(given))


def run(quick: bool = False) -> list[Row]:
    """Every row."""
    return list(decisions(quick))
