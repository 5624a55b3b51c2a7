"""Kind by rules that explain themselves: every rule that fits votes, and weak votes abstain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import combinations
from math import prod
from typing import Any, Final

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.version import JSONValue, content_version
from itilcore.words import MOST_READ

from .default_kinds import QUESTIONS, RULES
from .kind import TicketKind
from .kind_rule import KindRule, number_defects
from .ticket import Ticket, require_ticket

__all__ = ["KindQuestion", "KindRules"]

_RULE: Final = "kind rules"
_PLACE: Final = {kind: place for place, kind in enumerate(TicketKind)}

Votes = tuple[tuple[TicketKind, float], ...]
"""The kinds that something speaks for and how much, the strongest first."""


def _kinds(given: Any) -> tuple[Any, ...]:
    found = (given,) if isinstance(given, TicketKind) else several(given)
    if all(isinstance(each, TicketKind) for each in found):
        return tuple(sorted(found, key=_PLACE.__getitem__))
    return found


@frozen
class KindQuestion:
    """What to ask where a ticket may be either of two ``kinds``; without kinds, where of any.

    The order of the kinds means nothing.  Raises `itilcore.errors.InvalidInput` for a blank
    text, and for kinds that are neither two different ones nor none.

    >>> KindQuestion((TicketKind.QUESTION, TicketKind.INCIDENT), "Does it fail?").kinds
    (<TicketKind.INCIDENT: 'incident'>, <TicketKind.QUESTION: 'question'>)
    """

    kinds: tuple[TicketKind, ...] = field(converter=_kinds)
    text: str

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("text", self.text)
        right = all(isinstance(each, TicketKind) for each in self.kinds)
        if not right or len(self.kinds) not in {0, 2} or len(set(self.kinds)) != len(self.kinds):
            shown = [str(getattr(each, "value", each)) for each in self.kinds]
            problem = f"is {', '.join(shown):.60}: give two different kinds, or none"
            defects.append(Defect("kinds", problem))
        if defects:
            raise InvalidInput("kind question", defects)


def _default_questions() -> tuple[KindQuestion, ...]:
    return tuple(KindQuestion(kinds, text) for kinds, text in QUESTIONS)


def _each(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, KindRule | KindQuestion) else several(given)


@frozen
class KindRules:
    """Rules that vote on the kind of a ticket; the order in which they are given means nothing.

    Rules for one kind count as independent evidence: two of confidence 0.5 and 0.6 make
    1 - (1 - 0.5) * (1 - 0.6) = 0.8.  Rules that look at the same thing should thus be one
    rule.  The kind with the most wins if it has at least ``least`` and leads the second by at
    least ``lead``, both shares from 0 to 1 that are compared to nine places; otherwise nothing
    is decided, and the ``questions`` that would decide are among the reasons.

    Raises `itilcore.errors.InvalidInput` with everything at once: what is no rule or question,
    names that stand twice, two questions for the same kinds, numbers out of range.

    >>> rules = KindRules.default()
    >>> print(rules.decide(Ticket(title="My account is locked")).explain())
    TicketKind.INCIDENT, because:
      incident at 0.85: says account is locked [account is locked]
      incident has 0.85, and nothing speaks for another kind [kind rules]
    decided by kinds:...
    >>> print(*rules.decide(Ticket(title="Hello")).reasons, sep="; ")
    no rule fits; ask: Is something broken that worked before, or is something wanted?
    """

    rules: tuple[KindRule, ...] = field(default=(), converter=_each)
    least: float = field(default=0.6, kw_only=True)
    lead: float = field(default=0.1, kw_only=True)
    questions: tuple[KindQuestion, ...] = field(
        factory=_default_questions, converter=_each, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"{name}[{index}]", f"is {each!r:.60}: give a {kind.__name__}")
            for name, kind in (("rules", KindRule), ("questions", KindQuestion))
            for index, each in enumerate(getattr(self, name))
            if not isinstance(each, kind)
        ]
        for name in ("least", "lead"):
            defects += number_defects(name, getattr(self, name))
        defects += self._twice()
        if defects:
            raise InvalidInput("kind rules", defects)
        rules = sorted(self.rules, key=lambda rule: rule.name)
        asked = sorted(self.questions, key=lambda each: [_PLACE[kind] for kind in each.kinds])
        object.__setattr__(self, "rules", tuple(rules))
        object.__setattr__(self, "questions", tuple(asked))

    def _twice(self) -> Iterator[Defect]:
        for name, count in Counter(_those(KindRule, self.rules, "name")).items():
            if count > 1:
                yield Defect(f"rules.{name}", "stands twice")
        for kinds, count in Counter(_those(KindQuestion, self.questions, "kinds")).items():
            if count > 1:
                path = " and ".join(kind.value for kind in kinds) or "of any kind"
                yield Defect(f"questions.{path}", "stands twice")

    @classmethod
    def default(cls) -> KindRules:
        """English rules to begin with: what is broken, wanted, asked, a cause, or altered.

        >>> KindRules.default().decide(Ticket(title="How do I print in colour?")).answer
        <TicketKind.QUESTION: 'question'>
        """
        return cls(KindRule(**row) for row in RULES)

    @cached_property
    def _asked(self) -> dict[tuple[TicketKind, ...], str]:
        return {each.kinds: each.text for each in self.questions}

    def decide(self, ticket: Ticket) -> Decision[TicketKind | None]:
        """The kind of *ticket*, or ``None`` where the rules cannot tell, and why.

        The reasons name each rule that fits with what it met, the strongest kind first, then
        each that would fit but for a phrase that must not stand there.  Raises
        `itilcore.errors.InvalidInput` for what is no ticket.
        """
        require_ticket("kind rules", ticket)
        reasons, votes, aside = self._count(ticket)
        answer, text = self._judge(votes)
        inputs = {kind.value: strength for kind, strength in votes}
        reasons += [*aside, Reason(_RULE, text, inputs)]
        if max(len(ticket.title), len(ticket.text)) > MOST_READ:
            reasons.append(Reason(_RULE, f"the first {MOST_READ:,} characters were read"))
        if answer is None:
            reasons += [Reason("questions", f"ask: {each}") for each in self._questions(votes)]
        return Decision(answer, reasons, self.version)

    def classify(self, ticket: Ticket) -> Decision[TicketKind | None]:
        """As `decide`: rules are a `Classifier`."""
        return self.decide(ticket)

    def _count(self, ticket: Ticket) -> tuple[list[Reason], Votes, list[Reason]]:
        """What the rules that fit say, the votes, and the rules that a phrase sets aside."""
        told: dict[TicketKind, list[tuple[float, Reason]]] = {}
        aside: list[Reason] = []
        for rule in self.rules:
            if (found := rule.matched(ticket)) is None:
                continue
            if forbidden := rule.forbidden(ticket):
                text = f"not {rule.kind.value}: says {', '.join(forbidden[:5])} as well"
                aside.append(Reason(rule.name, text))
                continue
            text = f"{rule.kind.value} at {rule.confidence:g}: {'; '.join(found)}"
            told.setdefault(rule.kind, []).append((rule.confidence, Reason(rule.name, text)))
        votes = [(kind, _together([c for c, _ in each])) for kind, each in told.items()]
        votes.sort(key=lambda vote: (-vote[1], _PLACE[vote[0]]))
        reasons = [
            reason
            for kind, _ in votes
            for _, reason in sorted(told[kind], key=lambda pair: (-pair[0], pair[1].rule))
        ]
        return reasons, tuple(votes), aside

    def _judge(self, votes: Votes) -> tuple[TicketKind | None, str]:
        """The kind that wins, if one does, and why."""
        if not votes:
            return None, "no rule fits"
        first, most = votes[0]
        text = f"{first.value} has {most:.3g}"
        if most < round(self.least, 9):
            return None, f"{text}, below the {self.least:g} that is needed"
        if len(votes) == 1:
            return first, f"{text}, and nothing speaks for another kind"
        second, less = votes[1]
        ahead = round(most - less, 9)
        if ahead < round(self.lead, 9):
            why = f"a lead of {ahead:.3g} where {self.lead:g} is needed"
            return None, f"{text}, and {second.value} {less:.3g}: {why}"
        return first, f"{text}, ahead of {second.value} with {less:.3g}"

    def _questions(self, votes: Votes) -> list[str]:
        """What would decide between the kinds that may still be it."""
        if not votes:
            pairs: list[tuple[TicketKind, ...]] = [()]
        elif len(votes) == 1:
            pairs = [_kinds((votes[0][0], other)) for other in TicketKind if other != votes[0][0]]
        else:
            pairs = [_kinds(pair) for pair in combinations([kind for kind, _ in votes], 2)]
        return [self._asked[pair] for pair in pairs if pair in self._asked]

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values, rules by name."""
        return {
            "rules": [rule.content for rule in self.rules],
            "least": float(self.least),
            "lead": float(self.lead),
            "questions": [
                {"kinds": [kind.value for kind in each.kinds], "text": each.text}
                for each in self.questions
            ],
        }

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version("kinds", self.content)


def _those(kind: type[Any], given: tuple[Any, ...], part: str) -> list[Any]:
    return [getattr(each, part) for each in given if isinstance(each, kind)]


def _together(confidences: list[float]) -> float:
    # Sorted, since a product of floats depends on the order.
    return round(1 - prod(1 - each for each in sorted(confidences)), 9)
