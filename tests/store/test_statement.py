"""Ready statements: the same values and the same errors as `Connection.execute` gives, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from monitor.errors import StoreError
from monitor.store import SqlStore
from monitor.store.statement import Statement
from monitor.store.tables import POSTINGS, SOURCES
from tests.store.samples import COURIER, GAZETTE, NOW

WHEN = Statement(
    select(SOURCES.c.name, SOURCES.c.added_at, SOURCES.c.every)
    .where(SOURCES.c.name.in_([bindparam("one"), bindparam("other")]), SOURCES.c.active.is_(True))
    .order_by(SOURCES.c.name)
)
POST = Statement(insert(POSTINGS))


@pytest.fixture(autouse=True)
async def sources(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)


async def test_values_come_out_as_they_went_in(store: SqlStore) -> None:
    rows = await store._read(lambda db: WHEN.run(db, {"one": "gazette", "other": "courier"}))
    assert [row[:2] for row in rows] == [("courier", NOW), ("gazette", NOW)]
    assert all(isinstance(row[2], timedelta) for row in rows)


async def test_a_number_is_none_when_there_is_no_row(store: SqlStore) -> None:
    row_of = Statement(select(SOURCES.c.id).where(SOURCES.c.name == bindparam("name")))
    assert await store._read(lambda db: row_of.find_number(db, {"name": "nobody"})) is None
    assert isinstance(await store._read(lambda db: row_of.find_number(db, {"name": "gazette"})), int)


async def test_each_of_many_rows_is_written(store: SqlStore) -> None:
    rows = [{"hash": number, "cluster_id": 1} for number in (-(2**63), 7, 2**63 - 1)]

    def post(db: Connection) -> None:
        POST.run_each(db, rows)
        POST.run_each(db, [])

    await store._write(post)
    numbers = Statement(select(POSTINGS.c.hash).order_by(POSTINGS.c.hash))
    assert await store._read(lambda db: numbers.run(db, {})) == [(-(2**63),), (7,), (2**63 - 1,)]


async def test_a_statement_without_rows_gives_none(store: SqlStore) -> None:
    rename = Statement(update(SOURCES).where(SOURCES.c.name == bindparam("old")).values(url="new"))
    assert await store._write(lambda db: rename.run(db, {"old": "gazette"})) == []


async def test_an_error_of_the_driver_is_an_error_like_any_other(store: SqlStore) -> None:
    def post_twice(db: Connection) -> None:
        POST.run(db, {"hash": 1, "cluster_id": 1})
        with pytest.raises(IntegrityError):
            POST.run(db, {"hash": 1, "cluster_id": 1})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store._write(post_twice)
    with pytest.raises(StoreError):
        await store._write(lambda db: POST.run_each(db, [{"hash": 1, "cluster_id": 1}] * 2))
