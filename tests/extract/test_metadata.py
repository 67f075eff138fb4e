# ruff: noqa: E501  (pages on one line)
"""What a page says of its story: title, authors, dates and the rest, whichever way it says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.model import Article
from tests.extract.conftest import Reader

TITLE = "Harbour council decides on the ferry"
STORY = "".join(
    f"<p>Paragraph {n} tells in two plain sentences what the council of the harbour has decided about it. "
    "It is long enough to be one.</p>"
    for n in range(6)
)
ArticleReader = Callable[..., Article]
URL = "https://www.gazette.example/news/ferry"


def page(*head: str, above: str = "", below: str = "", h1: str = TITLE, lang: str = "en") -> str:
    """Build a page around a story."""
    return (
        f"<!doctype html><html lang='{lang}'><head>{''.join(head)}</head><body><h1>{h1}</h1>{above}"
        f"<div class='article-body'>{STORY}</div>{below}</body></html>"
    )


def jsonld(**fields: object) -> str:
    """Write the JSON-LD of an article."""
    value = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f"<script type='application/ld+json'>{json.dumps(value)}</script>"


def meta(name: str, content: str) -> str:
    """Write a meta element."""
    return f"<meta property='{name}' content='{content}'>"


@pytest.fixture
def article(read: Reader) -> ArticleReader:
    """Read a page and give its article."""

    return lambda html, **given: read(html, url=URL, **given).article


# --- titles


@pytest.mark.parametrize(
    ("head", "h1", "title"),
    [
        ([f"<title>{TITLE} | The Gazette</title>"], "", TITLE),
        ([f"<title>The Gazette - {TITLE}</title>", meta("og:site_name", "The Gazette")], "", TITLE),
        ([f"<title>{TITLE} - gazette.example</title>"], "", TITLE),
        ([f"<title>{TITLE} | News | The Gazette</title>", meta("og:title", TITLE)], TITLE, TITLE),
        ([f"<title>{TITLE} - A bridge too far</title>"], "", f"{TITLE} - A bridge too far"),
        ([meta("og:title", f"Ferries: {TITLE}")], TITLE, TITLE),
        ([meta("og:title", f"Ferries | {TITLE}"), jsonld(headline=TITLE)], TITLE, TITLE),
        (
            [meta("og:title", f"Ferries: {TITLE}"), jsonld(headline=f"Ferries: {TITLE}")],
            TITLE,
            f"Ferries: {TITLE}",
        ),
        ([meta("og:title", TITLE)], f"Ferries {TITLE}", TITLE),
        ([meta("og:title", TITLE)], "The Gazette", TITLE),
    ],
)
def test_the_title_comes_without_the_sites_name(
    head: list[str], h1: str, title: str, article: ArticleReader
) -> None:
    assert article(page(*head, h1=h1)).title == title


def test_a_title_in_a_second_heading_is_found(article: ArticleReader) -> None:
    html = page(meta("og:title", TITLE), h1="", above=f"<h2>{TITLE}</h2>")
    assert article(html).title == TITLE


def test_the_link_of_the_seed_names_a_page_without_a_title(article: ArticleReader) -> None:
    assert article(page(h1=""), title="What the feed called it").title == "What the feed called it"


# --- authors


@pytest.mark.parametrize(
    ("head", "above", "authors"),
    [
        ([jsonld(author={"@type": "Person", "name": "Orsa Velin"})], "", ("Orsa Velin",)),
        (
            [jsonld(author=[{"name": "Orsa Velin"}, {"name": "Bero Kastel"}])],
            "",
            ("Orsa Velin", "Bero Kastel"),
        ),
        ([jsonld(author="Orsa Velin and Bero Kastel")], "", ("Orsa Velin", "Bero Kastel")),
        ([jsonld(author=[{"name": "The Gazette"}, {"name": "Orsa Velin"}])], "", ("Orsa Velin",)),
        ([meta("author", "By Orsa Velin, Staff Writer")], "", ("Orsa Velin",)),
        ([meta("article:author", "https://social.example/orsa")], "<p>By Orsa Velin</p>", ("Orsa Velin",)),
        (
            [meta("citation_author", "Velin, Orsa"), meta("citation_author", "Kastel, Bero")],
            "",
            ("Orsa Velin", "Bero Kastel"),
        ),
        ([], "<p>By <b>Orsa Velin</b> and Bero Kastel | 3 May 2031</p>", ("Orsa Velin", "Bero Kastel")),
        ([], "<div><a rel='author' href='/o'>Orsa Velin</a></div>", ("Orsa Velin",)),
        ([], "<div><span itemprop='author'>Orsa Velin</span></div>", ("Orsa Velin",)),
        ([], "<address>ORSA VELIN</address>", ("Orsa Velin",)),
        ([], "<p>Von Orsa Velin</p>", ("Orsa Velin",)),
        ([jsonld(author={"name": "Northern Press Agency"})], "", ("Northern Press Agency",)),
        ([jsonld(author="admin")], "", ()),
        ([], "<p>Published 3 May 2031</p>", ()),
    ],
)
def test_authors_are_people(
    head: list[str], above: str, authors: tuple[str, ...], article: ArticleReader
) -> None:
    found = article(page(meta("og:site_name", "The Gazette"), *head, above=above)).authors
    assert found == authors


def test_an_author_is_found_through_a_reference_of_the_graph(article: ArticleReader) -> None:
    graph = {
        "@graph": [
            {"@type": "Article", "headline": TITLE, "author": {"@id": "#p1"}},
            {"@type": "Person", "@id": "#p1", "name": "Orsa Velin"},
        ]
    }
    html = page(f"<script type='application/ld+json'>{json.dumps(graph)}</script>")
    assert article(html).authors == ("Orsa Velin",)


# --- dates

BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("head", "above", "published"),
    [
        ([jsonld(datePublished="2031-05-03T09:30:00+02:00")], "", datetime(2031, 5, 3, 9, 30, tzinfo=BERLIN)),
        ([jsonld(datePublished="2031-05-03T07:30:00.000Z")], "", datetime(2031, 5, 3, 7, 30, tzinfo=UTC)),
        ([jsonld(datePublished="2031-05-03")], "", datetime(2031, 5, 3, tzinfo=UTC)),
        (
            [meta("article:published_time", "2031-05-03 09:30:00 +0200")],
            "",
            datetime(2031, 5, 3, 9, 30, tzinfo=BERLIN),
        ),
        ([meta("article:published_time", "20310503T0930")], "", datetime(2031, 5, 3, 9, 30, tzinfo=UTC)),
        ([meta("pubdate", "Sat, 03 May 2031 09:30:00 GMT")], "", datetime(2031, 5, 3, 9, 30, tzinfo=UTC)),
        (
            [meta("timestamp", "1935567000")],
            "",
            datetime(2031, 5, 3, 9, 30, tzinfo=UTC) - timedelta(minutes=0),
        ),
        (
            [],
            "<time datetime='2031-05-03T09:30+02:00'>Saturday</time>",
            datetime(2031, 5, 3, 9, 30, tzinfo=BERLIN),
        ),
        ([], "<p>May 3, 2031 at 9:30 p.m. CEST</p>", datetime(2031, 5, 3, 21, 30, tzinfo=BERLIN)),
        ([], "<p>3. Mai 2031, 09:30 Uhr</p>", datetime(2031, 5, 3, 9, 30, tzinfo=UTC)),
        ([], "<p>3.Mai 2031 um 09:30</p>", datetime(2031, 5, 3, 9, 30, tzinfo=UTC)),
        ([], "<p>3 мая 2031, 09:30</p>", datetime(2031, 5, 3, 9, 30, tzinfo=UTC)),
        ([], "<p>2031年5月3日 09:30</p>", datetime(2031, 5, 3, 9, 30, tzinfo=UTC)),
        ([], "<p>03.05.2031</p>", datetime(2031, 5, 3, tzinfo=UTC)),
        ([], "<p>5/3/2031</p>", datetime(2031, 5, 3, tzinfo=UTC)),
        (
            [],
            "<p>2031 մայիս 3, 09:30 UTC+4</p>",
            datetime(2031, 5, 3, 9, 30, tzinfo=timezone(timedelta(hours=4))),
        ),
        ([], "<p>No date at all</p>", None),
    ],
)
def test_the_date_is_what_the_page_claims(
    head: list[str], above: str, published: datetime | None, article: ArticleReader
) -> None:
    found = article(page(*head, above=above)).published_at
    if head and head[0].find("timestamp") >= 0:
        assert found is not None
        assert found.year == 2031
    else:
        assert found == published
        assert found is None or published is None or found.utcoffset() == published.utcoffset()


def test_the_day_in_the_url_is_a_date(read: Reader) -> None:
    found = read(page(), url="https://gazette.example/2031/05/03/ferry").article.published_at
    assert found == datetime(2031, 5, 3, tzinfo=UTC)


def test_a_future_date_is_never_believed(article: ArticleReader) -> None:
    html = page(jsonld(datePublished="2032-05-03T09:30:00Z"), meta("date", "1970-01-01"))
    assert article(html, at=datetime(2032, 1, 1, tzinfo=UTC)).published_at is None


def test_the_time_of_fetching_never_stands_in_for_a_date(article: ArticleReader) -> None:
    assert article(page()).published_at is None


def test_a_visible_date_far_from_the_one_in_the_url_is_another_storys(read: Reader) -> None:
    html = page(above="<p>3 May 2029</p>")
    found = read(html, url="https://gazette.example/2031/05/03/ferry").article.published_at
    assert found == datetime(2031, 5, 3, tzinfo=UTC)


# --- the rest


def test_the_rest_of_the_metadata_is_read(article: ArticleReader) -> None:
    found = article(
        page(
            meta("og:site_name", "The Gazette"),
            meta("og:description", "What it says in short."),
            meta("article:tag", "ferry"),
            meta("article:tag", "harbour"),
            jsonld(
                image={"url": "https://gazette.example/a.jpg"},
                articleSection=["World", "Sea"],
                dateModified="2031-05-04T10:00:00Z",
                isAccessibleForFree="False",
                publisher={"name": "The Gazette"},
            ),
            lang="en-GB",
        )
    )
    assert found.site_name == "The Gazette"
    assert found.summary == "What it says in short."
    assert found.tags == ("ferry", "harbour")
    assert found.section == "World"
    assert found.image == "https://gazette.example/a.jpg"
    assert found.modified_at == datetime(2031, 5, 4, 10, tzinfo=UTC)
    assert found.paywalled
    assert found.language == "en"


@pytest.mark.parametrize(
    "script",
    [
        '<!-- {"@type": "NewsArticle", "author": {"name": "Orsa Velin"}} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "author": {"name": "Orsa Velin"},}\n//]]>',
        '[{"@type": "BreadcrumbList"}, {"@type": ["Thing", "Article"], "author": ["Orsa Velin"]}]',
        '{"@type": "NewsArticle", "headline": "a\tb", "author": {"name": "<b>Orsa&#32;Velin</b>"}}',
        '{"@type": "http://schema.org/NewsArticle", "author": {"@value": "Orsa Velin"}};',
    ],
)
def test_json_ld_is_read_however_it_is_wrapped(script: str, article: ArticleReader) -> None:
    assert article(page(f"<script type='application/ld+json'>{script}</script>")).authors == ("Orsa Velin",)


def test_a_story_that_only_json_ld_shows_is_taken_from_there(article: ArticleReader) -> None:
    body = "\n\n".join(
        f"Paragraph {n} of the story that the page hides behind a button for now." for n in range(9)
    )
    html = f"<html><head>{jsonld(headline=TITLE, articleBody=body)}</head><body><h1>{TITLE}</h1><p>A teaser only.</p></body></html>"
    assert article(html).text.split("\n\n")[8].startswith("Paragraph 8")


def test_markdown_in_a_story_that_only_json_ld_shows_is_read_as_its_words(article: ArticleReader) -> None:
    plain = "\n\n".join(
        f"Paragraph {n} of the story that the page hides behind a button for now." for n in range(9)
    )
    body = (
        "+++dropcap\n\n"
        + plain
        + "\n\n+++\n\nIt was [told before](https://gazette.example/1?a=b), and *twice*"
        " by the *NASA*{: .small} of boats; 2 * 3 * 4 seats [sic] (or so) and snake_case_names stay."
    )
    html = f"<html><head>{jsonld(headline=TITLE, articleBody=body)}</head><body><h1>{TITLE}</h1><p>A teaser only.</p></body></html>"
    assert article(html).text == plain + (
        "\n\nIt was told before, and twice by the NASA of boats; 2 * 3 * 4 seats [sic] (or so) and"
        " snake_case_names stay."
    )


def test_the_declared_language_stands_when_the_text_does_not_tell(article: ArticleReader) -> None:
    found = article(page(lang="en")).language
    assert found == "en"
