"""The one writer: many writes in one commit, and none spoils another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, create_engine, event, text

from monitor.errors import StoreError
from monitor.ports import ArticleQuery
from monitor.store import SqlStore, open_store
from monitor.store.calls import MAX_GROUP
from monitor.store.database import WRITE_LOCK
from tests.store.samples import DAM, GAZETTE, LEASE, NOW, make_story


@contextmanager
def another_writer(url: str) -> Iterator[None]:
    """Hold the door as another process does that writes."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
        yield
    engine.dispose()


async def until_waiting(store: SqlStore, count: int) -> None:
    """Return when so many writes wait behind the one that stands at the door."""
    while store._writer.waiting != count:  # noqa: ASYNC110  it has no event: nobody else asks
        await asyncio.sleep(0)


@asynccontextmanager
async def jammed(store: SqlStore, url: str) -> AsyncIterator[None]:
    """Let writes pile up inside: one of ours stands at the door, and another process is in."""
    with another_writer(url):
        first = store._writer.submit(lambda _: None)
        await until_waiting(store, 0)
        yield
    await asyncio.wrap_future(first)


def count_commits(store: SqlStore) -> list[Connection]:
    """Return a list that grows by one with each commit."""
    commits: list[Connection] = []
    event.listen(store._database.writer, "commit", commits.append)
    return commits


@pytest.fixture(autouse=True)
async def sources(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)


async def test_fifty_articles_kept_at_once_are_one_commit(store: SqlStore, url: str) -> None:
    commits = count_commits(store)
    stories = [make_story(f"story-{number}", rules=(DAM,)) for number in range(50)]
    async with jammed(store, url):
        keeping = asyncio.gather(*(store.keep(story.filing()) for story in stories))
        await until_waiting(store, 50)
    assert await keeping == [1] * 50
    assert len(commits) == 1
    assert len(await store.deliveries(limit=100)) == 50


async def test_a_commit_holds_no_more_than_its_share(store: SqlStore, url: str) -> None:
    commits = count_commits(store)
    async with jammed(store, url):
        writing = [store._writer.submit(lambda db: db.scalar(text("SELECT 1"))) for _ in range(MAX_GROUP)]
        await until_waiting(store, MAX_GROUP)
    assert [await asyncio.wrap_future(write) for write in writing] == [1] * MAX_GROUP
    assert len(commits) == 2


async def test_a_write_that_fails_spoils_no_other_of_its_commit(store: SqlStore, url: str) -> None:
    good, late = make_story("dam", rules=(DAM,)), make_story("bus", rules=(DAM,))
    lost = replace(make_story("zoo"), article=replace(make_story("zoo").article, source="nobody"))
    commits = count_commits(store)
    async with jammed(store, url):
        keeping = asyncio.gather(
            *(store.keep(story.filing()) for story in (good, lost, late)), return_exceptions=True
        )
        await until_waiting(store, 3)
    taken, refused, taken_too = await keeping
    assert (taken, taken_too) == (1, 1)
    assert isinstance(refused, StoreError)
    assert not refused.transient
    assert len(commits) == 3, "each of the group has one of its own, and so has the write at the door"
    assert len(await store.articles(ArticleQuery())) == 2


async def test_a_mistake_of_ours_is_raised_as_it_is_and_leaves_nothing(store: SqlStore, url: str) -> None:
    def register_and_fail(db: Connection) -> None:
        db.execute(text("UPDATE sources SET url = 'https://wrong.example/'"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store._write(register_and_fail)
    async with jammed(store, url):
        beside = asyncio.gather(
            store._write(register_and_fail), store.register([GAZETTE], NOW), return_exceptions=True
        )
        await until_waiting(store, 2)
    assert [type(result) for result in await beside] == [ZeroDivisionError, type(None)]
    assert [state.url for state in await store.source_states()] == [GAZETTE.url]


async def test_a_lost_transaction_fails_all_its_writes_and_none_is_half_done(
    store: SqlStore, url: str
) -> None:
    def lose_the_transaction(db: Connection) -> None:
        db.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when a disk is full
        raise StoreError("all is lost", transient=True)

    with another_writer(url):
        first = store._writer.submit(lambda _: None)
        await until_waiting(store, 0)
        keeping = asyncio.gather(
            store.keep(make_story("dam", rules=(DAM,)).filing()),
            store._write(lose_the_transaction),
            store.keep(make_story("bus", rules=(DAM,)).filing()),
            asyncio.wrap_future(first),
            return_exceptions=True,
        )
        await until_waiting(store, 3)
    assert [str(error) for error in await keeping] == ["all is lost"] * 4
    assert await store.articles(ArticleQuery()) == ()
    assert await store.keep(make_story("dam").filing()) == 0


async def test_a_write_cancelled_before_its_turn_is_not_done(store: SqlStore, url: str) -> None:
    done: list[str] = []

    def note(name: str) -> Future[None]:
        return store._writer.submit(lambda _: done.append(name))

    async with jammed(store, url):
        first, cancelled, last = note("first"), note("cancelled"), note("last")
        await until_waiting(store, 3)
        assert cancelled.cancel()
    await asyncio.wrap_future(last)
    assert first.done()
    assert done == ["first", "last"]


async def test_closing_commits_what_waits_and_refuses_more(store: SqlStore, url: str) -> None:
    stories = [make_story("dam", rules=(DAM,)), make_story("bus", rules=(DAM,))]
    async with jammed(store, url):
        keeping = asyncio.gather(*(store.keep(story.filing()) for story in stories))
        await until_waiting(store, 2)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
    await closing
    assert await keeping == [1, 1]
    with pytest.raises(StoreError, match="closed"):
        await store.register([], NOW)
    with pytest.raises(StoreError, match="closed"):
        await store.source_states()


@pytest.fixture
async def patient(url: str) -> AsyncIterator[SqlStore]:
    """A store whose articles wait for others until it is closed."""
    opened = open_store(url, "patient", gather=timedelta(days=1))
    yield opened
    await opened.close()


async def test_articles_wait_for_each_other_and_are_written_in_one_commit(patient: SqlStore) -> None:
    commits = count_commits(patient)
    keeping = [asyncio.create_task(patient.keep(make_story(f"story-{n}").filing())) for n in range(3)]
    await until_waiting(patient, 2)
    await patient.close()
    assert await asyncio.gather(*keeping) == [0, 0, 0]
    assert len(commits) == 1


async def test_what_is_no_article_is_written_at_once(patient: SqlStore) -> None:
    assert await patient.claim_source(GAZETTE.name, NOW, LEASE)
