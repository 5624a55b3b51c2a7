"""The sections ``[kinds]``, ``[outages]`` and ``[taxonomy]``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from attrs import evolve, field, fields, frozen

from itilcore.actor import Actor
from itilcore.classification import (
    KindQuestion,
    KindRule,
    KindRules,
    OutageRules,
    Taxonomy,
    TaxonomyChange,
    TaxonomyNode,
    TicketKind,
)
from itilcore.errors import InvalidInput

from .reading import PLURALS, Place, as_written, the_place

__all__ = ["read_kinds", "read_outages", "read_taxonomy"]


_TEXTS: Final = ("phrases", "without", "negations", "fillers", "idle")
_LISTS: Final = (*_TEXTS, "source", "catalogue_item", "category", "service")


@frozen(kw_only=True)
class WrittenKinds:
    """``[kinds]``."""

    default: bool = True
    least: float | None = None
    lead: float | None = None
    rules: list[Any] = field(factory=list)
    questions: list[Any] = field(factory=list)


@frozen(kw_only=True)
class WrittenKindRule:
    """``[[kinds.rules]]``."""

    name: str | None
    kind: str | None
    confidence: float | None
    phrases: Any = field(factory=list)
    without: Any = field(factory=list)
    negations: Any = field(factory=list)
    fillers: Any = field(factory=list)
    idle: Any = field(factory=list)
    source: Any = field(factory=list)
    catalogue_item: Any = field(factory=list)
    ordered: bool = False
    category: Any = field(factory=list)
    service: Any = field(factory=list)
    fields: dict[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class WrittenQuestion:
    """``[[kinds.questions]]``."""

    text: str | None
    kinds: Any = field(factory=list)


@frozen(kw_only=True)
class WrittenOutages:
    """``[outages]``: words and phrases."""

    default: bool = True
    outage: Any = field(factory=list)
    degradation: Any = field(factory=list)
    partial: Any = field(factory=list)
    over: Any = field(factory=list)
    negations: Any = field(factory=list)
    fillers: Any = field(factory=list)
    idle: Any = field(factory=list)


@frozen(kw_only=True)
class WrittenTaxonomy:
    """``[taxonomy]``."""

    nodes: Any = field(factory=dict)
    changes: list[Any] = field(factory=list)


@frozen(kw_only=True)
class WrittenNode:
    """``[taxonomy.nodes.IDENTIFIER]``."""

    name: str | None
    parent: str | None = None
    retired: bool = False
    renamed_from: Any = field(factory=list)
    replaced_by: str | None = None


@frozen(kw_only=True)
class WrittenChange:
    """``[[taxonomy.changes]]``."""

    at: Any
    by: str | None
    why: str | None
    what: str | None


def read_kinds(place: Place, given: object) -> KindRules:
    """The rules of the book beside the usual ones; one of the same name takes its place."""
    record = place.record(WrittenKinds, given)
    if record is None:
        return KindRules.default()
    usual = KindRules.default()
    rules = {rule.name: rule for rule in usual.rules} if record.default else {}
    questions = {each.kinds: each for each in usual.questions} if record.default else {}
    own: set[str] = set()
    for at, row in place.records("rules", WrittenKindRule, record.rules):
        rule = _kind_rule(at, row)
        if row.name is not None and row.name in own:
            (at / "name").refuse(f"is {row.name!r}, which stands above already")
        elif rule is not None:
            rules[rule.name] = rule
        own.update([] if row.name is None else [row.name])
    asked: set[tuple[TicketKind, ...]] = set()
    for at, question in place.records("questions", WrittenQuestion, record.questions):
        before = len(place.defects)
        kinds = _kinds(at / "kinds", question.kinds)
        if question.text is None:
            continue
        if len(place.defects) > before:
            kinds = []  # told already: the text is all that is looked at
        with at.catching():
            made = KindQuestion(kinds, question.text)
            if len(place.defects) > before:
                continue
            if made.kinds in asked:
                (at / "kinds").refuse("stand above already")
            asked.add(made.kinds)
            questions[made.kinds] = made
    numbers = {
        name: value for name in ("least", "lead") if (value := getattr(record, name)) is not None
    }
    with place.catching():
        return KindRules(rules.values(), questions=questions.values(), **numbers)
    return usual


def _kinds(at: Place, given: object) -> list[TicketKind]:
    found = (at.choice(TicketKind, text) for text in at.names(given))
    return [kind for kind in found if kind is not None]


def _kind_rule(at: Place, row: WrittenKindRule) -> KindRule | None:
    kind = (at / "kind").choice(TicketKind, row.kind)
    lists = {name: (at / name).names(getattr(row, name)) for name in _LISTS}
    values = {name: (at / "fields" / name).names(texts) for name, texts in row.fields.items()}
    if not (any(lists[name] for name in _LISTS if name != "without") or row.ordered or values):
        told = any(each.path.startswith(f"{at.path}.") for each in at.defects)
        if not told:
            at.refuse("has no condition but what must not stand there: it would fit every ticket")
    conditions: dict[str, Any] = {}
    for name, texts in lists.items():
        conditions[PLURALS.get(name, name)] = texts
    with at.catching(as_written):
        # What is missing or wrong is told; something stands in, so that it hides nothing else.
        made = KindRule(
            name="a rule" if row.name is None else row.name,
            kind=TicketKind.INCIDENT if kind is None else kind,
            confidence=1.0 if row.confidence is None else row.confidence,
            ordered=row.ordered,
            fields=values,
            **conditions,
        )
        return None if None in (row.name, kind, row.confidence) else made
    return None


def read_outages(place: Place, given: object) -> OutageRules:
    """The words of the book beside the usual ones, or alone."""
    record = place.record(WrittenOutages, given)
    if record is None:
        return OutageRules()
    usual = OutageRules()
    lists: dict[str, list[str]] = {}
    for each in fields(OutageRules):
        kept = list(getattr(usual, each.name)) if record.default else []
        for index, text in enumerate((place / each.name).names(getattr(record, each.name))):
            with (place / f"{each.name}[{index}]").catching(the_place):
                OutageRules(**{each.name: text})
                kept.append(text)
        lists[each.name] = kept
    return OutageRules(**lists)


def read_taxonomy(place: Place, given: object) -> Taxonomy:
    """The nodes by identifier, and the log of changes; an empty one where they are wrong."""
    record = place.record(WrittenTaxonomy, given)
    if record is None:
        return Taxonomy()
    before = len(place.defects)
    nodes = []
    for name, table in (place / "nodes").tables(record.nodes).items():
        at = place / "nodes" / name
        row = at.record(WrittenNode, table)
        if row is not None:
            formers = (at / "renamed_from").names(row.renamed_from)
            nodes.append(_node(at, name, row, formers))
    changes = [
        change
        for at, each in place.records("changes", WrittenChange, record.changes)
        if (change := _change(at, each)) is not None
    ]
    found = Taxonomy()
    with place.catching(_node_path(record.nodes)):
        found = Taxonomy(nodes, changes)
    return found if len(place.defects) == before else Taxonomy()


def _node(at: Place, name: str, row: WrittenNode, formers: list[str]) -> TaxonomyNode:
    """The node as it is written; where that is wrong, one that others may lie in."""
    usual = TaxonomyNode(identifier=name, name=f"? {name[:100].replace('>', ' ')}")
    if row.name is not None:
        with at.catching():
            return TaxonomyNode(
                identifier=name,
                name=row.name,
                parent=row.parent,
                retired=row.retired,
                renamed_from=formers,
                replaced_by=row.replaced_by,
            )
    with suppress(InvalidInput):  # told already
        return evolve(usual, parent=row.parent)
    return usual


def _change(at: Place, row: WrittenChange) -> TaxonomyChange | None:
    when = (at / "at").dated(row.at, datetime)
    if when is None or row.by is None or row.why is None or row.what is None:
        return None
    with at.catching(lambda path: "by" if path == "identifier" else path):
        return TaxonomyChange(when, Actor.person(row.by), row.why, row.what)
    return None


def _node_path(nodes: Mapping[str, object]) -> Any:
    """Defects of the taxonomy as a whole, named by identifier, as places of the book."""

    def renamed(path: str) -> str:
        head = path.partition(".")[0]
        return f"nodes.{path}" if head in nodes else path

    return renamed
