"""The walk, with the real rooms and a real database; only the network and the clock are told what to say."""

import pickle
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from monitor import pipeline
from monitor.courier import LEASE
from monitor.discover.choice import DRY_AFTER, STALE_AFTER
from monitor.errors import DeliveryFailed, FetchFailed, FetchGone, FetchRefused, NotAnArticle, WorkerKilled
from monitor.extract import MIN_PAGES
from monitor.look import MAX_REFRESHES, Lookout
from monitor.model import DeliveryState, Request, Rule, Seed, SeedKind, Source, VisitOutcome
from monitor.pipeline import FETCH_RETRIES, PAGES_PER_VISIT, SECOND_LOOKS, second_look
from monitor.ports import ArticleQuery
from tests.fakes import (
    START,
    InlineWorkers,
    feed_page,
    news_page,
    story_about,
)
from tests.worlds import World, archive_of, outlet

P = ParamSpec("P")
T = TypeVar("T")

SITE = "https://gazette.example/"
FEED = "https://gazette.example/feed.xml"
STORY = "https://gazette.example/2026/03/dam-talks-open.html"
GAZETTE, COURIER = outlet("gazette"), outlet("courier")
WALL = (
    "<html><head><title>Just a moment...</title></head><body>Checking your browser before you go on. "
    '<a href="https://www.cloudflare.com">Performance and security by Cloudflare</a></body></html>'
)
FRONT = '<link rel="alternate" type="application/rss+xml" href="{}"><p>Welcome.</p>'
RULE = Rule(name="dam", query='dam AND "talks"', notify=("desk",))


class Sites(World):
    """The pages of a site, as tests put them up."""

    def publish(self, url: str, *paragraphs: str, title: str = "Talks about the dam open") -> None:
        """Put an article up, dated now."""
        self.fetcher.serve(url, news_page(title, *paragraphs, published=self.clock.now()))

    def list_stories(self, *urls: str, feed: str = FEED, etag: str | None = None) -> None:
        """Put a feed up that names these articles, dated now."""
        entries = [(url, "Talks about the dam open", self.clock.now()) for url in urls]
        self.fetcher.serve(feed, feed_page(*entries), "application/rss+xml", etag=etag)

    async def stored_urls(self) -> list[str]:
        return [stored.article.url for stored in await self.store.articles(ArticleQuery())]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Sites]:
    async with archive_of(tmp_path, [GAZETTE, COURIER]) as store:
        yield Sites(store, [RULE])


async def test_a_new_article_that_matches_is_kept_and_delivered(world: Sites) -> None:
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    visit = await world.visit(GAZETTE)
    assert (visit.outcome, visit.found, visit.new, visit.kept, visit.alerts) == (VisitOutcome.OK, 1, 1, 1, 1)
    assert await world.pipeline.deliver(world.channel) == 1
    assert [delivery.article.url for delivery in world.channel.sent] == [STORY]
    assert "dam" in world.channel.sent[0].alert.excerpts[0].text.lower()


async def test_an_article_is_fetched_once_and_kept_once_however_often_it_is_listed(world: Sites) -> None:
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(GAZETTE)
    visit = await world.visit(GAZETTE)
    assert (visit.new, visit.kept) == (0, 0)
    assert world.fetcher.urls_asked().count(STORY) == 1


async def test_a_seed_that_has_not_changed_costs_one_conditional_request(world: Sites) -> None:
    world.list_stories(STORY, etag='"v1"')
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(GAZETTE)
    world.fetcher.asked.clear()
    visit = await world.visit(GAZETTE)
    assert visit.outcome is VisitOutcome.NOT_MODIFIED
    assert [request.validators.etag for request in world.fetcher.asked] == ['"v1"']


async def test_how_long_a_feed_says_that_it_will_do_is_remembered_while_it_is_the_same(world: Sites) -> None:
    feed = feed_page((STORY, "Talks about the dam open", world.clock.now()))
    said = feed.replace("<channel>", "<channel><ttl>45</ttl>")
    world.fetcher.serve(FEED, said, "application/rss+xml", etag='"v1"')
    world.publish(STORY, *story_about("dam talks"))
    answer = await world.fetcher.get(Request(url=FEED, source=GAZETTE))
    world.fetcher.pages[FEED] = replace(answer, fresh_for=timedelta(minutes=5))
    for outcome in (VisitOutcome.OK, VisitOutcome.NOT_MODIFIED, VisitOutcome.NOT_MODIFIED):
        visit = await world.visit(GAZETTE)
        assert visit.outcome is outcome
        assert (visit.ttl, visit.fresh_for) == (timedelta(minutes=45), timedelta(minutes=5))


