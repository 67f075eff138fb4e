"""The one looker: many look-ups on one connection, and none spoils another."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Event

import pytest
from sqlalchemy import Connection, event, text

from monitor.errors import StoreError
from monitor.store import SqlStore


def wait_for(gate: Event) -> None:
    gate.wait()


async def test_look_ups_that_wait_share_a_connection(store: SqlStore) -> None:
    taken: list[object] = []
    event.listen(store._database.reader, "checkout", lambda *given: taken.append(given[0]))
    gate = Event()
    first = store._looker.submit(lambda _: wait_for(gate))
    others = [store._looker.submit(lambda db: db.scalar(text("SELECT 1"))) for _ in range(9)]
    gate.set()
    assert await asyncio.gather(*map(asyncio.wrap_future, others)) == [1] * 9
    assert first.done()
    assert len(taken) <= 2


async def test_a_look_up_that_fails_spoils_no_other(store: SqlStore) -> None:
    def look(statement: str, db: Connection) -> object:
        return db.scalar(text(statement))

    gate = Event()
    waiting = store._looker.submit(lambda _: wait_for(gate))
    looks = [
        store._looker.submit(partial(look, statement))
        for statement in ("SELECT 1", "SELECT nothing", "SELECT 2")
    ]
    gate.set()
    found = await asyncio.gather(*map(asyncio.wrap_future, looks), return_exceptions=True)
    assert (found[0], found[2]) == (1, 2)
    assert isinstance(found[1], StoreError)
    assert waiting.done()


async def test_a_closed_store_looks_nothing_up(store: SqlStore) -> None:
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        store._looker.submit(lambda _: None)
