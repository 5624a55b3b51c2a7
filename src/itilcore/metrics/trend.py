"""Whether a share drifts over time, or whether chance alone does it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from itilcore.errors import Defect, InvalidInput

__all__ = ["TrendTest", "trend_test"]


@frozen
class TrendTest:
    """Whether a share rises or falls: ``z`` above 0 rises, ``p_value`` is two-sided.

    ``p_value`` is how often chance alone would show a drift as strong, where there is none.
    """

    z: float
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {"z": self.z, "p_value": self.p_value}


def trend_test(rows: Iterable[tuple[int, int, int]]) -> TrendTest | None:
    """The Cochran-Armitage test for a trend, by the normal approximation.

    *rows* are of score, successes and trials: the score says where on the line a group stands,
    such as the number of its month.  ``None`` where no trend can show: with trials at one score
    alone, with none or with all of them a success.  Sources: Cochran, "Some methods for
    strengthening the common chi-squared tests" (Biometrics 10, 1954); Armitage, "Tests for
    linear trends in proportions and frequencies" (Biometrics 11, 1955).  Raises
    `itilcore.errors.InvalidInput` for rows that are no whole numbers, or have more successes
    than trials.

    >>> found = trend_test([(0, 10, 100), (1, 20, 100), (2, 30, 100)])
    >>> print(f"z = {found.z:.3f}, p = {found.p_value:.5f}")
    z = 3.536, p = 0.00041
    >>> trend_test([(0, 5, 10)]) is None
    True
    """
    given = [tuple(row) for row in rows]
    defects = [
        Defect(f"[{index}]", f"is {row!r:.60}: give score, successes and trials")
        for index, row in enumerate(given)
        if len(row) != 3 or {type(value) for value in row} != {int} or not 0 <= row[1] <= row[2]
    ]
    if defects:
        raise InvalidInput("trend test", defects)
    # In whole numbers up to the last step: nothing cancels out.
    trials = sum(n for _, _, n in given)
    successes = sum(r for _, r, _ in given)
    scored = sum(s * n for s, _, n in given)
    spread = trials * sum(s * s * n for s, _, n in given) - scored**2
    leaning = trials * sum(s * r for s, r, _ in given) - successes * scored
    if not spread or successes in {0, trials}:
        return None
    z = leaning / math.sqrt(successes * (trials - successes) * spread / trials)
    return TrendTest(z, math.erfc(abs(z) / math.sqrt(2)))
