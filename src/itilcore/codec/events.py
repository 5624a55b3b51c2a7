"""Events: objects that say in ``event`` which kind they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, get_type_hints

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from itilcore import incident
from itilcore.errors import Defect, InvalidInput
from itilcore.incident import Asserted, Event, Facts, Timeline

from .defects import Reading, nearest, shown
from .scalars import text
from .shapes import Read, Write, keyed, read_record

__all__: list[str] = []

TAG: Final = "event"


def tag_of(kind: type) -> str:
    """The name of a type as a tag.

    >>> tag_of(Timeline)
    'timeline'
    >>> tag_of(incident.StatusChanged)
    'status_changed'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def kinds() -> dict[str, type[Event]]:
    """Every kind of event that the library has, by its tag."""
    public = [getattr(incident, name) for name in incident.__all__]
    found = [k for k in public if isinstance(k, type) and issubclass(k, Event) and k is not Event]
    return {tag_of(kind): kind for kind in found}


def register(made: Converter) -> None:
    """Teach *made* events and timelines."""
    known = kinds()
    readers: dict[str, Read] = {}
    for tag, kind in known.items():
        own = {"claims": _claims(made)} if kind is Asserted else {}
        readers[tag] = read_record(kind, made, **own)
        made.register_unstructure_hook_factory(_exactly(kind), _tagging(tag, made, own))

    def read_event(value: object, wanted: Any) -> Any:
        found = dict(keyed(value))
        tag = found.pop(TAG, None)
        kind = known.get(tag) if isinstance(tag, str) else None
        if kind is None or not issubclass(kind, wanted):
            fitting = [name for name, kind in known.items() if issubclass(kind, wanted)]
            problem = f"is {shown(tag)}; {nearest(tag, fitting)}"
            missing = TAG not in keyed(value)
            raise InvalidInput(TAG, [Defect(TAG, "is missing" if missing else problem)])
        return readers[tag_of(kind)](found, kind)

    made.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, Event), read_event
    )
    made.register_structure_hook_factory(_exactly(Timeline), lambda _kind: _read_timeline(made))
    made.register_unstructure_hook_func(
        _exactly(Timeline), lambda value: [made.unstructure(event) for event in value]
    )


def _exactly(wanted: type) -> Callable[[Any], bool]:
    return lambda kind: kind is wanted


def _tagging(tag: str, made: Converter, own: dict[str, Any]) -> Callable[[Any], Write]:
    def writer(kind: Any) -> Write:
        write = make_dict_unstructure_fn(kind, made, _cattrs_omit_if_default=True, **own)
        return lambda event: {TAG: tag, **write(event)}

    return writer


def _read_timeline(made: Converter) -> Read:
    read = made.get_structure_hook(tuple[Event, ...])
    return lambda value, _kind: Timeline(read(value, Event))


def _claims(made: Converter) -> Any:
    """A claim is written as the column of `Facts` that it is about."""
    columns = get_type_hints(Facts)
    readers = {name: made.get_structure_hook(columns[name]) for name in _claimable()}

    def read_claims(value: object, _kind: object) -> dict[str, Any]:
        reading = Reading()
        found: dict[str, Any] = {}
        for name, claim in keyed(value).items():
            found[name] = reading.part(name, lambda claim: _claim(name, claim), claim)
        reading.finish("claims")
        return found

    return override(struct_hook=read_claims, unstruct_hook=write_claims)
