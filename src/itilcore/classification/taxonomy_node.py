"""The parts of a taxonomy: its nodes, and the changes that made it what it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from itilcore.actor import Actor
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import several
from itilcore.version import JSONValue

from .category import Category
from .ticket import fold

__all__ = ["TaxonomyChange", "TaxonomyNode", "path_key"]

_LONGEST: Final = 200


def path_key(category: Category) -> tuple[str, ...]:
    """A category as taxonomies compare it: case and width mean nothing.

    >>> path_key(Category("Network", "VPN"))
    ('network', 'vpn')
    """
    return tuple(map(fold, category.path))


def _formers(given: Any) -> tuple[Any, ...]:
    values = (given,) if isinstance(given, Category) else several(given)
    found: list[Any] = []
    for each in values:
        try:
            found.append(Category.parse(each) if isinstance(each, str) else each)
        except InvalidInput:
            found.append(each)
    if all(isinstance(each, Category) for each in found):
        return tuple(sorted(set(found), key=lambda each: each.path))
    return tuple(found)


@frozen(kw_only=True)
class TaxonomyNode:
    """A category of a taxonomy under an ``identifier`` that stays when its name or place changes.

    ``parent`` is the identifier of the node that it lies in, ``None`` at the top.  A node that
    is ``retired`` takes no new tickets; what was in it counts for ``replaced_by``, an
    identifier, or for what it lies in where that is ``None``.  ``renamed_from`` are the paths
    that it had before, such as ``"Net > VPN"``; their order means nothing.

    Raises `itilcore.errors.InvalidInput` with everything at once: a blank identifier, a name
    that is no name of a category or has more than 200 characters, a former path that is no
    category, a replacement of what is not retired.

    >>> TaxonomyNode(identifier="c1", name=" Network ", renamed_from="Net").renamed_from
    (Category('Net'),)
    """

    identifier: str
    name: str
    parent: str | None = None
    retired: bool = False
    renamed_from: tuple[Category, ...] = field(default=(), converter=_formers)
    replaced_by: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = [*blank_defects("identifier", self.identifier), *_name_defects(self.name)]
        for part in ("parent", "replaced_by"):
            if (value := getattr(self, part)) is not None:
                defects += blank_defects(part, value)
                if value == self.identifier:
                    defects.append(Defect(part, "is the node itself"))
        if not isinstance(self.retired, bool):
            defects.append(Defect("retired", f"is {self.retired!r:.60}: give True or False"))
        for index, each in enumerate(self.renamed_from):
            if not isinstance(each, Category):
                problem = f"is {each!r:.60}, which is no category"
                defects.append(Defect(f"renamed_from[{index}]", problem))
        if self.replaced_by is not None and self.retired is False:
            defects.append(Defect("replaced_by", "is given, and the node is not retired"))
        if defects:
            raise InvalidInput("taxonomy node", defects)
        object.__setattr__(self, "name", self.name.strip())

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "identifier": self.identifier,
            "name": self.name,
            "parent": self.parent,
            "retired": self.retired,
            "renamed_from": [str(each) for each in self.renamed_from],
            "replaced_by": self.replaced_by,
        }


def _name_defects(name: object) -> list[Defect]:
    if defects := blank_defects("name", name):
        return defects
    text = str(name)
    if len(text) > _LONGEST:
        return [Defect("name", f"has {len(text)} characters: give at most {_LONGEST}")]
    return [Defect("name", f"is {text!r:.60}, which has a '>' in it")] if ">" in text else []


@frozen
class TaxonomyChange:
    """One change of a taxonomy: ``at`` when, ``by`` whom, ``why``, and ``what`` in words.

    Raises `itilcore.errors.InvalidInput` for what is no actor and for blank texts, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> print(TaxonomyChange(
    ...     datetime(2026, 3, 2, tzinfo=UTC), Actor.person("ada"), "as people say", "renamed Net"
    ... ))
    2026-03-02T00:00:00+00:00 ada: renamed Net (as people say)
    """

    at: datetime
    by: Actor
    why: str
    what: str

    def __attrs_post_init__(self) -> None:
        defects = [*blank_defects("why", self.why), *blank_defects("what", self.what)]
        if not isinstance(self.by, Actor):
            defects.append(Defect("by", f"is {self.by!r:.60}: give an Actor"))
        if defects:
            raise InvalidInput("taxonomy change", defects)
        require_aware("at", self.at)

    def __str__(self) -> str:
        return f"{self.at.isoformat()} {self.by.identifier}: {self.what} ({self.why})"
