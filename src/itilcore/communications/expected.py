"""What is expected: when there must be word again, and what became of what was expected."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from attrs import frozen

__all__ = ["ExpectedUpdate", "NextUpdate", "UpdateOutcome"]


@frozen(kw_only=True)
class NextUpdate:
    """When there must be word again: ``due_at``, not needed before ``earliest_at``, and ``why``.

    ``overdue`` is by how much that has passed, ``None`` as long as it has not: at ``due_at``
    itself it is not late yet.  Without a ``due_at`` there is word as changes occur.
    Instants are in UTC.
    """

    due_at: datetime | None
    earliest_at: datetime | None
    overdue: timedelta | None
    why: str


class UpdateOutcome(Enum):
    """What became of a word that was expected.

    In time, late or never: these count.  Not due yet, and over before it was due: these do not.

    >>> [outcome.value for outcome in UpdateOutcome if outcome.counts]
    ['in time', 'late', 'never came']
    """

    IN_TIME = "in time"
    LATE = "late"
    NEVER = "never came"
    NOT_YET = "not due yet"
    OVER = "over before it was due"

    @property
    def counts(self) -> bool:
        """Whether somebody had to say something by then."""
        return self not in (UpdateOutcome.NOT_YET, UpdateOutcome.OVER)


@frozen(kw_only=True)
class ExpectedUpdate:
    """A word that was expected of an incident by ``due_at``: when it came, and how late.

    ``late`` is how much later than ``due_at`` it came, or since when it is missing; nothing
    where it was in time.  ``told_at`` is ``None`` for one that did not come.
    """

    reference: str
    due_at: datetime
    told_at: datetime | None
    outcome: UpdateOutcome
    late: timedelta
    why: str
