"""One rule that tells the kind of a ticket: what has to fit, and how sure it is then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, blank_defects
from itilcore.given import distinct, several
from itilcore.version import JSONValue
from itilcore.words import lost_sign, words

from .category import Category
from .kind import TicketKind
from .said import DENIED, IDLE, Said
from .ticket import Ticket, fold

__all__ = ["KindRule", "number_defects", "phrase_defects"]

_LONGEST: Final = 200
_SHOWN: Final = 5
_NAMED: Final = (("source", "sources"), ("catalogue_item", "catalogue_items"))
_TEXTS: Final = ("phrases", "without", "negations", "fillers", "idle")
_PLAIN: Final = (*_NAMED, ("service", "services"))

Found = tuple[str, ...] | None
"""What of a condition was met, in words; ``None`` where it was not."""


def phrase_defects(path: str, text: object) -> list[Defect]:
    """The defects of what must be a word or a phrase that can be found, or none.

    Phrases are words: one with a sign that would be lost, so that other words are found than
    those that were written, is refused (see `itilcore.words.lost_sign`).

    >>> print(*phrase_defects("phrases[0]", "C++"))
    phrases[0]: is 'C++': phrases are words, and without '+' it would find 'c'
    >>> print(*phrase_defects("phrases[0]", "?!"))
    phrases[0]: is '?!', without letter or digit
    """
    if defects := blank_defects(path, text):
        return defects
    phrase = str(text)
    if len(phrase) > _LONGEST:
        return [Defect(path, f"has {len(phrase)} characters: give at most {_LONGEST}")]
    if not (found := words(phrase)):
        return [Defect(path, f"is {phrase!r}, without letter or digit")]
    if (sign := lost_sign(phrase)) is None:
        return []
    problem = f"phrases are words, and without {sign!r} it would find {' '.join(found)!r:.60}"
    return [Defect(path, f"is {phrase!r:.60}: {problem}")]


def number_defects(path: str, value: object) -> list[Defect]:
    """The defect of what must be a share from 0 to 1, or none.

    >>> print(*number_defects("least", 2))
    least: is 2: give a number from 0 to 1
    """
    if type(value) in {int, float} and 0 <= value <= 1:  # type: ignore[operator]  # it is a number
        return []
    return [Defect(path, f"is {value!r:.60}: give a number from 0 to 1")]


def _by_name(given: Any) -> Any:
    if not isinstance(given, Mapping):
        # Pairs are what a rule keeps: one made of another has them already.
        return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else given
    return tuple((name, several(values)) for name, values in given.items())


@frozen(kw_only=True)
class KindRule:
    """What a ticket is of ``kind`` by, with ``confidence`` above 0 and at most 1.

    Every condition that is set must fit; none fits all.  Of several values one has to fit:
    ``phrases`` are words or phrases (never regular expressions) that stand in the title or the
    text as whole words, in any case; ``without`` are such that must not stand there.  Of
    phrases that share a word the longest counts.  One of either that follows one of the
    ``negations``, at once or with ``fillers`` between as in "not really broken", does not
    count, and neither do those that are ``idle``, such as "my new laptop" for who wants a "new
    laptop".
    ``sources``, ``catalogue_items`` and ``services`` are names in any case, ``fields`` such
    values by the name of the field; ``ordered`` asks for any catalogue item.  ``categories``
    such as ``"Network > VPN"`` fit what lies below them.  What a ticket does not know fits no
    condition.  The order within a condition means nothing.  Raises
    `itilcore.errors.InvalidInput` with all that is none of these.

    >>> rule = KindRule(
    ...     name="lock", kind=TicketKind.INCIDENT, confidence=0.8, phrases="locked", without="no"
    ... )
    >>> rule.matches(Ticket(title="Account LOCKED!"))
    ('says locked',)
    >>> rule.matches(Ticket(title="No account is locked")) is None
    True
    """

    name: str
    kind: TicketKind
    confidence: float
    phrases: tuple[str, ...] = field(default=(), converter=several)
    without: tuple[str, ...] = field(default=(), converter=several)
    negations: tuple[str, ...] = field(default=(), converter=several)
    fillers: tuple[str, ...] = field(default=(), converter=several)
    idle: tuple[str, ...] = field(default=(), converter=several)
    sources: tuple[str, ...] = field(default=(), converter=several)
    catalogue_items: tuple[str, ...] = field(default=(), converter=several)
    ordered: bool = False
    categories: tuple[str, ...] = field(default=(), converter=several)
    services: tuple[str, ...] = field(default=(), converter=several)
    fields: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), converter=_by_name)

    def __attrs_post_init__(self) -> None:
        if defects := list(self._defects()):
            raise InvalidInput("kind rule", defects)
        # In order only now, so that defects are told where they were given.
        for name in (*_TEXTS, *(name for _, name in _PLAIN)):
            object.__setattr__(self, name, distinct(getattr(self, name)))
        texts = {str(Category.parse(text)) for text in self.categories}
        object.__setattr__(self, "categories", tuple(sorted(texts)))
        ordered = sorted((name, distinct(values)) for name, values in self.fields)
        object.__setattr__(self, "fields", tuple(ordered))

    def _defects(self) -> Iterator[Defect]:
        yield from blank_defects("name", self.name)
        if not isinstance(self.kind, TicketKind):
            yield Defect("kind", f"is {self.kind!r:.60}: give a TicketKind")
        if number_defects("", self.confidence) or not self.confidence:
            problem = f"is {self.confidence!r:.60}: give a number above 0 and at most 1"
            yield Defect("confidence", problem)
        for name in _TEXTS:
            for index, text in enumerate(getattr(self, name)):
                yield from phrase_defects(f"{name}[{index}]", text)
        for _, name in _PLAIN:
            for index, text in enumerate(getattr(self, name)):
                yield from blank_defects(f"{name}[{index}]", text)
        if not isinstance(self.ordered, bool):
            yield Defect("ordered", f"is {self.ordered!r:.60}: give True or False")
        for index, text in enumerate(self.categories):
            yield from _category_defects(f"categories[{index}]", text)
        yield from _field_defects(self.fields)

    @cached_property
    def _paths(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        return tuple((Category.parse(text).path, text) for text in self.categories)

    @cached_property
    def _folded(self) -> dict[str, frozenset[str]]:
        named = [(name, getattr(self, name)) for _, name in _PLAIN]
        # With the dot of a path no name of a field is one of the three.
        named += [(f"fields.{name}", values) for name, values in self.fields]
        return {name: frozenset(map(fold, values)) for name, values in named if values}

    @cached_property
    def _phrases(self) -> Said:
        return self._said(self.phrases)

    @cached_property
    def _without(self) -> Said:
        return self._said(self.without)

    def _said(self, texts: tuple[str, ...]) -> Said:
        means = dict.fromkeys(self.idle, IDLE) | dict.fromkeys(texts, "counts")
        return Said(means, self.negations, self.fillers)

    def matches(self, ticket: Ticket) -> tuple[str, ...] | None:
        """What fits *ticket*, in words, one for each condition; ``None`` where one does not.

        A rule without conditions fits every ticket.
        """
        found = self.matched(ticket)
        return None if found is None or self.forbidden(ticket) else found

    def matched(self, ticket: Ticket) -> tuple[str, ...] | None:
        """As `matches`, whatever stands in ``without``.

        >>> KindRule(name="all", kind=TicketKind.QUESTION, confidence=0.1).matched(Ticket())
        ('fits every ticket',)
        """
        told: list[str] = []
        for found in self._each(ticket):
            if found is None:
                return None
            told += found
        if told or not self.without:
            return tuple(told) or ("fits every ticket",)
        shown = ", ".join(self.without[:_SHOWN])
        more = f" and {len(self.without) - _SHOWN} more" if len(self.without) > _SHOWN else ""
        return (f"says nothing of {shown}{more}",)

    def forbidden(self, ticket: Ticket) -> tuple[str, ...]:
        """The phrases of ``without`` that stand in *ticket*, by name.

        >>> rule = KindRule(name="r", kind=TicketKind.CHANGE, confidence=0.5, without="how do I")
        >>> rule.forbidden(Ticket(title="How do I upgrade?"))
        ('how do I',)
        """
        return _stand(self._without, ticket) if self.without else ()

    def _each(self, ticket: Ticket) -> Iterator[Found]:
        """What is met of each condition that is set."""
        if self.phrases:
            hits = _stand(self._phrases, ticket)
            more = f" and {len(hits) - _SHOWN} more" if len(hits) > _SHOWN else ""
            yield (f"says {', '.join(hits[:_SHOWN])}{more}",) if hits else None
        for part, name in _PLAIN:
            if wanted := self._folded.get(name):
                yield _named(part.replace("_", " "), getattr(ticket, part), wanted)
        if self.ordered:
            item = ticket.catalogue_item
            yield None if item is None else (f"orders {item} from the catalogue",)
        if self.categories:
            yield self._below(ticket.category)
        values = dict(ticket.fields)
        for name, _ in self.fields:
            yield _named(name, values.get(name), self._folded[f"fields.{name}"])

    def _below(self, category: Category | None) -> Found:
        path = () if category is None else category.path
        lies = [text for names, text in self._paths if path[: len(names)] == names]
        return (f"category {category} lies in {lies[-1]}",) if lies else None

    @property
    def content(self) -> dict[str, JSONValue]:
        """What is set, as JSON values."""
        found: dict[str, JSONValue] = {
            "name": self.name,
            "kind": self.kind.value,
            "confidence": float(self.confidence),
        }
        for name in (*_TEXTS, *(name for _, name in _PLAIN), "categories"):
            if values := getattr(self, name):
                found[name] = list(values)
        if self.ordered:
            found["ordered"] = True
        if self.fields:
            found["fields"] = {name: list(values) for name, values in self.fields}
        return found


def _stand(phrases: Said, ticket: Ticket) -> tuple[str, ...]:
    """Which of *phrases* stand in the title or the text and count, each once, by name."""
    found = (each for part in ticket.said for each in phrases.find(part))
    return tuple(sorted({text for name, text in found if name != DENIED}))


def _named(part: str, had: str | None, wanted: frozenset[str]) -> Found:
    return (f"{part} is {had}",) if had is not None and fold(had) in wanted else None


def _category_defects(path: str, text: object) -> list[Defect]:
    if blank := blank_defects(path, text):
        return blank
    try:
        Category.parse(str(text))
    except InvalidInput:
        return [Defect(path, f"is {text!r:.60}, which has a name that is blank")]
    return []


def _field_defects(given: Any) -> Iterator[Defect]:
    if not isinstance(given, tuple):
        yield Defect("fields", f"is {given!r:.60}: give values by name")
        return
    names: set[object] = set()
    for index, pair in enumerate(given):
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], tuple)):
            yield Defect(f"fields[{index}]", f"is {pair!r:.60}: give a name and its values")
            continue
        name, values = pair
        if blank := blank_defects(f"fields[{index}]", name):
            yield from blank
            continue
        if name in names or not values:
            yield Defect(f"fields.{name}", "stands twice" if name in names else "has no values")
        names.add(name)
        for place, text in enumerate(values):
            yield from blank_defects(f"fields.{name}[{place}]", text)