async def test_a_front_page_is_read_by_what_its_links_have_turned_out_to_be(world: Sites) -> None:
    given = replace(GAZETTE, seed=Seed(url=SITE, kind=SeedKind.FRONT))
    stories = {f"{SITE}n/55123{n}": f"Talks about dam number {n} open" for n in range(4)}
    front = "".join(f"<li><a href={url}>{title}</a></li>" for url, title in stories.items())
    world.fetcher.serve(SITE, front)
    for number, (url, title) in enumerate(stories.items()):
        world.publish(url, *story_about("dam talks", number), title=title)
    assert (await world.visit(given)).kept == 4
    terse = f"{SITE}n/551300"
    world.fetcher.serve(SITE, f"<p><a href={terse}>Dam</a></p>")
    world.publish(terse, *story_about("dam", 9))
    assert (await world.visit(given)).kept == 1


def sitemap(*entries: tuple[str, str]) -> str:
    """A sitemap of (url, day of the last change) entries."""
    rows = "".join(f"<url><loc>{url}</loc><lastmod>{day}</lastmod></url>" for url, day in entries)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def news_sitemap(*entries: tuple[str, str]) -> str:
    """A news sitemap of (url, day of publication) entries."""
    rows = "".join(
        f"<url><loc>{url}</loc><news:news><news:publication_date>{day}</news:publication_date>"
        "<news:title>Talks about the dam open</news:title></news:news></url>"
        for url, day in entries
    )
    return f'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'


def sitemap_index(*urls: str) -> str:
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f"<sitemapindex>{rows}</sitemapindex>"


BARE = Source(name="gazette", url=SITE)
INDEX, NEWS_MAP, POST_MAP = (f"{SITE}{name}" for name in ("sitemap.xml", "news.xml", "posts.xml"))
OTHER_STORY = "https://gazette.example/2026/03/ferry-returns-to-lower-quay.html"


async def test_a_site_without_a_feed_is_read_by_the_sitemaps_that_its_robots_txt_names(world: Sites) -> None:
    world.fetcher.serve(SITE, "<p>Welcome.</p>")
    front = await world.fetcher.get(Request(url=SITE, source=BARE))
    world.fetcher.pages[SITE] = replace(front, sitemaps=(INDEX,))
    world.fetcher.serve(INDEX, sitemap_index(POST_MAP, NEWS_MAP), "application/xml", etag='"i"')
    world.fetcher.serve(NEWS_MAP, news_sitemap((STORY, "2026-03-01")), "application/xml")
    posts = sitemap((STORY, "2026-03-01"), (OTHER_STORY, "2026-03-01"))
    world.fetcher.serve(POST_MAP, posts, "application/xml")
    world.publish(STORY, *story_about("dam talks"))
    world.publish(OTHER_STORY, *story_about("ferry", 2), title="The ferry returns")
    await world.store.register([BARE], START)
    visit = await world.visit(BARE)
    assert (visit.seed, visit.found, visit.kept) == (Seed(url=INDEX, kind=SeedKind.SITEMAP), 2, 2)
    newer = "https://gazette.example/2026/03/school-budget-is-counted-again.html"
    latest = news_sitemap((newer, "2026-03-02"), (STORY, "2026-03-01"))
    world.fetcher.serve(NEWS_MAP, latest, "application/xml")
    world.publish(newer, *story_about("school", 3), title="The school budget is counted")
    assert (await world.visit(BARE)).new == 1, "an index that is the same says nothing of its sitemaps"


def dated_index(**modified: str) -> str:
    """An index of the news map and the post map, by when they changed."""
    maps = {"news": NEWS_MAP, "posts": POST_MAP}
    rows = "".join(
        f"<sitemap><loc>{maps[n]}</loc><lastmod>{m}</lastmod></sitemap>" for n, m in modified.items()
    )
    return f"<sitemapindex>{rows}</sitemapindex>"


def asked_of(world: Sites) -> list[tuple[str, str | None]]:
    """The URLs asked for since the last call, and by which etag."""
    asked = [(request.url, request.validators.etag) for request in world.fetcher.asked]
    world.fetcher.asked.clear()
    return asked


