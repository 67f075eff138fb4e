"""What SQLite and PostgreSQL say differently; everything else in this room is said once for both.

Position: over `tables`, under the modules that speak SQL.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    Connection,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite

POSTGRESQL = "postgresql"


def is_postgresql(connection: Connection) -> bool:
    """Return whether the other end is PostgreSQL; else it is SQLite."""
    return connection.dialect.name == POSTGRESQL


def listed(connection: Connection, numbers: Iterable[int]) -> TableValuedAlias:
    """Return signed 64-bit numbers as a table with one column, `value`.

    One parameter holds them all, so the statement is the same for ten as for a hundred thousand.
    """
    value = column("value", BigInteger)
    if is_postgresql(connection):
        array = cast(literal(list(numbers), postgresql.ARRAY(BigInteger)), postgresql.ARRAY(BigInteger))
        return func.unnest(array).table_valued(value, name="listed").render_derived()
    return func.json_each(literal(json.dumps(list(numbers)))).table_valued(value, name="listed")


def parameter_of(name: str) -> TableValuedAlias:
    """Return a table like that of `listed` for a statement of SQLite that is made once; see `packed`."""
    value = column("value", BigInteger)
    return func.json_each(bindparam(name, type_=Text)).table_valued(value, name=name)


def array_of(name: str) -> TableValuedAlias:
    """Return the same for PostgreSQL."""
    value = column("value", BigInteger)
    array = cast(bindparam(name, type_=postgresql.ARRAY(BigInteger)), postgresql.ARRAY(BigInteger))
    return func.unnest(array).table_valued(value, name=name).render_derived()


def packed(connection: Connection, numbers: Iterable[int]) -> str | list[int]:
    """Return what fills a parameter of `parameter_of` or `array_of`."""
    return list(numbers) if is_postgresql(connection) else json.dumps(list(numbers))


def unpacked(numbers: object) -> list[int]:
    """Return numbers that `json_group_array` (SQLite) or `array_agg` has gathered; NULL is none.

    A row of many is read in one step: for each row the driver lets go of the interpreter and, when other
    threads wait, gets it back a while later.
    """
    if isinstance(numbers, str):
        return typing.cast(list[int], json.loads(numbers))
    return typing.cast(list[int], numbers or [])


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert those rows that are not there already by a unique column; return how many."""
    if not rows:
        return 0
    insert = postgresql.insert if is_postgresql(connection) else sqlite.insert
    statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
    return len(connection.execute(statement, list(rows)).all())
