"""What the readers of all sections share: where they are, and what they found wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final, TypeVar

from attrs import field, frozen

from itilcore.codec import from_json
from itilcore.errors import Defect, InvalidInput, nearest

__all__ = ["Place", "joined_path"]

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


def joined_path(path: str, more: str) -> str:
    """*more* below *path*.

    >>> joined_path("sla.gold", "targets"), joined_path("hours", "[0]"), joined_path("", "sla")
    ('sla.gold.targets', 'hours[0]', 'sla')
    """
    if not path or not more:
        return path or more
    return f"{path}{more}" if more.startswith("[") else f"{path}.{more}"


_STEP: Final = re.compile(r"\[\d+\]|[^.\[\]]+")


def _without(given: Any, steps: list[str]) -> Any:
    """*given* without the key that *steps* lead to; as it is where they lead to none."""
    step, rest = steps[0] if steps else "", steps[1:]
    if isinstance(given, Mapping) and step in given:
        if rest:
            return {**given, step: _without(given[step], rest)}
        return {key: value for key, value in given.items() if key != step}
    if isinstance(given, list) and step.startswith("[") and int(step[1:-1]) < len(given) and rest:
        index = int(step[1:-1])
        return [*given[:index], _without(given[index], rest), *given[index + 1 :]]
    return given


@frozen
class Place:
    """A place in a book that is read: its ``path``, and the ``defects`` of all of the book."""

    path: str = ""
    defects: list[Defect] = field(factory=list)

    def __truediv__(self, more: str) -> Place:
        return Place(joined_path(self.path, more), self.defects)

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

    def record(self, kind: type[T], given: object) -> T | None:
        """*given* as a record of *kind*, or ``None`` and more defects.

        Keys that are wrong are left out, so that what else is wrong is found as well.
        """
        before = len(self.defects)
        if not isinstance(given, Mapping):
            self.refuse(f"is {given!r}, not a table")
            return None
        with self.catching():
            return from_json(kind, given)
        rest: object = given
        for defect in self.defects[before:]:
            rest = _without(rest, _STEP.findall(defect.path.removeprefix(self.path)))
        try:
            return from_json(kind, rest)
        except InvalidInput:
            return None

    def tables(self, given: object) -> Mapping[str, Any]:
        """*given* as tables by name."""
        if isinstance(given, Mapping):
            return given
        self.refuse(f"is {type(given).__name__}, not a table of tables")
        return {}

    def choice(self, kind: type[E], given: str) -> E | None:
        """The member of *kind* with this value, or ``None`` and a defect."""
        values = {str(member.value).casefold(): member for member in kind}
        found = values.get(given.strip().casefold())
        if found is None:
            known = [str(member.value) for member in kind]
            self.refuse(f"is {given!r}; {nearest(given, known)}")
        return found

    def named(
        self, given: str, known: Mapping[str, T], what: str, written: Iterable[str] = ()
    ) -> T | None:
        """The one of *known* by its name, or ``None`` and a defect.

        *written* are names that stand in the book and may be wrong: that has been said where
        they stand.
        """
        if given in known:
            return known[given]
        names = list(dict.fromkeys([*written, *known]))
        if not names:
            self.refuse(f"there is no {what} {given!r}, and no other")
        elif given not in names:
            self.refuse(f"there is no {what} {given!r}; {nearest(given, names)}")
        return None
