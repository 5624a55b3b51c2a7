"""Alerts in groups: what keeps firing is one thing, and what was resolved stays so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from attrs import field, frozen

from itilcore.decision import Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import shown
from itilcore.incident import in_utc
from itilcore.version import JSONValue, content_version

__all__ = [
    "Alert",
    "AlertGroup",
    "AlertPolicy",
    "group_alerts",
]

_NOTHING = timedelta()


def _utc(value: Any) -> datetime:
    return in_utc(require_aware("at", value))


def span_defects(path: str, value: object, *, nothing: bool = False) -> list[Defect]:
    """The defect of what must be a length of time, or no defect."""
    if isinstance(value, timedelta) and (value > _NOTHING or (nothing and value == _NOTHING)):
        return []
    least = "nothing or more" if nothing else "more than nothing"
    return [Defect(path, f"is {shown(value):.60}: give a timedelta of {least}")]


@frozen(kw_only=True)
class Alert:
    """What a monitoring tool tells of the thing with ``fingerprint``: it fires, or it resolved.

    ``at`` is given with any UTC offset and kept in UTC.  Raises
    `itilcore.errors.InvalidInput` for blank texts and wrong types, and
    `itilcore.errors.NaiveInstant` for an instant without a UTC offset.

    >>> from datetime import UTC
    >>> Alert(fingerprint="ab12", at=datetime(2026, 3, 2, 9, tzinfo=UTC), title="Disk full").firing
    True
    """

    fingerprint: str
    at: datetime = field(converter=_utc)
    firing: bool = True
    title: str
    service: str | None = None

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("fingerprint", self.fingerprint)
        defects += blank_defects("title", self.title)
        if not isinstance(self.firing, bool):
            defects.append(Defect("firing", f"is {self.firing!r:.60}: give True or False"))
        if self.service is not None:
            defects += blank_defects("service", self.service)
        if defects:
            raise InvalidInput("alert", defects)


@frozen(kw_only=True)
class AlertPolicy:
    """How alerts of one fingerprint come together.

    A group takes what fires for ``window``, counted from its first alert and never longer: what
    fires at its end or later starts another.  A group that resolved takes no more, unless what
    fires comes no later than ``reopen_within`` after it (and within the window); ``None`` is
    never.  A group with ``flapping`` changes between firing and resolved, or more, of which the
    last comes no later than ``flapping_within`` after the first, is told as flapping; ``None``
    never is.  Raises `itilcore.errors.InvalidInput` with everything that is none of these.

    >>> policy = AlertPolicy(window=timedelta(hours=4), reopen_within=timedelta(minutes=10))
    >>> policy.flapping is None
    True
    """

    window: timedelta
    reopen_within: timedelta | None = None
    flapping: int | None = None
    flapping_within: timedelta = timedelta(hours=1)

    def __attrs_post_init__(self) -> None:
        defects = span_defects("window", self.window)
        if self.reopen_within is not None:
            defects += span_defects("reopen_within", self.reopen_within, nothing=True)
        if self.flapping is not None and (type(self.flapping) is not int or self.flapping < 1):
            problem = f"is {self.flapping!r:.60}: give a whole number from 1 on, or None"
            defects.append(Defect("flapping", problem))
        defects += span_defects("flapping_within", self.flapping_within)
        if defects:
            raise InvalidInput("alert policy", defects)

    def reopens(self, resolved_at: datetime, at: datetime) -> bool:
        """Whether what fires *at* reopens what had resolved by *resolved_at*."""
        if self.reopen_within is None:
            return False
        return in_utc(at) - in_utc(resolved_at) <= self.reopen_within

    def flaps(self, changes: Sequence[datetime]) -> bool:
        """Whether *changes*, the instants in order, hold so many within the time.

        >>> nine = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
        >>> policy = AlertPolicy(window=timedelta(hours=4), flapping=2)
        >>> policy.flaps([nine, nine + timedelta(hours=1)]), policy.flaps([nine])
        (True, False)
        """
        if self.flapping is None:
            return False
        pairs = zip(changes, changes[self.flapping - 1 :], strict=False)
        return any(in_utc(last) - in_utc(first) <= self.flapping_within for first, last in pairs)

    @property
    def content(self) -> dict[str, JSONValue]:
        """All of it as JSON values; lengths of time in seconds."""
        reopen = self.reopen_within
        return {
            "window": self.window.total_seconds(),
            "reopen_within": None if reopen is None else reopen.total_seconds(),
            "flapping": self.flapping,
            "flapping_within": self.flapping_within.total_seconds(),
        }

    @cached_property
    def version(self) -> str:
        """The content version: the same policy has the same."""
        return content_version("alert-policy", self.content)


@frozen(kw_only=True)
class AlertGroup:
    """Alerts of one fingerprint that are one thing, in order of time, and why they are.

    ``resolved_at`` is when it resolved for the last time, ``None`` while it fires and where its
    window ended before it did; ``changes`` are the instants at which it resolved and was
    reopened, in turn; ``version`` is that of the policy.

    >>> from datetime import UTC
    >>> disk = Alert(fingerprint="ab12", at=datetime(2026, 3, 2, 9, tzinfo=UTC), title="Disk full")
    >>> (group,) = group_alerts([disk], AlertPolicy(window=timedelta(hours=4)))
    >>> group.reference, str(group.reasons[0])
    ('ab12@2026-03-02T09:00:00+00:00', 'it starts with what fired at 2026-03-02T09:00:00+00:00')
    """

    fingerprint: str
    alerts: tuple[Alert, ...]
    resolved_at: datetime | None
    changes: tuple[datetime, ...]
    flapping: bool
    reasons: tuple[Reason, ...]
    version: str

    @property
    def reference(self) -> str:
        """What it is called: no two groups of the same alerts share it."""
        return f"{self.fingerprint}@{self.started_at.isoformat()}"

    @property
    def title(self) -> str:
        """The title of its first alert."""
        return self.alerts[0].title

    @property
    def service(self) -> str | None:
        """The service of its first alert."""
        return self.alerts[0].service

    @property
    def started_at(self) -> datetime:
        """When its first alert fired."""
        return self.alerts[0].at

    @property
    def reopenings(self) -> int:
        """How often it was reopened."""
        return len(self.changes) // 2


class _Open:
    """The latest group of a fingerprint while alerts are folded."""

    def __init__(self, first: Alert, why: str) -> None:
        self.alerts = [first]
        self.changes: list[datetime] = []
        self.why = why

    @property
    def firing(self) -> bool:
        return len(self.changes) % 2 == 0

    def refusal(self, at: datetime, policy: AlertPolicy) -> str | None:
        """Why it does not take what fires *at*; ``None`` where it does."""
        start = self.alerts[0].at
        if at - start >= policy.window:
            return f"the window of the group before, {policy.window} from its start, had ended"
        if not self.firing and not policy.reopens(self.changes[-1], at):
            if policy.reopen_within is None:
                how = "nothing reopens a group"
            else:
                how = f"a group is reopened for {policy.reopen_within} only"
            return f"the group before had resolved at {self.changes[-1].isoformat()}, and {how}"
        return None

    def take(self, alert: Alert) -> None:
        if alert.firing != self.firing:
            self.changes.append(alert.at)
        self.alerts.append(alert)

    def closed(self, policy: AlertPolicy) -> AlertGroup:
        flapping = policy.flaps(self.changes)
        return AlertGroup(
            fingerprint=self.alerts[0].fingerprint,
            alerts=tuple(self.alerts),
            resolved_at=None if self.firing else self.changes[-1],
            changes=tuple(self.changes),
            flapping=flapping,
            reasons=tuple(self._reasons(policy, flapping)),
            version=policy.version,
        )

    def _reasons(self, policy: AlertPolicy, flapping: bool) -> Iterator[Reason]:
        start = self.alerts[0].at
        text = f"it starts with what fired at {start.isoformat()}{self.why}"
        yield Reason("start", text, {"at": start})
        if len(self.alerts) > 1:
            text = f"it took {len(self.alerts) - 1} more with the same fingerprint"
            yield Reason("fingerprint", text, {"fingerprint": self.alerts[0].fingerprint})
        if self.changes:
            state = "fires still" if self.firing else f"resolved at {self.changes[-1].isoformat()}"
            text = f"it {state}, and was reopened {len(self.changes) // 2} times"
            yield Reason("reopening", text, {"reopen_within": policy.reopen_within})
        if flapping:
            text = f"it flaps: {policy.flapping} changes within {policy.flapping_within}"
            yield Reason("flapping", text, {"changes": len(self.changes)})


def _order(alert: Alert) -> tuple[Any, ...]:
    # What resolves and fires in one instant counts as firing: nobody overlooks it then.
    return (alert.at, alert.fingerprint, alert.firing, alert.title, alert.service or "")


def group_alerts(alerts: Iterable[Alert], policy: AlertPolicy) -> tuple[AlertGroup, ...]:
    """The *alerts* in groups, in order of their start and then by fingerprint.

    Their order means nothing, and one that is given twice counts once; of what resolves and
    fires in one instant, the firing comes last.  Everything that fires is in just one group.
    What tells that something resolved belongs to the latest group of its fingerprint, after the
    window as well; where that has resolved already, and where nothing fired before, it is left
    out.  Raises `itilcore.errors.InvalidInput` for what are no alerts and no policy.

    >>> from datetime import UTC
    >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> alerts = [
    ...     Alert(fingerprint="f", at=nine + timedelta(minutes=n), firing=n % 2 == 0, title="Disk")
    ...     for n in range(4)
    ... ]
    >>> len(group_alerts(alerts, AlertPolicy(window=timedelta(hours=1))))
    2
    >>> flaps = AlertPolicy(window=timedelta(hours=1), reopen_within=timedelta(minutes=5))
    >>> [(len(group.alerts), group.reopenings) for group in group_alerts(alerts, flaps)]
    [(4, 1)]
    """
    given = list(alerts) if isinstance(alerts, Iterable) else [alerts]
    defects = [
        Defect(f"alerts[{index}]", f"is {each!r:.60}: give an Alert")
        for index, each in enumerate(given)
        if not isinstance(each, Alert)
    ]
    if not isinstance(policy, AlertPolicy):
        defects.append(Defect("policy", f"is {policy!r:.60}: give an AlertPolicy"))
    if defects:
        raise InvalidInput("alert groups", defects)
    latest: dict[str, _Open] = {}
    groups: list[_Open] = []
    for alert in sorted(set(given), key=_order):
        group = latest.get(alert.fingerprint)
        if not alert.firing:
            if group is not None and group.firing:
                group.take(alert)
            continue
        refusal = None if group is None else group.refusal(alert.at, policy)
        if group is not None and refusal is None:
            group.take(alert)
            continue
        why = "" if refusal is None else f": {refusal}"
        latest[alert.fingerprint] = opened = _Open(alert, why)
        groups.append(opened)
    return tuple(group.closed(policy) for group in groups)
