"""The sections ``[severity]`` and ``[[declarations]]``: what is how bad, and who may say so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.priority import (
    DeclarationRule,
    DeclarationRules,
    Severity,
    SeverityDefinition,
    SeverityRules,
)

from .authority import read_authority
from .levels import level_named, read_conditions
from .promises import hours_within
from .reading import Place

__all__ = ["read_declarations", "read_severities"]

_MOST_SEVERITIES: Final = 100


@frozen(kw_only=True)
class WrittenSeverities:
    """``[severity]``."""

    scale: list[str] | None = None
    definitions: list[Any] = field(factory=list)


@frozen(kw_only=True)
class WrittenSeverity:
    """``[[severity.definitions]]``."""

    severity: str | None
    meaning: str | None
    examples: Any
    when: Any = field(factory=list)
    tolerable_downtime: str | None = None


@frozen(kw_only=True)
class WrittenDeclaration:
    """``[[declarations]]``."""

    severity: str | None
    who: Any = None
    evidence: Any = field(factory=list)
    may_override: Any = None


def read_severities(place: Place, given: object) -> SeverityRules | None:
    """The severities of the book; ``None`` where they do not hold together."""
    record = place.record(WrittenSeverities, given)
    if record is None:
        return None
    scale = Severity.default_scale()
    names = record.scale
    if names is not None and len(names) > _MOST_SEVERITIES:
        (place / "scale").refuse(f"has {len(names):,} names: at most {_MOST_SEVERITIES}")
        return None
    if names is not None:
        usable = dict.fromkeys(name for name in names if name.strip()) or ["-"]
        scale = (place / "scale").made(
            lambda: Severity.scale(*names), lambda: Severity.scale(*usable)
        ) or scale
    found: list[SeverityDefinition] = []
    borne: dict[Severity, tuple[Place, timedelta]] = {}
    seen: set[Severity] = set()
    for at, row in place.records("definitions", WrittenSeverity, record.definitions):
        severity = level_named(at / "severity", row.severity, scale)
        if severity in seen:
            (at / "severity").refuse(f"is {severity}, which is defined above already")
        longest = _downtime(at / "tolerable_downtime", row.tolerable_downtime)
        definition = _definition(at, row, severity, longest)
        if severity is None or severity in seen:
            continue
        seen.add(severity)
        if longest is not None:
            borne[severity] = (at / "tolerable_downtime", longest)
        if definition is not None:
            found.append(definition)
    if not _shorter_above(borne):
        found = [evolve(each, maximum_tolerable_downtime=None) for each in found]
    return SeverityRules(found, scale)


def _shorter_above(borne: Mapping[Severity, tuple[Place, timedelta]]) -> bool:
    """Whether no severity bears a longer downtime than a lower one; each that does is told."""
    ordered = sorted(borne, key=lambda severity: severity.rank)
    sound = True
    for upper, lower in pairwise(ordered):
        (at, longer), (_, shorter) = borne[upper], borne[lower]
        if longer > shorter:
            at.refuse(f"is {longer}, and {shorter} of the lower {lower}: a lower one bears more")
            sound = False
    return sound


def _definition(
    at: Place, row: WrittenSeverity, severity: Severity | None, longest: timedelta | None
) -> SeverityDefinition | None:
    several = row.when if isinstance(row.when, list) else [row.when]
    single = several is not row.when
    places = ["when" if single else f"when[{index}]" for index in range(len(several))]
    whens = [read_conditions(at / path, each) for path, each in zip(places, several, strict=True)]
    before = len(at.defects)
    examples = [] if row.examples is None else (at / "examples").names(row.examples)
    told = row.examples is None or len(at.defects) > before
    with at.catching(lambda path: path.replace("when[0]", "when") if single else path):
        # What is missing has been told; the rest is judged all the same.
        definition = SeverityDefinition(
            severity=severity or Severity.SEV1,
            meaning="-" if row.meaning is None else row.meaning,
            examples=["-"] if told else examples,
            when=[when for when in whens if when is not None],
            maximum_tolerable_downtime=longest,
        )
        return None if told or None in (severity, row.meaning) else definition
    return None


def _downtime(place: Place, given: str | None) -> timedelta | None:
    found = hours_within(place, given)
    if found is not None and not found:
        place.refuse(f"is {given!r}: it must be more than nothing")
    return found or None


def read_declarations(
    place: Place,
    given: object,
    scale: Sequence[Severity],
    known: Mapping[str, Collection[str]],
) -> DeclarationRules:
    """Who may declare what, without the rows that are wrong.

    They name the ``people``, ``groups`` and ``roles`` that are *known* alone; any where there
    are none.
    """
    rules: list[DeclarationRule] = []
    seen: set[Severity] = set()
    for at, row in place.records("", WrittenDeclaration, place.array(given)):
        severity = level_named(at / "severity", row.severity, scale)
        if severity in seen:
            (at / "severity").refuse(f"is {severity}, which has a rule above already")
        before = len(at.defects)
        who = read_authority(at / "who", row.who, known)
        may_override = read_authority(at / "may_override", row.may_override, known)
        evidence = (at / "evidence").names(row.evidence)
        whole = len(at.defects) == before and severity is not None and severity not in seen
        with at.catching():
            # What is missing or wrong has been told; the rest is judged all the same.
            rule = DeclarationRule(
                severity=severity or scale[0],
                who=who,
                evidence=evidence,
                may_override=may_override,
            )
            if whole:
                rules.append(rule)
        if severity is not None:
            seen.add(severity)
    return DeclarationRules(rules)
