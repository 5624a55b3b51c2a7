"""The section ``[major]``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from itilcore.classification import Disruption
from itilcore.errors import nearest
from itilcore.intake import Criticality
from itilcore.major import CandidateRule, MajorIncidentRules

from .authority import read_authority
from .reading import Place, as_written

__all__ = ["KnownNames", "read_major"]

_MOST_TOLD: Final = 20


@frozen(kw_only=True)
class KnownNames:
    """What a book knows by name: ``roles``, ``groups``, ``people``, priorities and severities.

    Where it has none of a kind, any may be named.
    """

    roles: Collection[str] = ()
    groups: Collection[str] = ()
    people: Collection[str] = ()
    priorities: Collection[str] = ()
    severities: Collection[str] = ()


@frozen(kw_only=True)
class WrittenMajor:
    """``[major]``."""

    preset: str | None = None
    promote: Any = None
    demote: Any = None
    propose: Any = None
    appoint: Any = None
    roles: Any = None
    covered: list[Any] | None = None
    candidates: Any = None


@frozen(kw_only=True)
class WrittenCandidate:
    """A row of ``candidates``."""

    name: str | None
    severity: Any = field(factory=list)
    priority: Any = field(factory=list)
    criticality: Any = field(factory=list)
    disruption: Any = field(factory=list)
    users: int | None = None
    related: int | None = None
    vip: bool = False


def read_major(place: Place, given: object, known: KnownNames) -> MajorIncidentRules:
    """What makes a major incident; the default where it cannot be read."""
    record = place.record(WrittenMajor, given)
    if record is None or not isinstance(given, Mapping):
        return MajorIncidentRules()
    presets: dict[str, Callable[[], MajorIncidentRules]] = {
        "default": MajorIncidentRules,
        "small team": MajorIncidentRules.small_team,
    }
    preset = (place / "preset").named(record.preset, presets, "preset")
    found = MajorIncidentRules() if preset is None else preset()
    if "promote" not in given and "preset" not in given:
        (place / "promote").refuse("is missing: say who may, in roles, groups or people")
    who = {"roles": known.roles, "groups": known.groups, "people": known.people}
    for name in ("promote", "demote", "propose", "appoint"):
        if getattr(record, name) is not None:
            authority = read_authority(place / name, getattr(record, name), who)
            if authority is not None:
                found = evolve(found, **{name: authority})
    if record.roles is not None:
        names = (place / "roles").names(record.roles)
        _there(place / "roles", names, known.roles, "role")
        with place.catching():
            found = evolve(found, roles=names)
    if record.covered is not None:
        with place.catching():
            found = evolve(found, covered=record.covered)
            for index, pair in enumerate(found.covered):
                _there(place / f"covered[{index}]", pair, known.roles, "role")
    if record.candidates is not None:
        found = evolve(found, candidates=_candidates(place, record.candidates, known))
    return found


def _there(place: Place, names: Iterable[str], known: Collection[str], what: str) -> None:
    for name in names:
        if name.strip() and known and name not in known:  # a blank one is told as such
            near = nearest(name, list(known)[:_MOST_TOLD])
            place.refuse(f"there is no {what} {name!r}; {near}")


def _in_any_case(place: Place, names: Iterable[str], known: Collection[str], what: str) -> None:
    folded = {name.casefold() for name in known}
    _there(place, [name for name in names if name.casefold() not in folded], known, what)


def _candidates(place: Place, given: object, known: KnownNames) -> list[CandidateRule]:
    found: dict[str, CandidateRule] = {}
    seen: set[str] = set()
    tables = (place / "candidates").array(given)
    for at, row in place.records("candidates", WrittenCandidate, tables):
        severities = (at / "severity").names(row.severity)
        priorities = (at / "priority").names(row.priority)
        _in_any_case(at / "severity", severities, known.severities, "severity")
        _in_any_case(at / "priority", priorities, known.priorities, "priority")
        criticalities = _chosen(at / "criticality", Criticality, row.criticality)
        disruptions = _chosen(at / "disruption", Disruption, row.disruption)
        if row.name in seen:
            (at / "name").refuse(f"is {row.name!r}, which stands above already")
        seen.add(row.name or "")
        with at.catching(as_written):
            # What is missing has been told; the rest is judged all the same.
            found[row.name or ""] = CandidateRule(
                name="-" if row.name is None else row.name,
                severities=severities,
                priorities=priorities,
                criticalities=criticalities,
                disruptions=disruptions,
                users=row.users,
                related=row.related,
                vip=row.vip,
            )
    return list(found.values())


def _chosen(place: Place, kind: Any, given: object) -> list[Any]:
    chosen = (place.choice(kind, text) for text in place.names(given))
    return [each for each in chosen if each is not None]
