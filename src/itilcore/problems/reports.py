"""Reports, how similar two of them are, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from itilcore.classification import Category
from itilcore.decision import Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.incident import in_utc

from .likeness import Common, Reading, against, likeness, read

__all__ = [
    "LEAST_SCORE",
    "MICROSECOND",
    "WEIGHTS",
    "Kept",
    "Report",
    "Suggestion",
    "moment_of",
    "score",
    "suggestion",
]

MICROSECOND: Final = timedelta(microseconds=1)
LEAST_SCORE: Final = 0.8
"""Unless another is given: nine of ten first suggestions are right then, by our measurements."""
WEIGHTS: Final = (16, 3, 1)
"""What text, service and category weigh in a score, of what is known of both."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN: Final = 8
_SHOWN_SIGNS: Final = 40
_ROUNDING: Final = 1e-9


def _utc(value: Any) -> datetime:
    return in_utc(require_aware("at", value))


@frozen(kw_only=True)
class Report:
    """What somebody reported: ``text`` in their words, of any script and length.

    ``service``, ``requester`` and ``category`` are ``None`` where nobody knows.  ``at`` is given
    with any UTC offset and kept in UTC.  Raises `itilcore.errors.InvalidInput` for blank names
    and wrong types (a text may be blank), and `itilcore.errors.NaiveInstant` for an instant
    without a UTC offset.

    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> Report(reference="INC1", at=nine, text="The VPN drops", service="vpn").requester is None
    True
    """

    reference: str
    at: datetime = field(converter=_utc)
    text: str
    service: str | None = None
    requester: str | None = None
    category: Category | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("reference", self.reference)
        if not isinstance(self.text, str):
            defects.append(Defect("text", f"is {self.text!r:.60}: give a text"))
        for name, value in (("service", self.service), ("requester", self.requester)):
            if value is not None:
                defects += blank_defects(name, value)
        if self.category is not None and not isinstance(self.category, Category):
            defects.append(Defect("category", f"is {self.category!r:.60}: give a Category or None"))
        if defects:
            raise InvalidInput("report", defects)


@frozen
class Suggestion:
    """The ``reference`` of a report that may tell the same; ``score`` from 0 to 1, and why.

    >>> str(Suggestion("INC1", 0.91, (Reason("text", "both have vpn, drops"),)))
    'INC1 at 0.91: both have vpn, drops'
    """

    reference: str
    score: float
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return f"{self.reference} at {self.score:.2f}: {'; '.join(map(str, self.reasons))}"


class Kept:
    """A report as it is compared; ``order`` is its microsecond, then its reference."""

    __slots__ = ("order", "reading", "report")

    def __init__(self, report: Report) -> None:
        self.report = report
        self.reading: Reading = read(report.text)
        self.order = (moment_of(report.at), report.reference)


def moment_of(at: datetime) -> int:
    """The microsecond of *at*, which is in UTC."""
    return (at - _EPOCH) // MICROSECOND


def _lies_in(one: Category, other: Category) -> bool:
    return one.path[: len(other.path)] == other.path


def _same_category(one: Report, other: Report) -> bool | None:
    """Whether one lies in the other; ``None`` where one is not known."""
    if one.category is None or other.category is None:
        return None
    return _lies_in(one.category, other.category) or _lies_in(other.category, one.category)


def score(one: Kept, other: Kept, common: Common, least: float = 0.0) -> tuple[float, float]:
    """How similar two reports are, and how like their texts are: from 0 to 1, the same both ways.

    A score that cannot reach *least* may be lower than it is.
    """
    weight, service, category = WEIGHTS
    mine, theirs = one.report, other.report
    total, points = weight, 0
    if mine.service is not None and theirs.service is not None:
        total += service
        points += service * (mine.service == theirs.service)
    if (same := _same_category(mine, theirs)) is not None:
        total += category
        points += category * same
    # A little less is asked for, so that rounding leaves out nothing that reaches it.
    needed = (least * total - points) / weight - _ROUNDING
    text = likeness(one.reading, other.reading, common, needed)
    return (weight * text + points) / total, text


def suggestion(one: Kept, other: Kept, found: float, text: float) -> Suggestion:
    """The report *other* for *one*, with what they share: *found* is the score."""
    mine, theirs = one.report, other.report
    shared = sorted(set(one.reading.keys) & set(other.reading.keys), key=lambda w: (-len(w), w))
    more = f" and {len(shared) - _SHOWN} more" if len(shared) > _SHOWN else ""
    words = ", ".join(word[:_SHOWN_SIGNS] for word in shared[:_SHOWN])
    reasons = [Reason("text", f"both have {words}{more}", {"likeness": text})]
    reasons += [Reason("text", each) for each in against(one.reading, other.reading)]
    if mine.service is not None and mine.service == theirs.service:
        told = {"service": mine.service}
        reasons.append(Reason("service", f"both are about {mine.service}", told))
    if _same_category(mine, theirs):
        told = {"category": str(theirs.category)}
        reasons.append(Reason("category", f"both lie in {theirs.category}", told))
    if mine.requester is not None and mine.requester == theirs.requester:
        told = {"requester": mine.requester}
        reasons.append(Reason("requester", f"both are from {mine.requester}", told))
    apart = abs(mine.at - theirs.at)
    minutes = apart // timedelta(minutes=1)
    if apart:
        when = f"{minutes} minute{'' if minutes == 1 else 's'} apart"
    else:
        when = "at the same time"
    reasons.append(Reason("time", f"reported {when}", {"apart": apart}))
    return Suggestion(theirs.reference, found, tuple(reasons))
