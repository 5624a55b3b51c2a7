"""One routing rule: which incidents go to which group, and what their resolver has to know."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from math import prod
from typing import Any
from unicodedata import normalize

from attrs import evolve, field, frozen

from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.priority import Level
from itilcore.version import JSONValue

from .question import PARTS, RoutingQuestion, fold_words

__all__ = ["Route", "RoutingRule"]

_CATEGORY, _WORDS = 0, len(PARTS) - 1


@frozen
class Route:
    """Where an incident goes: the ``group``, and the name of the ``rule`` that sends it there.

    ``skills`` are those that its resolver needs, ``tier`` the one that it starts in.

    >>> str(Route("Network", "vpn", ("vpn",), 2))
    'Network by rule vpn, tier 2, needs vpn'
    """

    group: str
    rule: str
    skills: tuple[str, ...] = ()
    tier: int | None = None

    def __str__(self) -> str:
        tier = "" if self.tier is None else f", tier {self.tier}"
        skills = f", needs {' and '.join(self.skills)}" if self.skills else ""
        return f"{self.group} by rule {self.rule}{tier}{skills}"


@frozen(kw_only=True)
class RoutingRule:
    """Which incidents go to ``group``: every condition that is set must fit, none fits all.

    A condition is one text or several, of which one has to fit: ``categories`` such as
    ``"Network > VPN"`` fit what lies below them; ``impacts``, ``urgencies``, ``priorities`` and
    ``severities`` by name; ``services``, ``sites``, ``customers`` and ``kinds`` as they are;
    ``words`` are words or phrases that occur in the text as whole words, in any case.  What a
    question does not know fits no condition.  ``tier`` and ``skills`` are passed on in the
    answer.  The order within a condition means nothing.  Raises
    `itilcore.errors.InvalidInput` with everything that is none of these.

    >>> rule = RoutingRule(name="vpn", group="Network", categories="Network>VPN", words="Tunnel")
    >>> rule.fits(RoutingQuestion(category=Category("Network", "VPN"), text="The tunnel is down"))
    True
    >>> str(rule)
    'vpn: category Network > VPN, text with tunnel -> Network'
    """

    name: str
    group: str
    categories: tuple[str, ...] = field(default=(), converter=several)
    services: tuple[str, ...] = field(default=(), converter=several)
    impacts: tuple[str, ...] = field(default=(), converter=several)
    urgencies: tuple[str, ...] = field(default=(), converter=several)
    priorities: tuple[str, ...] = field(default=(), converter=several)
    severities: tuple[str, ...] = field(default=(), converter=several)
    kinds: tuple[TicketKind, ...] = field(default=(), converter=several)
    sites: tuple[str, ...] = field(default=(), converter=several)
    customers: tuple[str, ...] = field(default=(), converter=several)
    words: tuple[str, ...] = field(default=(), converter=several)
    tier: int | None = None
    skills: tuple[str, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects = [*blank_defects("name", self.name), *blank_defects("group", self.group)]
        if self.tier is not None and (type(self.tier) is not int or self.tier < 1):
            problem = f"is {self.tier!r}: give a whole number from 1 on, or None"
            defects.append(Defect("tier", problem))
        read: dict[str, tuple[Any, ...]] = {}
        parts: list[tuple[str, str, type[object]]] = [*PARTS, ("skill", "skills", str)]
        for _, name, kind in parts:
            values = [_read(name, kind, value) for value in getattr(self, name)]
            for index, value in enumerate(values):
                if isinstance(value, Defect):
                    defects.append(Defect(f"{name}[{index}]", value.problem))
            if not defects:
                read[name] = tuple(sorted(set(values), key=_text))
        if defects:
            raise InvalidInput("routing rule", defects)
        for name, texts in read.items():
            object.__setattr__(self, name, texts)

    @cached_property
    def conditions(self) -> tuple[tuple[int, tuple[Any, ...]], ...]:
        """What is set: the place among the parts, and the values as questions have them."""
        found: list[tuple[int, tuple[Any, ...]]] = []
        for at, (_, plural, _) in enumerate(PARTS):
            values: tuple[Any, ...] = getattr(self, plural)
            if at == _CATEGORY:
                values = tuple(Category.parse(text).path for text in values)
            elif at == _WORDS:
                values = tuple(fold_words(text) for text in values)
            if values:
                found.append((at, values))
        return tuple(found)

    @cached_property
    def route(self) -> Route:
        """The answer of this rule."""
        return Route(self.group, self.name, self.skills, self.tier)

    def fits(self, question: RoutingQuestion) -> bool:
        """Whether every condition that is set fits *question*."""
        return all(_fits(at, values, question) for at, values in self.conditions)

    def failed(self, question: RoutingQuestion) -> tuple[str, ...]:
        """The conditions that do not fit *question*, by name.

        >>> rule = RoutingRule(name="mail", group="Mail", services="mail", priorities="P1")
        >>> rule.failed(RoutingQuestion(service="mail"))
        ('priorities',)
        """
        return tuple(
            PARTS[at][1] for at, values in self.conditions if not _fits(at, values, question)
        )

    def covers(self, other: RoutingRule) -> bool:
        """Whether all that *other* fits fits this too; behind this one it is never the first.

        >>> vpn = RoutingRule(name="vpn", group="Network", categories="Network > VPN")
        >>> RoutingRule(name="net", group="Network", categories="Network").covers(vpn)
        True
        """
        theirs = dict(other.conditions)
        return all(
            at in theirs and all(_any_meets(at, values, value) for value in theirs[at])
            for at, values in self.conditions
        )

    def ways(self, most: int) -> Iterator[RoutingRule]:
        """The rules of one value a condition that together are this one.

        Itself alone where there are more than *most*.

        >>> rule = RoutingRule(name="mail", group="Mail", services=["mail", "web"])
        >>> [each.services for each in rule.ways(10)]
        [('mail',), ('web',)]
        """
        names = [PARTS[at][1] for at, _ in self.conditions]
        lists = [getattr(self, name) for name in names]
        if prod(map(len, lists)) > most:
            yield self
            return
        for values in product(*lists):
            yield evolve(self, **dict(zip(names, values, strict=True)))

    def overlaps(self, other: RoutingRule) -> bool:
        """Whether some question fits both.

        One text may have the words of both, so that words never keep two rules apart.

        >>> mail = RoutingRule(name="mail", group="Mail", services="mail")
        >>> mail.overlaps(RoutingRule(name="first", group="Desk", priorities="P1"))
        True
        """
        theirs = dict(other.conditions)
        return all(
            at == _WORDS
            or at not in theirs
            or any(
                _any_meets(at, values, value) or _any_meets(at, (value,), mine)
                for value in theirs[at]
                for mine in values
            )
            for at, values in self.conditions
        )

    def why(self, question: RoutingQuestion, condition: str) -> str:
        """What *question* has to the *condition* of that name, in words.

        >>> rule = RoutingRule(name="mail", group="Mail", services="mail", priorities="P1")
        >>> question = RoutingQuestion(service="web")
        >>> [rule.why(question, condition) for condition in ("services", "priorities")]
        ['service is web, not mail', 'priority is unknown, and has to be P1']
        """
        at = next(at for at, (_, plural, _) in enumerate(PARTS) if plural == condition)
        name = PARTS[at][0]
        had = getattr(question, name)
        wanted = " or ".join(map(_text, getattr(self, condition)))
        if had is None:
            link = "have" if at == _WORDS else "lie in" if at == _CATEGORY else "be"
            return f"{name} is unknown, and has to {link} {wanted}"
        values = dict(self.conditions)[at]
        if at == _WORDS:
            met = [value.strip() for value in values if value in question.folded]
            return f"text has {' and '.join(met)}" if met else f"text does not have {wanted}"
        fits = _fits(at, values, question)
        shown = had.name if isinstance(had, Level) else _text(had)
        if at == _CATEGORY:
            return f"category {shown} {'lies' if fits else 'does not lie'} in {wanted}"
        return f"{name} is {shown}" if fits else f"{name} is {shown}, not {wanted}"

    def __str__(self) -> str:
        parts = []
        for name, plural, _ in PARTS:
            values = " or ".join(map(_text, getattr(self, plural)))
            if values:
                parts.append(f"{name}{' with' if plural == 'words' else ''} {values}")
        return f"{self.name}: {', '.join(parts) or 'every incident'} -> {self.group}"

    @property
    def content(self) -> dict[str, JSONValue]:
        """What is set, as JSON values."""
        found: dict[str, JSONValue] = {"name": self.name, "group": self.group}
        for name in (*(plural for _, plural, _ in PARTS), "skills"):
            if values := [_text(value) for value in getattr(self, name)]:
                found[name] = values
        if self.tier is not None:
            found["tier"] = self.tier
        return found


def _text(value: object) -> str:
    return value.value if isinstance(value, TicketKind) else str(value)


def _read(name: str, kind: type[object], value: object) -> object:
    """The value of a condition as it is kept, or the defect that it has."""
    if kind is TicketKind:
        if isinstance(value, TicketKind):
            return value
        return Defect("", f"is {value!r}: give a TicketKind")
    if isinstance(value, kind):
        value = value.name if isinstance(value, Level) else str(value)
    if defects := blank_defects("", value):
        return defects[0]
    text = str(value)
    if kind is Category:
        try:
            return str(Category.parse(text))
        except InvalidInput as error:
            return Defect("", "; ".join(f"{each.path} {each.problem}" for each in error.defects))
    if name == "words":
        return fold_words(text).strip() or Defect("", f"is {text!r}, which has no letter or digit")
    return normalize("NFC", text)


def _any_meets(at: int, values: tuple[Any, ...], value: Any) -> bool:
    """Whether one of *values* asks for no more than *value* has."""
    if at == _CATEGORY:
        return any(value[: len(each)] == each for each in values)
    if at == _WORDS:
        return any(each in value for each in values)
    return value in values


def _fits(at: int, values: tuple[Any, ...], question: RoutingQuestion) -> bool:
    if at == _WORDS:
        return _any_meets(at, values, question.folded)
    value = question.evidence[at]
    return value is not None and _any_meets(at, values, value)
