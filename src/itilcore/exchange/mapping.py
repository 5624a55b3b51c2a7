"""A mapping: how the columns and values of one kind of export are read, as a value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AbstractMapping
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import frozen

from itilcore.errors import Defect, InvalidMapping, nearest

from .loading import Column, Derivation, Loader

__all__ = ["Column", "Derivation", "ExportMapping", "builtin_names"]


@frozen
class ExportMapping:
    """How an export is read.  Load one with `from_toml`, `load` or `builtin`.

    ``shape`` is ``"updates"`` (one row per update) or ``"incidents"`` (one row per incident).
    ``missing`` are the texts that mean *no value*.  ``formats`` are tried in order: ``"iso"``,
    ``"epoch_s"``, ``"epoch_ms"`` or a `datetime.strptime` format; ``zone`` is the IANA zone of
    times that carry none.  ``columns``, ``values`` and ``derive`` are pairs, ours first.
    ``documents`` names the form of nested documents whose rows it reads.

    >>> mapping = ExportMapping.builtin("servicenow-audit-log")
    >>> mapping.shape, mapping.column("reference").names
    ('updates', ('number',))
    """

    name: str
    shape: str
    columns: tuple[tuple[str, Column], ...]
    missing: tuple[str, ...] = ("",)
    formats: tuple[str, ...] = ("iso",)
    zone: str | None = None
    values: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    derive: tuple[tuple[str, Derivation], ...] = ()
    title: str | None = None
    documents: str | None = None

    def column(self, name: str) -> Column | None:
        """The column of *name* (ours), or ``None`` where the export has none."""
        return dict(self.columns).get(name)

    def derivation(self, name: str) -> Derivation | None:
        """How *name* is known, or ``None`` where it is not."""
        return dict(self.derive).get(name)

    def value_table(self, name: str) -> dict[str, Any]:
        """The values of column *name*: theirs to ours."""
        return dict(dict(self.values).get(name, ()))

    def theirs(self) -> tuple[str, ...]:
        """Every column of the export that this mapping looks at, each once."""
        seen: dict[str, None] = {}
        for _, column in self.columns:
            seen.update(dict.fromkeys(column.names))
        for _, derivation in self.derive:
            if derivation.rule in {"column", "count"}:
                seen.update(dict.fromkeys(derivation.of))
        return tuple(seen)

    @classmethod
    def builtin(cls, name: str) -> ExportMapping:
        """A mapping that comes with the library, by its name.

        Raises `itilcore.errors.InvalidMapping` for a name that is none of `builtin_names`.
        """
        if name not in builtin_names():
            defect = Defect("", f"is no built-in mapping; {nearest(name, builtin_names())}")
            raise InvalidMapping(f"mapping {name!r}", [defect])
        text = (resources.files("itilcore.exchange") / "mappings" / f"{name}.toml").read_text(
            "utf-8"
        )
        return cls.from_mapping(tomllib.loads(text), name)

    @classmethod
    def load(cls, name_or_path: str | Path) -> ExportMapping:
        """A built-in mapping by its name, or one from a TOML file."""
        if str(name_or_path) in builtin_names():
            return cls.builtin(str(name_or_path))
        path = Path(name_or_path)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problem = (
                f"cannot be read ({error}); of the built-in mappings "
                f"{nearest(str(name_or_path), builtin_names())}"
            )
            raise InvalidMapping(f"mapping {path}", [Defect("", problem)]) from None
        return cls.from_toml(text, path.stem)

    @classmethod
    def from_toml(cls, text: str, name: str = "mapping") -> ExportMapping:
        """A mapping from TOML text; `itilcore.errors.InvalidMapping` lists every defect."""
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidMapping(f"mapping {name}", [Defect("", f"is not TOML: {error}")]) from None
        return cls.from_mapping(content, name)

    @classmethod
    def from_mapping(
        cls, content: AbstractMapping[str, Any], name: str = "mapping"
    ) -> ExportMapping:
        """A mapping from the same structure as a TOML file's.

        ``extends`` names a built-in mapping whose keys this one adds to or replaces.

        >>> mapping = ExportMapping.from_mapping({
        ...     "extends": "servicenow-audit-log",
        ...     "derive": {"resolved": {"column": "resolved_at"}},
        ... })
        >>> mapping.derivation("resolved")
        Derivation(rule='column', of=('resolved_at',), tiers=(), otherwise=None)
        """
        base = content.get("extends")
        if base is not None:
            merged = _raw_builtin(base, name)
            for key, value in content.items():
                if key == "extends":
                    continue
                inner = merged.get(key)
                both = isinstance(inner, dict) and isinstance(value, AbstractMapping)
                merged[key] = {**(inner or {}), **value} if both else value
            content = merged
        return cls(name, **Loader(name).load(content))


def builtin_names() -> tuple[str, ...]:
    """The names of the mappings that come with the library."""
    folder = resources.files("itilcore.exchange") / "mappings"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def _raw_builtin(base: object, name: str) -> dict[str, Any]:
    if base not in builtin_names():
        problem = f"{base!r} is no built-in mapping; {nearest(str(base), builtin_names())}"
        raise InvalidMapping(f"mapping {name}", [Defect("extends", problem)])
    text = (resources.files("itilcore.exchange") / "mappings" / f"{base}.toml").read_text("utf-8")
    return tomllib.loads(text)
