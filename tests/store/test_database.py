"""What can be wrong with a database, told in plain words, and what comes after it."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import randbytes

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from monitor.errors import StoreError
from monitor.ports import ArticleQuery
from monitor.store import SqlStore, lock_database, open_store
from monitor.store.database import translate
from monitor.store.dialects import is_postgresql
from tests.store.postgresql import Server
from tests.store.samples import DAM, GAZETTE, NOW, keep, make_story
from tests.store.test_writer import another_writer

DAM_STORY = make_story("dam", rules=(DAM,))


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """A store on SQLite that waits a moment only for another writer."""
    store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3?timeout=0.05", "daemon")
    await store.register([GAZETTE], NOW)
    yield store
    await store.close()


async def is_empty(store: SqlStore) -> bool:
    return await store.articles(ArticleQuery()) == () and await store.deliveries() == ()


# --- it works again by itself --------------------------------------------------------------------


async def test_a_full_disk_loses_nothing_and_work_goes_on_when_there_is_space(sqlite: SqlStore) -> None:
    pages = await sqlite._write(lambda db: db.scalar(text("PRAGMA page_count")))
    await sqlite._write(lambda db: db.execute(text(f"PRAGMA max_page_count = {pages}")).close())
    article = replace(DAM_STORY.article, text="word " * 99_999)
    big = replace(DAM_STORY, page=bytes(range(256)) * 4096, article=article)
    with pytest.raises(StoreError, match="the disk is full") as caught:
        await sqlite.keep(big.filing())
    assert caught.value.transient
    assert await is_empty(sqlite)
    await sqlite._write(lambda db: db.execute(text("PRAGMA max_page_count = 1000000")).close())
    await keep(sqlite, big)
    assert len(await sqlite.deliveries()) == 1


async def test_a_disk_that_fills_up_in_a_commit_of_many_leaves_each_write_whole_or_undone(
    sqlite: SqlStore,
) -> None:
    pages = await sqlite._write(lambda db: db.scalar(text("PRAGMA page_count")))
    await sqlite._write(lambda db: db.execute(text(f"PRAGMA max_page_count = {pages + 40}")).close())
    stories = [replace(make_story(f"story-{n}", rules=(DAM,)), page=randbytes(20_000)) for n in range(20)]
    kept = await asyncio.gather(*(sqlite.keep(story.filing()) for story in stories), return_exceptions=True)
    assert any(isinstance(result, StoreError) for result in kept)
    whole = {story.article.id for story, result in zip(stories, kept, strict=True) if result == 1}
    assert {stored.article.id for stored in await sqlite.articles(ArticleQuery())} == whole
    assert {delivery.article.id for delivery in await sqlite.deliveries()} == whole


async def test_a_locked_file_is_said_to_be_locked_and_can_still_be_read(
    sqlite: SqlStore, tmp_path: Path
) -> None:
    with another_writer(f"sqlite:///{tmp_path}/monitor.sqlite3"):
        with pytest.raises(StoreError, match="another process has kept it locked") as caught:
            await sqlite.keep(DAM_STORY.filing())
        assert caught.value.transient
        assert await is_empty(sqlite)
    await keep(sqlite, DAM_STORY)


async def test_a_locked_postgresql_is_said_to_be_locked(postgresql: Server) -> None:
    with postgresql.create_database() as url:
        store = open_store(f"{url}&options=-c%20lock_timeout%3D50ms", "daemon")
        await store.register([GAZETTE], NOW)
        with (
            another_writer(url),
            pytest.raises(StoreError, match="another process has kept it locked") as caught,
        ):
            await store.keep(DAM_STORY.filing())
        assert caught.value.transient
        await keep(store, DAM_STORY)
        await store.close()


def tell_the_writer(store: SqlStore, statement: str) -> None:
    """Run a statement on the writer's connection, outside its transactions."""
    connection = store._database.writer.raw_connection()
    connection.cursor().execute(statement)
    connection.commit()
    connection.close()


async def test_a_read_only_database_is_said_to_be_read_only(store: SqlStore) -> None:
    on_sqlite = not await store._read(is_postgresql)
    freeze = "PRAGMA query_only = {}" if on_sqlite else "SET default_transaction_read_only = {}"
    await store.register([GAZETTE], NOW)
    tell_the_writer(store, freeze.format("on"))
    with pytest.raises(StoreError, match="it is read-only") as caught:
        await store.keep(DAM_STORY.filing())
    assert caught.value.transient
    assert await is_empty(store)
    tell_the_writer(store, freeze.format("off"))
    await keep(store, DAM_STORY)


async def test_a_server_that_was_restarted_is_found_again(postgresql: Server) -> None:
    with postgresql.create_database() as url:
        store = open_store(url, "daemon")
        await store.register([GAZETTE], NOW)
        with pytest.raises(StoreError, match="going down or starting up") as caught:
            await store._write(lambda db: db.scalar(text("SELECT pg_terminate_backend(pg_backend_pid())")))
        assert caught.value.transient
        await keep(store, DAM_STORY)
        await store.close()


@pytest.mark.parametrize(
    ("error", "words", "transient"),
    [
        (psycopg.errors.DiskFull("no space left"), "the server is out of space", True),
        (
            psycopg.errors.TooManyConnections("sorry"),
            "the server is out of space, memory or connections",
            True,
        ),
        (psycopg.OperationalError("connection refused"), "the server cannot be reached", True),
        (psycopg.errors.UndefinedTable("no such table"), "unexpected answer", False),
    ],
)
def test_what_a_server_says_is_told_in_plain_words(error: Exception, words: str, transient: bool) -> None:
    translated = translate(OperationalError("SELECT 1", {}, error), "db.example/monitor")
    assert words in str(translated)
    assert str(translated).startswith("db.example/monitor: ")
    assert "SELECT" not in str(translated)
    assert translated.transient is transient


# --- it cannot be opened -------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be taken for one. " * 100)
    with pytest.raises(StoreError, match=r"notes.txt: it is no SQLite database"):
        open_store(f"sqlite:///{tmp_path}/notes.txt", "daemon")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for opening in (open_store, lambda url, _: lock_database(url).__enter__()):
        with pytest.raises(StoreError, match="its folder cannot be made"):
            opening(f"sqlite:///{tmp_path}/file/monitor.sqlite3", "daemon")


def test_a_folder_in_the_place_of_the_file_is_said_not_to_open(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="it cannot be opened"):
        open_store(f"sqlite:///{tmp_path}", "daemon")


async def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    await open_store(f"sqlite:///{tmp_path}/var/lib/monitor.sqlite3", "daemon").close()
    with closing(sqlite3.connect(tmp_path / "var/lib/monitor.sqlite3")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_server_that_is_not_there_is_said_not_to_be_reached(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://postgres:secret@/monitor?host={tmp_path}"
    for opening in (open_store, lambda url, _: lock_database(url).__enter__()):
        with pytest.raises(StoreError, match="the server cannot be reached") as caught:
            opening(url, "daemon")
        assert caught.value.transient
        assert "secret" not in str(caught.value)


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="pip install"):
        open_store("postgresql://postgres@localhost/monitor", "daemon")


@pytest.mark.parametrize(
    "url", ["monitor.db", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "postgresql://", "x://"]
)
def test_a_url_of_another_kind_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StoreError, match="write sqlite:///") as caught:
        open_store(url, "daemon")
    assert "secret" not in str(caught.value)
