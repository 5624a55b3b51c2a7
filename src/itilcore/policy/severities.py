"""The sections ``[severity]`` and ``[[declarations]]``: what is how bad, and who may say so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from attrs import field, frozen

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
    seen: set[Severity] = set()
    for at, row in place.records("definitions", WrittenSeverity, record.definitions):
        severity = level_named(at / "severity", row.severity, scale)
        if severity in seen:
            (at / "severity").refuse(f"is {severity}, which is defined above already")
            continue
        definition = _definition(at, row, severity)
        if definition is not None:
            seen.add(definition.severity)
            found.append(definition)
    with (place / "definitions").catching(lambda _: ""):
        return SeverityRules(found, scale)
    return None


def _definition(
    at: Place, row: WrittenSeverity, severity: Severity | None
) -> SeverityDefinition | None:
    several = row.when if isinstance(row.when, list) else [row.when]
    single = several is not row.when
    places = ["when" if single else f"when[{index}]" for index in range(len(several))]
    whens = [read_conditions(at / path, each) for path, each in zip(places, several, strict=True)]
    before = len(at.defects)
    examples = [] if row.examples is None else (at / "examples").names(row.examples)
    told = row.examples is None or len(at.defects) > before
    longest = _downtime(at / "tolerable_downtime", row.tolerable_downtime)
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
    people: Collection[str],
    groups: Collection[str],
) -> DeclarationRules:
    """Who may declare what, without the rows that are wrong.

    They name *people* and *groups* alone; any where the book has none.
    """
    rules: list[DeclarationRule] = []
    seen: set[Severity] = set()
    known = {"people": frozenset(people), "groups": frozenset(groups)}
    for at, row in place.records("", WrittenDeclaration, place.array(given)):
        severity = level_named(at / "severity", row.severity, scale)
        before = len(at.defects)
        who = read_authority(at / "who", row.who, known)
        may_override = read_authority(at / "may_override", row.may_override, known)
        evidence = (at / "evidence").names(row.evidence)
        if severity is None or len(at.defects) > before:
            continue
        if severity in seen:
            (at / "severity").refuse(f"is {severity}, which has a rule above already")
            continue
        seen.add(severity)
        with at.catching():
            rules.append(
                DeclarationRule(
                    severity=severity, who=who, evidence=evidence, may_override=may_override
                )
            )
    return DeclarationRules(rules)
