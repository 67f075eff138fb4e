"""A story that was told already: its copies are silent, what others write of it goes into updates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.compose import Pace
from monitor.match import RuleSet
from monitor.model import MessageKind, MessageName, Occasion, Rule
from monitor.ports import ArticleQuery
from tests.fakes import feed_page, news_page
from tests.worlds import World, archive_of, outlet

WAIT = timedelta(minutes=1)
UPDATE = timedelta(hours=6)

GAZETTE = """
A fire in a warehouse of the shipping company Tesmond killed four people in Port Quillby early on Monday,
the mayor Ansel Varrow said.

The blaze began before dawn in a hall where paint was stored. Sixty firemen fought it for nine hours, and
two of them were taken to a clinic with burns.
"""
COURIER = """
Four people died when flames destroyed a warehouse of the shipping company Tesmond in Port Quillby on
Monday morning.

Ansel Varrow, the mayor, spoke of the worst fire in forty years. Neighbours had heard an explosion; the
police are looking into the wiring of the building.
"""
HERALD = """
Port Quillby mourns four people who died in the fire in a warehouse of Tesmond, the shipping company, on
Monday.

The mayor, Ansel Varrow, wants stricter rules for halls in which paint is kept, and a report within a
month.
"""
OTHER = """
Voters in Upper Orvane chose a new council on Sunday, and the party of Mira Kestrin won twelve of its
thirty seats, with a fire of enthusiasm as her friends put it.

Talks with the Greens about a coalition begin next week; the budget for schools divides the two.
"""
CREDIT = "\nFrom our wire service.\n"
TITLES = {
    "gazette": "Four dead in warehouse fire in Port Quillby",
    "courier": "Warehouse fire in Port Quillby kills four",
    "herald": "Port Quillby mourns the four dead of the warehouse fire",
    "monitor": "Fire in Port Quillby: four dead in a warehouse",
}
OUTLETS = {name: outlet(name) for name in TITLES}
FIRE = Rule(name="fire", query="fire", notify=("desk",))


class Outlets(World):
    """Four outlets, and a channel."""

    async def report(self, name: str, text: str, title: str | None = None) -> None:
        """Let an outlet publish an article, and read it."""
        source, now, title = OUTLETS[name], self.clock.now(), title or TITLES[name]
        url = f"{source.url}2026/03/{len(text)}-a-story-of-the-day.html"
        assert source.seed is not None
        self.fetcher.serve(source.seed.url, feed_page((url, title, now)), "application/rss+xml")
        self.fetcher.serve(url, news_page(title, *text.split("\n\n"), published=now))
        await self.visit(source)

    async def told(self, after: timedelta = WAIT) -> list[tuple[Occasion, str, list[str], list[str]]]:
        """Return what is sent later: the occasion, the outlet, the outlets with copies, the further ones."""
        self.clock.advance(after)
        return [
            (
                each.alert.occasion,
                each.article.source,
                [one.source for one in each.also_in],
                [one.source for one in each.further],
            )
            for each in await self.deliver()
        ]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Outlets]:
    async with archive_of(tmp_path, list(OUTLETS.values())) as store:
        yield Outlets(store, [FIRE], Pace(group_wait=WAIT, story_update=UPDATE))


async def test_an_article_in_other_words_is_one_story_with_the_first_and_is_sent_as_an_update(
    world: Outlets,
) -> None:
    await world.report("gazette", GAZETTE)
    assert await world.told() == [(Occasion.NEW, "gazette", [], [])]
    [first] = world.channel.sent
    await world.report("courier", COURIER)
    assert await world.told() == []
    assert await world.told(UPDATE) == [(Occasion.UPDATE, "courier", [], [])]
    [update] = world.channel.sent
    assert update.alert.story_id == first.alert.story_id
    assert update.reply_to == MessageName(MessageKind.ALERT, first.alert.id)
    assert update.alert.excerpts


async def test_updates_keep_their_distance_and_gather_what_comes_in_meanwhile(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.told()
    await world.report("courier", COURIER)
    world.clock.advance(UPDATE / 2)
    await world.report("herald", HERALD)
    assert await world.told(UPDATE / 2) == [(Occasion.UPDATE, "courier", [], ["herald"])]
    assert await world.told(2 * UPDATE) == []


async def test_what_comes_before_the_first_alert_is_sent_goes_into_it(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.report("courier", COURIER)
    assert await world.told() == [(Occasion.NEW, "gazette", [], ["courier"])]
    assert await world.told(2 * UPDATE) == []


async def test_an_update_after_a_long_silence_waits_for_copies_only(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.told()
    world.clock.advance(UPDATE)
    await world.report("courier", COURIER)
    assert await world.told(WAIT / 2) == []
    assert await world.told(WAIT / 2) == [(Occasion.UPDATE, "courier", [], [])]


async def test_copies_of_what_was_told_are_silent_whether_it_was_told_first_or_in_an_update(
    world: Outlets,
) -> None:
    await world.report("gazette", GAZETTE)
    await world.report("courier", COURIER)
    await world.told()
    await world.report("monitor", GAZETTE + CREDIT)
    await world.report("herald", COURIER + CREDIT)
    assert await world.told(2 * UPDATE) == []


async def test_an_update_names_the_outlets_that_copied_its_article_and_no_others(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.told()
    await world.report("courier", COURIER)
    await world.report("herald", COURIER + CREDIT)
    assert await world.told(UPDATE) == [(Occasion.UPDATE, "courier", ["herald"], [])]


async def test_other_news_is_told_at_once(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.told()
    await world.report("courier", OTHER, "Kestrin wins the vote in Upper Orvane")
    assert await world.told() == [(Occasion.NEW, "courier", [], [])]


async def test_an_update_that_is_being_sent_takes_nothing_in_and_the_next_one_does(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.told()
    await world.report("courier", COURIER)
    world.channel.failures.append(RuntimeError("the line was cut"))
    world.clock.advance(UPDATE)
    await world.pipeline.deliver(world.channel)
    await world.report("herald", HERALD)
    sent = await world.told(timedelta()) + await world.told(UPDATE) + await world.told(UPDATE)
    assert (Occasion.UPDATE, "herald", [], []) in sent


async def test_an_article_that_is_read_twice_is_told_once(world: Outlets) -> None:
    await world.report("gazette", GAZETTE)
    await world.report("courier", COURIER)
    await world.report("courier", COURIER)
    assert await world.told() == [(Occasion.NEW, "gazette", [], ["courier"])]
    assert await world.told(2 * UPDATE) == []


async def test_workers_that_read_one_story_at_once_keep_one_story(world: Outlets) -> None:
    await asyncio.gather(
        world.report("gazette", GAZETTE),
        world.report("courier", COURIER),
        world.report("herald", GAZETTE + CREDIT),
    )
    articles = await world.store.articles(ArticleQuery())
    assert len(articles) == 3
    assert len({stored.story_id for stored in articles}) == 1
    assert len([stored for stored in articles if stored.copy_of]) == 1


async def test_who_asks_for_edits_alone_is_not_told_of_a_story(world: Outlets) -> None:
    rules = RuleSet.compile([replace(FIRE, on=(Occasion.EDIT,))])
    world.pipeline = replace(world.pipeline, rules=rules)
    await world.report("gazette", GAZETTE)
    await world.report("courier", COURIER)
    assert await world.told(2 * UPDATE) == []
