"""What is known about a ticket when somebody asks what it is, and who can answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Protocol
from unicodedata import normalize

from attrs import field, frozen

from itilcore.decision import Decision
from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import several
from itilcore.words import words

from .category import Category
from .kind import TicketKind

__all__ = ["Classifier", "Ticket", "fold", "require_ticket"]

_FOLDED: Final = 1_000


def fold(text: str) -> str:
    """*text* as names compare: case, width and blanks around it mean nothing.

    What stands behind the first 1,000 characters compares as it is: putting long runs of marks
    in order takes a time that grows with their square.

    >>> fold(" Ｅ-Mail ")
    'e-mail'
    """
    text = text.strip()
    return normalize("NFKC", normalize("NFKC", text[:_FOLDED]).casefold()) + text[_FOLDED:]


def _pairs(given: Any) -> tuple[Any, ...]:
    return tuple(given.items()) if isinstance(given, Mapping) else several(given)


@frozen(kw_only=True)
class Ticket:
    """What is known about a ticket; ``None`` is *unknown*, and an empty text says nothing.

    ``source`` is the channel that it came by, ``catalogue_item`` what was ordered from the
    service catalogue, ``fields`` texts by the name of a further field, whose order means
    nothing.  Raises `itilcore.errors.InvalidInput` with every part that is of another type or
    a blank name.

    >>> Ticket(title="New mouse", source="portal", fields={"cost centre": "4711"}).fields
    (('cost centre', '4711'),)
    """

    title: str = ""
    text: str = ""
    source: str | None = None
    category: Category | None = None
    service: str | None = None
    requester: str | None = None
    catalogue_item: str | None = None
    fields: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)

    def __attrs_post_init__(self) -> None:
        defects: list[Defect] = []
        for name in ("title", "text"):
            if not isinstance(value := getattr(self, name), str):
                defects.append(Defect(name, f"is {value!r:.60}: give a text"))
        for name in ("source", "service", "requester", "catalogue_item"):
            if (value := getattr(self, name)) is not None:
                defects += blank_defects(name, value)
        if not isinstance(self.category, Category | None):
            problem = f"is {self.category!r:.60}: give a Category, or None"
            defects.append(Defect("category", problem))
        defects += _field_defects(self.fields)
        if defects:
            raise InvalidInput("ticket", defects)
        object.__setattr__(self, "fields", tuple(sorted(self.fields)))

    @cached_property
    def said(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the title and of the text, each of its first 5,000 characters."""
        return words(self.title), words(self.text)


def _field_defects(pairs: tuple[Any, ...]) -> list[Defect]:
    defects: list[Defect] = []
    names: set[str] = set()
    for index, pair in enumerate(pairs):
        if not isinstance(pair, tuple) or len(pair) != 2:
            defects.append(Defect(f"fields[{index}]", f"is {pair!r:.60}: give a name and a text"))
            continue
        name, value = pair
        defects += (blank := blank_defects(f"fields[{index}]", name))
        if blank:
            continue
        if name in names:
            defects.append(Defect(f"fields.{name}", "stands twice"))
        names.add(name)
        if not isinstance(value, str):
            defects.append(Defect(f"fields.{name}", f"is {value!r:.60}: give a text"))
    return defects


class Classifier(Protocol):
    """Whatever tells the kind of a ticket and why, and may abstain: rules, or a model.

    >>> def kinds(by: Classifier, tickets: Iterable[Ticket]) -> list[TicketKind | None]:
    ...     return [by.classify(each).answer for each in tickets]
    """

    def classify(self, ticket: Ticket) -> Decision[TicketKind | None]:
        """The kind of *ticket*, or ``None`` where it cannot be told; the reasons say why."""
        ...


def require_ticket(subject: str, ticket: object) -> None:
    """Raise `itilcore.errors.InvalidInput` for what is no `Ticket`."""
    if not isinstance(ticket, Ticket):
        raise InvalidInput(subject, [Defect("ticket", f"is {ticket!r:.60}: give a Ticket")])
