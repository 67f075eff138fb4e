"""Statements that run for every article: made ready once, then handed to the database's own driver.

Position: over `dialects`, under the modules that keep an article.

SQLAlchemy spends 60 to 120 microseconds on each statement that it executes, cached or not, which is more
than SQLite needs to run one; an article takes twelve. Here a statement is compiled when it is first run, with
the conversions of its columns, and costs a tenth of that from then on. It is still written in SQLAlchemy
Core, for both databases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias, cast

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

from monitor.store.dialects import is_postgresql

Executable: TypeAlias = (
    Select[*tuple[object, ...]] | Insert | ReturningInsert[*tuple[object, ...]] | Update | Delete
)
Values: TypeAlias = Mapping[str, object]
Row: TypeAlias = tuple[object, ...]
Convert: TypeAlias = Callable[[object], object] | None


class _Cursor(Protocol):
    """What the drivers of both databases have in common (PEP 249)."""

    description: object

    def execute(self, sql: str, values: object) -> object: ...
    def executemany(self, sql: str, rows: Iterable[object]) -> object: ...
    def fetchall(self) -> list[Row]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement compiled for one database. `parameters` are in the driver's order when `by_position`."""

    sql: str
    by_position: bool
    constants: Values
    parameters: Sequence[tuple[str, Convert]]
    results: Sequence[Convert]

    def bind(self, values: Values) -> object:
        """Return the values as the driver takes them."""
        given = {**self.constants, **values}
        converted = [
            given[name] if convert is None else convert(given[name]) for name, convert in self.parameters
        ]
        if self.by_position:
            return converted
        return {name: value for (name, _), value in zip(self.parameters, converted, strict=True)}

    def read(self, rows: list[Row]) -> list[Row]:
        """Return rows of the driver as the columns' types have them."""
        if not any(self.results):
            return rows
        return [
            tuple(
                [
                    value if convert is None else convert(value)
                    for value, convert in zip(row, self.results, strict=True)
                ]
            )
            for row in rows
        ]


class Statement:
    """A statement for both databases; `for_postgresql` when that one's is another.

    An INSERT names its columns: those are what it is given values for.
    """

    def __init__(self, statement: Executable, for_postgresql: Executable | None = None) -> None:
        self._statement = statement
        self._for_postgresql = statement if for_postgresql is None else for_postgresql
        self._ready: dict[str, _Ready] = {}

    def run(self, connection: Connection, values: Values) -> list[Row]:
        """Execute it, and return its rows; none when it has none to give.

        Raises:
            DBAPIError: as `Connection.execute` does.
        """
        ready = self._prepare(connection, values)
        with _open_cursor(connection, ready) as cursor:
            cursor.execute(ready.sql, ready.bind(values))
            return ready.read(cursor.fetchall()) if cursor.description else []

    def find_number(self, connection: Connection, values: Values) -> int | None:
        """Execute it, and return the number in its first row; None when there is no row, or none in it.

        Raises:
            DBAPIError: as `Connection.execute` does.
        """
        rows = self.run(connection, values)
        return cast(int | None, rows[0][0]) if rows else None

    def run_each(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Execute it for each of the `rows`, which have the same names.

        Raises:
            DBAPIError: as `Connection.execute` does.
        """
        if rows:
            ready = self._prepare(connection, rows[0])
            with _open_cursor(connection, ready) as cursor:
                cursor.executemany(ready.sql, [ready.bind(values) for values in rows])

    def _prepare(self, connection: Connection, values: Values) -> _Ready:
        ready = self._ready.get(connection.dialect.name)
        if ready is None:
            statement = self._for_postgresql if is_postgresql(connection) else self._statement
            ready = self._ready[connection.dialect.name] = _compile(connection, statement, list(values))
        return ready


def _compile(connection: Connection, statement: Executable, names: list[str]) -> _Ready:
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect, column_keys=names if statement.is_insert else None)

    binds = {name: parameter for parameter, name in compiled.bind_names.items()}

    def bind(name: str) -> Convert:
        return cast(Convert, binds[name].type.dialect_impl(dialect).bind_processor(dialect))

    def result(kind: TypeEngine[object]) -> Convert:
        return cast(Convert, kind.dialect_impl(dialect).result_processor(dialect, None))

    columns = statement.exported_columns if isinstance(statement, Select | ReturningInsert) else ()
    return _Ready(
        sql=str(compiled),
        by_position=compiled.positiontup is not None,
        constants=compiled.params,
        parameters=[(name, bind(name)) for name in compiled.positiontup or binds],
        results=[result(column.type) for column in columns],
    )


@contextmanager
def _open_cursor(connection: Connection, ready: _Ready) -> Iterator[_Cursor]:
    """Yield a cursor of the driver; its errors become SQLAlchemy's."""
    driver = connection.connection
    cursor = driver.cursor()
    try:
        yield cast(_Cursor, cursor)
    except connection.dialect.loaded_dbapi.Error as exc:
        dialect, base = connection.dialect, connection.dialect.loaded_dbapi.Error
        if dialect.is_disconnect(exc, driver, cursor):
            connection.invalidate(exc)
        raise DBAPIError.instance(ready.sql, None, exc, base, dialect=dialect) from exc
    finally:
        cursor.close()
