"""Impact, urgency, priority and severity: four ordered scales that never mix."""

from __future__ import annotations

from typing import ClassVar, Self

from attrs import frozen

from itilcore.errors import Defect, InvalidInput, blank_defects

__all__ = ["Impact", "Level", "Priority", "Severity", "Urgency"]


@frozen(repr=False)
class Level:
    """A level of a scale: its ``name`` and its ``rank``, 1 being the highest.

    Not used by itself: `Impact`, `Urgency`, `Priority` and `Severity` are its kinds, and two
    levels of different kinds are never equal.  Levels of one kind are equal when name and rank
    are.  Order is said in a word, `outranks`.  Raises `itilcore.errors.InvalidInput` for a
    blank name or a rank that is no whole number from 1.

    >>> Impact("Extensive", 1), Impact("HIGH", 1)
    (Impact('Extensive', 1), Impact.HIGH)
    >>> Impact("", 0)
    Traceback (most recent call last):
    itilcore.errors.InvalidInput: impact: 2 defects
      name: is '': it must be a text that is not blank
      rank: is 0: it must be a whole number from 1, the highest
    """

    name: str
    rank: int

    _defaults: ClassVar[tuple[str, ...]] = ()

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("name", self.name)
        # bool is a kind of int, and True is no rank.
        if type(self.rank) is not int or self.rank < 1:
            problem = f"is {self.rank!r}: it must be a whole number from 1, the highest"
            defects.append(Defect("rank", problem))
        if defects:
            raise InvalidInput(type(self).__name__.lower(), defects)

    @classmethod
    def default_scale(cls) -> tuple[Self, ...]:
        """The levels that come with the library, highest first.

        >>> Impact.default_scale()
        (Impact.HIGH, Impact.MEDIUM, Impact.LOW)
        """
        # The very same values: a dict finds what is identical without asking for equality.
        return tuple(getattr(cls, name) for name in cls._defaults)

    @classmethod
    def scale(cls, *names: str) -> tuple[Self, ...]:
        """A scale of one's own, highest first, ranked from 1.

        Raises `itilcore.errors.InvalidInput` for no names, blank names and names that stand
        twice.

        >>> Impact.scale("Extensive", "Significant")
        (Impact('Extensive', 1), Impact('Significant', 2))
        """
        defects = [] if names else [Defect("", "has no levels")]
        for index, name in enumerate(names):
            defects += blank_defects(f"[{index}]", name)
            if name in names[:index]:
                defects.append(Defect(f"[{index}]", f"is {name!r}, which stands before"))
        if defects:
            raise InvalidInput(f"{cls.__name__.lower()} scale", defects)
        return tuple(cls(name, rank) for rank, name in enumerate(names, 1))

    def outranks(self, other: Self) -> bool:
        """Whether this level is higher: never, for two of one rank.

        Raises `TypeError` for a level of another kind.

        >>> Priority.P1.outranks(Priority.P2), Priority.P2.outranks(Priority.P2)
        (True, False)
        """
        if type(other) is not type(self):
            raise TypeError(f"{self!r} and {other!r} are not on one scale")
        return self.rank < other.rank

    def __hash__(self) -> int:
        # Levels are dict keys of every look-up and grouping.  A scale has few levels and each
        # its own rank, so that the rank tells them apart and costs no hashing of the name.
        return self.rank

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        own = type(self)
        if self.rank <= len(own._defaults) and own._defaults[self.rank - 1] == self.name:
            return f"{own.__name__}.{self.name}"
        return f"{own.__name__}({self.name!r}, {self.rank})"


@frozen(repr=False, eq=False)  # equality and hash are Level's
class Impact(Level):
    """How much of the business an incident touches.

    >>> Impact.HIGH.outranks(Impact.LOW)
    True
    """

    HIGH: ClassVar[Impact]
    MEDIUM: ClassVar[Impact]
    LOW: ClassVar[Impact]
    _defaults: ClassVar[tuple[str, ...]] = ("HIGH", "MEDIUM", "LOW")


@frozen(repr=False, eq=False)  # equality and hash are Level's
class Urgency(Level):
    """How long the business can wait.

    >>> Urgency.HIGH == Impact.HIGH
    False
    """

    HIGH: ClassVar[Urgency]
    MEDIUM: ClassVar[Urgency]
    LOW: ClassVar[Urgency]
    _defaults: ClassVar[tuple[str, ...]] = ("HIGH", "MEDIUM", "LOW")


@frozen(repr=False, eq=False)  # equality and hash are Level's
class Priority(Level):
    """The order of work.

    >>> Priority.default_scale()
    (Priority.P1, Priority.P2, Priority.P3, Priority.P4, Priority.P5)
    """

    P1: ClassVar[Priority]
    P2: ClassVar[Priority]
    P3: ClassVar[Priority]
    P4: ClassVar[Priority]
    P5: ClassVar[Priority]
    _defaults: ClassVar[tuple[str, ...]] = ("P1", "P2", "P3", "P4", "P5")


@frozen(repr=False, eq=False)  # equality and hash are Level's
class Severity(Level):
    """How bad an incident is for the business: declared, never derived from the order of work.

    >>> Severity.SEV1
    Severity.SEV1
    """

    SEV1: ClassVar[Severity]
    SEV2: ClassVar[Severity]
    SEV3: ClassVar[Severity]
    SEV4: ClassVar[Severity]
    _defaults: ClassVar[tuple[str, ...]] = ("SEV1", "SEV2", "SEV3", "SEV4")


Impact.HIGH, Impact.MEDIUM, Impact.LOW = Impact.scale("HIGH", "MEDIUM", "LOW")
Urgency.HIGH, Urgency.MEDIUM, Urgency.LOW = Urgency.scale("HIGH", "MEDIUM", "LOW")
Priority.P1, Priority.P2, Priority.P3, Priority.P4, Priority.P5 = Priority.scale(
    "P1", "P2", "P3", "P4", "P5"
)
Severity.SEV1, Severity.SEV2, Severity.SEV3, Severity.SEV4 = Severity.scale(
    "SEV1", "SEV2", "SEV3", "SEV4"
)
