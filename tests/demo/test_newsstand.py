import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from html import unescape
from random import Random

import httpx2 as httpx
import pytest

from monitor.demo.newsstand import Newsstand, Site
from monitor.demo.stories import BlockKind, read_story

TICKER = "currency-ticker"
WEATHER = "weather-box"
POLL = 'class="poll"'
RELATED = "Other materials on this subject"


@pytest.fixture
async def newsstand() -> AsyncIterator[Newsstand]:
    stand = Newsstand(Random(7))
    await stand.open()
    yield stand
    await stand.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


def story_page(site: Site, slug: str) -> str:
    return next(each.url for each in site.publications if each.story.slug == slug)


async def test_the_analysis_paper_opens_with_at_least_ten_stories_of_earlier_days(
    newsstand: Newsstand,
) -> None:
    dates = [each.published_at for each in newsstand.review.publications]
    assert len(dates) >= 10
    assert max(dates) < datetime.now(UTC) - timedelta(days=1)
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) == len(dates)


async def test_every_story_has_prose_enough_and_the_analysis_papers_have_authors(
    newsstand: Newsstand,
) -> None:
    for story in newsstand.review.stories.values():
        assert 5 <= len(story.paragraphs) <= 12
        assert story.authors
    for story in newsstand.herald.stories.values():
        assert len(story.paragraphs) >= 4


async def test_every_page_of_the_analysis_paper_carries_the_same_boxes_with_new_figures(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    for url in (newsstand.review.url, *(each.url for each in newsstand.review.publications)):
        first, second = (await client.get(url)).text, (await client.get(url)).text
        assert all(mark in first for mark in (TICKER, "GOLD - ", WEATHER, POLL))
        assert RELATED in first or url == newsstand.review.url
        assert first != second


async def test_a_page_of_the_community_paper_has_its_title_twice_between_top_and_bottom(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    assert newsstand.herald.publications
    for publication in newsstand.herald.publications:
        page = (await client.get(publication.url)).text
        body = unescape(page[page.index("<body>") :])
        assert body.count(publication.story.title) == 2
        assert body.index("top of page") < body.index(publication.story.title) < body.index("bottom of page")
        assert "Ad for subscribing to " in body


async def test_a_story_kept_back_is_not_there_until_it_is_published_and_is_dated_then(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    site, now = newsstand.review, datetime.now(UTC)
    assert "ferry-offer" in {story.slug for story in site.unpublished}
    assert "ferry-offer" not in (await client.get(site.url + "feed.xml")).text

    publication = site.publish("ferry-offer", now)

    assert publication.published_at == now
    assert site.publications[0] == publication
    assert (await client.get(publication.url)).status_code == 200
    assert publication.url in (await client.get(site.url + "feed.xml")).text
    assert publication.url in (await client.get(site.url)).text


async def test_the_feed_answers_not_modified_until_a_story_is_published(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    feed = newsstand.review.url + "feed.xml"
    first = await client.get(feed)
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert parsedate_to_datetime(first.headers["Last-Modified"]) < datetime.now(UTC)
    assert (await client.get(feed, headers=by_tag)).status_code == 304
    assert (await client.get(feed, headers=by_date)).status_code == 304

    newsstand.review.publish("ferry-offer", datetime.now(UTC))

    assert (await client.get(feed, headers=by_tag)).status_code == 200
    assert (await client.get(feed, headers=by_date)).status_code == 200


async def test_pages_that_change_at_every_request_claim_no_validators(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    for url in (newsstand.herald.url, newsstand.review.url, story_page(newsstand.review, "dry-aldra")):
        headers = (await client.get(url)).headers
        assert "ETag" not in headers
        assert "Last-Modified" not in headers


async def test_both_papers_have_robots_txt_and_know_what_they_do_not_have(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    for site in newsstand.sites:
        assert (await client.get(site.url + "robots.txt")).text.startswith("User-agent: *\n")
        assert (await client.get(site.url + "nothing/here")).status_code == 404
    assert newsstand.herald.requested_paths == ["/robots.txt", "/nothing/here"]


async def test_a_request_that_is_none_ends_its_connection_and_no_other(
    newsstand: Newsstand, client: httpx.AsyncClient
) -> None:
    port = int(newsstand.review.url.rstrip("/").rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"what\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    assert (await client.get(newsstand.review.url)).status_code == 200


async def test_the_copy_is_its_original_lightly_edited(newsstand: Newsstand) -> None:
    copies = [story for story in newsstand.herald.stories.values() if story.copy_of]
    assert len(copies) == 1
    original = newsstand.review.stories[copies[0].copy_of or ""]
    theirs, ours = " ".join(copies[0].paragraphs).split(), " ".join(original.paragraphs).split()
    assert copies[0].title != original.title
    assert 0.9 < SequenceMatcher(None, theirs, ours, autojunk=False).ratio() < 1


def test_a_story_says_which_paragraphs_must_remain_of_it() -> None:
    story = read_story(
        "tea", "Title: Tea\nBy: A, B\n\nOne *and*\ntwo.\n\n- first;\n- second.\n\n> Said so.\n"
    )
    assert story.authors == ("A", "B")
    assert [block.kind for block in story.blocks] == [BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.QUOTE]
    assert story.paragraphs == ("One and two.", "first;", "second.", "Said so.")
