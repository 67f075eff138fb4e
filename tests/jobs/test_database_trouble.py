"""A database that is full, locked or read-only: nothing is marked seen or sent, and work resumes after it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from monitor.model import DeliveryState, Outgoing, Request, Response
from monitor.ports import ArticleQuery
from monitor.store import SqlStore, open_store
from monitor.timetable import DigestTimes, Timetable
from tests.fakes import FakeChannel, FakeClock, FakeFetcher, news_page, story_about
from tests.jobs.test_local import FEED, GAZETTE, PATIENCE_S, STORY, Office


class Trouble:
    """A way in which the database cannot be written, from `begin` on until it is over."""

    def __init__(self, store: SqlStore, path: Path, kind: str) -> None:
        self._store, self._path, self._kind = store, path, kind
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        begun = asyncio.Event()
        self._task = asyncio.create_task(self._last(begun))
        await begun.wait()

    async def end(self) -> None:
        self._over.set()
        assert self._task is not None
        await self._task

    async def _last(self, begun: asyncio.Event) -> None:
        async with self._kinds()[self._kind]:
            begun.set()
            await self._over.wait()

    def _kinds(self) -> dict[str, AbstractAsyncContextManager[None]]:
        return {"full": self._full(), "locked": self._locked(), "read-only": self._read_only()}

    def _run(self, pragma: str) -> None:
        """Run it on the writer's connection, outside its transactions."""
        connection = self._store._database.writer.raw_connection()
        connection.cursor().execute(pragma)
        connection.close()

    @asynccontextmanager
    async def _full(self) -> AsyncIterator[None]:
        self._run("PRAGMA max_page_count = 1")  # SQLite takes the present size for the least
        yield
        self._run("PRAGMA max_page_count = 1000000")

    @asynccontextmanager
    async def _read_only(self) -> AsyncIterator[None]:
        self._run("PRAGMA query_only = ON")
        yield
        self._run("PRAGMA query_only = OFF")

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        self._run("PRAGMA busy_timeout = 10")
        engine = create_engine(f"sqlite:///{self._path}")
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield
        engine.dispose()


class TroubledFetcher(FakeFetcher):
    """A web that answers, and from whose answer on the database is in trouble."""

    trouble: Trouble | None = None
    at: str = ""

    async def get(self, request: Request) -> Response:
        response = await super().get(request)
        if self.trouble is not None and request.url == self.at:
            trouble, self.trouble = self.trouble, None
            await trouble.begin()
        return response


@dataclass
class TroubledChannel(FakeChannel):
    """A channel that takes an alert, whereupon the database is in trouble. What it says needs much room."""

    trouble: Trouble | None = field(default=None)

    async def send(self, message: Outgoing) -> str:
        receipt = await super().send(message)
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            await trouble.begin()
        return receipt * 10_000


class Ear(logging.Handler):
    """Waits for the log to give a reason with certain words."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
        self.heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self.words in str(getattr(record, "reason", "")):
            self.heard.set()


@contextmanager
def listening_for(kind: str) -> Iterator[asyncio.Event]:
    logger, ear = logging.getLogger("monitor"), Ear(WORDS[kind])
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(ear)
    yield ear.heard
    logger.removeHandler(ear)
    logger.setLevel(level)


@dataclass
class Troubled:
    """A daemon's jobs, and how its database is about to fail."""

    office: Office
    trouble: Trouble
    kind: str


@pytest.fixture
async def troubled(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Troubled]:
    for module in ("monitor.courier", "monitor.jobs.local"):
        monkeypatch.setattr(f"{module}.STORE_PAUSE", timedelta(seconds=0.02))
    path = tmp_path / "monitor.sqlite3"
    store = open_store(f"sqlite:///{path}", "daemon")
    yield Troubled(Office(store, FakeClock()), Trouble(store, path, kind), kind)
    await store.close()


WORDS = {"full": "the disk is full", "locked": "kept it locked", "read-only": "it is read-only"}


@pytest.mark.parametrize(
    ("kind", "at"),
    [("locked", FEED), ("read-only", FEED), ("full", STORY), ("locked", STORY), ("read-only", STORY)],
)
async def test_what_was_found_while_nothing_could_be_written_is_found_again(
    troubled: Troubled, at: str
) -> None:
    office, trouble = troubled.office, troubled.trouble
    long = (
        []
        if troubled.kind != "full"
        else [f"Paragraph {number} is about the number {number**9}." for number in range(500)]
    )
    page = news_page("Talks", *story_about("dam"), *long, published=office.clock.now())
    office.fetcher.serve(STORY, page)
    web = TroubledFetcher(office.clock, office.fetcher.pages)
    web.trouble, web.at = trouble, at
    with listening_for(troubled.kind) as said:
        running = asyncio.create_task(office.jobs(office.assignment(GAZETTE, fetcher=web)).run(office.stop))
        async with asyncio.timeout(PATIENCE_S):
            await said.wait()
            assert await office.store.articles(ArticleQuery()) == ()
            assert office.channel.sent == []
            await trouble.end()
            while not (await office.state())[0]:  # noqa: ASYNC110  the visit is recorded as failed ...
                await asyncio.sleep(0)
            office.clock.advance(timedelta(hours=1))  # ... and comes again when its backoff is over
            await office.channel.received.wait()
            office.stop.set()
            await running
    assert [delivery.article.url for delivery in office.channel.sent] == [STORY]


@pytest.mark.parametrize(
    "timetable",
    [Timetable(), Timetable(digest=DigestTimes(timezone=UTC))],
    ids=["alert", "digest"],
)
@pytest.mark.parametrize("kind", ["full", "locked", "read-only"])
async def test_what_was_sent_while_nothing_could_be_written_is_not_sent_again(
    troubled: Troubled, timetable: Timetable
) -> None:
    office, trouble = troubled.office, troubled.trouble
    office.channel = TroubledChannel(trouble=trouble)
    assignment = office.assignment(GAZETTE)
    pipeline = replace(assignment.pipeline, timetables={"desk": timetable})
    with listening_for(troubled.kind) as said:
        jobs = office.jobs(replace(assignment, pipeline=pipeline))
        running = asyncio.create_task(jobs.run(office.stop))
        async with asyncio.timeout(PATIENCE_S):
            while not await office.store.deliveries():  # noqa: ASYNC110
                await asyncio.sleep(0)
            office.clock.advance(timedelta(hours=1))  # it is time for a digest
            await said.wait()
            assert await office.store.deliveries(state=DeliveryState.SENT) == ()
            await trouble.end()
            while not await office.store.deliveries(state=DeliveryState.SENT):  # noqa: ASYNC110
                await asyncio.sleep(0)
            office.stop.set()
            await running
    assert len(office.channel.sent) + len(office.channel.bulletins) == 1
