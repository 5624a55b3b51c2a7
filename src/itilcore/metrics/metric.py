"""Metrics: definitions as values, each of which makes the tally that measures it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen

from itilcore.incident import Facts, Incident

from .result import Result

__all__ = ["By", "During", "Metric", "Source"]

Source = Iterable[Incident] | Iterable[Facts]
"""What is measured: incidents or their rows, consumed once."""

By = str | Callable[[Facts], object] | tuple["str | Callable[[Facts], object]", ...]
"""What groups: a column of `Facts`, a callable on a row, or a tuple of them."""

During = tuple[datetime, datetime]
"""From the first instant, included, to the second, excluded."""


class Tally(Protocol):
    """What a metric gathers over the rows of one group."""

    def add(self, rows: Any) -> None:
        """Take a list of rows in: `Facts`, or incidents where the metric is ``over`` them."""

    def merge(self, other: Any) -> None:
        """Take in what another tally of the same metric gathered."""

    def result(self, common: dict[str, Any]) -> Result:
        """The result, given the fields that every result shares."""
        ...


@frozen(kw_only=True)
class Metric:
    """What every definition says.

    ``definition`` is the sentence that stands beside the figure; ``cohort`` the column of
    `Facts` whose instant decides whether an incident belongs to a period; ``needs`` what a
    source must show (columns of `Facts`; any one of a group of alternatives will do); ``over``
    whether its tally takes rows of ``facts`` or whole ``incidents``.
    """

    name: str
    definition: str
    unit: str
    cohort: str
    needs: tuple[tuple[str, ...], ...] = ()
    over: str = "facts"

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of `Facts` that decide whether an incident counts, and with what."""
        return tuple(dict.fromkeys(name for names in self.needs for name in names))

    @abstractmethod
    def tally(self, at: Callable[[], datetime | None]) -> Tally:
        """A new tally; *at* tells the instant of the measurement once all rows are in."""

    def measure(
        self,
        source: Source,
        *,
        by: By | None = None,
        during: During | None = None,
        at: datetime | None = None,
    ) -> Any:
        """Measure *source*, an iterable of incidents or `Facts` that is consumed once.

        *by* groups (the value that groups is the one at *at*); *during* keeps the incidents
        whose cohort instant lies in the half-open interval; events after *at* do not exist,
        and it censors what still runs.  Without *at* the latest instant of the source counts.

        Raises `itilcore.errors.NaiveInstant` for an instant without an offset,
        `itilcore.errors.InvalidInput` for an unknown column or a reversed interval, and
        `itilcore.errors.StaleFacts` for rows folded past *at*.
        """
        from .measuring import measure_all

        return measure_all((self,), source, by=by, during=during, at=at)[self.name]
