"""What other processes and sudden deaths may do: everything is whole or not there."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from monitor.errors import StoreError
from monitor.ports import ArticleQuery, StoredArticle
from monitor.store import SqlStore, lock_database, open_store
from monitor.store.dialects import is_postgresql
from tests.store.samples import GAZETTE, NOW, keep
from tests.store.worker import BUS_STORY, DAM_STORY, EVENTS, STORIES


@contextmanager
def start_worker(url: str, what: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.worker", url, what]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def wait_until_ready(worker: subprocess.Popen[str]) -> None:
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"


def go_on(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


async def check_integrity(store: SqlStore) -> None:
    if not await store._read(is_postgresql):
        checks = (
            "PRAGMA integrity_check",
            "PRAGMA foreign_key_check",
            "INSERT INTO search(search) VALUES('integrity-check')",
        )
        assert await store._read(lambda db: db.scalars(text(checks[0])).all()) == ["ok"]
        assert await store._read(lambda db: db.execute(text(checks[1])).all()) == []
        await store._write(lambda db: db.execute(text(checks[2])).close())


@pytest.mark.parametrize("moment", ["middle", "commit"])
async def test_a_killed_process_leaves_whole_articles_with_their_alerts(url: str, moment: str) -> None:
    with start_worker(url, moment) as worker:
        assert worker.wait() == -signal.SIGKILL
    store = open_store(url, "after")
    assert [stored.article for stored in await store.articles(ArticleQuery())] == [DAM_STORY.article]
    assert [delivery.alert for delivery in await store.deliveries()] == list(DAM_STORY.alerts())
    await check_integrity(store)
    await keep(store, BUS_STORY)
    assert len(await store.deliveries()) == 2
    await store.close()


async def test_two_processes_that_keep_the_same_articles_at_once_keep_each_once(url: str) -> None:
    with start_worker(url, "keep") as one, start_worker(url, "keep") as other:
        for worker in (one, other):
            wait_until_ready(worker)
        for worker in (one, other):
            go_on(worker)
        assert [one.wait(), other.wait()] == [0, 0]
    store = open_store(url, "after")
    kept = await store.articles(ArticleQuery(limit=1000))
    assert [stored.article for stored in kept] == [story.article for story in reversed(STORIES)]
    assert len(await store.deliveries(limit=1000)) == len(STORIES)
    await check_integrity(store)
    await store.close()


async def test_two_processes_that_keep_an_article_and_its_copies_at_once_make_one_cluster(url: str) -> None:
    with start_worker(url, "gazette") as one, start_worker(url, "courier") as other:
        for worker in (one, other):
            wait_until_ready(worker)
        for worker in (one, other):
            go_on(worker)
        assert [one.wait(), other.wait()] == [0, 0]
    store = open_store(url, "after")
    kept = await store.articles(ArticleQuery(limit=1000))
    stories: dict[str, list[StoredArticle]] = {}
    for stored in kept:
        stories.setdefault(stored.story_id, []).append(stored)
    assert len(stories) == len(EVENTS)
    for story in stories.values():
        assert len({stored.article.title for stored in story}) == 1
        assert len({stored.article.url for stored in story}) == len(story) == 3
        [original] = [stored for stored in story if stored.copy_of is None]
        assert all(stored.copy_of in (None, original.article.id) for stored in story)
    await store.close()


async def test_what_one_store_commits_another_sees_at_once(store: SqlStore, url: str) -> None:
    other = open_store(url, "visit")
    await store.register([GAZETTE], NOW)
    assert await other.articles(ArticleQuery()) == ()
    await keep(store, DAM_STORY)
    assert [stored.article for stored in await other.articles(ArticleQuery())] == [DAM_STORY.article]
    await other.close()


# --- one daemon to a database --------------------------------------------------------------------


def test_a_second_daemon_is_told_who_has_the_database_and_a_killed_one_frees_it(url: str) -> None:
    with start_worker(url, "lock") as daemon:
        wait_until_ready(daemon)
        with (
            pytest.raises(StoreError, match=rf"another daemon \(pid {daemon.pid}\) uses"),
            lock_database(url),
        ):
            pass
        daemon.kill()
        daemon.wait()
    enter_when_free(url)


def enter_when_free(url: str) -> None:
    """Take the lock; a PostgreSQL server notices within milliseconds that its client has died."""
    for _ in range(1000):
        try:
            with lock_database(url):
                return
        except StoreError:
            continue
    pytest.fail("the lock of a killed process was not freed")


def test_a_lock_is_free_again_after_its_daemon_has_ended(url: str) -> None:
    with lock_database(url):
        pass
    with lock_database(url):
        pass
