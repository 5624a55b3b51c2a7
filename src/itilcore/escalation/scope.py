"""Scopes: which incidents an escalation rule is for."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Category
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.priority import Level
from itilcore.version import JSONValue

from .course import Moment

__all__ = ["EscalationScope"]

_WORDS: Final = {
    "priorities": "priority",
    "severities": "severity",
    "services": "service",
    "categories": "category",
    "groups": "group",
}


def _names(given: Any) -> tuple[Any, ...]:
    found = {each.name if isinstance(each, Level) else each: None for each in several(given)}
    return tuple(sorted(found, key=str))


@frozen
class EscalationScope:
    """Which incidents a rule is for: every part that is set must fit, none fits all.

    ``priorities``, ``severities``, ``services`` and ``groups`` by name; ``categories`` as
    texts such as ``"Network > VPN"``, which fit what lies below them.  What is not known of an
    incident fits no part that is set.  Raises `itilcore.errors.InvalidInput` for anything that
    is none of these.

    >>> str(EscalationScope(priorities=["P1", "P2"], services="mail"))
    'priority P1 or P2, service mail'
    """

    priorities: tuple[str, ...] = field(default=(), converter=_names)
    severities: tuple[str, ...] = field(default=(), converter=_names)
    services: tuple[str, ...] = field(default=(), converter=_names)
    categories: tuple[str, ...] = field(default=(), converter=_names)
    groups: tuple[str, ...] = field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        defects = [
            defect
            for name in _WORDS
            for index, value in enumerate(getattr(self, name))
            for defect in blank_defects(f"{name}[{index}]", value)
        ]
        for index, text in enumerate(self.categories):
            if not blank_defects("", text):
                try:
                    Category.parse(text)
                except InvalidInput as error:
                    defects += [Defect(f"categories[{index}]", d.problem) for d in error.defects]
        if defects:
            raise InvalidInput("escalation scope", defects)

    def fits(self, now: Moment) -> bool:
        """Whether an incident that stands so is one of them."""
        named = (
            (self.priorities, None if now.priority is None else now.priority.name),
            (self.severities, None if now.severity is None else now.severity.name),
            (self.services, now.service),
            (self.groups, now.group),
        )
        if any(wanted and known not in wanted for wanted, known in named):
            return False
        path = () if now.category is None else now.category.path
        paths = self._paths
        return not paths or any(path[: len(each)] == each for each in paths)

    def meets(self, other: EscalationScope) -> bool:
        """Whether one incident may fit both.

        >>> one, two = EscalationScope(priorities="P1"), EscalationScope(priorities="P2")
        >>> one.meets(two), one.meets(EscalationScope(groups="Network"))
        (False, True)
        """
        for name in ("priorities", "severities", "services", "groups"):
            mine, theirs = set(getattr(self, name)), set(getattr(other, name))
            if mine and theirs and not mine & theirs:
                return False
        if not self._paths or not other._paths:
            return True
        return any(
            one[: len(two)] == two or two[: len(one)] == one
            for one in self._paths
            for two in other._paths
        )

    def is_whole(self, priority: str) -> bool:
        """Whether every incident of *priority* fits."""
        others = any(getattr(self, name) for name in _WORDS if name != "priorities")
        return not others and (not self.priorities or priority in self.priorities)

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        return tuple(Category.parse(text).path for text in self.categories)

    def __str__(self) -> str:
        parts = [
            f"{word} {' or '.join(getattr(self, name))}"
            for name, word in _WORDS.items()
            if getattr(self, name)
        ]
        return ", ".join(parts) or "every incident"

    @property
    def content(self) -> dict[str, JSONValue]:
        """What is set, as JSON values."""
        return {name: list(getattr(self, name)) for name in _WORDS if getattr(self, name)}
