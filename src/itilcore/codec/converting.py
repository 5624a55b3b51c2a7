"""The converter: how cattrs is told what each value looks like as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from itilcore.classification import Category
from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, nearest
from itilcore.incident import (
    Asserted,
    Event,
    HoldReason,
    Incident,
    Lifecycle,
    Role,
    Status,
    Timeline,
    Transition,
)
from itilcore.priority import Impact, Level, Priority, PriorityMatrix, PriorityTable, Urgency

from . import scalars

__all__: list[str] = []

_WORDS: Final = re.compile(r"(?<!^)(?=[A-Z])")
EVENTS: Final[dict[str, type[Event]]] = {
    _WORDS.sub("_", kind.__name__).lower(): kind
    for kind in sorted(Event.__subclasses__(), key=lambda kind: kind.__name__)
}
"""The events by their tags: ``"status_changed"`` and so on."""
_TAGS: Final = {kind: tag for tag, kind in EVENTS.items()}
_INSTANT_CLAIMS: Final = "_at"


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise scalars.refuse(f"is {type(value).__name__}, not an object")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise scalars.refuse(f"is {type(value).__name__}, not a list")
    return list(value)


@cache
def converter() -> cattrs.Converter:
    """The one converter, made when it is first needed and never changed after."""
    made = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True, omit_if_default=True)
    _register_scalars(made)
    _register_collections(made)
    _register_events(made)
    _register_records(made)
    _register_decisions(made)
    return made


def _register_scalars(made: cattrs.Converter) -> None:
    readers: tuple[tuple[type[Any], Callable[[object], Any]], ...] = (
        (str, scalars.text),
        (int, scalars.whole),
        (float, scalars.number),
        (bool, scalars.flag),
        (datetime, scalars.instant),
        (timedelta, scalars.duration),
        (Status, scalars.status),
        (Category, scalars.category),
    )
    for kind, read in readers:
        made.register_structure_hook(kind, _reader(read))
    for named in (HoldReason, Role):
        made.register_structure_hook(named, _reader(_naming(named)))
    made.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Level),
        lambda v, kind: scalars.level(kind, v),
    )
    made.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Enum),
        lambda v, kind: scalars.choice(kind, v),
    )
    made.register_unstructure_hook(datetime, datetime.isoformat)
    for plain in (timedelta, Status, Category, HoldReason, Role):
        made.register_unstructure_hook(plain, scalars.plain_json)
    made.register_unstructure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Level | Enum), scalars.plain_json
    )


def _register_collections(made: cattrs.Converter) -> None:
    """Only a list is a list, and not all that can be walked over: no text becomes its letters."""
    checks: dict[Any, Callable[[object], Any]] = {list: _list, tuple: _list, dict: _mapping}
    building: list[Any] = []

    def is_collection(kind: Any) -> bool:
        return get_origin(kind) in checks and kind not in building

    def reader(kind: Any) -> Callable[[Any, Any], Any]:
        check = checks[get_origin(kind)]
        building.append(kind)  # so that the hook is that of cattrs itself
        items = made.get_structure_hook(kind, cache_result=False)
        building.pop()
        return lambda value, wanted: items(check(value), wanted)

    made.register_structure_hook_factory(is_collection, reader)


def _naming(kind: Callable[[str], Any]) -> Callable[[object], Any]:
    return lambda value: kind(scalars.text(value))


def _reader(read: Callable[[object], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _kind: read(value)


def _register_events(made: cattrs.Converter) -> None:
    readers: dict[str, Callable[[Any, Any], Any]] = {}
    for tag, kind in EVENTS.items():
        into: Any = {"claims": override(struct_hook=_claims)} if kind is Asserted else {}
        out: Any = {"claims": override(unstruct_hook=_claims_json)} if kind is Asserted else {}
        readers[tag] = make_dict_structure_fn(
            kind,
            made,
            _cattrs_forbid_extra_keys=True,
            _cattrs_detailed_validation=True,
            **into,
        )
        unstructure = make_dict_unstructure_fn(
            kind,
            made,
            _cattrs_omit_if_default=True,
            **out,
        )
        made.register_unstructure_hook(kind, _tagging(tag, unstructure))

    def event(value: object, _kind: object) -> Any:
        found = dict(_mapping(value))
        tag = found.pop("event", None)
        if tag not in readers:
            known = tuple(readers)
            raise scalars.refuse(f"event is {tag!r}; {nearest(str(tag), known)}")
        kind = EVENTS[tag]
        return readers[tag](found, kind)

    made.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Event), event
    )


def _tagging(tag: str, unstructure: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {"event": tag, **unstructure(value)}


def _claims_json(claims: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in claims
    }


def _claims(value: object, _kind: object) -> dict[str, Any]:
    found: dict[str, Any] = {}
    defects: list[Defect] = []
    for name, claim in _mapping(value).items():
        try:
            found[name] = _claim(scalars.text(name), claim)
        except ValueError as error:
            defects.append(Defect(str(name), str(error)))
    if defects:
        raise InvalidInput("claims", defects)
    return found


def _claim(name: str, claim: object) -> int | bool | datetime | None:
    if claim is None or isinstance(claim, bool):
        return claim
    return scalars.instant(claim) if name.endswith(_INSTANT_CLAIMS) else scalars.whole(claim)


def _register_records(made: cattrs.Converter) -> None:
    def timeline(value: object, _kind: object) -> Timeline:
        return Timeline(made.structure(_list(value), list[Event]))

    made.register_structure_hook(Timeline, timeline)
    made.register_unstructure_hook(Timeline, lambda value: [made.unstructure(e) for e in value])

    @attrs.frozen
    class StoredIncident:
        reference: str
        events: Timeline

    def incident(value: object, _kind: object) -> Incident:
        stored = made.structure(_mapping(value), StoredIncident)
        return Incident.replay(stored.reference, stored.events)

    made.register_structure_hook(Incident, incident)
    made.register_unstructure_hook(
        Incident,
        lambda value: {"reference": value.reference, "events": made.unstructure(value.timeline)},
    )
    rows = make_dict_structure_fn(Transition, made, _cattrs_forbid_extra_keys=True)
    made.register_structure_hook(Transition, rows)

    @attrs.frozen
    class StoredLifecycle:
        transitions: list[Transition]
        initial: Status = Status.NEW

    def lifecycle(value: object, _kind: object) -> Lifecycle:
        stored = made.structure(_mapping(value), StoredLifecycle)
        return Lifecycle(stored.transitions, stored.initial)

    made.register_structure_hook(Lifecycle, lifecycle)
    made.register_unstructure_hook(
        Lifecycle,
        lambda value: {
            "initial": made.unstructure(value.initial),
            "transitions": [made.unstructure(row) for row in value.transitions],
        },
    )

    @attrs.frozen
    class StoredTable:
        cells: list[tuple[Impact, Urgency, Priority]]
        impacts: list[Impact] = attrs.field(factory=list)
        urgencies: list[Urgency] = attrs.field(factory=list)

    def table(value: object, kind: Any) -> Any:
        stored = made.structure(_mapping(value), StoredTable)
        return kind(stored.cells, impacts=stored.impacts, urgencies=stored.urgencies)

    def table_json(value: PriorityTable | PriorityMatrix) -> dict[str, Any]:
        return {
            "impacts": [scalars.level_json(level) for level in value.impacts],
            "urgencies": [scalars.level_json(level) for level in value.urgencies],
            "cells": [[scalars.level_json(level) for level in cell] for cell in value.cells],
        }

    for kind in (PriorityTable, PriorityMatrix):
        made.register_structure_hook(kind, table)
        made.register_unstructure_hook(kind, table_json)


def _is_decision(kind: Any) -> bool:
    return kind is Decision or get_origin(kind) is Decision


def _register_decisions(made: cattrs.Converter) -> None:
    def reason(value: object, _kind: object) -> Reason:
        found = _mapping(value)
        scalars.fields(found, ("rule", "text", "inputs"), required=("rule", "text"))
        inputs = {
            scalars.text(name): scalars.tagged(item)
            for name, item in _mapping(found.get("inputs", {})).items()
        }
        return Reason(scalars.text(found["rule"]), scalars.text(found["text"]), inputs)

    made.register_structure_hook(Reason, reason)
    made.register_unstructure_hook(
        Reason,
        lambda value: {
            "rule": value.rule,
            "text": value.text,
            "inputs": {name: scalars.tagged_json(item) for name, item in value.inputs},
        },
    )

    def decision(value: object, kind: Any) -> Decision[Any]:
        found = _mapping(value)
        scalars.fields(
            found, ("answer", "reasons", "version"), required=("answer", "reasons", "version")
        )
        wanted = get_args(kind)
        answer = found["answer"]
        if answer is not None and wanted:
            answer = made.structure(answer, wanted[0])
        reasons = made.structure(_list(found["reasons"]), list[Reason])
        return Decision(answer, reasons, scalars.text(found["version"]))

    made.register_structure_hook_func(_is_decision, decision)
    made.register_unstructure_hook_func(
        _is_decision,
        lambda value: {
            "answer": made.unstructure(value.answer),
            "reasons": [made.unstructure(found) for found in value.reasons],
            "version": value.version,
        },
    )


def defects_of(error: BaseException, path: str = "") -> list[Defect]:
    """Every defect in what cattrs raised, with its path."""
    if isinstance(error, ClassValidationError):
        found, rest = error.group_exceptions()
        deeper = [
            defect
            for inner, note in found
            for defect in defects_of(inner, f"{path}.{note.name}".lstrip("."))
        ]
        return deeper + [defect for inner in rest for defect in defects_of(inner, path)]
    if isinstance(error, IterableValidationError):
        items, rest = error.group_exceptions()
        deeper = [
            defect for inner, note in items for defect in defects_of(inner, f"{path}[{note.index}]")
        ]
        return deeper + [defect for inner in rest for defect in defects_of(inner, path)]
    if isinstance(error, ForbiddenExtraKeysError):
        known = tuple(field.name for field in attrs.fields(error.cl)) if error.cl else ()
        return [
            Defect(f"{path}.{key}".lstrip("."), f"is no such key; {nearest(key, known)}")
            for key in sorted(map(str, error.extra_fields))
        ]
    if isinstance(error, InvalidInput):
        return [
            Defect(f"{path}.{d.path}".strip(".") if path else d.path, d.problem)
            for d in error.defects
        ]
    if isinstance(error, KeyError):  # noted under the key that is not there
        return [Defect(path, "is missing")]
    if isinstance(error, TypeError):  # cattrs looks for keys in whatever it is given
        return [Defect(path, "is not an object")]
    return [Defect(path, str(error))]
