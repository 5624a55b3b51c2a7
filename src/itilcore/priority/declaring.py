"""The escalation contract: who may declare which severity, and on what evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.actor import Actor
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, name_defects
from itilcore.given import several
from itilcore.version import JSONValue, content_version

from .authority import Authority
from .scales import Severity

__all__ = ["Declaration", "DeclarationRule", "DeclarationRules"]

_RULE: Final = "declaration rules"

_TEXT: Final = "a text that is not blank"
"""What missing evidence has to be."""


@frozen(kw_only=True)
class DeclarationRule:
    """What a declaration of ``severity`` takes.

    ``who`` may declare it, ``None`` for anybody; ``evidence`` are the names of what has to be
    said; ``may_override`` may declare it without, for a reason that is kept, ``None`` for
    nobody.  Raises `itilcore.errors.InvalidInput` with every value that is none.

    >>> rule = DeclarationRule(
    ...     severity=Severity.SEV1, who=Authority(roles="manager"), evidence=["service", "harm"]
    ... )
    >>> rule.evidence
    ('service', 'harm')
    """

    severity: Severity
    who: Authority | None = None
    evidence: tuple[str, ...] = field(default=(), converter=several)
    may_override: Authority | None = None

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        if not isinstance(self.severity, Severity):
            defects.append(Defect("severity", f"is {self.severity!r:.60}: give a Severity"))
        for name in ("who", "may_override"):
            value = getattr(self, name)
            if not isinstance(value, Authority | None):
                defects.append(Defect(name, f"is {value!r:.60}: give an Authority, or None"))
        seen: set[str] = set()
        for index, name in enumerate(self.evidence):
            defects += name_defects(f"evidence[{index}]", name)
            if isinstance(name, str) and name in seen:
                defects.append(Defect(f"evidence[{index}]", f"is {name!r:.100} once more"))
            seen.add(str(name))
        if defects:
            raise InvalidInput("declaration rule", defects)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; the order of evidence means nothing."""
        return {
            "severity": [self.severity.name, self.severity.rank],
            "who": None if self.who is None else self.who.content,
            "evidence": sorted(self.evidence),
            "may_override": None if self.may_override is None else self.may_override.content,
        }


