"""Alerts from the webhook of Alertmanager, read as drafts of incidents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from itilcore.errors import Defect, InvalidInput
from itilcore.incident import is_link

from .alert_draft import AlertDraft, AlertRules, AlertStatus, first_of

__all__ = ["AlertBatch", "read_alertmanager", "read_alertmanager_batch"]

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_ALERTS: Final = 1_000
MOST_PAIRS: Final = 200
MOST_NAME: Final = 200
MOST_VALUE: Final = 20_000
MOST_TITLE: Final = 500

_VERSION: Final = "4"
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def read_alertmanager(
    payload: Mapping[str, object] | bytes, rules: AlertRules | None = None
) -> tuple[AlertDraft, ...]:
    """The drafts of the alerts in *payload*, one each, in their order.

    *payload* is what Alertmanager posts to a webhook, version 4: its bytes, at most 4 MiB of
    JSON, or what was parsed of them.  The title is the summary of an alert, else its
    description's first line, else its name; at most 500 characters, on one line.  Links are the
    addresses of Alertmanager, of the alert's source and of annotations that end in ``_url``,
    where they are http or https.  ``0001-01-01`` as an end is none.  Control characters
    become blanks, but in labels, which stay as they are.  Alerts that Alertmanager cut off
    (``truncatedAlerts``) are not there.

    Raises `itilcore.errors.InvalidInput` for another version, for more than 1,000 alerts, 200
    labels or annotations of an alert, 200 characters of a name or a fingerprint and 20,000 of a
    text, for a fingerprint that stands twice, and for whatever is not as version 4 has it:
    every defect, each with its path.

    >>> drafts = read_alertmanager(
    ...     b'{"version": "4", "status": "firing", "alerts": [{"status": "firing",'
    ...     b' "labels": {"alertname": "DiskFull", "severity": "critical", "service": "db"},'
    ...     b' "annotations": {"summary": "Disk of db1 is full"}, "fingerprint": "c1",'
    ...     b' "startsAt": "2026-01-05T09:00:00.5Z", "endsAt": "0001-01-01T00:00:00Z"}]}'
    ... )
    >>> [(draft.title, draft.service, draft.impact, draft.ends_at) for draft in drafts]
    [('Disk of db1 is full', 'db', Impact.HIGH, None)]
    """
    reader, drafts = _read(payload, rules)
    if reader.defects or reader.refused:
        raise _wrong([*reader.refused, *reader.defects])
    return drafts


@frozen(kw_only=True)
class AlertBatch:
    """The ``drafts`` of the good alerts of a payload, and the ``defects`` of the others."""

    drafts: tuple[AlertDraft, ...]
    defects: tuple[Defect, ...] = ()


def read_alertmanager_batch(
    payload: Mapping[str, object] | bytes, rules: AlertRules | None = None
) -> AlertBatch:
    """What `read_alertmanager` reads, where one bad alert does not cost the good ones.

    An alert with any defect has no draft; of a fingerprint that stands twice the first one
    counts.  Keep or tell the defects: nobody sends again what was answered with success.

    Raises `itilcore.errors.InvalidInput` for what is wrong with the payload as a whole: its
    size, JSON, version, status, address, and a list of alerts that is none or too long.

    >>> good = {"status": "firing", "labels": {}, "fingerprint": "c1"}
    >>> alerts = [good | {"startsAt": "2026-01-05T09:00:00Z"}, good | {"startsAt": "nine"}]
    >>> batch = read_alertmanager_batch({"version": "4", "status": "firing", "alerts": alerts})
    >>> len(batch.drafts), str(batch.defects[0])
    (1, "alerts[1].startsAt: is 'nine': it must be an instant as in RFC 3339")
    """
    reader, drafts = _read(payload, rules)
    if reader.refused:
        raise _wrong(reader.refused)
    return AlertBatch(drafts=drafts, defects=tuple(reader.defects))


def _read(payload: object, rules: AlertRules | None) -> tuple[_Reader, tuple[AlertDraft, ...]]:
    used = AlertRules() if rules is None else rules
    if not isinstance(used, AlertRules):
        raise _wrong([Defect("rules", f"is {used!r:.60}: give AlertRules or None")])
    read = _parsed(payload) if isinstance(payload, bytes) else payload
    if not isinstance(read, Mapping):
        problem = f"is of {type(read).__name__}: give the bytes, or an object parsed of them"
        raise _wrong([Defect("", problem)])
    if read.get("version") != _VERSION:
        problem = f"is {_shown(read.get('version'))}: only version {_VERSION!r} is read"
        raise _wrong([Defect("version", problem)])
    reader = _Reader(used)
    return reader, reader.all_of(read)


def _wrong(defects: list[Defect]) -> InvalidInput:
    return InvalidInput("Alertmanager payload", defects)


def _parsed(payload: bytes) -> object:
    if len(payload) > MOST_BYTES:
        raise _wrong([Defect("", f"has {len(payload):,} bytes: at most {MOST_BYTES:,} are read")])
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise _wrong([Defect("", f"is no JSON: {error!s:.100}")]) from None


def _shown(value: object) -> str:
    """A value for a defect: texts and numbers are cut, of the rest only the type is told."""
    if isinstance(value, str):
        return repr(value[:60])
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    return f"of {type(value).__name__}"


def _seen(text: str) -> str:
    return _UNSEEN.sub(" ", text)


def _is_name(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


def _line(text: str) -> str:
    """*text* on one line; long ones are cut before anything is made of them."""
    short = _seen(text).strip()[: 4 * MOST_TITLE + 1]
    line = " ".join(short.split())
    whole = len(short) <= 4 * MOST_TITLE and len(line) <= MOST_TITLE
    return line if whole else f"{line[: MOST_TITLE - 6]} [cut]"


class _Reader:
    """Reads alerts and gathers what is wrong with them."""

    def __init__(self, rules: AlertRules) -> None:
        self.rules = rules
        self.refused: list[Defect] = []  # of the payload as a whole
        self.defects: list[Defect] = []  # of single alerts

    def wrong(self, path: str, problem: str) -> None:
        self.defects.append(Defect(path, problem))

    def all_of(self, payload: Mapping[str, object]) -> tuple[AlertDraft, ...]:
        self.status("status", payload.get("status"))
        home = self.text("externalURL", payload.get("externalURL", ""), MOST_VALUE)
        alerts = payload.get("alerts")
        if not isinstance(alerts, (list, tuple)):
            self.wrong("alerts", f"is {_shown(alerts)}: it must be a list")
            alerts = ()
        elif len(alerts) > MOST_ALERTS:
            self.wrong("alerts", f"has {len(alerts):,} alerts: at most {MOST_ALERTS:,} are read")
            alerts = ()
        self.refused, self.defects = self.defects, []
        drafts = []
        places: dict[str, int] = {}
        for index, alert in enumerate(alerts):
            draft = self.one(f"alerts[{index}]", alert, home)
            if draft is None:
                continue
            if (before := places.setdefault(draft.fingerprint, index)) != index:
                self.wrong(f"alerts[{index}].fingerprint", f"is that of alerts[{before}] as well")
                continue
            drafts.append(draft)
        return tuple(drafts)

    def one(self, path: str, alert: object, home: str) -> AlertDraft | None:
        """The draft of one alert, ``None`` where anything is wrong with it."""
        if not isinstance(alert, Mapping):
            self.wrong(path, f"is {_shown(alert)}: it must be an object")
            return None
        before = len(self.defects)
        status = self.status(f"{path}.status", alert.get("status"))
        labels = self.pairs(f"{path}.labels", alert.get("labels"))
        annotations = self.pairs(f"{path}.annotations", alert.get("annotations", {}))
        fingerprint = self.text(f"{path}.fingerprint", alert.get("fingerprint"), MOST_NAME)
        if alert.get("fingerprint") == fingerprint and not _is_name(fingerprint):
            self.wrong(f"{path}.fingerprint", "is blank or has control characters")
        source = self.text(f"{path}.generatorURL", alert.get("generatorURL", ""), MOST_VALUE)
        starts = self.instant(f"{path}.startsAt", alert.get("startsAt"))
        if starts is not None and starts.year == 1:
            self.wrong(f"{path}.startsAt", "is the year 1, which stands for none")
        ends = self.instant(f"{path}.endsAt", alert.get("endsAt", "0001-01-01T00:00:00Z"))
        ends = None if ends is None or ends.year == 1 else ends
        if starts is not None and ends is not None and ends < starts:
            self.wrong(f"{path}.endsAt", "is before startsAt")
        if len(self.defects) > before or starts is None or status is None:
            return None
        links = {"alertmanager": home, "generator": source}
        for name, text in annotations.items():
            if name.endswith("_url"):
                links[name.removesuffix("_url") or name] = text.strip()
        severity = self.rules.severity(labels)
        return AlertDraft(
            fingerprint=fingerprint,
            status=status,
            title=self.title(labels, annotations, fingerprint),
            text=_seen(first_of(annotations, self.rules.text_annotations) or "").strip() or None,
            labels=labels,
            service=_line(first_of(labels, self.rules.service_labels) or "") or None,
            starts_at=starts,
            ends_at=ends,
            impact=None if severity is None else severity.impact,
            urgency=None if severity is None else severity.urgency,
            links={name: address for name, address in links.items() if is_link(address)},
        )

    def title(
        self, labels: Mapping[str, str], annotations: Mapping[str, str], fingerprint: str
    ) -> str:
        text = first_of(annotations, self.rules.text_annotations) or ""
        first_line = next(filter(str.strip, text.splitlines()), "")
        said = first_of(annotations, self.rules.title_annotations) or ""
        tried = (said, first_line, labels.get("alertname", ""))
        return next(filter(None, map(_line, tried)), "") or f"alert {fingerprint}"

    def status(self, path: str, value: object) -> AlertStatus | None:
        for status in AlertStatus:
            if value == status.value:
                return status
        self.wrong(path, f"is {_shown(value)}: it must be 'firing' or 'resolved'")
        return None

    def text(self, path: str, value: object, most: int) -> str:
        if not isinstance(value, str):
            self.wrong(path, f"is {_shown(value)}: it must be a text")
            return ""
        if len(value) > most:
            self.wrong(path, f"has {len(value):,} characters: at most {most:,} are read")
            return ""
        return value

    def pairs(self, path: str, value: object) -> dict[str, str]:
        if not isinstance(value, Mapping):
            self.wrong(path, f"is {_shown(value)}: it must be an object")
            return {}
        if len(value) > MOST_PAIRS:
            self.wrong(path, f"has {len(value):,} entries: at most {MOST_PAIRS:,} are read")
            return {}
        found = {}
        for index, (name, text) in enumerate(value.items()):
            key = self.text(f"{path} name {index}", name, MOST_NAME)
            found[key] = self.text(f"{path}.{key}", text, MOST_VALUE)
        return found

    def instant(self, path: str, value: Any) -> datetime | None:
        """The instant in UTC; fractions of a second are kept up to the microsecond."""
        if isinstance(value, str) and len(value) < 50 and _INSTANT.fullmatch(value):
            try:
                # The year 1 stands for none, wherever it is: UTC may have no such day.
                found = datetime.fromisoformat(value)
                return found.replace(tzinfo=UTC) if found.year == 1 else found.astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        self.wrong(path, f"is {_shown(value)}: it must be an instant as in RFC 3339")
        return None
