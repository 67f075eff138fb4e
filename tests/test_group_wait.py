"""One alert for a story: it waits for copies, and names the outlets that have them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.compose import Pace
from monitor.match import RuleSet
from monitor.model import Rule, Seed, SeedKind, Source
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store
from tests.fakes import (
    START,
    FakeChannel,
    FakeClock,
    FakeFetcher,
    InlineWorkers,
    feed_page,
    news_page,
    story_about,
)

WAIT = timedelta(minutes=1)
OUTLETS = tuple(
    Source(
        name=name,
        url=f"https://{name}.example/",
        seed=Seed(url=f"https://{name}.example/rss", kind=SeedKind.FEED),
    )
    for name in ("gazette", "courier", "herald")
)


class World:
    """Three outlets that print the same story, and a channel."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock = store, FakeClock(START + timedelta(minutes=5))
        self.fetcher, self.channel = FakeFetcher(self.clock), FakeChannel()
        self.pipeline = Pipeline(
            clock=self.clock,
            fetcher=self.fetcher,
            workers=InlineWorkers(),
            store=store,
            rules=RuleSet.compile([Rule(name="dam", query="dam", notify=("desk",))]),
            channels={"desk": self.channel},
            pace=Pace(group_wait=WAIT),
        )

    async def print_story(self, outlet: Source, *extra: str) -> None:
        url, now = f"{outlet.url}2026/03/the-story-of-the-dam.html", self.clock.now()
        assert outlet.seed is not None
        self.fetcher.serve(outlet.seed.url, feed_page((url, "Talks", now)), "application/rss+xml")
        paragraphs = (*story_about("dam"), *extra)
        self.fetcher.serve(url, news_page(f"Talks in the {outlet.name}", *paragraphs, published=now))
        await self.store.finish_visit(await self.pipeline.visit(outlet), now + outlet.every)

    async def deliver(self) -> list[tuple[str, ...]]:
        """Return, for each alert sent, the other outlets that it names."""
        self.channel.sent.clear()
        await self.pipeline.deliver(self.channel)
        return [tuple(each.source for each in delivery.also_in) for delivery in self.channel.sent]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
    await store.register(OUTLETS, START)
    yield World(store)
    await store.close()


async def test_an_alert_waits_for_copies_and_names_them_in_their_order(world: World) -> None:
    for outlet in OUTLETS:
        await world.print_story(outlet, f"By the staff of the {outlet.name}.")
        assert await world.deliver() == []
        world.clock.advance(WAIT / 4)
    world.clock.advance(WAIT / 4)
    assert await world.deliver() == [("courier", "herald")]
    [delivery] = world.channel.sent
    assert [outlet.title for outlet in delivery.also_in] == ["Talks in the courier", "Talks in the herald"]


async def test_a_copy_that_comes_later_is_silent(world: World) -> None:
    await world.print_story(OUTLETS[0])
    world.clock.advance(WAIT)
    assert await world.deliver() == [()]
    await world.print_story(OUTLETS[1])
    world.clock.advance(WAIT)
    assert await world.deliver() == []
