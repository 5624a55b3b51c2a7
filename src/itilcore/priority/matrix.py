"""The priority matrix: proven to be total and monotone, or not there."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from itilcore.errors import InvalidMatrix

from .lookup import Lookup
from .proof import defects_of
from .scales import Impact, Priority, Urgency

__all__ = ["PriorityMatrix"]


@frozen(repr=False, cache_hash=True)
class PriorityMatrix(Lookup):
    """A priority matrix: total over its scales and monotone, or it does not exist.

    Total: every impact with every urgency has exactly one priority.  Monotone: raising impact
    or urgency never lowers the priority.  Raises `itilcore.errors.InvalidMatrix` with every
    hole, contradiction and inversion.  A vendor's table that is none of this is a
    `PriorityTable`.

    >>> matrix = PriorityMatrix.itil()
    >>> print(matrix.assess(Impact.LOW, Urgency.MEDIUM).explain())
    P3, because:
      LOW impact and MEDIUM urgency give P3 [priority matrix]
    decided by priority-matrix:...
    >>> matrix.assess(Impact.LOW, None).answer is None
    True
    >>> PriorityMatrix.from_rows(
    ...     [("major", "now", "first"), ("minor", "later", "second")],
    ...     impacts=["major", "minor"],
    ...     urgencies=["now", "later"],
    ...     priorities=["first", "second"],
    ... )
    Traceback (most recent call last):
    itilcore.errors.InvalidMatrix: priority matrix: 2 defects
      major x later: has no priority
      minor x now: has no priority
    """

    _rule: ClassVar[str] = "priority matrix"

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        defects = defects_of(self.impacts, self.urgencies, self._found)
        if defects:
            raise InvalidMatrix("priority matrix", defects)

    @classmethod
    def itil(cls) -> PriorityMatrix:
        """Three by three: high x high is P1, the two high x medium P2, low x low P4, the rest P3.

        Source: the project's own default, after the example that ITIL handbooks give.

        >>> [str(priority) for priority in PriorityMatrix.itil().priorities]
        ['P1', 'P2', 'P3', 'P4']
        """
        return _three(("P1", "P2", "P3"), ("P2", "P3", "P3"), ("P3", "P3", "P4"))

    @classmethod
    def servicenow(cls) -> PriorityMatrix:
        """Three by three to P1..P5: one step less of either is one priority lower.

        Source: ServiceNow's documentation, "Define priority lookup rules".

        >>> PriorityMatrix.servicenow().assess(Impact.LOW, Urgency.LOW).answer
        Priority.P5
        """
        return _three(("P1", "P2", "P3"), ("P2", "P3", "P4"), ("P3", "P4", "P5"))


def _three(*grid: tuple[str, str, str]) -> PriorityMatrix:
    return PriorityMatrix.from_grid(
        grid, Impact.default_scale(), Urgency.default_scale(), Priority.default_scale()
    )
