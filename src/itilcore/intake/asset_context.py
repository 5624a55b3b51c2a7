"""Which asset a ticket is about, and what its record says that whoever works on it must know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from attrs import frozen

from itilcore.decision import Decision, Reason
from itilcore.errors import Defect, InvalidInput, blank_defects, require_aware
from itilcore.given import shown
from itilcore.version import content_version

from .assets import Asset, AssetSource

__all__ = ["AssetRules", "context"]

_SHOWN: Final = 10


@frozen(kw_only=True)
class AssetRules:
    """What is old and what is recent about an asset.

    A record is stale when the asset was last seen more than ``stale_after`` ago, and a change
    recent when it was made at most ``changed_within`` before the start.  Raises
    `itilcore.errors.InvalidInput` for what is no timedelta of more than nothing.

    >>> AssetRules().stale_after.days, AssetRules().changed_within.days
    (30, 7)
    """

    stale_after: timedelta = timedelta(days=30)
    changed_within: timedelta = timedelta(days=7)

    def __attrs_post_init__(self) -> None:
        defects = []
        for name in ("stale_after", "changed_within"):
            value = getattr(self, name)
            if not (isinstance(value, timedelta) and value > timedelta()):
                problem = f"is {shown(value):.60}: give a timedelta of more than nothing"
                defects.append(Defect(name, problem))
        if defects:
            raise InvalidInput("asset rules", defects)

    @cached_property
    def version(self) -> str:
        """The content version: the same rules have the same."""
        lengths = [self.stale_after.total_seconds(), self.changed_within.total_seconds()]
        return content_version("assets", lengths)


def context(
    identifier: str | None,
    source: AssetSource,
    person: str | None = None,
    *,
    at: datetime,
    start: datetime | None = None,
    rules: AssetRules | None = None,
) -> Decision[Asset | None]:
    """The asset that a ticket of *person* at the instant *at* is about, and what is odd about it.

    A device that the source does not know is shadow IT, and the answer is ``None``.  Without an
    *identifier* it is the only asset of *person*; of several, none is guessed.  The reasons say
    whether the record is stale, the owner another, what was changed within the rules' time
    before *start* (*at*, unless it is given), how often it failed up to *at*, and what it
    depends on.  Days are days in UTC.

    Raises `itilcore.errors.InvalidInput` for blank names, rules that are none, and a source
    that answers with what is no asset, and `itilcore.errors.NaiveInstant`.

    >>> from .assets import AssetRegister
    >>> register = AssetRegister([Asset(identifier="LT-7", owner="ada")])
    >>> nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> print(context("LT-8", register, "ada", at=nine).explain())
    undecided, because:
      'LT-8' is not in the register: shadow IT [unknown device]
      ada has LT-7 [owner]
    decided by assets:...
    """
    used = AssetRules() if rules is None else rules
    _require(identifier, person, used)
    require_aware("at", at)
    began = at if start is None else require_aware("start", start)
    owned = () if person is None else _answered("assets_of", source.assets_of(person))
    if identifier is None:
        if len(owned) != 1:
            return Decision(None, [_undecided(person, owned)], used.version)
        asset = owned[0]
        first = Reason("owner", f"{asset.identifier} is the only asset of {person}")
        return Decision(asset, [first, *_told(asset, None, at, began, used)], used.version)
    found = source.asset(identifier)
    if found is None:
        name = identifier if len(identifier) <= 60 else f"{identifier[:60]}..."
        unknown = [Reason("unknown device", f"{name!r} is not in the register: shadow IT")]
        if person is not None:
            unknown.append(Reason("owner", f"{person} has {_named(owned)}"))
        return Decision(None, unknown, used.version)
    (asset,) = _answered("asset", (found,))
    return Decision(asset, _told(asset, person, at, began, used), used.version)


def _require(identifier: object, person: object, rules: object) -> None:
    defects: list[Defect] = []
    for name, value in (("identifier", identifier), ("person", person)):
        if value is not None:
            defects += blank_defects(name, value)
    if not isinstance(rules, AssetRules):
        defects.append(Defect("rules", f"is {rules!r:.60}: give AssetRules or None"))
    if defects:
        raise InvalidInput("asset context", defects)


def _answered(asked: str, assets: Any) -> tuple[Asset, ...]:
    """What a source answered, by identifier: it is written elsewhere, and may be wrong."""
    found = assets if isinstance(assets, (tuple, list)) else (assets,)
    for each in found:
        if not isinstance(each, Asset):
            raise InvalidInput("asset source", [Defect(asked, f"answers {each!r:.60}: no Asset")])
    return tuple(sorted(found, key=lambda each: each.identifier))


def _named(assets: tuple[Asset, ...]) -> str:
    shown = ", ".join(each.identifier for each in assets[:_SHOWN]) or "no asset"
    more = len(assets) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _undecided(person: str | None, owned: tuple[Asset, ...]) -> Reason:
    if person is None:
        return Reason("no device", "neither the device nor the person is known")
    which = ": which one is it?" if owned else ""
    return Reason("no device", f"no device is named, and {person} has {_named(owned)}{which}")


def _told(
    asset: Asset, person: str | None, at: datetime, start: datetime, rules: AssetRules
) -> Iterator[Reason]:
    """What the record of *asset* says, oddities first."""
    parts = [asset.kind or "kind unknown", asset.os or "operating system unknown"]
    patched = "unknown" if asset.patched_on is None else asset.patched_on.isoformat()
    yield Reason("record", f"{asset.identifier}: {', '.join(parts)}, last patched: {patched}")
    yield from _age(asset, at, rules)
    if asset.owner is None:
        yield Reason("owner", "its owner is unknown")
    elif person is not None and asset.owner != person:
        yield Reason("owner", f"its owner is {asset.owner}, not {person}")
    for change in asset.changes:
        if timedelta() <= start - change.at <= rules.changed_within:
            text = (
                f"changed {_count((start - change.at).days, 'day')} before the start: {change.what}"
            )
            yield Reason("recent change", text, {"at": change.at, "start": start})
    failed = [each for each in asset.failures if each <= at]
    if failed:
        text = f"failed {_count(len(failed), 'time')} before, last at {failed[-1].isoformat()}"
        yield Reason("failures", text, {"failures": len(failed)})
    if asset.depends_on:
        yield Reason("dependencies", f"depends on {', '.join(asset.depends_on)}")


def _age(asset: Asset, at: datetime, rules: AssetRules) -> Iterator[Reason]:
    if asset.seen_on is None:
        yield Reason("stale record", "nobody knows when it was last seen")
        return
    age = at.astimezone(UTC).date() - asset.seen_on
    if age > rules.stale_after:
        text = f"was last seen on {asset.seen_on.isoformat()}, {_count(age.days, 'day')} ago"
        yield Reason("stale record", f"{text}: more than {rules.stale_after.days}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
