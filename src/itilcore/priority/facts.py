"""What is known of how bad it is: plain values that callers fetch, any of them unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from math import isfinite
from typing import Final

from attrs import field, fields, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects, nearest

__all__ = ["FACTS", "Fact", "FactKind", "SituationFacts", "fact_named", "value_problem"]


class FactKind(Enum):
    """How a condition looks at a fact."""

    TRUTH = "true or false"
    COUNT = "a whole number from 0"
    SHARE = "a number from 0 to 1"
    AMOUNT = "a number from 0"
    WITHIN = "a time of nothing or more"
    NAME = "a name"


@frozen
class Fact:
    """A fact: its ``name``, its ``kind``, and how people say it.

    ``worse`` is the truth that makes a situation worse, ``None`` where neither does.  More of a
    number and less of a time are always worse.  ``words`` are for people; of a truth there are
    two, of any other kind one with a place for the value.
    """

    name: str
    kind: FactKind
    words: tuple[str, ...]
    worse: bool | None = None


def _truth(name: str, true: str, false: str, worse: bool | None = True) -> Fact:
    return Fact(name, FactKind.TRUTH, (true, false), worse)


FACTS: Final[Mapping[str, Fact]] = {
    fact.name: fact
    for fact in (
        Fact("service", FactKind.NAME, ("service is {}",)),
        _truth("service_down", "service is down", "service works at least in part"),
        _truth("critical_service", "critical service", "no critical service"),
        _truth("in_critical_window", "within its critical window", "outside its critical window"),
        _truth("beyond_tolerance", "longer than is tolerated", "within what is tolerated"),
        Fact("users_affected", FactKind.COUNT, ("at least {} users affected",)),
        Fact("users_share", FactKind.SHARE, ("at least {} of the users affected",)),
        _truth("vip_affected", "VIP affected", "no VIP affected"),
        _truth("revenue_at_risk", "revenue at risk", "no revenue at risk"),
        Fact("revenue_per_hour", FactKind.AMOUNT, ("at least {} lost an hour",)),
        Fact("compliance_deadline_within", FactKind.WITHIN, ("compliance deadline within {}",)),
        _truth("safety_at_risk", "safety at risk", "nobody's safety at risk"),
        _truth("work_halted", "work halted", "work goes on"),
        _truth("damage_growing", "damage grows", "damage does not grow"),
        Fact("threshold_within", FactKind.WITHIN, ("threshold reached within {}",)),
        _truth("workaround", "workaround", "no workaround", worse=False),
        _truth("blocks_others", "other work waits for it", "no other work waits for it"),
        _truth("capacity_short", "nobody free to work on it", "people free to work on it", None),
    )
}
"""The facts by name, in the order of the fields of `SituationFacts`."""


def fact_named(name: object) -> Fact | str:
    """The fact of that name, or what is wrong with the name.

    >>> fact_named("user_share")
    "is no fact; did you mean 'users_share'?"
    """
    found = FACTS.get(name) if isinstance(name, str) else None
    return found or f"is no fact; {nearest(str(name)[:100], list(FACTS))}"


def value_problem(fact: Fact, value: object) -> str | None:
    """What is wrong with *value* as the value of *fact*, ``None`` where nothing is.

    >>> value_problem(FACTS["users_share"], 1.5)
    'is 1.5: it must be a number from 0 to 1'
    """
    return (
        None if _is_right(fact.kind, value) else f"is {value!r:.60}: it must be {fact.kind.value}"
    )


def _is_right(kind: FactKind, value: object) -> bool:
    if kind is FactKind.TRUTH:
        return isinstance(value, bool)
    if kind is FactKind.WITHIN:
        return isinstance(value, timedelta) and value >= timedelta()
    if kind is FactKind.NAME:
        return not blank_defects("", value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    number = _number(value)
    if kind is FactKind.COUNT:
        return isinstance(value, int) and number >= 0
    return 0 <= number <= 1 if kind is FactKind.SHARE else isfinite(number) and number >= 0


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number that no float holds
        return float("inf")


@frozen(kw_only=True)
class SituationFacts:
    """What is known of how bad it is.  ``None`` is *unknown*, which is not the same as *no*.

    The service: its name (``service``), whether it is down rather than slow or in part there
    (``service_down``), whether the business stands on it (``critical_service``), whether this
    is the time that counts for it, such as payroll on its processing day
    (``in_critical_window``), whether it lasts longer than business as usual tolerates
    (``beyond_tolerance``).

    Whom and what it hits: ``users_affected``; ``users_share`` of all its users, 0 to 1;
    ``vip_affected``; ``revenue_at_risk``, and ``revenue_per_hour`` where the amount is known
    (which says whether any is at risk); ``compliance_deadline_within`` so much time;
    ``safety_at_risk``.

    How long it can wait: ``work_halted`` now; ``damage_growing``; ``threshold_within`` so much
    time a threshold is reached, such as a full disk.

    What moves the order of work and nothing else: ``workaround``, ``blocks_others`` (other work
    waits for this), ``capacity_short`` (nobody who could do it is free).

    Times are of nothing or more: nothing for what has passed already, ``timedelta.max`` where
    there is no deadline or threshold at all.  Raises `itilcore.errors.InvalidInput` with every
    value that is none of its kind, and for revenue that is at risk and is not.

    >>> facts = SituationFacts(service="search", users_affected=8, revenue_per_hour=0)
    >>> facts.known("users_affected"), facts.known("revenue_at_risk"), facts.known("workaround")
    (8, False, None)
    >>> SituationFacts(users_share=40)
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: situation: 1 defect
      users_share: is 40: it must be a number from 0 to 1
    """

    service: str | None = None
    service_down: bool | None = None
    critical_service: bool | None = None
    in_critical_window: bool | None = None
    beyond_tolerance: bool | None = None
    users_affected: int | None = None
    users_share: float | None = None
    vip_affected: bool | None = None
    revenue_at_risk: bool | None = None
    revenue_per_hour: float | None = None
    compliance_deadline_within: timedelta | None = None
    safety_at_risk: bool | None = None
    work_halted: bool | None = None
    damage_growing: bool | None = None
    threshold_within: timedelta | None = None
    workaround: bool | None = None
    blocks_others: bool | None = None
    capacity_short: bool | None = None
    _known: Mapping[str, object] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        given = {each.name: getattr(self, each.name) for each in fields(type(self)) if each.init}
        defects = [
            Defect(name, problem)
            for name, value in given.items()
            if value is not None and (problem := value_problem(FACTS[name], value)) is not None
        ]
        amount, risk = self.revenue_per_hour, self.revenue_at_risk
        if not defects and amount is not None:
            if risk is not None and risk is not (amount > 0):
                problem = f"is {risk}, and revenue_per_hour is {amount}"
                defects.append(Defect("revenue_at_risk", problem))
            given["revenue_at_risk"] = amount > 0
        if defects:
            raise InvalidInput("situation", defects)
        known = {name: value for name, value in given.items() if value is not None}
        object.__setattr__(self, "_known", known)

    def known(self, name: str) -> object:
        """The value of the fact *name*; ``None`` where it is unknown.

        Raises `itilcore.errors.InvalidInput` for a name that is no fact.
        """
        fact = fact_named(name)
        if isinstance(fact, str):
            raise InvalidInput("situation", [Defect(str(name), fact)])
        return self._known.get(name)

    @property
    def stated(self) -> dict[str, object]:
        """What is known, by the names of the facts in their order."""
        return {name: self._known[name] for name in FACTS if name in self._known}
