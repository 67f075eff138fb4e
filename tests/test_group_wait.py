"""One alert for a story: it waits for copies, and names the outlets that have them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.compose import Pace
from monitor.model import Rule, Source
from tests.fakes import feed_page, news_page, story_about
from tests.worlds import World, archive_of, outlet

WAIT = timedelta(minutes=1)
PACE = Pace(group_wait=WAIT)
OUTLETS = tuple(map(outlet, ("gazette", "courier", "herald")))


class Outlets(World):
    """Three outlets that print the same story, and a channel."""

    async def print_story(self, source: Source, *extra: str, dateline: str = "") -> None:
        url, now = f"{source.url}2026/03/the-story-of-the-dam.html", self.clock.now()
        assert source.seed is not None
        self.fetcher.serve(source.seed.url, feed_page((url, "Talks", now)), "application/rss+xml")
        first, *rest = (*story_about("dam"), *extra)
        paragraphs = (dateline + first, *rest)
        self.fetcher.serve(url, news_page(f"Talks in the {source.name}", *paragraphs, published=now))
        await self.visit(source)

    async def named(self) -> list[tuple[str, ...]]:
        """Return, for each alert sent now, the other outlets that it names."""
        return [tuple(each.source for each in delivery.also_in) for delivery in await self.deliver()]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Outlets]:
    async with archive_of(tmp_path, OUTLETS) as store:
        rule = Rule(name="dam", query="dam", notify=("desk",))
        yield Outlets(store, [rule], PACE)


async def test_an_alert_waits_for_copies_and_names_them_in_their_order(world: Outlets) -> None:
    for source in OUTLETS:
        await world.print_story(source, f"By the staff of the {source.name}.")
        assert await world.named() == []
        world.clock.advance(WAIT / 4)
    world.clock.advance(WAIT / 4)
    assert await world.named() == [("courier", "herald")]
    [delivery] = world.channel.sent
    assert [outlet.title for outlet in delivery.also_in] == ["Talks in the courier", "Talks in the herald"]


@pytest.mark.parametrize(("dateline", "credit"), [("ANSEL, March 4 (Reuters) - ", ()), ("", ("(Reuters)",))])
async def test_an_alert_says_which_agency_an_outlet_credits_with_the_text(
    world: Outlets, dateline: str, credit: tuple[str, ...]
) -> None:
    await world.print_story(OUTLETS[0])
    await world.print_story(OUTLETS[1], *credit, dateline=dateline)
    world.clock.advance(WAIT)
    assert await world.named() == [("courier",)]
    [delivery] = world.channel.sent
    assert [outlet.agency for outlet in delivery.also_in] == ["Reuters"]


async def test_a_copy_that_comes_later_is_silent(world: Outlets) -> None:
    await world.print_story(OUTLETS[0])
    world.clock.advance(WAIT)
    assert await world.named() == [()]
    await world.print_story(OUTLETS[1])
    for wait in (WAIT, PACE.story_update):
        world.clock.advance(wait)
        assert await world.named() == []