async def test_of_an_index_only_what_has_changed_is_read_again(world: Sites) -> None:
    given = replace(BARE, seed=Seed(url=INDEX, kind=SeedKind.SITEMAP), recheck=())
    posts = dated_index(news="2026-03-02T08:00Z", posts="2026-03-01")
    world.fetcher.serve(INDEX, posts, "application/xml", etag='"i1"')
    world.fetcher.serve(NEWS_MAP, news_sitemap((STORY, "2026-03-01")), "application/xml", etag='"n1"')
    world.fetcher.serve(POST_MAP, sitemap((OTHER_STORY, "2026-03-01")), "application/xml", etag='"p1"')
    world.publish(STORY, *story_about("dam talks"))
    world.publish(OTHER_STORY, *story_about("ferry", 2), title="The ferry returns")
    assert (await world.visit(given)).kept == 2
    asked_of(world)
    assert (await world.visit(given)).outcome is VisitOutcome.NOT_MODIFIED
    days_only = (POST_MAP, '"p1"')
    assert asked_of(world) == [(INDEX, '"i1"'), days_only], "a day may see several changes"
    newer = "https://gazette.example/2026/03/school-budget-is-counted-again.html"
    world.fetcher.serve(INDEX, dated_index(news="2026-03-02T09:00Z", posts="2026-03-01"), etag='"i2"')
    latest = news_sitemap((newer, "2026-03-02"), (STORY, "2026-03-01"))
    world.fetcher.serve(NEWS_MAP, latest, "application/xml", etag='"n2"')
    world.publish(newer, *story_about("school", 3), title="The school budget is counted")
    visit = await world.visit(given)
    assert (visit.outcome, visit.kept) == (VisitOutcome.OK, 1)
    assert asked_of(world) == [(INDEX, '"i1"'), (NEWS_MAP, '"n1"'), days_only, (newer, None)]
    await world.visit(given)
    assert asked_of(world) == [(INDEX, '"i2"'), days_only]


async def test_a_sitemap_that_failed_is_read_whole_at_the_next_visit(world: Sites) -> None:
    given = replace(BARE, seed=Seed(url=INDEX, kind=SeedKind.SITEMAP), recheck=())
    index = dated_index(news="2026-03-02T08:00Z", posts="2026-03-02T08:00Z")
    world.fetcher.serve(INDEX, index, "application/xml", etag='"i1"')
    world.fetcher.fail(NEWS_MAP, FetchFailed("timeout"))
    world.fetcher.serve(POST_MAP, sitemap((OTHER_STORY, "2026-03-01")), "application/xml", etag='"p1"')
    world.publish(OTHER_STORY, *story_about("ferry", 2))
    await world.visit(given)
    world.fetcher.serve(NEWS_MAP, news_sitemap((STORY, "2026-03-01")), "application/xml", etag='"n1"')
    world.publish(STORY, *story_about("dam talks"))
    asked_of(world)
    assert (await world.visit(given)).kept == 1
    assert asked_of(world) == [(INDEX, '"i1"'), (NEWS_MAP, None), (STORY, None)]


async def test_a_sitemap_of_an_index_that_cannot_be_had_leaves_the_others(world: Sites) -> None:
    given = replace(BARE, seed=Seed(url=INDEX, kind=SeedKind.SITEMAP))
    world.fetcher.serve(INDEX, sitemap_index(NEWS_MAP, POST_MAP), "application/xml")
    world.fetcher.fail(NEWS_MAP, FetchFailed("timeout"))
    world.fetcher.serve(POST_MAP, sitemap((OTHER_STORY, "2026-03-01")), "application/xml")
    world.publish(OTHER_STORY, *story_about("ferry", 2))
    assert (await world.visit(given)).kept == 1
    del world.fetcher.pages[POST_MAP]
    failed = await world.visit(given)
    assert (failed.outcome, failed.reason) == (VisitOutcome.FAILED, "timeout"), "404 is not what may pass"


async def test_a_sitemap_that_has_not_changed_costs_one_conditional_request(world: Sites) -> None:
    given = replace(BARE, seed=Seed(url=POST_MAP, kind=SeedKind.SITEMAP))
    world.fetcher.serve(POST_MAP, sitemap((OTHER_STORY, "2026-03-01")), "application/xml", etag='"v1"')
    world.publish(OTHER_STORY, *story_about("ferry", 2))
    await world.visit(given)
    world.fetcher.asked.clear()
    assert (await world.visit(given)).outcome is VisitOutcome.NOT_MODIFIED
    assert world.fetcher.urls_asked() == [POST_MAP]


