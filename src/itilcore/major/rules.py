"""The rules of major incidents: candidates, who decides, which roles must be filled."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Disruption
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.incident import Incident, Role
from itilcore.intake import Criticality
from itilcore.priority import Authority, Priority, Severity
from itilcore.version import JSONValue, content_version

from .candidates import CandidateRule, MajorFacts

__all__ = ["MajorIncidentRules"]

_MANAGER: Final = Role.MAJOR_INCIDENT_MANAGER.name
_LEAD: Final = Role.COMMUNICATIONS_LEAD.name
_RESOLVER: Final = Role.RESOLVER.name
_SCRIBE: Final = Role.SCRIBE.name
_TIERS: Final = frozenset(Role.resolver(tier).name for tier in (1, 2, 3))
_RESOLVING: Final = _TIERS | {_RESOLVER}


def _candidates() -> tuple[CandidateRule, ...]:
    return (
        CandidateRule(name="the highest severity", severities=Severity.SEV1),
        CandidateRule(name="the highest priority", priorities=Priority.P1),
        CandidateRule(
            name="a critical service is down",
            criticalities=Criticality.CRITICAL,
            disruptions=Disruption.OUTAGE,
        ),
        CandidateRule(name="many users", users=100),
        CandidateRule(name="many reports", related=5),
        CandidateRule(name="a VIP", vip=True, priorities=(Priority.P1, Priority.P2)),
    )


def _managers() -> Authority:
    return Authority(roles=_MANAGER)


def _role_name(given: Any) -> Any:
    return given.name if isinstance(given, Role) else given


def _role_names(given: Any) -> tuple[Any, ...]:
    one = isinstance(given, Role)
    return tuple(_role_name(each) for each in ((given,) if one else several(given)))


def _pairs(given: Any) -> tuple[Any, ...]:
    return tuple(
        tuple(_role_name(each) for each in pair) if isinstance(pair, list | tuple) else pair
        for pair in several(given)
    )


@frozen(kw_only=True)
class MajorIncidentRules:
    """When an incident is a candidate, who decides that it is a major one, who must be there.

    ``promote`` is who may promote and reject, ``demote`` who may demote (the same without it),
    ``propose`` who may propose, ``appoint`` who may make somebody its manager (anybody without
    them; but who took the role on for themselves has no authority by it).  ``roles`` are those
    that a major incident needs, by name; ``resolver`` is that of any tier.  ``covered`` are
    pairs: the first role is filled as well by whoever has the second.  Without any arguments
    whoever is major incident manager decides.  Raises `itilcore.errors.InvalidInput` for blank
    names, wrong types, a candidate rule that stands twice, and for a manager who would cover a
    resolver.

    >>> rules = MajorIncidentRules()
    >>> rules.roles
    ('major incident manager', 'communications lead', 'scribe', 'resolver')
    """

    candidates: tuple[CandidateRule, ...] = field(factory=_candidates, converter=several)
    promote: Authority = field(factory=_managers)
    demote: Authority | None = None
    propose: Authority | None = None
    appoint: Authority | None = None
    roles: tuple[str, ...] = field(
        default=(_MANAGER, _LEAD, _SCRIBE, _RESOLVER), converter=_role_names
    )
    covered: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        known: set[str] = set()
        for index, rule in enumerate(self.candidates):
            path = f"candidates[{index}]"
            if not isinstance(rule, CandidateRule):
                defects.append(Defect(path, f"is {rule!r:.60}: give a CandidateRule"))
                continue
            if rule.name in known:
                problem = f"is {rule.name!r}, which stands above already"
                defects.append(Defect(f"{path}.name", problem))
            known.add(rule.name)
        for name in ("promote", "demote", "propose", "appoint"):
            value = getattr(self, name)
            if not isinstance(value, Authority) and (value is not None or name == "promote"):
                defects.append(Defect(name, f"is {value!r:.60}: give an Authority"))
        for index, role in enumerate(self.roles):
            defects += blank_defects(f"roles[{index}]", role)
        for index, pair in enumerate(self.covered):
            defects += _cover_defects(f"covered[{index}]", pair)
        if defects:
            raise InvalidInput("major incident rules", defects)

    @classmethod
    def small_team(cls, promote: Authority | None = None) -> MajorIncidentRules:
        """The least that will do: a manager who also speaks for it, and somebody else resolves.

        >>> MajorIncidentRules.small_team().covered
        (('communications lead', 'major incident manager'),)
        """
        return cls(
            promote=_managers() if promote is None else promote,
            roles=(_MANAGER, _LEAD, _RESOLVER),
            covered=((_LEAD, _MANAGER),),
        )

    def assess(self, incident: Incident, facts: MajorFacts | None = None) -> Decision[bool | None]:
        """Whether *incident* is a candidate, with the reasons.

        ``False`` only where every rule is refuted: ``None`` says that what is missing could
        still make it one.  Without *facts* they are those that the incident knows itself.

        >>> incident = Incident.replay("INC1", [])
        >>> few = MajorFacts(users=3, related=0, is_vip=False)
        >>> rules = MajorIncidentRules(candidates=CandidateRule(name="many users", users=100))
        >>> print(rules.assess(incident, few).explain())
        False, because:
          affected users: 3, not 100 [many users]
        decided by major incident rules:...
        """
        known = MajorFacts.of(incident) if facts is None else facts
        judged = [rule.judge(incident, known) for rule in self.candidates]
        answers = {answer for answer, _ in judged}
        answer = True if True in answers else None if None in answers else False
        # What decided it stands alone; where nothing could be told it is what is missing.
        reasons = [reason for said, why in judged if said is answer for reason in why]
        if not reasons:
            reasons = [Reason("major incident rules", "there are no rules of candidates")]
        return Decision(answer, reasons, self.version)

    def authority(self, action: str) -> Authority | None:
        """Who may take *action*, one of those of `MAJOR_STEPS`; ``None``: anybody.

        >>> str(MajorIncidentRules().authority("demote"))
        'roles major incident manager'
        """
        if action == "propose":
            return self.propose
        return self.demote or self.promote if action == "demote" else self.promote

    def vacant(self, incident: Incident) -> tuple[str, ...]:
        """The roles that nobody holds now, of those that a major incident needs.

        >>> MajorIncidentRules.small_team().vacant(Incident.replay("INC1", []))
        ('major incident manager', 'communications lead', 'resolver')
        """
        return self.unfilled(role.name for role, _ in incident.roles)

    def unfilled(self, names: Iterable[str]) -> tuple[str, ...]:
        """The roles that a major incident needs and that are not among *names*, nor covered.

        >>> MajorIncidentRules.small_team().unfilled(["tier 2 resolver"])
        ('major incident manager', 'communications lead')
        """
        held = set(names)
        if held & _TIERS:
            held.add(_RESOLVER)
        held |= {role for role, by in self.covered if by in held}
        return tuple(role for role in self.roles if role not in held)

    def speaker(self, incident: Incident) -> tuple[str, str] | None:
        """The role and the person who speak for *incident*: the communications lead, else the
        manager; ``None`` where it has neither.

        >>> MajorIncidentRules().speaker(Incident.replay("INC1", [])) is None
        True
        """
        for wanted in (_LEAD, _MANAGER):
            for role, person in incident.roles:
                if role.name == wanted:
                    return wanted, person
        return None

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "candidates": [rule.content for rule in self.candidates],
            "promote": self.promote.content,
            "demote": None if self.demote is None else self.demote.content,
            "propose": None if self.propose is None else self.propose.content,
            "appoint": None if self.appoint is None else self.appoint.content,
            "roles": sorted(self.roles),
            "covered": [list(pair) for pair in sorted(self.covered)],
        }

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        return content_version("major incident rules", self.content)


def _cover_defects(path: str, pair: Any) -> list[Defect]:
    if not (isinstance(pair, tuple) and len(pair) == 2):
        return [Defect(path, f"is {pair!r:.60}: give two roles")]
    defects = [defect for name in pair for defect in blank_defects(path, name)]
    if not defects and pair[0] == pair[1]:
        defects.append(Defect(path, f"has {pair[0]!r} twice"))
    if not defects and _MANAGER in pair and _RESOLVING.intersection(pair):
        defects.append(Defect(path, "whoever resolves it cannot manage it"))
    return defects
