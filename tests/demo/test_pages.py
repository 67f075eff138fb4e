"""The demo's pages, read by the real rooms: what remains is what the author wrote."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random

import httpx2 as httpx
import pytest

from monitor.demo.newsstand import Newsstand, Site
from monitor.discover import find_links, find_seeds
from monitor.extract import read_article
from monitor.model import Link, Response, SeedKind, Template


@pytest.fixture
async def newsstand() -> AsyncIterator[Newsstand]:
    stand = Newsstand(Random(7))
    await stand.open()
    for site in stand.sites:
        for story in site.unpublished:
            site.publish(story.slug, datetime.now(UTC))
    yield stand
    await stand.close()


async def fetch(url: str) -> Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(url)
    return Response(
        url=url,
        fetched_at=datetime.now(UTC),
        body=answer.content,
        content_type=answer.headers["Content-Type"],
    )


def story_urls(site: Site) -> list[str]:
    return sorted(each.url for each in site.publications)


async def test_each_page_of_either_paper_gives_its_story_word_for_word(newsstand: Newsstand) -> None:
    for site in newsstand.sites:
        assert site.publications
        for publication in site.publications:
            link = Link(url=publication.url, source=site.name)
            article = read_article(await fetch(publication.url), link, Template()).article
            story = publication.story
            assert tuple(article.text.split("\n\n")) == story.paragraphs
            assert (article.title, article.authors) == (story.title, story.authors)
            assert (article.url, article.language) == (publication.url, "en")


async def test_the_chrome_of_the_analysis_paper_is_named_for_what_it_is(newsstand: Newsstand) -> None:
    for url in story_urls(newsstand.review):
        reading = read_article(await fetch(url), Link(url=url, source="review"), Template())
        named = {"currency ticker", "weather", "poll", "related links"}
        assert named <= set(reading.stripped)


async def test_the_analysis_paper_claims_the_moment_and_the_community_paper_the_day(
    newsstand: Newsstand,
) -> None:
    for site in newsstand.sites:
        for publication in site.publications:
            link = Link(url=publication.url, source=site.name)
            claimed = read_article(await fetch(publication.url), link, Template()).article.published_at
            assert claimed is not None
            if site is newsstand.review:
                assert abs((claimed - publication.published_at).total_seconds()) < 1
            else:
                assert claimed.date() == publication.published_at.date()


async def test_the_feed_of_the_analysis_paper_is_found_and_names_every_story(newsstand: Newsstand) -> None:
    front = await fetch(newsstand.review.url)
    seed = find_seeds(front)[0]
    assert (seed.kind, seed.url) == (SeedKind.FEED, newsstand.review.url + "feed.xml")
    links = find_links(await fetch(seed.url), seed, "review")
    assert sorted(link.url for link in links) == story_urls(newsstand.review)


async def test_the_front_page_of_the_community_paper_names_every_story_and_nothing_else(
    newsstand: Newsstand,
) -> None:
    front = await fetch(newsstand.herald.url)
    seed = find_seeds(front)[0]
    assert seed.kind is SeedKind.FRONT
    assert sorted(link.url for link in find_links(front, seed, "herald")) == story_urls(newsstand.herald)
