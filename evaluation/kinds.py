"""Kinds: tickets in usual words and in other ones, each with the kind that was meant."""

from __future__ import annotations

from random import Random

from itilcore.classification import KindRules, Ticket, TicketKind, evaluate

from .tables import NOISE, Cell, Table, level_of
from .typing_errors import mistyped

Labelled = tuple[TicketKind, str]

OFTEN = {
    TicketKind.INCIDENT: 45,
    TicketKind.SERVICE_REQUEST: 25,
    TicketKind.QUESTION: 15,
    TicketKind.CHANGE: 8,
    TicketKind.PROBLEM: 7,
}
THINGS = ("Outlook", "the VPN", "payroll", "the CRM", "Teams", "the intranet", "SAP", "Citrix")

USUAL = {
    TicketKind.INCIDENT: (
        "{} is down",
        "{} does not work",
        "{} crashes when I start it",
        "I cannot open {}",
        "{} is very slow since this morning",
        "error when I log in to {}",
        "my account for {} is locked",
    ),
    TicketKind.SERVICE_REQUEST: (
        "I need access to {}",
        "please install {} on my laptop",
        "new license for {}",
        "please order a new monitor",
        "please reset my password for {}",
        "new employee needs an account for {}",
    ),
    TicketKind.QUESTION: (
        "how do I share a folder in {}?",
        "how can I print from {}?",
        "where can I find the guide to {}?",
        "what is the address of {}?",
        "who is responsible for {}?",
    ),
    TicketKind.CHANGE: (
        "please upgrade {} to the new version",
        "deploy the new release of {}",
        "request for change: move {} to the new server",
        "planned maintenance of {} on Sunday",
    ),
    TicketKind.PROBLEM: (
        "find the root cause of the outages of {}",
        "{} keeps happening to fail, several incidents each week",
        "recurring incidents with {} need a permanent fix",
        "known error in {} after each update",
    ),
}
OTHERWISE = {
    TicketKind.INCIDENT: (
        "{} again does nothing at all when I click on it",
        "nobody gets into {} any more",
        "{} shows only a white page",
        "{} throws me out after a minute",
        "there is something wrong with {} today",
        "my mails in {} vanished",
        "{} won't let me in",
        "I forgot my password for {}",
    ),
    TicketKind.SERVICE_REQUEST: (
        "could you put {} on my computer",
        "my colleague starts on Monday and wants {}",
        "may I get {} as well",
        "a second screen for my desk would be nice",
        "permission to read the reports in {}",
    ),
    TicketKind.QUESTION: (
        "does {} work with my private phone?",
        "can somebody explain the colours in {} to me",
        "is {} also there in French?",
        "until when can I hand in my hours in {}?",
        "which browser is best for {}?",
    ),
    TicketKind.CHANGE: (
        "we want {} on version 12 next weekend",
        "replace the server of {} on Saturday",
        "let port 443 through to {}",
        "switch {} off for good in May",
    ),
    TicketKind.PROBLEM: (
        "why does {} fail every Monday? please look into it for good",
        "{} has been failing again and again for weeks, what is behind it",
        "there must be one reason for all these tickets about {}",
        "analyse what lies behind the repeated trouble with {}",
    ),
}


def planted(count: int, noise: float, chance: Random) -> list[Labelled]:
    """Tickets with their kinds: that share is put in other words, a quarter of it mistyped."""
    kinds = chance.choices(list(OFTEN), weights=list(OFTEN.values()), k=count)
    found = []
    for kind in kinds:
        templates = OTHERWISE if chance.random() < noise else USUAL
        text = chance.choice(templates[kind]).format(chance.choice(THINGS))
        words = [
            mistyped(word, chance) if chance.random() < noise / 4 else word for word in text.split()
        ]
        found.append((kind, " ".join(words)))
    return found


def table(seed: int, quick: bool) -> Table:
    """The table of kinds."""
    count = 200 if quick else 2_000
    rules = KindRules.default()
    rows: list[tuple[Cell, ...]] = []
    for noise in NOISE:
        tickets = planted(count, noise, Random(f"kinds {seed} {noise}"))
        found = evaluate((kind, rules.decide(Ticket(title=text)).answer) for kind, text in tickets)
        level = level_of(noise)
        silent = found.abstentions / found.n
        rows.append((level, "all", found.n, found.precision, found.right / found.n, silent))
        for each in found.kinds:
            silent = each.abstained / each.n
            rows.append((level, each.kind.value, each.n, each.precision, each.recall, silent))
    return Table(
        "Kinds",
        f"{count} tickets at each level, by templates, judged by the rules that come with the "
        "library. Noise is the share of tickets put in words that are not the usual ones; a "
        "quarter of that share of all words is mistyped. Where the rules abstain they ask, and "
        "the ticket counts as not found.",
        ("noise", "kind", "tickets", "precision", "recall", "abstained"),
        tuple(rows),
    )
