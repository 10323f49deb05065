"""Named SQL, one text for both engines, and the values that go in and come out by column name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cache
from math import isnan
from operator import attrgetter
from pathlib import Path
from typing import Any

from aiosql.adapters.asyncpg import AsyncPGAdapter
from aiosql.query_loader import QueryLoader
from aiosql.types import SQLOperationType

FOLDER = Path(__file__).parent / "sql"

Row = dict[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What values of a name may be, and how SQLite, which lacks their type, keeps them."""

    wanted: str
    accepts: Callable[[Any], bool]
    to_sqlite: Callable[[Any], Any] | None = None
    from_sqlite: Callable[[Any], Any] | None = None


def _is_instant(value: Any) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" not in value
    if isinstance(value, int):
        return not isinstance(value, bool) and -(2**63) <= value < 2**63
    return isinstance(value, bytes) or (isinstance(value, float) and not isnan(value))


def _instant_text(value: datetime) -> str:
    """UTC with microseconds, always 32 characters: the order of the texts is the order in time."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


INSTANT = Kind("a datetime with a time zone", _is_instant, _instant_text, datetime.fromisoformat)
DAY = Kind("a date without a time", _is_day, date.isoformat, date.fromisoformat)
TRUTH = Kind("True or False", lambda value: isinstance(value, bool), int, bool)
PLAIN = Kind("text without NUL, a number of 64 bits or bytes", _is_plain)


def kind_of(name: str) -> Kind:
    """The kind that the name of a column or parameter promises."""
    if name.endswith("_at"):
        return INSTANT
    if name.endswith("_on"):
        return DAY
    if name.startswith(("is_", "has_")):
        return TRUTH
    return PLAIN


@dataclass(eq=False, slots=True)
class Query:
    """A statement: `sql` with :names for SQLite, `numbered` with $1 for PostgreSQL."""

    name: str
    sql: str
    numbered: str
    kinds: tuple[tuple[str, Kind], ...]
    _columns: tuple[str, ...] = ()
    _converters: tuple[tuple[int, Callable[[Any], Any]], ...] = ()
    _record: type | None = None

    def for_postgresql(self, params: Params) -> list[Any]:
        """The checked values in the order of their numbers."""
        return [value for _, _, value in self._checked(params)]

    def for_sqlite(self, params: Params) -> Row:
        """The checked values as SQLite keeps them."""
        return {
            name: value if value is None or kind.to_sqlite is None else kind.to_sqlite(value)
            for name, kind, value in self._checked(params)
        }

    def _checked(self, params: Params) -> Iterator[tuple[str, Kind, Any]]:
        """Raises TypeError for what a strictly typed database refuses, without quoting the value."""
        if len(params) != len(self.kinds):
            raise TypeError(f"{self.name}: wants {[name for name, _ in self.kinds]}, got {sorted(params)}")
        for name, kind in self.kinds:
            try:
                value = params[name]
            except KeyError:
                raise TypeError(f"{self.name}: the parameter {name} is missing") from None
            if value is not None and not kind.accepts(value):
                raise TypeError(f"{self.name}: {name} must be {kind.wanted}, not {type(value).__name__}")
            yield name, kind, value

    def columns(self, description: Sequence[Sequence[Any]]) -> tuple[str, ...]:
        """The names of the result's columns, from a cursor's description."""
        names = tuple(column[0] for column in description)
        if names != self._columns:
            self._columns, self._record = names, None
            self._converters = tuple(
                (place, kind.from_sqlite)
                for place, kind in enumerate(map(kind_of, names))
                if kind.from_sqlite is not None
            )
        return names

    def from_sqlite(self, rows: list[tuple[Any, ...]]) -> list[Sequence[Any]]:
        """Rows with the types that the columns' names promise; wants `columns` called before."""
        if not self._converters:
            return list(rows)
        converted: list[Sequence[Any]] = []
        for row in rows:
            values = list(row)
            for place, convert in self._converters:
                if values[place] is not None:
                    values[place] = convert(values[place])
            converted.append(values)
        return converted

    def fits(self, record: type, columns: tuple[str, ...]) -> None:
        """Raises TypeError unless the columns are the dataclass's fields in the same order."""
        if self._record is not record:
            wanted = tuple(field.name for field in fields(record))
            if wanted != columns:
                raise TypeError(f"{self.name} returns {columns}, {record.__name__} has {wanted}")
            self._record = record


def statement(name: str, sql: str) -> Query:
    """A statement with :names, made ready for both engines."""
    adapter = AsyncPGAdapter()
    numbered = adapter.process_sql(name, SQLOperationType.SELECT, sql)
    return Query(name, sql, numbered, tuple((each, kind_of(each)) for each in adapter.var_sorted[name]))


class _AsWritten(AsyncPGAdapter):
    """Lets aiosql read the files and leave the parameters as they are."""

    def process_sql(self, _name: str, _operation: SQLOperationType, sql: str) -> str:
        return sql


def load_queries(module: str) -> dict[str, Query]:
    """The named statements of storage/sql/<module>.sql."""
    loader = QueryLoader(_AsWritten(), None)  # type: ignore[no-untyped-call]
    found = loader.load_query_data_from_file(FOLDER / f"{module}.sql", encoding="utf-8")
    return {datum.query_name: statement(f"{module}.{datum.query_name}", datum.sql) for datum in found}


@cache
def _fields_of(record: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(field.name for field in fields(record))
    return names, attrgetter(*names)


def params_of(record: Any) -> Row:
    """The fields of a dataclass, of which it has more than one, as parameters of the same names."""
    kind: type = type(record)
    names, values = _fields_of(kind)
    return dict(zip(names, values(record), strict=True))