@frozen
class Declaration:
    """What came of a declaration: accepted where nothing is ``missing``.

    ``evidence`` are pairs of name and text, blank ones left out, by name.  ``missing`` are pairs
    of what is missing (``authority``, ``evidence NAME``, ``override``) and why.  ``overridden``
    is what the declaration went without, for the reason ``override``.
    """

    severity: Severity
    by: Actor | None
    evidence: tuple[tuple[str, str], ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    overridden: tuple[str, ...] = ()
    override: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether it may be declared."""
        return not self.missing

    @property
    def override_text(self) -> str | None:
        """What it was declared without, and for which reason; ``None`` where nobody overrode.

        >>> Declaration(Severity.SEV1, None, overridden=("authority",), override="no time"
        ...     ).override_text
        'without authority: no time'
        """
        if self.override is None or not self.overridden:
            return None
        return f"without {', '.join(self.overridden)}: {self.override}"

    @property
    def text(self) -> str:
        """The evidence to be read, a line each, an override among it.

        Whether something was overridden is what ``override_text`` says, and not this text.

        >>> Declaration(Severity.SEV1, None, (("harm", "nobody is paid"),)).text
        'harm: nobody is paid'
        """
        lines = [f"{name}: {text}" for name, text in self.evidence]
        if self.override_text is not None:
            lines.append(f"overridden {self.override_text}")
        # What stands further in belongs to the line above: nobody writes an override by a text.
        return "\n".join("\n  ".join(line.splitlines()) for line in lines)

    def __str__(self) -> str:
        return f"{self.severity} {'accepted' if self.is_accepted else 'refused'}"


@frozen
class DeclarationRules:
    """The contract, a rule for each severity that has one; a severity without may be declared.

    Raises `itilcore.errors.InvalidInput` for what is no rule, and for a second rule of a severity.

    >>> rules = DeclarationRules.default()
    >>> print(rules.judge(Severity.SEV1, Actor.person("ada"), {"service": "payroll"}).explain())
    SEV1 refused, because:
      evidence business_impact is missing [declaration rules]
    decided by declaration-rules:...
    """

    rules: tuple[DeclarationRule, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        seen: set[Severity] = set()
        for index, rule in enumerate(self.rules):
            if not isinstance(rule, DeclarationRule):
                defects.append(Defect(f"[{index}]", f"is {rule!r:.60}: give a DeclarationRule"))
            elif rule.severity in seen:
                problem = f"is {rule.severity}, which has a rule above already"
                defects.append(Defect(f"[{index}].severity", problem))
            else:
                seen.add(rule.severity)
        if defects:
            raise InvalidInput(_RULE, defects)

    @classmethod
    def default(cls) -> DeclarationRules:
        """Sev1 takes the service and the business impact, from anybody; the rest takes nothing.

        >>> [rule.evidence for rule in DeclarationRules.default().rules]
        [('service', 'business_impact')]
        """
        evidence = ("service", "business_impact")
        return cls([DeclarationRule(severity=Severity.SEV1, evidence=evidence)])

    def rule(self, severity: Severity) -> DeclarationRule | None:
        """The rule of *severity*, ``None`` where there is none."""
        return {each.severity: each for each in self.rules}.get(severity)

    def judge(
        self,
        severity: Severity,
        by: Actor | None,
        evidence: Mapping[str, str] | None = None,
        *,
        roles: Iterable[str] = (),
        groups: Iterable[str] = (),
        override: str | None = None,
        current: Severity | None = None,
    ) -> Decision[Declaration]:
        """Whether *by* may declare *severity* on that *evidence*, and all that is missing.

        *roles* are those of *by* in the incident, *groups* those that *by* is in.  Evidence that
        is not given, or is blank, is missing.  *override* is the reason for declaring it without,
        which only those may who are allowed to; where nothing is missing it is not needed.
        *current* is the severity declared before: to lower it takes whoever may declare it.
        Raises `itilcore.errors.InvalidInput` for values that are none.

        >>> rules = DeclarationRules(
        ...     [DeclarationRule(severity=Severity.SEV1, who=Authority(people="mia"))]
        ... )
        >>> lower = rules.judge(Severity.SEV3, Actor.person("ada"), current=Severity.SEV1)
        >>> lower.answer.missing
        (('authority', 'ada may not lower SEV1: people mia may'),)
        """
        said = _evidence(severity, by, evidence, override, current)
        asked = (by, tuple(several(roles)), tuple(several(groups)))
        rule = self.rule(severity) or DeclarationRule(severity=severity)
        rules = [(f"declare {severity}", rule)]
        held = None if current is None else self.rule(current)
        if held is not None and held.severity.outranks(severity):
            rules.append((f"lower {current}", held))
        who = "nobody known" if by is None else by.identifier
        given = dict(said)
        reasons: list[Reason] = []
        missing: list[tuple[str, str]] = []
        for what, each in rules:
            if each.who is not None and each.who.includes(*asked):
                inputs = {"by": by, "roles": asked[1], "groups": asked[2]}
                reasons.append(Reason(_RULE, f"{who} may {what}", inputs))
            elif each.who is not None:
                missing.append(("authority", f"{who} may not {what}: {each.who} may"))
        missing += [(f"evidence {name}", _TEXT) for name in rule.evidence if name not in given]
        overridden: tuple[str, ...] = ()
        if override is not None and missing:
            able = [each.may_override for _, each in rules if each.may_override is not None]
            if any(each.includes(*asked) for each in able):
                overridden = tuple(dict.fromkeys(what for what, _ in missing))
                text = f"{who} declares it without {', '.join(overridden)}: {override}"
                reasons.append(Reason(_RULE, text, {"by": by}))
                missing = []
            else:
                whose = " or ".join(dict.fromkeys(map(str, able))) or "nobody"
                missing.append(("override", f"{who} may not override: {whose} may"))
        reasons += [
            Reason(_RULE, f"evidence {name} is given", {name: given[name]})
            for name in rule.evidence
            if name in given
        ]
        if missing:
            reasons = [
                Reason(_RULE, f"{what} is missing" if why is _TEXT else why)
                for what, why in missing
            ]
        elif not reasons:
            text = f"no rule asks for anything to declare {severity}"
            reasons.append(Reason(_RULE, text))
        found = Declaration(
            severity, by, said, tuple(missing), overridden, override if overridden else None
        )
        return Decision(found, reasons, self.version)

    @cached_property
    def version(self) -> str:
        """The content version: the same contract has the same, in any order of its rules."""
        rules: list[Any] = [rule.content for rule in self.rules]
        return content_version(_RULE.replace(" ", "-"), sorted(rules, key=str))


def _evidence(
    severity: object, by: object, given: Any, override: object, current: object
) -> tuple[Any, ...]:
    """The evidence that says something, by name."""
    pairs = given.items() if isinstance(given, Mapping) else ()
    defects = [
        Defect(name, f"is {value!r:.60}: give {kind}")
        for name, value, kind, right in (
            ("severity", severity, "a Severity", isinstance(severity, Severity)),
            ("by", by, "an Actor, or None", isinstance(by, Actor | None)),
            ("current", current, "a Severity, or None", isinstance(current, Severity | None)),
            ("evidence", given, "names and texts", isinstance(given, Mapping | None)),
        )
        if not right
    ]
    for name, text in pairs:
        defects += name_defects("evidence", name)
        if not isinstance(text, str):
            defects.append(Defect(f"evidence.{name!s:.100}", f"is {text!r:.60}: give a text"))
    if override is not None:
        defects += blank_defects("override", override)
    if defects:
        raise InvalidInput("declaration", defects)
    return tuple(sorted((name, text) for name, text in pairs if text.strip()))
