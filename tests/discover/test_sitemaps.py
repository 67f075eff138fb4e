"""Sitemaps and their indexes."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discover import find_children, find_links, join_links
from monitor.discover.sitemaps import looks_like_sitemap
from monitor.errors import NotASeed
from monitor.model import Child, Link, Response, Seed, SeedKind
from monitor.text.urls import url_key

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

SITE = "https://gazette.example"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

NEWS = f"""{HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> {SITE}/a?utm_source=news </loc>
  <n:news><n:publication><n:name>Gazette</n:name><n:language>en</n:language></n:publication>
  <n:publication_date>2026-05-03T10:00:00+04:00</n:publication_date>
  <n:title>Ferry &amp; quay</n:title></n:news>
  <image:image><image:loc>{SITE}/a.jpg</image:loc><image:title>A boat</image:title></image:image></url>
<url><loc>{SITE}/b</loc><n:news><n:publication_date>2026-05-04</n:publication_date><n:title>Պայմանագիր</n:title></n:news></url>
</urlset>"""


def fetched(body: str | bytes, path: str = "/news-sitemap.xml") -> Response:
    return Response(url=SITE + path, fetched_at=NOW, body=body.encode() if isinstance(body, str) else body)


def read(body: str | bytes, path: str = "/news-sitemap.xml") -> tuple[Link, ...]:
    return find_links(fetched(body, path), Seed(url=SITE + path, kind=SeedKind.SITEMAP), "gazette")


def urlset(*pages: tuple[str, str | None]) -> str:
    urls = (
        f"<url><loc>{SITE}{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
        for path, day in pages
    )
    return f"{HEAD}<urlset>{''.join(urls)}</urlset>"


def index(*sitemaps: tuple[str, str | None]) -> str:
    named = (
        f"<sitemap><loc>{loc}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for loc, day in sitemaps
    )
    return f"{HEAD}<sitemapindex>{''.join(named)}</sitemapindex>"


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())])
def test_a_news_sitemap_tells_titles_and_dates(pack: object) -> None:
    assert callable(pack)
    newer, older = read(pack(NEWS))
    assert (newer.url, newer.title) == (f"{SITE}/b", "Պայմանագիր")
    assert newer.published_at == datetime(2026, 5, 4, tzinfo=UTC)
    assert (older.url, older.title) == (f"{SITE}/a", "Ferry & quay")
    assert older.published_at == datetime(2026, 5, 3, 6, 0, tzinfo=UTC)


def test_a_general_sitemap_gives_what_changed_of_late_and_looks_like_an_article() -> None:
    body = urlset(
        ("/", "2026-05-04"),
        ("/about", "2026-05-04"),
        ("/politics", "2026-05-04"),
        ("/2026/05/01/the-quay-is-open", "2026-05-01T10:00:00Z"),
        ("/2025/01/01/last-year-in-the-harbour", "2025-01-01"),
        ("/story-of-a-lighthouse-keeper", "2026-05-03"),
        ("/tag/the-quay-is-open-again", "2026-05-03"),
    )
    links = read(body, "/sitemap.xml")
    assert [link.url for link in links] == [
        f"{SITE}/story-of-a-lighthouse-keeper",
        f"{SITE}/2026/05/01/the-quay-is-open",
    ]
    assert [link.published_at for link in links] == [None, datetime(2026, 5, 1, tzinfo=UTC)]


def test_a_sitemap_of_posts_may_name_them_as_it_likes() -> None:
    assert [link.url for link in read(urlset(("/herring", None), ("/login", None)), "/post-sitemap.xml")] == [
        f"{SITE}/herring"
    ]


def test_a_broken_sitemap_gives_what_was_whole() -> None:
    assert len(read(NEWS[: NEWS.index("</urlset>")])) == 2
    assert (
        len(
            read(
                NEWS.replace("<url><loc>https://gazette.example/b", "<url><loc>https://gazette.example/b < c")
            )
        )
        == 1
    )


@pytest.mark.parametrize(
    "body", ["", "<html><body>no</body></html>", f"{HEAD}<urlset></urlset>", "\x1f\x8bnot gzip", index()]
)
def test_what_lists_nothing_is_no_seed(body: str) -> None:
    with pytest.raises(NotASeed, match=r"is no sitemap|is a sitemap that lists nothing recent"):
        read(body.encode("latin-1"))


def test_an_index_names_its_news_first_then_the_latest() -> None:
    body = index(
        (f"{SITE}/sitemap-images.xml", "2026-05-04"),
        (f"{SITE}/sitemap-2026-04.xml", "2026-04-30"),
        (f"{SITE}/sitemap-2026-05.xml", "2026-05-04"),
        ("https://elsewhere.example/post-sitemap.xml", "2026-05-04"),
        (f"{SITE}/post-sitemap1.xml", "2026-05-02"),
    )
    assert find_children(fetched(body)) == (
        Child(url=f"{SITE}/post-sitemap1.xml", modified="2026-05-02"),
        Child(url=f"{SITE}/sitemap-2026-05.xml", modified="2026-05-04"),
    )


def test_of_sitemaps_without_dates_the_last_is_the_newest() -> None:
    body = index(*((f"{SITE}/sitemap-{number}.xml", None) for number in range(1, 9)))
    assert [seed.url[-5] for seed in find_children(fetched(body))] == ["8", "7", "6"]


def test_only_an_index_has_children() -> None:
    assert find_children(fetched(NEWS)) == ()
    with pytest.raises(NotASeed):
        read(index((f"{SITE}/a.xml", None)))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY x "expanded">',
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;',
    ],
)
def test_entities_are_never_expanded(declaration: str) -> None:
    body = NEWS.replace("<urlset", f"<!DOCTYPE urlset [{declaration}]><urlset").replace("Ferry", "&x;")
    with pytest.raises(NotASeed):
        read(body)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("/news?id=1234&b=2", "/news?b=2&id=1234"),
        ("/news?id=1234&amp;b=2", "/news?b=2&id=1234"),
        ("/caf\xe9-opens-in-the-town", None),
    ],
)
def test_one_url_that_is_written_badly_costs_the_others_nothing(written: str, read_as: str | None) -> None:
    good = "/a-story-of-many-words"
    body = urlset((written, "2026-05-04"), (good, "2026-05-03")).encode("latin-1")
    found = [url_key(link.url).partition(".example")[2] for link in read(body)]
    assert found[-1] == good
    assert read_as is None or found == [read_as, good]


def test_links_of_several_documents_are_joined_newest_first_and_each_once() -> None:
    news = read(NEWS)
    posts = read(urlset(("/b", "2026-05-04"), ("/posts/c-story-of-many-words", None)), "/posts.xml")
    joined = join_links([posts, news])
    assert [link.url for link in joined] == [f"{SITE}/b", f"{SITE}/a", f"{SITE}/posts/c-story-of-many-words"]
    assert joined[0].title == "Պայմանագիր", "of two claims the dated one counts"
    assert join_links([]) == ()


def test_a_sitemap_of_fifty_thousand_pages_is_read_to_its_end() -> None:
    start = NOW - timedelta(hours=50_000)
    pages = (
        (f"/2026/story-number-{n}-of-many", f"{start + timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}")
        for n in range(50_000)
    )
    body = urlset(*pages)
    assert len(read(body)) == 24 * 30


def test_a_packed_sitemap_cannot_unfold_without_end() -> None:
    bomb = gzip.compress(f"{HEAD}<urlset>".encode() + b" " * 100_000_000 + b"<url><loc>x</loc></url>")
    with pytest.raises(NotASeed):
        read(bomb)


def test_a_sitemap_is_told_by_its_root() -> None:
    assert looks_like_sitemap(NEWS.encode())
    assert looks_like_sitemap(gzip.compress(index().encode()))
    assert not looks_like_sitemap(b"<rss version='2.0'>")


@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "<urlset>",
                "<url>",
                "</url>",
                "<loc>",
                "</loc>",
                "http://[",
                "https://gazette.example/2026/05/04/x-y-z-a",
                "<lastmod>",
                "</lastmod>",
                "9999-99-99",
                "2026-05-04",
                "<sitemapindex>",
                "<sitemap>",
                "&",
                "]]>",
                "\x00",
                "</urlset>",
            ]
        ),
        max_size=30,
    ).map(lambda parts: "".join(parts).encode())
)
def test_no_bytes_break_it(body: bytes) -> None:
    looks_like_sitemap(body)
    find_children(fetched(body))
    try:
        assert read(body)
    except NotASeed:
        return
