"""Severity: how bad it is for the business, in the words of the business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Final

from attrs import field, frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .conditions import Conditions, conditions, length_in_words
from .facts import SituationFacts
from .level_rules import easing_defects, require_situation
from .published import table
from .scales import Severity

__all__ = ["SeverityDefinition", "SeverityRules"]

_OF_THE_WORK: Final = ("workaround", "blocks_others", "capacity_short")
"""What moves the order of work, and says nothing about the harm."""

_RULE: Final = "severity rules"


def _alternatives(given: Any) -> tuple[Conditions, ...]:
    one = isinstance(given, Mapping | Conditions)
    return tuple(conditions(each) for each in ((given,) if one else several(given)))


@frozen(kw_only=True)
class SeverityDefinition:
    """What a severity means, with examples that people can compare with.

    ``when`` are the facts that give it: one mapping as in `LevelRule`, or several of which any
    will do; without any it is only ever declared.  ``maximum_tolerable_downtime`` is how long
    the business bears it.  Raises `itilcore.errors.InvalidInput` with every defect: no meaning,
    no example, a downtime of nothing or below, a condition that asks for less harm or looks at
    a workaround, at work that waits or at who is free: those move priority, never severity.

    >>> SeverityDefinition(severity=Severity.SEV1, meaning="The business stops.", examples=[])
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: severity definition: 1 defect
      examples: are none: people need one to compare with
    """

    severity: Severity
    meaning: str
    examples: tuple[str, ...] = field(converter=several)
    when: tuple[Conditions, ...] = field(default=(), converter=_alternatives)
    maximum_tolerable_downtime: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("meaning", self.meaning)
        if not isinstance(self.severity, Severity):
            defects.append(Defect("severity", f"is {self.severity!r:.60}: give a Severity"))
        if not self.examples:
            defects.append(Defect("examples", "are none: people need one to compare with"))
        for index, example in enumerate(self.examples):
            defects += blank_defects(f"examples[{index}]", example)
        longest = self.maximum_tolerable_downtime
        if longest is not None and not (isinstance(longest, timedelta) and longest > timedelta()):
            problem = f"is {longest!r:.60}: give a timedelta of more than nothing"
            defects.append(Defect("maximum_tolerable_downtime", problem))
        for index, when in enumerate(self.when):
            defects += _when_defects(f"when[{index}]", when)
        if defects:
            raise InvalidInput("severity definition", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        longest = self.maximum_tolerable_downtime
        return {
            "severity": [self.severity.name, self.severity.rank],
            "meaning": self.meaning,
            "examples": list(self.examples),
            "when": [when.content for when in self.when],
            "maximum_tolerable_downtime": None if longest is None else longest.total_seconds(),
        }


def _when_defects(path: str, when: Conditions) -> list[Defect]:
    found = list(when.defects(path))
    if found:
        return found
    names = [name for name, _ in when.rows if name in _OF_THE_WORK]
    problem = "moves the priority of the work, never the severity"
    moving = [Defect(f"{path}.{name}", problem) for name in names]
    return moving or easing_defects(path, when)


@frozen
class SeverityRules:
    """The severities of a team, highest first, whatever the order they are given in.

    The highest of which the facts are known decides; a fact that nobody knows fits nothing, and
    is named.  ``scale`` are all severities, those that nobody defined included.  Worsening a
    fact never lowers the severity.  Raises `itilcore.errors.InvalidInput` with every defect: a
    severity that is defined twice or is not on the scale, and one that tolerates a longer
    downtime than a lower one.

    >>> rules = SeverityRules.default()
    >>> payroll = SituationFacts(critical_service=True, service_down=True, in_critical_window=True)
    >>> rules.assess(payroll).answer
    Severity.SEV1
    >>> rules.assess(SituationFacts()).answer is None
    True
    """

    definitions: tuple[SeverityDefinition, ...] = field(default=(), converter=several)
    scale: tuple[Severity, ...] = field(factory=Severity.default_scale, converter=several)

    _HEAD: ClassVar[tuple[str, ...]] = ("Severity", "Meaning", "Tolerable", "When", "Examples")

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"definitions[{index}]", f"is {each!r:.60}: give a SeverityDefinition")
            for index, each in enumerate(self.definitions)
            if not isinstance(each, SeverityDefinition)
        ]
        defects += [
            Defect(f"scale[{index}]", f"is {each!r:.60}: give a Severity")
            for index, each in enumerate(self.scale)
            if not isinstance(each, Severity)
        ]
        if not defects:
            defects += self._scale_defects()
        if not defects:
            ordered = sorted(self.definitions, key=lambda each: each.severity.rank)
            object.__setattr__(self, "definitions", tuple(ordered))
            defects += self._downtime_defects()
        if defects:
            raise InvalidInput(_RULE, defects)

    def _scale_defects(self) -> Iterator[Defect]:
        if len({each.rank for each in self.scale}) < len(self.scale):
            yield Defect("scale", f"has severities of one rank: {', '.join(map(str, self.scale))}")
        seen: set[Severity] = set()
        for index, each in enumerate(self.definitions):
            path = f"definitions[{index}].severity"
            if each.severity not in self.scale:
                scale = ", ".join(map(str, self.scale))
                yield Defect(path, f"is {each.severity}, which is none of {scale}")
            elif each.severity in seen:
                yield Defect(path, f"is {each.severity}, which is defined above already")
            seen.add(each.severity)

    def _downtime_defects(self) -> Iterator[Defect]:
        known = [
            (each.severity, each.maximum_tolerable_downtime)
            for each in self.definitions
            if each.maximum_tolerable_downtime is not None
        ]
        for (upper, shorter), (lower, longer) in pairwise(known):
            if shorter > longer:
                problem = (
                    f"tolerates {length_in_words(shorter)} of downtime, "
                    f"the lower {lower} {length_in_words(longer)}"
                )
                yield Defect(str(upper), problem)

    @classmethod
    def default(cls) -> SeverityRules:
        """Four severities with examples, Sev1 bearable for an hour.

        How much money is much is for a book to say: here any loss of revenue counts alike.

        >>> [str(each.severity) for each in SeverityRules.default().definitions]
        ['SEV1', 'SEV2', 'SEV3', 'SEV4']
        """
        return cls(_default_definitions())

    def definition(self, severity: Severity) -> SeverityDefinition | None:
        """The definition of *severity*, ``None`` where there is none."""
        return {each.severity: each for each in self.definitions}.get(severity)

    def assess(self, facts: SituationFacts) -> Decision[Severity | None]:
        """The severity that the facts give, ``None`` where they give none; and why.

        Raises `itilcore.errors.InvalidInput` for facts that are none.
        """
        require_situation(_RULE, facts)
        known = facts.stated
        reasons: list[Reason] = []
        for each in self.definitions:
            unknown: list[str] = []
            for when in each.when:
                verdict = when.judge(known)
                if verdict.fits:
                    inputs = {name: known[name] for name, _ in when.rows}
                    text = f"severity is {each.severity}: {when.words()}"
                    return Decision(
                        each.severity, [Reason(_RULE, text, inputs), *reasons], self.version
                    )
                unknown += verdict.unknown
            if unknown:
                names = sorted(set(unknown))
                text = f"it might be {each.severity}: {', '.join(names)} unknown"
                reasons.append(Reason(_RULE, text, dict.fromkeys(names)))
        text = "what is known fits no severity"
        return Decision(None, [Reason(_RULE, text), *reasons], self.version)

    @cached_property
    def version(self) -> str:
        """The content version: the same definitions on the same scale have the same."""
        content: dict[str, JSONValue] = {
            "definitions": [each.content for each in self.definitions],
            "scale": sorted([each.rank, each.name] for each in self.scale),
        }
        return content_version("severity-rules", content)

    def markdown(self) -> str:
        """The definitions as a table in Markdown, to be published."""
        rows = [
            (
                str(each.severity),
                each.meaning,
                "" if (most := each.maximum_tolerable_downtime) is None else length_in_words(most),
                ", or ".join(when.words() for when in each.when),
                "; ".join(each.examples),
            )
            for each in self.definitions
        ]
        return table(self._HEAD, rows)


def _default_definitions() -> tuple[SeverityDefinition, ...]:
    hour = timedelta(hours=1)
    down = {"critical_service": True, "service_down": True}
    return (
        SeverityDefinition(
            severity=Severity.SEV1,
            meaning="The business stops, or somebody is in danger.",
            examples=[
                "payroll down during its processing window",
                "no customer can pay",
                "a medical device shows the wrong dose",
            ],
            when=[
                {"safety_at_risk": True},
                {**down, "in_critical_window": True},
                {**down, "revenue_at_risk": True},
                {**down, "users_share": 0.5},
            ],
            maximum_tolerable_downtime=hour,
        ),
        SeverityDefinition(
            severity=Severity.SEV2,
            meaning="A service that the business stands on is down or hardly of use.",
            examples=["payroll down in the middle of the month", "mail is down for one site"],
            when=[
                down,
                {"critical_service": True, "beyond_tolerance": True},
                {"service_down": True, "users_affected": 500},
                {"service_down": True, "users_share": 0.5},
                {"service_down": True, "revenue_at_risk": True},
                {"compliance_deadline_within": 4 * hour},
            ],
            maximum_tolerable_downtime=4 * hour,
        ),
        SeverityDefinition(
            severity=Severity.SEV3,
            meaning="Part of the work goes slower, or one team cannot do it.",
            examples=["search is slow for one team", "one printer of several is broken"],
            when=[
                {"work_halted": True},
                {"users_affected": 5},
                {"service_down": True},
                {"revenue_at_risk": True},
                {"compliance_deadline_within": 24 * hour},
            ],
            maximum_tolerable_downtime=24 * hour,
        ),
        SeverityDefinition(
            severity=Severity.SEV4,
            meaning="One person is hindered, or something looks wrong.",
            examples=["one person's second screen stays dark"],
            when={"users_affected": 1},
        ),
    )
