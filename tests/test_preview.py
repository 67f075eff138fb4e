"""What a source's live pages would give, nothing stored."""

from dataclasses import replace

import pytest

from monitor.errors import FetchFailed, NotASeed
from monitor.model import Overrides, Seed, SeedKind, Source, Template
from monitor.preview import PAGES, Preview, Rehearsal
from tests.fakes import START, FakeClock, FakeFetcher, InlineWorkers, feed_page, news_page, story_about

FEED = "https://gazette.example/feed.xml"
GAZETTE = Source(name="gazette", url="https://gazette.example/", seed=Seed(url=FEED, kind=SeedKind.FEED))
URLS = [f"https://gazette.example/2026/03/story-number-{n}.html" for n in range(PAGES + 2)]


async def preview(fetcher: FakeFetcher, clock: FakeClock, **chosen: str) -> Preview:
    """Preview the gazette, with overrides."""
    source = replace(GAZETTE, overrides=Overrides(**chosen))  # type: ignore[arg-type]
    return await Rehearsal(clock, fetcher, InlineWorkers()).preview(source, Template())


@pytest.fixture
def clock() -> FakeClock:
    """Stop the clock."""
    return FakeClock()


@pytest.fixture
def fetcher(clock: FakeClock) -> FakeFetcher:
    """Serve a feed and its stories."""
    fetcher = FakeFetcher(clock)
    fetcher.serve(FEED, feed_page(*((url, "A title", START) for url in URLS)), "application/rss+xml")
    for n, url in enumerate(URLS):
        fetcher.serve(url, news_page(f"Talks about the dam open in week {n}", *story_about("dam", n)))
    return fetcher


async def test_the_newest_pages_are_read_and_every_override_is_counted(
    fetcher: FakeFetcher, clock: FakeClock
) -> None:
    seen = await preview(fetcher, clock, body="body", title=".nowhere")
    assert seen.found == len(URLS)
    assert seen.seed == GAZETTE.seed
    assert [sample.link.url for sample in seen.samples] == URLS[:PAGES]
    assert fetcher.urls_asked() == [FEED, *URLS[:PAGES]]
    counts = {match.setting: match.elements for match in seen.matches()}
    assert counts == {"body": PAGES, "title": 0}


async def test_a_page_that_cannot_be_had_is_told_and_the_others_are_read(
    fetcher: FakeFetcher, clock: FakeClock
) -> None:
    fetcher.fail(URLS[1], FetchFailed("gazette.example: the connection broke"))
    fetcher.serve(URLS[2], "")
    samples = (await preview(fetcher, clock)).samples
    problems = [sample.problem for sample in samples]
    assert problems[:3] == [None, "gazette.example: the connection broke", "the page is empty"]
    assert all(sample.explanation and not sample.explanation.refusal for sample in samples[3:])


async def test_a_source_without_anything_to_read_is_an_error(clock: FakeClock) -> None:
    fetcher = FakeFetcher(clock)
    fetcher.serve("https://gazette.example/", "<p>Nothing.</p>")
    with pytest.raises(NotASeed):
        await Rehearsal(clock, fetcher, InlineWorkers()).preview(replace(GAZETTE, seed=None), Template())
