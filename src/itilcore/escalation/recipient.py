"""Recipients: to whom an escalation goes, in the words of a rule."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, name_defects, nearest

__all__ = ["Recipient", "RecipientKind"]


class RecipientKind(Enum):
    """Who is meant.

    GROUP, PERSON: by name.  ROTA: whoever is on duty for it.  MANAGER: the assignee's, and with
    each step the next one up.  NEXT_TIER: the group of the next tier above the group that has
    it.
    """

    GROUP = "group"
    PERSON = "person"
    ROTA = "rota"
    MANAGER = "manager"
    NEXT_TIER = "next tier"


_NAMED: Final = (RecipientKind.GROUP, RecipientKind.PERSON, RecipientKind.ROTA)


@frozen
class Recipient:
    """To whom: a kind, and a ``name`` for a group, a person or a rota.

    Raises `itilcore.errors.InvalidInput` for a name that is missing or that nobody needs.

    >>> str(Recipient(RecipientKind.GROUP, "Network")), str(Recipient(RecipientKind.MANAGER))
    ('group Network', 'manager')
    """

    kind: RecipientKind
    name: str | None = None

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.kind, RecipientKind):
            problem = f"is {self.kind!r:.60}: give a RecipientKind"
            raise InvalidInput("recipient", [Defect("kind", problem)])
        defects = []
        if self.kind in _NAMED:
            defects = name_defects("name", self.name)
        elif self.name is not None:
            defects = [Defect("name", f"means nothing to {self.kind.value}")]
        if defects:
            raise InvalidInput("recipient", defects)

    @classmethod
    def parse(cls, text: str) -> Recipient:
        """What *text* says, as ``str`` gives it: ``"group Network"``, ``"next tier"``.

        >>> Recipient.parse("rota Night").kind
        <RecipientKind.ROTA: 'rota'>
        """
        known = [kind.value + " NAME" * (kind in _NAMED) for kind in RecipientKind]
        given = text.strip() if isinstance(text, str) else ""
        for kind in RecipientKind:
            if kind in _NAMED and given.startswith(f"{kind.value} "):
                return cls(kind, given.removeprefix(kind.value).strip())
            if kind not in _NAMED and given == kind.value:
                return cls(kind)
        raise InvalidInput("recipient", [Defect("", f"is {text!r:.100}; {nearest(given, known)}")])

    def __str__(self) -> str:
        return self.kind.value if self.name is None else f"{self.kind.value} {self.name}"