async def test_a_copy_in_another_outlet_is_kept_and_sends_no_second_alert(world: Sites) -> None:
    text, copy = story_about("dam talks"), "https://courier.example/a-copy-of-the-story.html"
    world.list_stories(STORY)
    world.publish(STORY, *text)
    await world.visit(GAZETTE)
    world.list_stories(copy, feed="https://courier.example/feed.xml")
    world.publish(copy, *text[:2], "The Courier adds a line of its own to what it took over.", *text[2:])
    visit = await world.visit(COURIER)
    assert (visit.kept, visit.copies, visit.alerts) == (1, 1, 0)
    assert await world.pipeline.deliver(world.channel) == 1
    assert await world.stored_urls() == [copy, STORY]


async def test_a_copy_that_is_first_to_match_does_alert(world: Sites) -> None:
    text, copy = story_about("harbour"), "https://courier.example/a-fuller-story.html"
    world.list_stories(STORY)
    world.publish(STORY, *text, title="A quiet day")
    assert (await world.visit(GAZETTE)).alerts == 0
    world.list_stories(copy, feed="https://courier.example/feed.xml")
    world.publish(copy, *text, "The talks about the dam go on.", title="A quiet day")
    assert (await world.visit(COURIER)).alerts == 1


async def test_an_article_older_than_its_source_is_kept_without_an_alert(world: Sites) -> None:
    old = world.clock.now() - timedelta(days=3)
    world.list_stories(STORY)
    world.fetcher.serve(STORY, news_page("Talks about the dam", *story_about("dam talks"), published=old))
    visit = await world.visit(GAZETTE)
    assert (visit.kept, visit.alerts) == (1, 0)


async def test_a_first_visit_keeps_only_the_newest_articles(world: Sites) -> None:
    urls = [f"https://gazette.example/2026/03/story-number-{number}.html" for number in range(6)]
    world.list_stories(*urls)
    for number, url in enumerate(urls):
        world.publish(url, *story_about("dam", number), title=f"Story number {number} of the day")
    visit = await world.visit(replace(GAZETTE, first_visit=2))
    assert (visit.found, visit.new, visit.kept) == (6, 6, 2)
    assert sorted(await world.stored_urls()) == urls[:2]
    assert (await world.visit(GAZETTE)).kept == 0


async def test_what_a_site_repeats_is_stripped_from_its_very_first_articles(world: Sites) -> None:
    repeated = "The gazette's reporters can be called at any hour, by whoever has seen something in town."
    urls = [f"https://gazette.example/2026/03/story-number-{number}.html" for number in range(MIN_PAGES)]
    world.list_stories(*urls)
    for number, url in enumerate(urls):
        first, *others = story_about(f"dam {number}", number)
        world.publish(url, first, repeated, *others, title=f"Story number {number} of the day")
    assert (await world.visit(GAZETTE)).kept == MIN_PAGES
    texts = [stored.article.text for stored in await world.store.articles(ArticleQuery())]
    assert not [text for text in texts if repeated in text]


