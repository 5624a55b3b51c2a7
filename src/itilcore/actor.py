"""Who acted: a person or an automation."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects

__all__ = ["Actor", "ActorKind"]


class ActorKind(Enum):
    """Whether a person or an automation acted."""

    PERSON = "person"
    AUTOMATION = "automation"


@frozen
class Actor:
    """A person or an automation that acted, by the identifier their directory knows them under.

    ``identifier`` is not empty and not blank.  Two actors are equal when both kind and
    identifier are: a person ``ada`` and an automation ``ada`` are two actors.  Raises
    `itilcore.errors.InvalidInput` for anything else.

    >>> Actor.person("ada")
    Actor(identifier='ada', kind=<ActorKind.PERSON: 'person'>)
    >>> Actor.automation("auto-close").is_person
    False
    """

    identifier: str
    kind: ActorKind = ActorKind.PERSON

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("identifier", self.identifier)
        if not isinstance(self.kind, ActorKind):
            defects.append(Defect("kind", f"is {self.kind!r}: it must be an ActorKind"))
        if defects:
            raise InvalidInput("actor", defects)

    @classmethod
    def person(cls, identifier: str) -> Actor:
        """A person.

        >>> Actor.person("ada").is_person
        True
        """
        return cls(identifier, ActorKind.PERSON)

    @classmethod
    def automation(cls, identifier: str) -> Actor:
        """A rule, a job or a connected system.

        >>> Actor.automation("monitoring").kind.value
        'automation'
        """
        return cls(identifier, ActorKind.AUTOMATION)

    @property
    def is_person(self) -> bool:
        """True for a person.

        >>> Actor.person("ada").is_person
        True
        """
        return self.kind is ActorKind.PERSON
