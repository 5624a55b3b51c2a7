"""The priority table: look-up only, for what vendors publish and no matrix would accept."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from attrs import frozen

from itilcore.errors import Defect

from .lookup import Lookup
from .matrix import PriorityMatrix
from .proof import defects_of

__all__ = ["PriorityTable"]


@frozen(repr=False, cache_hash=True)
class PriorityTable(Lookup):
    """A look-up table from impact and urgency to priority, as some vendor publishes it.

    It may have holes, contradict itself or give more for less: ``defects`` lists what stops it
    from being a `PriorityMatrix`.  A hole and a contradiction are answered by ``None`` and say
    so in the reason.

    >>> table = PriorityTable.from_grid(
    ...     [["first", "second"], [None, "first"]],
    ...     impacts=["major", "minor"],
    ...     urgencies=["now", "later"],
    ...     priorities=["first", "second"],
    ... )
    >>> for defect in table.defects:
    ...     print(defect)
    minor x now: has no priority
    major x later: gives second, and the lower minor x later gives first
    >>> print(table.assess(table.impacts[1], table.urgencies[0]).explain())
    undecided, because:
      minor impact and now urgency give no priority [priority table]
    decided by priority-table:...
    """

    _rule: ClassVar[str] = "priority table"

    @cached_property
    def defects(self) -> tuple[Defect, ...]:
        """What stops this table from being a matrix; empty where nothing does."""
        return defects_of(self.impacts, self.urgencies, self._found)

    def matrix(self) -> PriorityMatrix:
        """The same cells as a matrix.

        Raises `itilcore.errors.InvalidMatrix` with the ``defects`` where there are any.
        """
        return PriorityMatrix(self.cells, impacts=self.impacts, urgencies=self.urgencies)