class PoisonedWorkers(InlineWorkers):
    """Workers that a page with the word "poison" kills. `calls` names what they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.calls.append(function.__name__)
        if b"poison" in pickle.dumps(args):
            raise WorkerKilled("the page took its worker process down (exit code -11)")
        return await super().run_isolated(function, *args, **kwargs)


async def test_a_page_that_kills_the_worker_of_a_new_source_takes_no_other_page_with_it(world: Sites) -> None:
    world.pipeline = replace(world.pipeline, workers=PoisonedWorkers())
    urls = [f"{SITE}2026/03/dam-talks-{n}.html" for n in range(MIN_PAGES)]
    world.list_stories(*urls)
    for number, url in enumerate(urls):
        world.publish(url, *story_about("poison" if number == 3 else "dam talks", number))
    visit = await world.visit(GAZETTE)
    assert (visit.kept, visit.postponed) == (MIN_PAGES - 1, 1)
    (link,) = await world.store.link_states("gazette", 10)
    assert link.link.url == urls[3]


async def test_large_first_pages_are_not_all_read_together(
    world: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MAX_BATCH_BYTES", 1)
    world.list_stories(STORY, OTHER_STORY)
    for number, url in enumerate((STORY, OTHER_STORY)):
        world.publish(url, *story_about("dam talks", number))
    workers = PoisonedWorkers()
    world.pipeline = replace(world.pipeline, workers=workers)
    assert (await world.visit(GAZETTE)).kept == 2
    assert workers.calls[-2:] == ["read_together", "read_article"]


async def test_a_visit_has_a_budget_and_leaves_the_rest_to_the_next(world: Sites) -> None:
    world.list_stories(STORY)
    await world.visit(GAZETTE)
    days = [f"https://gazette.example/calendar/day-{number}/what-is-on.html" for number in range(70)]
    world.list_stories(*days)
    for day in days:
        world.fetcher.serve(day, FRONT)
    asked: list[int] = []
    for _ in range(3):
        before = len(world.fetcher.asked)
        await world.visit(GAZETTE)
        asked.append(len(set(world.fetcher.urls_asked()[before:]) & set(days)))
    assert asked == [PAGES_PER_VISIT, len(days) - PAGES_PER_VISIT, 0]


async def test_links_that_are_new_on_every_visit_starve_no_article(world: Sites) -> None:
    headline = "<h2><a href='{}'>Talks about the dam open in the lower town</a></h2>"
    await world.store.register([BARE], START)
    for turn in range(3):
        traps = [f"{SITE}s/{turn}{n:04}/talks-about-the-dam-open" for n in range(PAGES_PER_VISIT + 9)]
        page = "".join(headline.format(url) for url in (*traps, *([STORY] if turn else [])))
        world.fetcher.serve(SITE, page)
        for trap in traps:
            world.fetcher.serve(trap, page)
        world.publish(STORY, *story_about("dam talks"))
        await world.visit(BARE)
        assert await world.stored_urls() == ([STORY] if turn else [])


async def test_what_was_too_old_to_alert_is_no_news_under_another_url(world: Sites) -> None:
    await world.store.register([GAZETTE], START)
    published = START - timedelta(hours=3)
    page = news_page("Talks about the dam open", *story_about("dam talks"), published=published)
    for session, alerts in (("first", 0), ("second", 0)):
        url = f"{STORY}?sid={session}"
        world.list_stories(url)
        world.fetcher.serve(url, page)
        visit = await world.visit(GAZETTE)
        assert (visit.kept, visit.alerts) == (1, alerts)
    later = f"{STORY}?sid=third"
    world.list_stories(later)
    world.publish(later, *story_about("dam talks", 2))
    assert (await world.visit(GAZETTE)).alerts == 1


async def test_the_feed_that_a_site_names_is_chosen_and_remembered(world: Sites) -> None:
    source = replace(GAZETTE, seed=None)
    await world.store.register([source, COURIER], START)
    world.fetcher.serve(SITE, FRONT.format(FEED))
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    visit = await world.visit(source)
    assert visit.seed == Seed(url=FEED, kind=SeedKind.FEED)
    world.fetcher.asked.clear()
    await world.visit(source)
    assert world.fetcher.urls_asked() == [FEED]


async def test_the_news_of_a_site_go_before_its_podcast(world: Sites) -> None:
    spoken, itunes = "https://gazette.example/talks.xml", "<channel><itunes:author>G</itunes:author>"
    sound = '<enclosure type="audio/mpeg" url="/1.mp3"/></item>'
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, FRONT.format(spoken) + FRONT.format(FEED))
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    episodes = feed_page((OTHER_STORY, "An episode", world.clock.now()))
    world.fetcher.serve(
        spoken, episodes.replace("</item>", sound).replace("<channel>", itunes), "application/rss+xml"
    )
    assert (await world.visit(BARE)).seed == Seed(url=FEED, kind=SeedKind.FEED)


async def test_a_page_that_is_but_a_door_is_walked_through(world: Sites) -> None:
    door = '<meta http-equiv="refresh" content="0; url={}">'
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, door.format("/hy/"))
    world.fetcher.serve(f"{SITE}hy/", FRONT.format(FEED))
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    assert (await world.visit(BARE)).seed == Seed(url=FEED, kind=SeedKind.FEED)


async def test_doors_that_lead_to_one_another_are_not_walked_through_for_ever(world: Sites) -> None:
    door = '<meta http-equiv="refresh" content="0; url={}">'
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, door.format("/hy/"))
    world.fetcher.serve(f"{SITE}hy/", door.format("/"))
    assert (await world.visit(BARE)).outcome is VisitOutcome.FAILED
    assert world.fetcher.urls_asked()[: MAX_REFRESHES + 1] == [SITE, f"{SITE}hy/", SITE]


async def test_a_feed_that_was_chosen_and_is_gone_is_chosen_anew(world: Sites) -> None:
    source, later = replace(GAZETTE, seed=None), "https://gazette.example/rss2.xml"
    await world.store.register([source, COURIER], START)
    world.fetcher.serve(SITE, FRONT.format(FEED))
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(source)
    world.fetcher.fail(FEED, FetchRefused(f"{FEED}: 410, gone for good"))
    world.fetcher.serve(SITE, FRONT.format(later))
    world.list_stories(STORY, feed=later)
    assert (await world.visit(source)).seed == Seed(url=later, kind=SeedKind.FEED)


OLD_STORY = "https://gazette.example/2024/01/an-old-story-of-the-dam.html"
HEADLINES = (
    "<main><article><h2><a href='{}'>Talks about the dam open in the lower town</a></h2></article></main>"
)


def die(world: Sites, feed: str = FEED) -> None:
    """Leave a feed up with one article that is two years old."""
    entry = (OLD_STORY, "An old story of the dam", world.clock.now() - timedelta(days=800))
    world.fetcher.serve(feed, feed_page(entry), "application/rss+xml")


async def test_a_dead_feed_is_passed_over_for_the_page_and_the_reason_is_kept(world: Sites) -> None:
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, FRONT.format(FEED) + HEADLINES.format(STORY))
    die(world)
    world.publish(STORY, *story_about("dam talks"))
    assert (await world.visit(BARE)).seed == Seed(url=SITE, kind=SeedKind.FRONT)
    seed = (await world.store.recall("gazette")).seed
    assert seed is not None
    assert f"passed over: the feed {FEED} (its newest article is of 2023-" in seed.reason


async def test_a_dead_feed_is_better_than_nothing(world: Sites) -> None:
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, FRONT.format(FEED))
    die(world)
    assert (await world.visit(BARE)).seed == Seed(url=FEED, kind=SeedKind.FEED)


async def test_a_feed_that_dries_up_while_the_page_lives_is_replaced_without_a_flood(world: Sites) -> None:
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, FRONT.format(FEED))
    world.list_stories(STORY, etag='"same"')
    world.publish(STORY, *story_about("dam talks"))
    assert (await world.visit(BARE)).seed == Seed(url=FEED, kind=SeedKind.FEED)
    world.clock.advance(DRY_AFTER + STALE_AFTER)
    world.fetcher.serve(SITE, FRONT.format(FEED) + HEADLINES.format(OTHER_STORY))
    undated = news_page("Talks about the dam go on", *story_about("dam talks", 2))
    world.fetcher.serve(OTHER_STORY, undated)
    visit = await world.visit(BARE)
    assert (visit.seed, visit.kept, visit.alerts) == (Seed(url=SITE, kind=SeedKind.FRONT), 1, 0)


async def test_a_feed_that_dries_up_stays_while_the_page_cannot_be_had_and_is_not_examined_each_time(
    world: Sites,
) -> None:
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, FRONT.format(FEED))
    world.list_stories(STORY, etag='"same"')
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(BARE)
    world.clock.advance(DRY_AFTER + timedelta(days=1))
    world.fetcher.fail(SITE, FetchFailed("the server is down"))
    world.fetcher.asked.clear()
    assert (await world.visit(BARE)).outcome is VisitOutcome.NOT_MODIFIED
    assert (await world.visit(BARE)).outcome is VisitOutcome.NOT_MODIFIED
    assert world.fetcher.urls_asked().count(SITE) == 1


async def test_a_page_that_offers_no_seed_is_a_failed_visit_that_says_what_to_do(world: Sites) -> None:
    source = replace(GAZETTE, seed=None)
    await world.store.register([source, COURIER], START)
    world.fetcher.serve(SITE, "<html><body><p>Welcome.</p></body></html>")
    visit = await world.visit(source)
    assert visit.outcome is VisitOutcome.FAILED
    assert "feed:, sitemap: or section:" in str(visit.reason)


async def test_a_source_that_cannot_be_reached_fails_with_the_reason_and_keeps_its_seed(world: Sites) -> None:
    wait = timedelta(minutes=20)
    world.fetcher.fail(FEED, FetchFailed("gazette.example: the name does not resolve", retry_after=wait))
    visit = await world.visit(GAZETTE)
    assert (visit.outcome, visit.retry_after) == (VisitOutcome.FAILED, wait)
    assert visit.reason == "gazette.example: the name does not resolve"
    [state] = [state for state in await world.store.source_states() if state.name == "gazette"]
    assert (state.failures, state.reason) == (1, visit.reason)


async def test_a_link_that_fails_is_put_off_and_fetched_when_its_time_has_come(world: Sites) -> None:
    world.list_stories(STORY)
    world.fetcher.fail(STORY, FetchFailed("503, overloaded"))
    assert (await world.visit(GAZETTE)).postponed == 1
    world.publish(STORY, *story_about("dam talks"))
    assert (await world.visit(GAZETTE)).kept == 0
    world.clock.advance(FETCH_RETRIES[0])
    assert (await world.visit(GAZETTE)).kept == 1


async def test_a_link_that_is_gone_is_dismissed_with_the_reason(world: Sites) -> None:
    world.list_stories(STORY)
    assert (await world.visit(GAZETTE)).dismissed == 1
    [link] = await world.store.link_states("gazette", 10)
    assert (link.retry_at, link.reason) == (None, f"{STORY}: 404, not found")


async def test_a_wall_is_looked_at_again_three_times_and_then_dismissed(world: Sites) -> None:
    world.list_stories(STORY)
    world.fetcher.serve(STORY, WALL)
    outcomes = []
    for wait in (*SECOND_LOOKS, timedelta()):
        visit = await world.visit(GAZETTE)
        outcomes.append((visit.postponed, visit.dismissed))
        world.clock.advance(wait)
    assert outcomes == [(1, 0), (1, 0), (1, 0), (0, 1)]
    assert await world.stored_urls() == []


async def test_a_site_that_is_down_is_left_in_peace_after_three_links(world: Sites) -> None:
    urls = [f"https://gazette.example/2026/03/story-number-{number}.html" for number in range(6)]
    world.list_stories(*urls)
    for url in urls:
        world.fetcher.fail(url, FetchFailed("no answer within 30 s"))
    visit = await world.visit(GAZETTE)
    assert visit.postponed == 3
    assert len(await world.store.waiting_links("gazette", world.clock.now(), 10)) == 3


async def test_a_server_that_names_its_wait_is_obeyed_at_once(world: Sites) -> None:
    urls = [f"https://gazette.example/2026/03/story-number-{number}.html" for number in range(3)]
    world.list_stories(*urls)
    world.fetcher.fail(urls[0], FetchFailed("429, too many requests", retry_after=timedelta(hours=3)))
    visit = await world.visit(GAZETTE)
    assert (visit.postponed, visit.retry_after) == (1, timedelta(hours=3))
    assert len(world.fetcher.asked) == 2


async def test_links_survive_a_crash_between_the_seed_and_the_articles(world: Sites) -> None:
    world.list_stories(STORY, etag='"v1"')
    world.publish(STORY, *story_about("dam talks"))
    lookout = Lookout(world.clock, world.fetcher, world.workers)
    look = await lookout.look(GAZETTE, await world.store.recall("gazette"))
    await world.store.remember("gazette", look.links, [], world.clock.now())
    visit = await world.visit(GAZETTE)
    assert (visit.new, visit.kept) == (0, 1)


async def test_a_failed_delivery_is_tried_again_after_the_channels_wait(world: Sites) -> None:
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(GAZETTE)
    world.channel.failures = [DeliveryFailed("451, try again later")]
    await world.pipeline.deliver(world.channel)
    [waiting] = await world.store.deliveries(state=DeliveryState.RETRYING)
    assert (waiting.attempts, waiting.last_error) == (1, "451, try again later")
    assert await world.pipeline.deliver(world.channel) == 0
    world.clock.advance(timedelta(minutes=1))
    assert await world.pipeline.deliver(world.channel) == 1
    assert [delivery.alert.id for delivery in world.channel.sent] == [waiting.alert.id]


async def test_a_receivers_own_wait_is_obeyed(world: Sites) -> None:
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(GAZETTE)
    world.channel.failures = [DeliveryFailed("429", retry_after=timedelta(hours=2))]
    await world.pipeline.deliver(world.channel)
    [waiting] = await world.store.deliveries(state=DeliveryState.RETRYING)
    assert waiting.next_attempt_at == world.clock.now() + timedelta(hours=2)


@pytest.mark.parametrize("transient", [False, True])
async def test_an_alert_is_dead_when_refused_for_good_or_too_often(world: Sites, transient: bool) -> None:
    world.list_stories(STORY)
    world.publish(STORY, *story_about("dam talks"))
    await world.visit(GAZETTE)
    world.channel.failures = [DeliveryFailed("no", transient=transient) for _ in range(3)]
    for _ in range(3):
        await world.pipeline.deliver(world.channel)
        world.clock.advance(timedelta(hours=1))
    [dead] = await world.store.deliveries(state=DeliveryState.DEAD)
    assert dead.attempts == (3 if transient else 1)
    assert world.channel.sent == []


async def test_an_alert_that_breaks_its_sender_is_put_off_with_the_reason_and_the_next_is_sent(
    world: Sites,
) -> None:
    urls = [f"https://gazette.example/2026/03/story-number-{number}.html" for number in range(2)]
    world.list_stories(*urls)
    for number, url in enumerate(urls):
        world.publish(url, *story_about(f"dam talks {number}"), title=f"Story number {number} of the talks")
    await world.visit(GAZETTE)
    world.channel.failures = [ZeroDivisionError("a fault in the wording")]
    await world.pipeline.deliver(world.channel)
    [broken] = await world.store.deliveries(state=DeliveryState.RETRYING)
    assert broken.last_error == "internal error (ZeroDivisionError: a fault in the wording); please report it"
    assert len(world.channel.sent) == 1


async def test_a_slow_receiver_ends_the_batch_before_its_lease_runs_out(world: Sites) -> None:
    urls = [f"https://gazette.example/2026/03/story-number-{number}.html" for number in range(2)]
    world.list_stories(*urls)
    for number, url in enumerate(urls):
        world.publish(url, *story_about(f"dam talks {number}"), title=f"Story number {number} of the talks")
    await world.visit(GAZETTE)
    world.channel.on_send = lambda: world.clock.advance(LEASE)
    await world.pipeline.deliver(world.channel)
    assert len(world.channel.sent) == 1
    await world.pipeline.deliver(world.channel)
    assert len({delivery.alert.id for delivery in world.channel.sent}) == 2


def test_what_is_no_article_is_never_looked_at_again() -> None:
    assert second_look(NotAnArticle("a list of links"), 0) is None


def test_a_page_that_killed_its_worker_twice_is_dismissed() -> None:
    assert second_look(WorkerKilled("too slow"), 0) is not None
    assert second_look(WorkerKilled("too slow"), 1) is None


def test_a_link_is_given_up_after_the_last_retry() -> None:
    assert second_look(FetchFailed("503"), len(FETCH_RETRIES) - 1) == FETCH_RETRIES[-1]
    assert second_look(FetchFailed("503"), len(FETCH_RETRIES)) is None


def test_a_refused_link_is_never_fetched_again() -> None:
    assert second_look(FetchRefused("robots.txt disallows it"), 0) is None


SCRIPTED = (
    "<body><noscript>Please enable JavaScript to read this.</noscript><script>1</script><script>2</script>"
)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (WALL, ("a Cloudflare check stands before the page", "ask the site")),
        (SCRIPTED, ("an empty shell", "render: true")),
        ("<p>Welcome.</p>", ("has no links that look like articles, and names no feed", "section:")),
        (FRONT.format(FEED), ("what it names is of no use: the feed", f"{FEED} (")),
    ],
)
async def test_a_page_that_offers_no_seed_is_told_by_what_stands_in_the_way(
    world: Sites, page: str, words: tuple[str, str]
) -> None:
    await world.store.register([BARE], START)
    world.fetcher.serve(SITE, page)
    reason = (await world.visit(BARE)).reason
    assert reason is not None
    assert all(word in reason for word in words)


async def test_a_seed_of_the_configuration_that_is_none_is_told_with_its_url_and_its_setting(
    world: Sites,
) -> None:
    world.fetcher.serve(FEED, "<p>Page not found")
    reason = (await world.visit(GAZETTE)).reason
    assert reason is not None
    assert reason.startswith(f"{FEED} is no feed; it stands in the configuration as feed: mend it there")
    world.fetcher.fail(FEED, FetchGone("404 Not Found"))
    reason = (await world.visit(GAZETTE)).reason
    assert reason is not None
    assert reason.startswith(f"{FEED}: 404 Not Found; it stands in the configuration as feed:")
