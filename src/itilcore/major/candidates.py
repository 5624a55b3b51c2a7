"""Candidates: what makes an incident one to be looked at as a major one, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Disruption
from itilcore.decision import Reason
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct, several
from itilcore.incident import Incident, LinkKind
from itilcore.intake import Criticality, ServiceCatalogue
from itilcore.priority import Priority, Severity
from itilcore.routing import Directory
from itilcore.version import JSONValue

__all__ = ["CandidateRule", "MajorFacts"]


def _names(given: Any) -> tuple[Any, ...]:
    levels = (Priority, Severity)
    return distinct([each.name if isinstance(each, levels) else each for each in several(given)])


def _count_defects(path: str, value: object, least: int) -> list[Defect]:
    if value is None or (type(value) is int and value >= least):
        return []
    return [Defect(path, f"is {value!r:.60}: give a whole number from {least} on, or None")]


@frozen(kw_only=True)
class MajorFacts:
    """What candidates are judged by besides the incident itself; ``None`` is *not known*.

    ``users`` is how many are affected, ``criticality`` that of the service, ``disruption``
    whether it is down, ``related`` how many other incidents belong to it, children and
    duplicates, and ``related_is_all`` whether there are no more than these; ``is_vip`` whether
    the requester is one.  Raises
    `itilcore.errors.InvalidInput` for wrong types and numbers below nothing.

    >>> MajorFacts(users=250).criticality is None
    True
    """

    users: int | None = None
    criticality: Criticality | None = None
    disruption: Disruption | None = None
    related: int | None = None
    is_vip: bool | None = None
    related_is_all: bool = True

    def __attrs_post_init__(self) -> None:
        defects = _count_defects("users", self.users, 0)
        defects += _count_defects("related", self.related, 0)
        kinds = (("criticality", Criticality), ("disruption", Disruption), ("is_vip", bool))
        for name, kind in kinds:
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                what = "True or False" if kind is bool else f"a {kind.__name__}"
                defects.append(Defect(name, f"is {value!r:.60}: give {what}, or None"))
        if not isinstance(self.related_is_all, bool):
            problem = f"is {self.related_is_all!r:.60}: give True or False"
            defects.append(Defect("related_is_all", problem))
        if defects:
            raise InvalidInput("facts", defects)

    @classmethod
    def of(
        cls,
        incident: Incident,
        services: ServiceCatalogue | None = None,
        directory: Directory | None = None,
        *,
        users: int | None = None,
        disruption: Disruption | None = None,
        duplicates: int | None = None,
    ) -> MajorFacts:
        """What is known of *incident*: by its service and requester, and by its children.

        *duplicates* are those that say so themselves: no incident knows who duplicates it.
        Without them there may be more that belong to it than its children.

        >>> found = MajorFacts.of(Incident.replay("INC1", []), duplicates=4)
        >>> found.related, found.related_is_all
        (4, True)
        """
        service = None
        if services is not None and incident.service is not None:
            service = services.service(incident.service)
        person = None
        if directory is not None and incident.facts.requester is not None:
            person = directory.person(incident.facts.requester)
        children = sum(1 for kind, _ in incident.links if kind is LinkKind.CHILD)
        return cls(
            users=users,
            criticality=None if service is None else service.criticality,
            disruption=disruption,
            related=children + (duplicates or 0),
            is_vip=None if person is None else person.is_vip,
            related_is_all=duplicates is not None,
        )


_LISTS: Final = ("severities", "priorities", "criticalities", "disruptions")


@frozen(kw_only=True)
class CandidateRule:
    """A row: an incident for which all that is set holds is a candidate.

    ``severities`` and ``priorities`` by name in any case, ``criticalities`` of the service,
    ``disruptions`` of it: one or several, of which one has to fit; ``users`` and ``related``: so
    many at least;
    ``vip``: the requester is one.  Raises `itilcore.errors.InvalidInput` for a blank name,
    wrong types, numbers below 1, and for a row that sets nothing.

    >>> rule = CandidateRule(name="many", users=100)
    >>> rule.judge(Incident.replay("INC1", []), MajorFacts(users=99))[0]
    False
    """

    name: str
    severities: tuple[str, ...] = field(default=(), converter=_names)
    priorities: tuple[str, ...] = field(default=(), converter=_names)
    criticalities: tuple[Criticality, ...] = field(default=(), converter=several)
    disruptions: tuple[Disruption, ...] = field(default=(), converter=several)
    users: int | None = None
    related: int | None = None
    vip: bool = False

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        for name in ("severities", "priorities"):
            for index, value in enumerate(getattr(self, name)):
                defects += blank_defects(f"{name}[{index}]", value)
        kinds: tuple[tuple[str, type[Enum]], ...] = (
            ("criticalities", Criticality),
            ("disruptions", Disruption),
        )
        for name, kind in kinds:
            defects += [
                Defect(f"{name}[{index}]", f"is {value!r:.60}: give a {kind.__name__}")
                for index, value in enumerate(getattr(self, name))
                if not isinstance(value, kind)
            ]
        defects += _count_defects("users", self.users, 1)
        defects += _count_defects("related", self.related, 1)
        if not isinstance(self.vip, bool):
            defects.append(Defect("vip", f"is {self.vip!r:.60}: give True or False"))
        counts = (self.users, self.related)
        if not (any(getattr(self, name) for name in _LISTS) or self.vip) and counts == (None, None):
            defects.append(Defect("", "sets nothing: every incident would be a candidate"))
        if defects:
            raise InvalidInput("candidate rule", defects)

    def judge(
        self, incident: Incident, facts: MajorFacts
    ) -> tuple[bool | None, tuple[Reason, ...]]:
        """Whether all that is set holds, and why; ``None`` where that is not known.

        What is not known fits nothing, and refutes nothing.  Reasons that refute come first.
        """
        found = list(self._found(incident, facts))
        refuted = [text for met, text in found if met is False]
        unknown = [text for met, text in found if met is None]
        met = [text for met, text in found if met]
        answer = False if refuted else None if unknown else True
        said = (*refuted, *unknown, *met)
        return answer, tuple(Reason(self.name, text) for text in said)

    def _found(self, incident: Incident, facts: MajorFacts) -> Iterator[tuple[bool | None, str]]:
        listed: tuple[tuple[str, tuple[Any, ...], Any], ...] = (
            ("severity", self.severities, incident.severity),
            ("priority", self.priorities, incident.priority),
            ("criticality of the service", self.criticalities, facts.criticality),
            ("disruption", self.disruptions, facts.disruption),
        )
        for what, wanted, value in listed:
            if wanted:
                yield _one_of(what, wanted, value)
        counts = (
            ("affected users", self.users, facts.users, True),
            ("incidents that belong to it", self.related, facts.related, facts.related_is_all),
        )
        for what, least, count, is_all in counts:
            if least is not None:
                yield _at_least(what, least, count, is_all)
        if self.vip:
            words = {True: "is a VIP", False: "is no VIP", None: "may be a VIP: nobody knows"}
            yield facts.is_vip, f"the requester {words[facts.is_vip]}"

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "name": self.name,
            "severities": list(self.severities),
            "priorities": list(self.priorities),
            "criticalities": sorted(each.value for each in self.criticalities),
            "disruptions": sorted(each.value for each in self.disruptions),
            "users": self.users,
            "related": self.related,
            "vip": self.vip,
        }


def _word(value: Any) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)


def _one_of(what: str, wanted: tuple[Any, ...], value: Any) -> tuple[bool | None, str]:
    asked = " or ".join(_word(each) for each in wanted)
    if value is None or value is Disruption.UNKNOWN:
        return None, f"the {what} is not known, {asked} is asked for"
    word = _word(value)
    met = word.casefold() in {_word(each).casefold() for each in wanted}
    return met, f"the {what} is {word}" + ("" if met else f", not {asked}")


def _at_least(what: str, least: int, count: int | None, is_all: bool) -> tuple[bool | None, str]:
    if count is None:
        return None, f"how many {what} there are is not known, {least:,} are asked for"
    met = count >= least
    if not met and not is_all:
        return None, f"{what}: {count:,} are known, {least:,} are asked for"
    return met, f"{what}: {count:,}" + (f", at least {least:,}" if met else f", not {least:,}")
