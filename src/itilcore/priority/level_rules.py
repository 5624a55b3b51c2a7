"""Rows of published definitions: which facts give which level, and what is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Final, Generic, TypeVar

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .conditions import Conditions, conditions
from .facts import SituationFacts, fact_named, value_problem
from .published import table
from .scales import Level

__all__ = ["LevelRule", "LevelRules", "easing_defects", "require_situation"]

L = TypeVar("L", bound=Level)

MOST_ROWS: Final = 500
"""Rows that rules may have: nobody reads more, and each is compared with all above it."""


def require_situation(subject: str, facts: object) -> SituationFacts:
    """*facts*, or `itilcore.errors.InvalidInput` where they are none."""
    if isinstance(facts, SituationFacts):
        return facts
    raise InvalidInput(subject, [Defect("facts", f"is {facts!r:.60}: give SituationFacts")])


@frozen(kw_only=True)
class LevelRule:
    """A row of published definitions: ``level`` where all of ``when`` holds.

    ``when`` is given as a mapping of facts to what is wanted of them: a truth as it is, a number
    at least, a time at most, a service by one name or several.  ``example`` is what people read
    to know what is meant.  Raises `itilcore.errors.InvalidInput` with every defect: no name, no
    level, no condition, a fact that is none, and a condition that asks for less harm.

    >>> from itilcore.priority import Impact
    >>> rule = LevelRule(name="many", level=Impact.HIGH, when={"users_affected": 500})
    >>> rule.when.words()
    'at least 500 users affected'
    """

    name: str
    level: Level
    when: Conditions = field(converter=conditions)
    example: str = ""

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        if not isinstance(self.level, Level):
            defects.append(Defect("level", f"is {self.level!r:.60}: give a level of a scale"))
        if not isinstance(self.example, str):
            defects.append(Defect("example", f"is {self.example!r:.60}: it must be a text"))
        found = list(self.when.defects("when"))
        defects += found or easing_defects("when", self.when)
        if defects:
            raise InvalidInput("level rule", defects)


def easing_defects(path: str, when: Conditions) -> list[Defect]:
    """The conditions that less harm fulfils: with one of them more harm would give less."""
    return [
        Defect(f"{path}.{name}", "asks for less harm, so that more of it would lower the level")
        for name in when.easing()
    ]


def _pairs(given: Any) -> tuple[Any, ...]:
    return tuple(sorted(given.items(), key=str)) if isinstance(given, Mapping) else several(given)


@frozen
class LevelRules(Generic[L]):
    """Rows of definitions, highest level first, and what holds where none fits.

    Not used by itself: `ImpactRules` and `UrgencyRules` are its kinds.  The first of ``rules``
    that fits decides, ``otherwise`` where none does.  A fact that nobody knows is taken as
    ``assumed`` says; without an assumption it fits no row.  Both are told in the reasons.

    Worsening a fact never lowers the level: rules for which that does not hold do not exist.
    Raises `itilcore.errors.InvalidInput` with every defect: a name that stands twice, a row
    below a lower level, a row to which one above leaves nothing, an assumption that is none, more
    than 500 rows.
    """

    rules: tuple[LevelRule, ...] = field(converter=several)
    otherwise: L
    assumed: tuple[tuple[str, Any], ...] = field(default=(), converter=_pairs)

    _kind: ClassVar[type[Level]] = Level

    def __attrs_post_init__(self) -> None:
        if self._kind is Level:
            raise InvalidInput("level rules", [Defect("", "use ImpactRules or UrgencyRules")])
        kind = self._kind.__name__
        if len(self.rules) > MOST_ROWS:
            problem = f"are {len(self.rules):,} rows: at most {MOST_ROWS}"
            raise InvalidInput(self._name, [Defect("rules", problem)])
        assumed = list(self._assumption_defects())
        defects = [
            Defect(f"rules[{index}]", f"is {rule!r:.60}: give a LevelRule")
            for index, rule in enumerate(self.rules)
            if not isinstance(rule, LevelRule)
        ]
        if not isinstance(self.otherwise, self._kind):
            defects.append(Defect("otherwise", f"is {self.otherwise!r:.60}: give {kind} levels"))
        if not defects:
            defects += [
                Defect(f"rules[{index}].level", f"is {rule.level!r}: give {kind} levels")
                for index, rule in enumerate(self.rules)
                if not isinstance(rule.level, self._kind)
            ]
        if not defects:
            defects += self._order_defects()
        if defects or assumed:
            raise InvalidInput(self._name, [*defects, *assumed])

    @property
    def _name(self) -> str:
        return f"{self._kind.__name__.lower()} rules"

    def _assumption_defects(self) -> Iterator[Defect]:
        for pair in self.assumed:
            if not (isinstance(pair, tuple) and len(pair) == 2):
                yield Defect("assumed", f"is {pair!r:.60}: give a mapping of facts to values")
                continue
            name, value = pair
            fact = fact_named(name)
            if isinstance(fact, str):
                yield Defect(f"assumed.{name!s:.100}", fact)
            elif (problem := value_problem(fact, value)) is not None:
                yield Defect(f"assumed.{name}", problem)

    def _order_defects(self) -> Iterator[Defect]:
        for index, rule in enumerate(self.rules):
            above = self.rules[:index]
            if rule.name in {each.name for each in above}:
                yield Defect(
                    f"rules[{index}].name", f"is {rule.name!r}, which stands above already"
                )
            taken = next((each for each in above if each.when.covers(rule.when)), None)
            if taken is not None:
                yield Defect(
                    f"rules[{index}].when", f"is never reached: {taken.name!r} fits before"
                )
        levels: list[tuple[str, Any]] = [
            (f"rules[{index}].level", rule.level) for index, rule in enumerate(self.rules)
        ]
        for (_, upper), (path, lower) in pairwise([*levels, ("otherwise", self.otherwise)]):
            if lower.outranks(upper):
                yield Defect(path, f"is {lower}, below rows that give {upper}: highest first")

    @property
    def levels(self) -> tuple[L, ...]:
        """The levels in use, highest first."""
        found: Any = {*(rule.level for rule in self.rules), self.otherwise}
        return tuple(sorted(found, key=lambda level: (level.rank, level.name)))

    @cached_property
    def version(self) -> str:
        """The content version: the same definitions have the same."""
        return content_version(self._name.replace(" ", "-"), self.content)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        assumed = Conditions(dict(self.assumed)).content
        return {
            "rules": [
                [rule.name, rule.level.name, rule.level.rank, rule.when.content, rule.example]
                for rule in self.rules
            ],
            "otherwise": [self.otherwise.name, self.otherwise.rank],
            "assumed": assumed,
        }

    def assess(self, facts: SituationFacts) -> Decision[L]:
        """The level, with what fits, what was assumed and what is not known.

        Raises `itilcore.errors.InvalidInput` for facts that are none.
        """
        require_situation(self._name, facts)
        assumed = {name: value for name, value in self.assumed if facts.known(name) is None}
        known = facts.stated | assumed
        might: dict[str, list[str]] = {}
        fitting: LevelRule | None = None
        looked: set[str] = set()
        for rule in self.rules:
            verdict = rule.when.judge(known)
            looked.update(name for name, _ in rule.when.rows)
            for name in verdict.unknown:
                might.setdefault(name, []).append(rule.name)
            if verdict.fits:
                fitting = rule
                break
        reasons = [self._decisive(fitting, known)]
        for name, value in assumed.items():
            if name in looked:
                text = f"{name} is unknown: assumed to be {_shown(value)}"
                reasons.append(Reason(self._name, text, {name: None, "assumed": value}))
        for name, rules in might.items():
            rows = ", ".join(map(repr, rules))
            text = f"{name} is unknown, and fits nothing: it might have fitted {rows}"
            reasons.append(Reason(self._name, text, {name: None}))
        level: Any = self.otherwise if fitting is None else fitting.level
        return Decision(level, reasons, self.version)

    def _decisive(self, rule: LevelRule | None, known: Mapping[str, object]) -> Reason:
        noun = self._kind.__name__.lower()
        if rule is None:
            return Reason(self._name, f"no row fits: {noun} is {self.otherwise} otherwise")
        text = f"{noun} is {rule.level}, {rule.name}: {rule.when.words()}"
        return Reason(self._name, text, {name: known[name] for name, _ in rule.when.rows})

    def definitions(self) -> tuple[tuple[str, str, str, str], ...]:
        """The rows to publish: level, name, when, example; what holds otherwise is the last."""
        rows = [
            (str(rule.level), rule.name, rule.when.words(), rule.example) for rule in self.rules
        ]
        return (*rows, (str(self.otherwise), "otherwise", "", ""))

    def markdown(self) -> str:
        """The definitions as a table in Markdown."""
        noun = self._kind.__name__
        return table((noun, "Definition", "When", "Example"), self.definitions())


def _shown(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
