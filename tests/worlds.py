"""A pipeline with the real rooms and a real database among the fakes: what tests of the whole walk share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from monitor.compose import NO_WAIT, Pace
from monitor.match import RuleSet
from monitor.model import Delivery, Rule, Seed, SeedKind, Source, Visit
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store
from tests.fakes import START, FakeChannel, FakeClock, FakeFetcher, InlineWorkers


class World:
    """One pipeline, one channel, and what stands around them. It is five minutes after `START`."""

    def __init__(self, store: SqlStore, rules: Iterable[Rule], pace: Pace = NO_WAIT) -> None:
        self.store, self.clock = store, FakeClock(START + timedelta(minutes=5))
        self.fetcher, self.workers, self.channel = FakeFetcher(self.clock), InlineWorkers(), FakeChannel()
        self.pipeline = Pipeline(
            clock=self.clock,
            fetcher=self.fetcher,
            workers=self.workers,
            store=store,
            rules=RuleSet.compile(rules),
            channels={"desk": self.channel},
            pace=pace,
        )

    async def visit(self, source: Source) -> Visit:
        """Visit, and record it as the jobs do."""
        visit = await self.pipeline.visit(source)
        await self.store.finish_visit(visit, self.clock.now() + source.every)
        return visit

    async def deliver(self) -> list[Delivery]:
        """Return what is sent now."""
        self.channel.sent.clear()
        await self.pipeline.deliver(self.channel)
        return list(self.channel.sent)


@asynccontextmanager
async def archive_of(folder: Path, sources: Sequence[Source]) -> AsyncIterator[SqlStore]:
    """Open an archive in `folder` that knows `sources` since `START`."""
    store = open_store(f"sqlite:///{folder}/monitor.sqlite3", "daemon")
    try:
        await store.register(sources, START)
        yield store
    finally:
        await store.close()


def outlet(name: str) -> Source:
    """Return a source with a feed, called after its host."""
    url = f"https://{name}.example/"
    return Source(name=name, url=url, seed=Seed(url=f"{url}feed.xml", kind=SeedKind.FEED))
