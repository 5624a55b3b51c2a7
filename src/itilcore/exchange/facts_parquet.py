"""Facts as Parquet, for data frames and warehouses, and back again without a loss."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from attrs import define

from itilcore import __version__
from itilcore.errors import Defect, InvalidInput, MissingExtra, UnreadableSource
from itilcore.incident import Facts, Incident
from itilcore.version import content_version

from .facts_columns import (
    ADDED,
    FactsColumn,
    column_defects,
    facts_columns,
    facts_of,
    text_of,
    value_of,
)

__all__ = ["read_facts_parquet", "write_facts_parquet"]

ROWS: Final = 16_384
"""Rows held at a time, and in a row group."""

MOST_DEFECTS: Final = 1_000

_MAGIC: Final = b"PAR1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# A whole number may stand for seconds; nothing else is taken for what it is not.
_TAKEN: Final[dict[type[Any], Any]] = {float: int | float}
# The names of Arrow's own types; all else is a text.
_ARROW: Final[dict[type[Any], str]] = {int: "int64", float: "double", bool: "bool"}


def _pyarrow() -> Any:
    try:
        # It has no types, and what is returned has its part for Parquet.
        import pyarrow.parquet  # pyright: ignore[reportMissingTypeStubs, reportUnusedImport]
    except ImportError:
        raise MissingExtra("pyarrow", "parquet") from None
    return pyarrow


def write_facts_parquet(source: Iterable[Incident] | Iterable[Facts], out: BinaryIO) -> int:
    """Write the facts of *source* to *out* as Parquet, a row each; how many they were.

    The columns are those of `Facts`, always all of them and always of one type: instants in
    UTC to the microsecond, counts as ``int64``, seconds as ``double``, booleans, and texts.
    Categories are a path, levels and statuses their names (or JSON, where they are a team's
    own).  A null is ``None``.  The metadata name the library's version and the version of the
    columns.

    Raises `itilcore.errors.InvalidInput` with every defect of the first rows that cannot be
    held; what is in *out* then is no Parquet file.  Raises `itilcore.errors.MissingExtra`
    where pyarrow is not installed.

    >>> import io
    >>> out = io.BytesIO()
    >>> write_facts_parquet([Facts(reference="INC1"), Facts(reference="INC2", tier=1)], out)
    2
    >>> out.getvalue()[:4]
    b'PAR1'
    """
    pyarrow = _pyarrow()
    schema = _schema(pyarrow)
    sink = _Sink(out)
    facts = facts_of(source)
    count = 0
    writer = pyarrow.parquet.ParquetWriter(sink, schema, write_page_checksum=True)
    try:
        while rows := list(islice(facts, ROWS)):
            writer.write_batch(_batch(pyarrow, schema, rows, count))
            count += len(rows)
        writer.close()
    except BaseException:
        # A writer that is closed or forgotten ends the file as though it were whole.
        sink.dropping = True
        raise
    return count


@define
class _Sink:
    """Where a writer writes: the file beneath stays open, and can be kept from being ended."""

    out: BinaryIO
    dropping: bool = False
    closed: bool = False

    def write(self, data: bytes) -> int:
        return len(data) if self.dropping else self.out.write(data)

    def flush(self) -> None:
        """Leave it to whoever opened the file."""


def _schema(pyarrow: Any) -> Any:
    fields = [
        pyarrow.field(column.name, _type(pyarrow, column), nullable=column.optional)
        for column in facts_columns().values()
    ]
    shape = [[field.name, str(field.type), field.nullable] for field in fields]
    about = {"itilcore.version": __version__, "itilcore.columns": content_version("facts", shape)}
    return pyarrow.schema(fields, metadata=about)


def _type(pyarrow: Any, column: FactsColumn) -> Any:
    if column.kind is datetime:
        return pyarrow.timestamp("us", tz="UTC")
    return pyarrow.type_for_alias(_ARROW.get(column.kind, "string"))


def _batch(pyarrow: Any, schema: Any, rows: list[Facts], before: int) -> Any:
    arrays: list[Any] = []
    defects: list[tuple[int, Defect]] = []
    for column in facts_columns().values():
        kind = schema.field(column.name).type
        try:
            plain = [_plain(column, getattr(row, column.name)) for row in rows]
            arrays.append(pyarrow.array(plain, kind))
        except (ValueError, OverflowError):
            for number, row in enumerate(rows, before + 1):
                try:
                    pyarrow.array([_plain(column, getattr(row, column.name))], kind)
                except (ValueError, OverflowError) as error:
                    defects.append((number, Defect(f"row {number}: {column.name}", str(error))))
    if defects:
        raise _invalid("facts", defects)
    return pyarrow.record_batch(arrays, schema=schema)


def _invalid(subject: str, defects: list[tuple[int, Defect]]) -> InvalidInput:
    # They were found a column at a time; a stable sort puts the rows in order.
    ordered = sorted(defects, key=lambda found: found[0])
    return InvalidInput(subject, [defect for _, defect in ordered[:MOST_DEFECTS]])


def _plain(column: FactsColumn, value: Any) -> Any:
    """*value* as what Arrow is given."""
    if _is_missing(column, value):
        return None
    kind = column.kind
    # bool is a kind of int, and True is no count.
    mistaken = isinstance(value, bool) and kind is not bool
    if mistaken or not isinstance(value, _TAKEN.get(kind, kind)):
        raise ValueError(f"is {value!r:.60}, not of the kind {kind.__name__}")
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return value if kind is str or kind in _ARROW else text_of(value)


def _is_missing(column: FactsColumn, value: Any) -> bool:
    if value is None or (column.name == "reference" and not value):
        if not column.optional:
            raise ValueError("is missing")
        return True
    return False


def read_facts_parquet(path: str | Path) -> Iterator[Facts]:
    """The facts of a file that `write_facts_parquet` wrote, as they are asked for.

    A file that another tool wrote is read too, where it has the same columns with the same
    types, in any order; one of an earlier version may lack what was added since.

    Raises `itilcore.errors.UnreadableSource` for a file that is no Parquet, or is cut off or
    broken, and `itilcore.errors.InvalidInput` with every defect: at once for its columns, and
    for its values (at most 1,000, each with its row) after all that was right before them.
    Raises `itilcore.errors.MissingExtra` where pyarrow is not installed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "facts.parquet"
    ...     with path.open("wb") as out:
    ...         write_facts_parquet([Facts(reference="INC1", tier=2)], out)
    ...     [(facts.reference, facts.tier) for facts in read_facts_parquet(path)]
    1
    [('INC1', 2)]
    """
    pyarrow = _pyarrow()
    path = Path(path)
    _require_ends(path)
    with _clear(pyarrow, path.name):
        raw = pyarrow.OSFile(str(path))
        file = pyarrow.parquet.ParquetFile(raw, page_checksum_verification=True)
        schema = file.schema_arrow
        names = list(schema.names)
    defects = column_defects(names, (name for name in facts_columns() if name not in ADDED))
    defects += [
        Defect(field.name, f"holds {field.type!s:.60}, not {wanted}")
        for field in schema
        if field.name in facts_columns()
        and field.type not in _types(pyarrow, wanted := _schema(pyarrow).field(field.name).type)
    ]
    if defects:
        raise InvalidInput(path.name, defects)
    return _facts(pyarrow, path.name, raw, file)


def _types(pyarrow: Any, wanted: Any) -> tuple[Any, ...]:
    # The same texts, only that there may be more of them.
    return (wanted, pyarrow.large_string()) if wanted == pyarrow.string() else (wanted,)


def _require_ends(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
            file.seek(max(file.seek(0, 2) - len(_MAGIC), len(_MAGIC)))
            tail = file.read()
    except OSError as error:
        raise UnreadableSource(str(path), f"cannot be opened: {error.strerror}") from None
    if head != _MAGIC:
        raise UnreadableSource(path.name, "is no Parquet file")
    if tail != _MAGIC:
        raise UnreadableSource(path.name, "is cut off: the end of a Parquet file is not there")


@contextmanager
def _clear(pyarrow: Any, name: str) -> Generator[None]:
    """What pyarrow raises over a broken file becomes an error of ours."""
    try:
        yield
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise UnreadableSource(name, f"is broken Parquet: {reason:.200}") from None


def _facts(pyarrow: Any, name: str, raw: Any, file: Any) -> Iterator[Facts]:
    defects: list[tuple[int, Defect]] = []
    # Few texts stand in many rows, and what they say is frozen.
    known: Any = lru_cache(maxsize=4_096)(value_of)
    before = 0
    there = [column for name, column in facts_columns().items() if name in file.schema_arrow.names]
    with raw:
        for batch in _batches(pyarrow, name, file):
            columns: list[list[Any]] = []
            for column in there:
                values: list[Any] = []
                for number, item in enumerate(_items(pyarrow, batch, column), before + 1):
                    try:
                        values.append(_value(column, item, known))
                    except ValueError as error:
                        defects.append((number, Defect(f"row {number}: {column.name}", str(error))))
                columns.append(values)
            before += batch.num_rows
            if len(defects) >= MOST_DEFECTS:
                break
            if not defects:
                for row in zip(*columns, strict=True):
                    yield Facts(**{c.name: v for c, v in zip(there, row, strict=True)})
        promised = file.metadata.num_rows
    if defects:
        raise _invalid(name, defects)
    if before != promised:
        reason = f"is broken Parquet: has {before:,} rows and promises {promised:,}"
        raise UnreadableSource(name, reason)


def _batches(pyarrow: Any, name: str, file: Any) -> Iterator[Any]:
    with _clear(pyarrow, name):
        batches = file.iter_batches(batch_size=ROWS)
    while True:
        # Not around the yield: what is raised there is not the file's fault.
        with _clear(pyarrow, name):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _items(pyarrow: Any, batch: Any, column: FactsColumn) -> list[Any]:
    """The values as Python has them; instants as microseconds, texts that are none as bytes."""
    array = batch.column(column.name)
    if column.kind is datetime:
        array = array.cast(pyarrow.int64())
    try:
        found: list[Any] = array.to_pylist()
    except UnicodeDecodeError:
        found = array.cast(pyarrow.large_binary()).to_pylist()
    return found


def _value(column: FactsColumn, item: Any, known: Callable[[type[Any], str], Any]) -> Any:
    if _is_missing(column, item):
        return None
    if isinstance(item, bytes):
        item = item.decode()
    kind = column.kind
    if kind is datetime:
        try:
            return _EPOCH + item * _MICROSECOND
        except OverflowError:
            raise ValueError("is an instant outside of the years 1 to 9999") from None
    return item if kind is str or kind in _ARROW else known(kind, item)
