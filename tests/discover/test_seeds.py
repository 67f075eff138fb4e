"""Which of a site's documents list its articles."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discover import find_refresh, find_seeds
from monitor.model import Response, Seed, SeedKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def all_seeds(body: str | bytes, url: str = "https://gazette.example/") -> list[tuple[str, str]]:
    content = body.encode() if isinstance(body, str) else body
    return [
        (seed.kind.value, seed.url) for seed in find_seeds(Response(url=url, fetched_at=NOW, body=content))
    ]


def seeds(body: str | bytes, url: str = "https://gazette.example/") -> list[tuple[str, str]]:
    """Return the seeds without what is only tried because feeds and sitemaps usually lie there."""
    found = all_seeds(body, url)
    end = found.index(("front", url)) if ("front", url) in found else 0
    return found[:end] + [seed for seed in found[end:] if seed not in usual_of(url)]


def usual_of(url: str) -> list[tuple[str, str]]:
    feeds, maps = ("feed/", "rss.xml", "feed.xml", "rss", "atom.xml"), ("news-sitemap.xml", "sitemap.xml")
    return [("feed", urljoin(url, place)) for place in feeds] + [
        ("sitemap", urljoin(url, place)) for place in maps
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
    assert all_seeds(page, "https://gazette.example/world") == [
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
    assert all_seeds(page)[:6] == seeds(page)


def test_a_page_without_feeds_is_its_own_seed_before_the_usual_places() -> None:
    usual = usual_of("https://gazette.example/")
    assert all_seeds("<p>Nothing here") == [("front", "https://gazette.example/"), *usual]
    assert all_seeds(b"") == [("front", "https://gazette.example/"), *usual]
    assert ("feed", "https://gazette.example/en/feed/") in all_seeds("", "https://gazette.example/en/")


def test_the_usual_places_are_tried_after_a_feed_that_may_be_dead() -> None:
    page = '<a href="/rss/">RSS</a>'
    assert all_seeds(page)[:3] == [
        ("feed", "https://gazette.example/rss/"),
        ("front", "https://gazette.example/"),
        ("feed", "https://gazette.example/feed/"),
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="text/xml" title="RSS" href="/export">',
        '<link rel="alternate" type="application/xml" href="/export">',
        '<link rel="alternate" title="RSS 2.0" href="/export">',
        '<link rel="alternate" href="/export.rss">',
    ],
)
def test_a_feed_is_known_by_its_name_where_its_type_is_missing_or_plain(link: str) -> None:
    assert seeds(link)[0][0] == "feed"


def test_a_page_in_another_language_is_no_feed() -> None:
    assert seeds('<link rel="alternate" hreflang="ru" href="/ru/">') == [
        ("front", "https://gazette.example/")
    ]


@pytest.mark.parametrize(
    ("head", "url", "feed"),
    [
        ('<html lang="ru-RU">{}', "https://gazette.example/", "/rss/ru.xml"),
        ("{}", "https://gazette.example/ru/", "/rss/ru.xml"),
        ("{}", "https://ru.gazette.example/", "/rss/ru.xml"),
        ('<html lang="hy">{}', "https://gazette.example/", "/rss/hy.xml"),
        ('<html lang="ka">{}', "https://gazette.example/", "/rss/hy.xml"),
    ],
)
def test_of_feeds_in_several_languages_that_of_the_page_comes_first(head: str, url: str, feed: str) -> None:
    names = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/rss/{code}.xml">'
        for code in ("hy", "ru", "en")
    )
    assert seeds(head.format(names), url)[0] == ("feed", urljoin(url, feed))


def test_the_language_that_a_page_says_a_feed_has_counts() -> None:
    page = """<html lang="en-GB"><link rel="alternate" hreflang="hy" type="application/rss+xml" href="/1">
      <link rel="alternate" type="application/rss+xml" href="/2">
      <link rel="alternate" hreflang="en" type="application/rss+xml" href="/3">"""
    assert [url.rpartition("/")[2] for kind, url in seeds(page) if kind == "feed"] == ["3", "2", "1"]


def test_feeds_of_comments_are_left_out_and_those_of_podcasts_come_last() -> None:
    page = """<link rel="alternate" type="application/rss+xml" title="Our podcast" href="/p.xml">
      <link rel="alternate" type="application/rss+xml" href="/video/feed">
      <link rel="alternate" type="application/rss+xml" title="Лента комментариев" href="/c.xml">
      <link rel="alternate" type="application/rss+xml" title="News" href="/n.xml">"""
    assert [url.rpartition(".example")[2] for kind, url in seeds(page) if kind == "feed"] == [
        "/n.xml",
        "/p.xml",
        "/video/feed",
    ]


def test_a_site_that_is_called_commentary_has_a_feed() -> None:
    page = """<link rel="alternate" type="application/rss+xml" title="Commentary » Feed" href="/c.xml">
      <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">"""
    url = "https://comment.example/"
    assert seeds(page, url) == [("feed", f"{url}c.xml"), ("front", url)]


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("0; url=/hy/", "https://gazette.example/hy/"),
        ("0;URL='https://www.gazette.example/home'", "https://www.gazette.example/home"),
        ("5,/en", "https://gazette.example/en"),
        ("300; url=/hy/", None),
        ("600", None),
        ("0; url=/", None),
        ("0; url=https://elsewhere.example/", None),
    ],
)
def test_a_door_tells_where_it_leads(content: str, target: str | None) -> None:
    body = f'<meta http-equiv="Refresh" content="{content}">'.encode()
    assert find_refresh(Response(url="https://gazette.example/", fetched_at=NOW, body=body)) == target


def test_readers_with_scripts_are_not_sent_to_the_page_for_those_without() -> None:
    body = b'<noscript><meta http-equiv="refresh" content="0; url=/plain"></noscript>'
    assert find_refresh(Response(url="https://gazette.example/", fetched_at=NOW, body=body)) is None


def test_a_feed_sends_nobody_on() -> None:
    body = b'<rss version="2.0"><meta http-equiv="refresh" content="0; url=/plain"/></rss>'
    assert find_refresh(Response(url="https://gazette.example/", fetched_at=NOW, body=body)) is None


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
    assert all_seeds(page, "https://gazette.example/politics.html?x=1") == [
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
    assert [seed.url for seed in find_seeds(response)][:5] == [
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
