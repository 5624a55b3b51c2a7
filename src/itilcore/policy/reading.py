"""What the readers of all sections share: where they are, and what they found wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Final, TypeVar, cast

from attrs import NOTHING, evolve, field, fields, frozen, resolve_types

from itilcore.classification import Category, Taxonomy
from itilcore.codec import from_json
from itilcore.errors import Defect, InvalidInput, nearest
from itilcore.given import shown

__all__ = ["PLURALS", "Place", "as_written", "joined_path", "the_place"]

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
D = TypeVar("D", date, time, datetime)
_DATED: Final[Mapping[type, str]] = {
    date: "a date",
    time: "a time of day",
    datetime: "an instant with its offset",
}


PLURALS: Final = {
    "category": "categories",
    "catalogue_item": "catalogue_items",
    "criticality": "criticalities",
    "customer": "customers",
    "disruption": "disruptions",
    "group": "groups",
    "impact": "impacts",
    "kind": "kinds",
    "priority": "priorities",
    "service": "services",
    "severity": "severities",
    "site": "sites",
    "source": "sources",
    "urgency": "urgencies",
}
"""The conditions as a book has them, in the singular as in ``applies``, and as rules have them."""

_SINGULARS: Final = {plural: name for name, plural in PLURALS.items()}
_FIRST_WORD: Final = re.compile(r"\w*")


_CATEGORIES: Final = re.compile(r"(\A|\.)categor(y|ies)\Z")


def as_written(path: str) -> str:
    """A path of a rule in the words of a book.

    >>> as_written("categories[0]"), as_written("name")
    ('category[0]', 'name')
    """
    return _FIRST_WORD.sub(lambda word: _SINGULARS.get(word[0], word[0]), path, count=1)


def the_place(_path: str) -> str:
    """The place itself, whatever is below it."""
    return ""


def joined_path(path: str, more: str) -> str:
    """*more* below *path*.

    >>> joined_path("sla.gold", "targets"), joined_path("hours", "[0]"), joined_path("", "sla")
    ('sla.gold.targets', 'hours[0]', 'sla')
    """
    if not path or not more:
        return path or more
    return f"{path}{more}" if more.startswith("[") else f"{path}.{more}"


@frozen
class Place:
    """A place in a book that is read: its ``path``, and the ``defects`` of all of the book.

    Where the book has a ``taxonomy``, categories are read as it has them now.
    """

    path: str = ""
    defects: list[Defect] = field(factory=list)
    taxonomy: Taxonomy = field(factory=Taxonomy)

    def __truediv__(self, more: str) -> Place:
        return evolve(self, path=joined_path(self.path, more))

    def refuse(self, problem: str) -> None:
        """Write down a defect of this place."""
        self.defects.append(Defect(self.path, problem))

    @contextmanager
    def catching(self, rename: Callable[[str], str] = str) -> Generator[None]:
        """Write down what is raised of wrong input, its paths renamed and put below this place."""
        try:
            yield
        except InvalidInput as error:
            self.defects.extend(
                Defect(joined_path(self.path, rename(d.path)), d.problem) for d in error.defects
            )

    def made(
        self, way: Callable[[], T], *others: Callable[[], T], rename: Callable[[str], str] = str
    ) -> T | None:
        """What *way* makes; where that is wrong it is told, and the first of *others* stands in.

        So that what refers to it is not told as unknown.  ``None`` where none can be made.
        """
        with self.catching(rename):
            return way()
        for other in others:
            try:
                return other()
            except InvalidInput:
                continue  # told already
        return None

    def record(self, kind: type[T], given: object) -> T | None:
        """*given* as a record of *kind*; ``None`` and a defect where it is no table.

        Each key is read by itself, so that a wrong one hides nothing.  It is a defect, and
        counts as not written; for one that has to be written the record then holds ``None``.
        """
        if not isinstance(given, Mapping):
            self.refuse(f"is {given!r}, not a table")
            return None
        attributes: Any = kind  # every record is a class of attrs
        known = {each.name: each for each in fields(resolve_types(attributes))}
        for name in given:
            if name not in known:
                (self / str(name)).refuse(f"is no such key; {nearest(str(name), list(known))}")
        found: dict[str, Any] = {}
        for name, each in known.items():
            if each.default is NOTHING:
                found[name] = None
                if name not in given:
                    (self / name).refuse("is missing")
            if name in given:
                with (self / name).catching():
                    found[name] = from_json(cast("type[Any]", each.type), given[name])
        return kind(**found)

    def records(
        self, key: str, kind: type[T], tables: Iterable[object]
    ) -> Generator[tuple[Place, T]]:
        """Each of the *tables* in the array *key*, read as `record` does, with its place."""
        for index, table in enumerate(tables):
            at = self / f"{key}[{index}]"
            record = at.record(kind, table)
            if record is not None:
                yield at, record

    def tables(self, given: object) -> Mapping[str, Any]:
        """*given* as tables by name."""
        if isinstance(given, Mapping):
            for name in given:
                if not str(name).strip() or not str(name).isprintable():
                    self.refuse(f"has a table named {name!r}: give a name that can be read")
            return {name: each for name, each in given.items() if str(name).strip()}
        self.refuse(f"is {type(given).__name__}, not a table of tables")
        return {}

    def array(self, given: object) -> list[Any]:
        """*given* as an array of tables; none and a defect for anything else."""
        if isinstance(given, list):
            return given
        self.refuse(f"is {given!r}, not an array of tables")
        return []

    def names(self, given: object) -> list[str]:
        """One name or a list of names; none and a defect for anything else."""
        items = [given] if isinstance(given, str) else given
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            self.refuse(f"is {given!r}: give a name or a list of names")
            return []
        if self.taxonomy.nodes and _CATEGORIES.search(self.path):
            return [self._standing(index, text) for index, text in enumerate(items)]
        return list(items)

    def _standing(self, index: int, text: str) -> str:
        """The category that stands now for what is written; a defect for what never did."""
        try:
            found = self.taxonomy.resolve(Category.parse(text)).answer
        except InvalidInput:
            return text  # told by what keeps it
        if found is None:
            near = nearest(text, [str(each) for each in self.taxonomy.standing])
            (self / f"[{index}]").refuse(f"is {text!r}, which the taxonomy never had; {near}")
            return text
        return str(found)

    def dated(self, given: object, kind: type[D]) -> D | None:
        """A date, a time or an instant, of TOML itself or as its text; ``None`` and a defect."""
        value: Any = given
        if isinstance(given, str):
            try:
                value = kind.fromisoformat(given)
            except ValueError:
                value = None
        # A date-time is a date as well, and none that is meant.
        naive = isinstance(value, datetime) and value.tzinfo is None
        found: Any = value if type(value) is kind and not naive else None
        if found is None and given is not None:
            self.refuse(f"is {shown(given)}: give {_DATED[kind]}")
        return found  # type: ignore[no-any-return]  # of that kind, or nothing

    def choice(self, kind: type[E], given: object) -> E | None:
        """The member of *kind* with this value, or ``None`` and a defect; none of nothing."""
        if given is None:
            return None
        values = {str(member.value).casefold(): member for member in kind}
        found = values.get(str(given).strip().casefold())
        if found is None:
            known = [str(member.value) for member in kind]
            self.refuse(f"is {given!r}; {nearest(str(given), known)}")
        return found

    def known(self, given: str, names: Collection[str], what: str, *, folded: bool = False) -> None:
        """Refuse what is none of *names*, where there are any; a blank is told by what keeps it.

        Where it is *folded*, it may be in any case.
        """
        there = {name.casefold() for name in names} if folded else names
        if names and given.strip() and (given.casefold() if folded else given) not in there:
            near = nearest(given, sorted(names)[:40])
            self.refuse(f"is {given!r}, which is no {what} of the book; {near}")

    def named(
        self, given: str | None, known: Mapping[str, T], what: str, written: Iterable[str] = ()
    ) -> T | None:
        """The one of *known* by its name, or ``None`` and a defect.

        *written* are names that stand in the book and may be wrong: that has been said where
        they stand.  Nothing names nothing, without a defect.
        """
        if given is None or given in known:
            return None if given is None else known[given]
        names = list(dict.fromkeys([*written, *known]))
        if not names:
            self.refuse(f"there is no {what} {given!r}, and no other")
        elif given not in names:
            self.refuse(f"there is no {what} {given!r}; {nearest(given, names)}")
        return None
