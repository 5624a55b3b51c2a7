"""Routing rules in order: the first that fits sends an incident to its group, and says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import combinations
from typing import Final

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .index import RuleIndex
from .people import SupportGroup
from .question import PARTS, RoutingQuestion
from .rule import Route, RoutingRule

__all__ = ["Route", "RoutingQuestion", "RoutingRule", "RoutingRules", "RuleFinding"]

_MISSES: Final = 3
_MOST_WAYS: Final = 4_096
_PART: Final = {plural: name for name, plural, _ in PARTS}


@frozen
class RuleFinding:
    """What is odd about a ``rule`` beside an ``earlier`` one, both by name.

    >>> print(RuleFinding("vpn", "network", "is never reached: network takes all that it fits"))
    vpn: is never reached: network takes all that it fits
    """

    rule: str
    earlier: str
    problem: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.problem}"


@frozen
class RoutingRules:
    """Rules in their order, of which the first that fits decides.

    Where ``groups`` are given, rules may send to no other; their order means nothing, and they
    are no part of the version.  Raises `itilcore.errors.InvalidInput` with everything at once:
    what is no rule or no group, names that stand twice, groups that are unknown.

    >>> rules = RoutingRules([RoutingRule(name="mail", group="Mail", services=["mail", "web"])])
    >>> rules.choose(RoutingQuestion(service="mail"))
    Route(group='Mail', rule='mail', skills=(), tier=None)
    >>> print(rules.route(RoutingQuestion(service="phone")).explain())
    undecided, because:
      not to Mail: service is phone, not mail or web [mail]
    decided by routing-rules:...
    """

    rules: tuple[RoutingRule, ...] = field(default=(), converter=several)
    groups: tuple[SupportGroup, ...] = field(default=(), converter=several, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"{name}[{index}]", f"is {each!r:.60}: give a {kind.__name__}")
            for name, kind in (("rules", RoutingRule), ("groups", SupportGroup))
            for index, each in enumerate(getattr(self, name))
            if not isinstance(each, kind)
        ]
        if not defects:
            groups = sorted(self.groups, key=lambda group: group.name)
            object.__setattr__(self, "groups", tuple(groups))
            defects = list(self._defects())
        if defects:
            raise InvalidInput("routing rules", defects)

    def _defects(self) -> Iterator[Defect]:
        known = [group.name for group in self.groups]
        for what, names in (("rules", [rule.name for rule in self.rules]), ("groups", known)):
            for name, count in Counter(names).items():
                if count > 1:
                    yield Defect(f"{what}.{name}", "stands twice")
        for rule in self.rules:
            if known and rule.group not in known:
                problem = f"is {rule.group!r}, which is unknown; {nearest(rule.group, known[:20])}"
                yield Defect(f"rules.{rule.name}.group", problem)

    @cached_property
    def _index(self) -> RuleIndex:
        return RuleIndex(self.rules)

    @cached_property
    def _routes(self) -> tuple[Route, ...]:
        return tuple(rule.route for rule in self.rules)

    def choose(self, question: RoutingQuestion) -> Route | None:
        """Where *question* goes, as `route` answers it for what nobody has yet; no reasons.

        Each part of the question is looked up once, however many rules there are.  Raises
        `itilcore.errors.InvalidInput` for what is no question.
        """
        if not isinstance(question, RoutingQuestion):
            raise InvalidInput("routing", _question_defects(question))
        place = self._index.first(question)
        return None if place is None else self._routes[place]

    def route(
        self, question: RoutingQuestion, *, current: str | None = None, again: bool = False
    ) -> Decision[Route | None]:
        """Where *question* goes and why; ``None`` where no rule fits, or it is assigned already.

        An incident whose group is *current* stays there, unless it is to be routed *again*.
        Where no rule fits, the reasons are the rules that come nearest, at most three: those
        with the fewest conditions that fail, the earlier first.  Raises
        `itilcore.errors.InvalidInput` for what is no question, and a blank group.

        >>> rules = RoutingRules([RoutingRule(name="all", group="Desk")])
        >>> print(*rules.route(RoutingQuestion(), current="Network").reasons)
        it is assigned to Network, and routing leaves it there
        >>> print(rules.route(RoutingQuestion(), current="Network", again=True).explain())
        Desk by rule all, because:
          it is assigned to Network, and is routed again as asked [routing]
          it goes to Desk: of 1 rule this is the first that fits [all]
          it fits every incident [all]
        decided by routing-rules:...
        """
        defects = _question_defects(question)
        if current is not None:
            defects += blank_defects("current", current)
        if not isinstance(again, bool):
            defects.append(Defect("again", f"is {again!r:.60}: give True or False"))
        if defects:
            raise InvalidInput("routing", defects)
        reasons: list[Reason] = []
        if current is not None:
            how = "is routed again as asked" if again else "routing leaves it there"
            text = f"it is assigned to {current}, and {how}"
            reasons.append(Reason("routing", text, (("group", current),)))
            if not again:
                return Decision(None, reasons, self.version)
        place = self._index.first(question)
        if place is None:
            return Decision(None, [*reasons, *self._misses(question)], self.version)
        reasons += self._matches(self.rules[place], question)
        return Decision(self._routes[place], reasons, self.version)

    def _matches(self, rule: RoutingRule, question: RoutingQuestion) -> Iterator[Reason]:
        count = f"{len(self.rules)} rule{'' if len(self.rules) == 1 else 's'}"
        text = f"it goes to {rule.group}: of {count} this is the first that fits"
        yield Reason(rule.name, text)
        for at, _ in rule.conditions:
            part, condition, _ = PARTS[at]
            inputs = ((part, getattr(question, part)),)
            yield Reason(rule.name, rule.why(question, condition), inputs)
        if not rule.conditions:
            yield Reason(rule.name, "it fits every incident")

    def _misses(self, question: RoutingQuestion) -> Iterator[Reason]:
        if not self.rules:
            yield Reason("routing", "there are no rules")
        for place in self._index.nearest(question, _MISSES):
            rule = self.rules[place]
            failed = rule.failed(question)
            texts = "; ".join(rule.why(question, condition) for condition in failed)
            inputs = {_PART[condition]: getattr(question, _PART[condition]) for condition in failed}
            yield Reason(rule.name, f"not to {rule.group}: {texts}", inputs)

    def unreachable(self) -> tuple[RuleFinding, ...]:
        """The rules that never decide, since earlier ones take all that they fit.

        What a rule lists is looked at value by value, so that several earlier rules may take it
        together; of a rule with more than 4,096 ways to fit only as a whole.

        >>> net = RoutingRule(name="net", group="Network", categories="Network")
        >>> vpn = RoutingRule(name="vpn", group="VPN", categories="Network > VPN")
        >>> print(*RoutingRules([net, vpn]).unreachable())
        vpn: is never reached: net takes all that it fits
        """
        found = []
        for place, rule in enumerate(self.rules):
            takers = _takers(rule, self.rules[:place])
            if takers:
                verb = "takes" if len(takers) == 1 else "take"
                who = " and ".join(takers[:5]) + (" and others" if len(takers) > 5 else "")
                problem = f"is never reached: {who} {verb} all that it fits"
                found.append(RuleFinding(rule.name, takers[0], problem))
        return tuple(found)

    def overlaps(self) -> tuple[RuleFinding, ...]:
        """Every two rules that answer otherwise and that some question fits both.

        They differ in group, tier or skills; by their places.

        It is the earlier that decides.  Any rule overlaps with one that has no conditions.

        >>> mail = RoutingRule(name="mail", group="Mail", services="mail")
        >>> first = RoutingRule(name="first", group="Desk", priorities="P1")
        >>> print(*RoutingRules([mail, first]).overlaps())
        first: to Desk shares incidents with mail, which takes them to Mail
        """
        return tuple(
            RuleFinding(
                later.name,
                earlier.name,
                f"to {later.group} shares incidents with {earlier.name}, "
                f"which takes them to {earlier.group}",
            )
            for earlier, later in combinations(self.rules, 2)
            if _answer(earlier) != _answer(later) and earlier.overlaps(later)
        )

    @property
    def content(self) -> list[JSONValue]:
        """The rules in their order, as JSON values."""
        return [rule.content for rule in self.rules]

    @cached_property
    def version(self) -> str:
        """The content version: the same rules in the same order have the same."""
        return content_version("routing-rules", self.content)


def _answer(rule: RoutingRule) -> tuple[object, ...]:
    return rule.group, rule.tier, rule.skills


def _takers(rule: RoutingRule, earlier: tuple[RoutingRule, ...]) -> list[str]:
    """The names of the *earlier* rules that take all that *rule* fits; none where some is left."""
    whole = next((each.name for each in earlier if each.covers(rule)), None)
    if whole is not None:
        return [whole]
    takers: dict[str, None] = {}
    for way in rule.ways(_MOST_WAYS):
        taker = next((each.name for each in earlier if each.covers(way)), None)
        if taker is None:
            return []
        takers[taker] = None
    return list(takers)


def _question_defects(question: object) -> list[Defect]:
    if isinstance(question, RoutingQuestion):
        return []
    return [Defect("question", f"is {question!r:.60}: give a RoutingQuestion")]
