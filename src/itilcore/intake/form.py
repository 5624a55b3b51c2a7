"""One form: what to ask about tickets of some kinds and categories."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Category, TicketKind
from itilcore.errors import Defect, InvalidInput, blank_defects, nearest
from itilcore.given import distinct, several
from itilcore.version import JSONValue

from .completeness import USUAL_FIELDS, FormField
from .scope import category_defects, depth, paths

__all__ = ["DEFAULT_FORMS", "Form"]

_SHOWN: Final = 60


def _fields(given: Any) -> tuple[Any, ...]:
    """Usual names stand for their fields; what is no usual name is told later."""
    found = (given,) if isinstance(given, FormField) else several(given)
    return tuple(
        FormField(each) if isinstance(each, str) and each in USUAL_FIELDS else each
        for each in found
    )


def _kinds(given: Any) -> tuple[Any, ...]:
    # Iterable classes are given by mistake: TicketKind itself stands for every kind.
    found = several(given)
    if all(isinstance(each, TicketKind) for each in found):
        return tuple(sorted(set(found), key=lambda each: str(each.value)))
    return found


@frozen(kw_only=True)
class Form:
    """What to ask about tickets of these ``kinds`` and ``categories``; none of them is every one.

    ``categories`` are texts such as ``"Network > VPN"``, which fit what lies below them.
    ``fields`` are `FormField` values, or usual names that stand for one.  A field has a usual
    name, or one that is declared in ``own``.

    Raises `itilcore.errors.InvalidInput` with everything that is none of these.

    >>> Form(name="vpn", categories="Network > VPN", fields=["symptoms", "device"]).names
    ('symptoms', 'device')
    >>> Form(name="vpn", fields=["symptom"])
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: form: 1 defect
      fields[0]: is 'symptom', which is no usual name and not in own; did you mean 'symptoms'?
    """

    name: str
    kinds: tuple[TicketKind, ...] = field(default=(), converter=_kinds)
    categories: tuple[str, ...] = field(default=(), converter=several)
    fields: tuple[FormField, ...] = field(converter=_fields)
    own: tuple[str, ...] = field(default=(), converter=several)

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        for index, kind in enumerate(self.kinds):
            if not isinstance(kind, TicketKind):
                defects.append(Defect(f"kinds[{index}]", f"is {kind!r:.60}: give a TicketKind"))
        defects += category_defects(self.categories)
        for index, name in enumerate(self.own):
            defects += blank_defects(f"own[{index}]", name)
        defects += self._field_defects()
        if defects:
            raise InvalidInput("form", defects)
        # In order only now, so that defects are told where they were given.
        for name in ("categories", "own"):
            object.__setattr__(self, name, distinct(getattr(self, name)))

    def _field_defects(self) -> Iterator[Defect]:
        own = [name for name in self.own if isinstance(name, str)]
        known = (*USUAL_FIELDS, *own)
        seen: set[str] = set()
        for index, each in enumerate(self.fields):
            path = f"fields[{index}]"
            name = each.name if isinstance(each, FormField) else each
            if not isinstance(name, str):
                yield Defect(path, f"is {each!r:.60}: give a FormField or a usual name")
            elif name not in known:
                near = nearest(name[:_SHOWN], known)
                yield Defect(
                    path, f"is {name!r:.60}, which is no usual name and not in own; {near}"
                )
            elif not isinstance(each, FormField):
                yield Defect(path, f"is {name!r:.60}, which needs a question: give a FormField")
            elif name in seen:
                yield Defect(path, f"is {name!r:.60}, which stands before")
            else:
                seen.add(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in their order."""
        return tuple(each.name for each in self.fields)

    @cached_property
    def _paths(self) -> tuple[tuple[str, ...], ...]:
        return paths(self.categories)

    def _specificity(self, kind: TicketKind | None, category: Category | None) -> int | None:
        """How narrowly the form fits, ``None`` where it does not."""
        deep = depth(self._paths, category)
        if deep is None or (self.kinds and kind not in self.kinds):
            return None
        return 2 * deep + bool(self.kinds)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values."""
        return {
            "name": self.name,
            "kinds": [kind.value for kind in self.kinds],
            "categories": list(self.categories),
            "fields": [each.content for each in self.fields],
            "own": list(self.own),
        }


DEFAULT_FORMS: Final = (
    Form(
        name="incident",
        kinds=TicketKind.INCIDENT,
        fields=(
            FormField("affected_service", weight=3),
            FormField("symptoms", weight=3, longest=20_000),
            FormField("start", weight=2),
            FormField("who_is_affected", weight=2),
            FormField("recent_changes", required=False),
            FormField("evidence", required=False, longest=20_000),
            FormField("steps_to_reproduce", required=False, longest=20_000),
        ),
    ),
    Form(
        name="hardware",
        kinds=TicketKind.INCIDENT,
        categories="Hardware",
        fields=FormField("device", weight=3),
    ),
    Form(
        name="access",
        kinds=TicketKind.INCIDENT,
        categories="Access",
        fields=FormField("user", weight=3),
    ),
    Form(
        name="problem",
        kinds=TicketKind.PROBLEM,
        fields=("affected_service", "symptoms", FormField("evidence", longest=20_000)),
    ),
    Form(name="service request", kinds=TicketKind.SERVICE_REQUEST, fields=("user",)),
    Form(
        name="question",
        kinds=TicketKind.QUESTION,
        fields=(
            FormField("symptoms", "What do you want to know?", longest=20_000),
            FormField("affected_service", required=False),
        ),
    ),
    Form(name="change", kinds=TicketKind.CHANGE, fields=("affected_service", "who_is_affected")),
)
