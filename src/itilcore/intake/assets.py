"""Assets: the devices that tickets are about, by way of whoever keeps the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol

from attrs import field, frozen

from itilcore.errors import Defect, InvalidInput, NaiveInstant, blank_defects, require_aware
from itilcore.given import distinct, several

__all__ = ["Asset", "AssetChange", "AssetRegister", "AssetSource"]


def instant_defects(path: str, value: Any) -> list[Defect]:
    """The defect of what must be a date-time with a UTC offset, or no defect."""
    try:
        require_aware(path, value)
    except NaiveInstant as error:
        return [Defect(path, f"is {error.value.isoformat()}, which has no UTC offset")]
    except InvalidInput as error:
        return list(error.defects)
    return []


@frozen
class AssetChange:
    """What was done to an asset, and when.

    Raises `itilcore.errors.InvalidInput` for an instant without a UTC offset and a blank text.

    >>> from datetime import UTC
    >>> AssetChange(datetime(2026, 1, 5, 9, tzinfo=UTC), "New network driver").what
    'New network driver'
    """

    at: datetime
    what: str

    def __attrs_post_init__(self) -> None:
        defects = [*instant_defects("at", self.at), *blank_defects("what", self.what)]
        if defects:
            raise InvalidInput("asset change", defects)


def _changes(given: Any) -> tuple[Any, ...]:
    found = (given,) if isinstance(given, AssetChange) else several(given)
    if all(isinstance(each, AssetChange) for each in found):
        return tuple(sorted(set(found), key=lambda each: (each.at, each.what)))
    return found


def _instants(given: Any) -> tuple[Any, ...]:
    found = several(given)
    if any(instant_defects("", each) for each in found):
        return found
    return tuple(sorted(found))


@frozen(kw_only=True)
class Asset:
    """A device or another thing that tickets are about, as its record says.

    ``owner`` is a person; ``kind`` and ``os`` are texts; ``None`` is unknown.  ``patched_on``
    and ``seen_on`` are the days, in UTC, when it was last patched and last seen.
    ``depends_on`` are identifiers of what it stands on; ``changes`` and ``failures`` (instants)
    are what happened to it.  The orders of the three mean nothing.

    Raises `itilcore.errors.InvalidInput` for a blank identifier, texts that are blank, days
    that are no dates, what is no `AssetChange` or instant, and an asset that depends on itself.

    >>> laptop = Asset(identifier="LT-7", owner="ada", kind="laptop", depends_on=["wifi", "sso"])
    >>> print(laptop, *laptop.depends_on)
    LT-7 sso wifi
    """

    identifier: str
    owner: str | None = None
    kind: str | None = None
    os: str | None = None
    patched_on: date | None = None
    seen_on: date | None = None
    depends_on: tuple[str, ...] = field(default=(), converter=distinct)
    changes: tuple[AssetChange, ...] = field(default=(), converter=_changes)
    failures: tuple[datetime, ...] = field(default=(), converter=_instants)

    def __attrs_post_init__(self) -> None:
        defects = blank_defects("identifier", self.identifier)
        for name in ("owner", "kind", "os"):
            if getattr(self, name) is not None:
                defects += blank_defects(name, getattr(self, name))
        for name in ("patched_on", "seen_on"):
            day = getattr(self, name)
            # A date-time is a kind of date, and is no day.
            if day is not None and type(day) is not date:
                defects.append(Defect(name, f"is {day!r:.60}: give a date or None"))
        for index, other in enumerate(self.depends_on):
            defects += blank_defects(f"depends_on[{index}]", other)
            if other == self.identifier:
                defects.append(Defect(f"depends_on[{index}]", "is the asset itself"))
        for index, change in enumerate(self.changes):
            if not isinstance(change, AssetChange):
                problem = f"is {change!r:.60}: give an AssetChange"
                defects.append(Defect(f"changes[{index}]", problem))
        for index, at in enumerate(self.failures):
            defects += instant_defects(f"failures[{index}]", at)
        if defects:
            raise InvalidInput("asset", defects)

    def __str__(self) -> str:
        return self.identifier


class AssetSource(Protocol):
    """Whoever keeps assets: what it does not have, it answers with nothing, and never raises."""

    def asset(self, identifier: str) -> Asset | None:
        """The asset of that identifier, ``None`` where there is none."""
        ...

    def assets_of(self, person: str) -> tuple[Asset, ...]:
        """The assets that the person owns."""
        ...


def _all(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, (Asset, Mapping)) else several(given)


@frozen
class AssetRegister:
    """An `AssetSource` in memory; the order in which assets are given means nothing.

    Raises `itilcore.errors.InvalidInput` for what is no `Asset`, and for an identifier that
    stands twice.

    >>> register = AssetRegister([Asset(identifier="LT-7", owner="ada")])
    >>> register.asset("LT-8"), [asset.identifier for asset in register.assets_of("ada")]
    (None, ['LT-7'])
    """

    assets: tuple[Asset, ...] = field(default=(), converter=_all)

    def __attrs_post_init__(self) -> None:
        defects = [
            Defect(f"assets[{index}]", f"is {each!r:.60}: give an Asset")
            for index, each in enumerate(self.assets)
            if not isinstance(each, Asset)
        ]
        if not defects:
            counts = Counter(each.identifier for each in self.assets)
            defects = [Defect(name, "stands twice") for name, n in counts.items() if n > 1]
            ordered = sorted(self.assets, key=lambda each: each.identifier)
            object.__setattr__(self, "assets", tuple(ordered))
        if defects:
            raise InvalidInput("asset register", defects)

    @cached_property
    def _by_identifier(self) -> dict[str, Asset]:
        return {each.identifier: each for each in self.assets}

    @cached_property
    def _by_owner(self) -> dict[str | None, tuple[Asset, ...]]:
        found: dict[str | None, list[Asset]] = {}
        for each in self.assets:
            found.setdefault(each.owner, []).append(each)
        return {owner: tuple(assets) for owner, assets in found.items()}

    def asset(self, identifier: str) -> Asset | None:
        """The asset of that identifier, ``None`` where there is none."""
        return self._by_identifier.get(identifier)

    def assets_of(self, person: str) -> tuple[Asset, ...]:
        """The assets that the person owns, by identifier."""
        return self._by_owner.get(person, ())
