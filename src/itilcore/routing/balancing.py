"""Who of a group gets it: whoever has the skills, has room, and carries the least."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.version import content_version

from .people import Person, SupportGroup

__all__ = ["balance"]

_VERSION: Final = content_version(
    "balancing", ["skills", "room", "load over capacity, or load", "identifier"]
)


def balance(
    candidates: Iterable[Person],
    loads: Mapping[str, int],
    skills: Iterable[str] = (),
    group: SupportGroup | None = None,
) -> Decision[str | None]:
    """The identifier of the candidate who gets the next incident; ``None`` where nobody can.

    *loads* are the open incidents of each person by identifier, 0 for whom it does not name.
    Somebody may take one who has every one of the *skills* and whose load is below their
    capacity.  Where all of these have a capacity, the least load in relation to it comes
    first, compared exactly; where one of them has none, the least load by itself.  Among
    equals it is the first identifier.

    With a *group* only its members may take one, and nobody where the loads of its members
    come to its capacity.  The order of the candidates means nothing.  Raises
    `itilcore.errors.InvalidInput` with everything that is no person, load, skill or group, and
    for two people of one identifier.

    >>> ada = Person(identifier="ada", skills=["vpn"], capacity=4)
    >>> bob = Person(identifier="bob", skills=["vpn"], capacity=10)
    >>> print(balance([ada, bob], {"ada": 2, "bob": 4}, ["vpn"]).explain())
    bob, because:
      bob has 4 of 10, the least in relation to capacity of 2 people who may take it [load]
    decided by balancing:...
    >>> balance([ada, bob], {"ada": 4}, ["mail"]).answer is None
    True
    """
    people, needed = _checked(candidates, loads, skills, group)
    if group is not None and group.capacity is not None:
        total = sum(loads.get(member, 0) for member in group.members)
        if total >= group.capacity:
            text = f"{group.name} is full: its members have {total} of {group.capacity}"
            inputs = {"load": total, "capacity": group.capacity}
            return Decision(None, [Reason("group capacity", text, inputs)], _VERSION)
    able: list[Person] = []
    against: list[Reason] = []
    for person in people:
        found = _against(person, loads.get(person.identifier, 0), needed, group)
        against += found
        if not found:
            able.append(person)
    if not people:
        against.append(Reason("candidates", "there are no candidates"))
    if not able:
        return Decision(None, against, _VERSION)
    chosen, reason = _least(able, loads)
    return Decision(chosen.identifier, [reason, *against], _VERSION)


def _against(
    person: Person, load: int, needed: tuple[str, ...], group: SupportGroup | None
) -> list[Reason]:
    """Why *person* may not take one."""
    name = person.identifier
    found = []
    if group is not None and name not in group.members:
        found.append(Reason("members", f"{name} is not in {group.name}", {"person": name}))
    lacking = tuple(skill for skill in needed if skill not in person.skills)
    if lacking:
        text = f"{name} lacks {' and '.join(lacking)}"
        found.append(Reason("skills", text, {"person": name, "lacking": lacking}))
    if person.capacity is not None and load >= person.capacity:
        inputs = {"person": name, "load": load, "capacity": person.capacity}
        found.append(Reason("capacity", f"{name} is full: {load} of {person.capacity}", inputs))
    return found


def _least(able: list[Person], loads: Mapping[str, int]) -> tuple[Person, Reason]:
    """Who of *able* carries the least, and how that was compared."""
    # One measure for all of them: a share beside a bare number would make circles.
    shared = all(person.capacity is not None for person in able)

    def burden(person: Person) -> tuple[Fraction, str]:
        load = loads.get(person.identifier, 0)
        capacity = person.capacity if shared and person.capacity is not None else 1
        return Fraction(load, capacity), person.identifier

    chosen = min(able, key=burden)
    load = loads.get(chosen.identifier, 0)
    measure = f"{load} of {chosen.capacity}" if shared else str(load)
    relation = " in relation to capacity" if shared else ""
    rank = f"the least{relation} of {len(able)} people who may take it"
    if len(able) == 1:
        rank = "and is the only one who may take it"
    text = f"{chosen.identifier} has {measure}, {rank}"
    inputs = {"person": chosen.identifier, "load": load, "capacity": chosen.capacity}
    return chosen, Reason("load", text, inputs)


def _checked(
    candidates: Iterable[Person],
    loads: Mapping[str, int],
    skills: Iterable[str],
    group: SupportGroup | None,
) -> tuple[list[Person], tuple[str, ...]]:
    """The people by identifier and the skills by name, each once."""
    defects: list[Defect] = []
    people: dict[str, Person] = {}
    if isinstance(candidates, Person):
        candidates = (candidates,)
    if not isinstance(candidates, Iterable):
        defects.append(Defect("candidates", f"is {candidates!r:.60}: give several Person"))
        candidates = ()
    for index, person in enumerate(candidates):
        if not isinstance(person, Person):
            defects.append(Defect(f"candidates[{index}]", f"is {person!r:.60}: give a Person"))
        elif people.setdefault(person.identifier, person) != person:
            problem = f"is another {person.identifier!r} than the one before"
            defects.append(Defect(f"candidates[{index}]", problem))
    defects += _load_defects(loads)
    if isinstance(skills, str):
        skills = (skills,)
    if not isinstance(skills, Iterable):
        defects.append(Defect("skills", f"is {skills!r:.60}: give several names"))
        skills = ()
    needed = tuple(skills)
    for index, skill in enumerate(needed):
        defects += blank_defects(f"skills[{index}]", skill)
    if not isinstance(group, SupportGroup | None):
        defects.append(Defect("group", f"is {group!r:.60}: give a SupportGroup, or None"))
    if defects:
        raise InvalidInput("balancing", defects)
    return [people[name] for name in sorted(people)], tuple(sorted(set(needed)))


def _load_defects(loads: object) -> list[Defect]:
    if not isinstance(loads, Mapping):
        return [Defect("loads", f"is {loads!r:.60}: give open incidents by identifier")]
    return [
        Defect(f"loads.{name}", f"is {load!r:.60}: give a whole number from 0 on")
        for name, load in sorted(loads.items(), key=lambda pair: str(pair[0]))
        if type(load) is not int or load < 0
    ]
