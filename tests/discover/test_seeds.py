"""Which of a site's documents list its articles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discover import find_seeds
from monitor.model import Response, Seed, SeedKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def seeds(body: str | bytes, url: str = "https://gazette.example/") -> list[tuple[str, str]]:
    content = body.encode() if isinstance(body, str) else body
    return [
        (seed.kind.value, seed.url) for seed in find_seeds(Response(url=url, fetched_at=NOW, body=content))
    ]


def test_a_url_that_is_a_feed_is_its_own_seed() -> None:
    url = "https://gazette.example/feed.xml"
    assert find_seeds(Response(url=url, fetched_at=NOW, body=b"<rss version='2.0'></rss>")) == (
        Seed(url=url, kind=SeedKind.FEED),
    )


def test_feeds_that_the_page_names_go_before_the_page_itself() -> None:
    page = """<link rel="alternate" type="application/rss+xml" title="Gazette" href="/feed/">
      <link rel="alternate" type="application/rss+xml" title="Gazette comments" href="/comments/feed/">
      <link rel="alternate" type="application/atom+xml; charset=utf-8" href="//gazette.example/atom.xml">
      <link rel="alternate" type="application/feed+json" href="feed.json">
      <link rel="alternate" type="text/html" hreflang="hy" href="/hy/">
      <link rel="stylesheet" type="text/css" href="/feed.css">"""
    assert seeds(page) == [
        ("feed", "https://gazette.example/feed/"),
        ("feed", "https://gazette.example/atom.xml"),
        ("feed", "https://gazette.example/feed.json"),
        ("front", "https://gazette.example/"),
    ]


def test_a_section_prefers_its_own_feed() -> None:
    page = """<link rel="alternate" type="application/rss+xml" href="/feed/">
      <link rel="alternate" type="application/rss+xml" href="/world/feed/">"""
    assert seeds(page, "https://gazette.example/world") == [
        ("feed", "https://gazette.example/world/feed/"),
        ("front", "https://gazette.example/world"),
        ("feed", "https://gazette.example/feed/"),
    ]
    assert seeds(page)[0] == ("feed", "https://gazette.example/feed/")


def test_feeds_that_the_page_only_links_to_are_tried_after_those_it_names() -> None:
    page = """<a href="/rss.xml">RSS</a><a href="https://other.example/feed">Their feed</a>
      <a href="/feedback">Feedback</a><link rel="alternate" type="application/rss+xml" href="/named.xml">"""
    assert seeds(page) == [
        ("feed", "https://gazette.example/named.xml"),
        ("feed", "https://gazette.example/rss.xml"),
        ("front", "https://gazette.example/"),
    ]


def test_a_feed_on_another_host_counts_when_the_page_names_it() -> None:
    page = '<link rel="alternate" type="application/rss+xml" href="https://feeds.example.net/gazette">'
    assert seeds(page)[0] == ("feed", "https://feeds.example.net/gazette")


def test_only_a_few_feeds_are_tried() -> None:
    page = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}.xml">' for n in range(50))
    assert len(seeds(page)) == 6


def test_a_page_without_feeds_is_its_own_seed_before_the_usual_places() -> None:
    usual = [
        ("feed", f"https://gazette.example/{path}")
        for path in ("feed/", "rss.xml", "feed.xml", "rss", "atom.xml")
    ]
    assert seeds("<p>Nothing here") == [("front", "https://gazette.example/"), *usual]
    assert seeds(b"") == [("front", "https://gazette.example/"), *usual]
    assert ("feed", "https://gazette.example/en/feed/") in seeds("", "https://gazette.example/en/")


@pytest.mark.parametrize(
    ("generator", "url", "feed"),
    [
        ("WordPress 6.5", "https://gazette.example/", "https://gazette.example/feed/"),
        ("WordPress 6.5", "https://gazette.example/world?x=1", "https://gazette.example/world/feed/"),
        ("Wix.com Website Builder", "https://gazette.example/", "https://gazette.example/blog-feed.xml"),
        (
            "Joomla! - Open Source",
            "https://gazette.example/",
            "https://gazette.example/?format=feed&type=rss",
        ),
    ],
)
def test_the_software_of_a_site_tells_where_its_feed_is(generator: str, url: str, feed: str) -> None:
    page = f'<meta name="Generator" content="{generator}">'
    assert seeds(page, url)[:2] == [("feed", feed), ("front", url)]


def test_software_that_makes_no_feed_for_a_section_is_not_asked_for_one() -> None:
    page = '<meta name="generator" content="Wix.com Website Builder">'
    assert seeds(page, "https://gazette.example/world") == [("front", "https://gazette.example/world")]


def test_a_section_is_looked_at_rather_than_the_whole_site() -> None:
    page = '<link rel="alternate" type="application/rss+xml" title="All news" href="/feed/">'
    assert seeds(page, "https://gazette.example/politics.html?x=1") == [
        ("front", "https://gazette.example/politics.html?x=1"),
        ("feed", "https://gazette.example/feed/"),
    ]


def test_sitemaps_of_robots_txt_come_after_feeds_with_the_news_first() -> None:
    response = Response(
        url="https://gazette.example/",
        fetched_at=NOW,
        body=b'<link rel="alternate" type="application/rss+xml" href="/feed/">',
        sitemaps=(
            "https://gazette.example/sitemap-images.xml",
            "/sitemap.xml",
            "https://elsewhere.example/sitemap-news.xml",
            "nonsense://x",
            "https://www.gazette.example/news-sitemap.xml",
        ),
    )
    assert [seed.url for seed in find_seeds(response)] == [
        "https://gazette.example/feed/",
        "https://www.gazette.example/news-sitemap.xml",
        "https://gazette.example/sitemap.xml",
        "https://gazette.example/sitemap-images.xml",
        "https://gazette.example/",
    ]


def test_a_url_that_is_a_sitemap_is_its_own_seed() -> None:
    for root in (b"urlset", b"sitemapindex"):
        body = b'<?xml version="1.0"?><' + root + b' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'
        assert seeds(body, "https://gazette.example/s.xml") == [("sitemap", "https://gazette.example/s.xml")]


@given(
    st.binary(max_size=200)
    | st.text("<link rel=alternate type=application/rss+xml href=//[]>").map(str.encode)
)
def test_no_bytes_break_it(body: bytes) -> None:
    assert seeds(body)
