"""Conditions over facts: rows that all have to hold, and what is missing to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import Defect
from itilcore.given import distinct
from itilcore.version import JSONValue

from .facts import FACTS, Fact, FactKind, fact_named, value_problem

__all__ = ["Conditions", "Verdict", "conditions", "length_in_words"]

_MINIMA: Final = frozenset([FactKind.COUNT, FactKind.SHARE, FactKind.AMOUNT])


@frozen
class Verdict:
    """Whether conditions hold: ``None`` where the ``unknown`` facts would tell."""

    fits: bool | None
    unknown: tuple[str, ...] = ()


def _rows(given: Any) -> tuple[tuple[Any, Any], ...]:
    if not isinstance(given, Mapping):
        return (("", given),)
    pairs = (
        (name, distinct(wanted))
        if name == "service" and isinstance(wanted, str | list | tuple | set | frozenset)
        else (name, wanted)
        for name, wanted in given.items()
    )
    return tuple(sorted(pairs, key=lambda pair: str(pair[0])))


def conditions(given: Any) -> Conditions:
    """What is given for conditions: those, or a mapping; what is neither is told by ``defects``."""
    return given if isinstance(given, Conditions) else Conditions(given)


@frozen
class Conditions:
    """Facts and what is wanted of them, sorted by name: all have to hold.

    A truth is wanted as it is, a number at least, a time at most, a name among some.  Whoever
    keeps conditions asks for their ``defects`` and raises.

    >>> wanted = Conditions({"critical_service": True, "users_share": 0.5})
    >>> wanted.words()
    'critical service; at least 50 % of the users affected'
    >>> wanted.judge({"critical_service": True})
    Verdict(fits=None, unknown=('users_share',))
    >>> wanted.judge({"critical_service": False})
    Verdict(fits=False, unknown=())
    """

    rows: tuple[tuple[Any, Any], ...] = field(default=(), converter=_rows)

    def defects(self, path: str) -> Iterator[Defect]:
        """What is wrong, below *path*."""
        if not self.rows:
            yield Defect(path, "has no conditions")
        for name, wanted in self.rows:
            fact = fact_named(name)
            if not name and isinstance(fact, str):
                yield Defect(path, f"is {wanted!r:.60}: give facts and what is wanted of them")
            elif isinstance(fact, str):
                yield Defect(f"{path}.{name!s:.100}", fact)
            elif fact.kind is FactKind.NAME:
                names = wanted if isinstance(wanted, tuple) else ()
                if not names or any(value_problem(fact, each) for each in names):
                    shown = list(names) if isinstance(wanted, tuple) else wanted
                    problem = f"is {shown!r:.60}: it must be one name or several"
                    yield Defect(f"{path}.{name}", problem)
            elif (wrong := value_problem(fact, wanted)) is not None:
                yield Defect(f"{path}.{name}", wrong)
            elif fact.kind in _MINIMA and not wanted:
                yield Defect(f"{path}.{name}", "is 0, which is always so: give at least what")

    def easing(self) -> tuple[str, ...]:
        """The facts that are wanted as they are when it is less bad."""
        return tuple(name for name, wanted in self.rows if FACTS[name].worse not in {None, wanted})

    def worsening(self) -> tuple[str, ...]:
        """The facts that are wanted as they are when it is worse."""
        return tuple(
            name
            for name, wanted in self.rows
            if FACTS[name].worse == wanted or FACTS[name].kind in {*_MINIMA, FactKind.WITHIN}
        )

    def judge(self, known: Mapping[str, object]) -> Verdict:
        """Whether all hold of what is *known*: what is not there is unknown."""
        unknown: list[str] = []
        for name, wanted in self.rows:
            value = known.get(name)
            if value is None:
                unknown.append(name)
            elif not _holds(FACTS[name], wanted, value):
                return Verdict(False)
        return Verdict(None if unknown else True, tuple(unknown))

    def covers(self, other: Conditions) -> bool:
        """Whether these hold wherever *other* do."""
        theirs = dict(other.rows)
        return all(
            name in theirs and _implied(FACTS[name], wanted, theirs[name])
            for name, wanted in self.rows
        )

    def words(self) -> str:
        """All of them for people to read, in the order in which facts are listed."""
        wanted = dict(self.rows)
        return "; ".join(
            _said(fact, wanted[name]) for name, fact in FACTS.items() if name in wanted
        )

    @property
    def content(self) -> list[JSONValue]:
        """All of it as JSON values."""
        return [[name, _plain(wanted)] for name, wanted in self.rows]


def _holds(fact: Fact, wanted: Any, value: Any) -> bool:
    if fact.kind in _MINIMA:
        return bool(value >= wanted)
    if fact.kind is FactKind.WITHIN:
        return bool(value <= wanted)
    return value in wanted if fact.kind is FactKind.NAME else value is wanted


def _implied(fact: Fact, wanted: Any, by: Any) -> bool:
    if fact.kind is FactKind.NAME:
        return set(by) <= set(wanted)
    return _holds(fact, wanted, by)


def _said(fact: Fact, wanted: Any) -> str:
    if fact.kind is FactKind.TRUTH:
        return fact.words[0 if wanted else 1]
    if fact.kind is FactKind.NAME:
        shown = " or ".join(wanted)
    elif fact.kind is FactKind.SHARE:
        shown = f"{wanted * 100:g} %"
    elif fact.kind is FactKind.WITHIN:
        shown = length_in_words(wanted)
    else:
        shown = f"{wanted:,}"
    return fact.words[0].format(shown)


def length_in_words(length: timedelta) -> str:
    """A length of time for people, to the second.

    >>> length_in_words(timedelta(hours=26, minutes=30))
    '26 h 30 min'
    >>> length_in_words(timedelta())
    '0 min'
    """
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def _plain(wanted: Any) -> JSONValue:
    if isinstance(wanted, timedelta):
        return wanted.total_seconds()
    return list(wanted) if isinstance(wanted, tuple) else wanted
