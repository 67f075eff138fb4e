# ruff: noqa: E501  (pages on one line)
"""Whatever the bytes: an article, or no article, never another exception."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import NotAnArticle
from monitor.extract import read_article
from monitor.extract.mentions import MAX_PEOPLE
from monitor.extract.walk import cut_html
from monitor.model import Link, Response, Template
from tests.extract.conftest import READ_AT, Reader

PAGES = [
    path.read_bytes() for path in sorted((Path(__file__).parent.parent / "fixtures" / "pages").glob("*.html"))
]
SNIPPETS = [
    b"<script type='application/ld+json'>" + b'{"a":' * 3000 + b"</script>",
    b'<script type="application/ld+json">{"@type":"NewsArticle","headline":["x",{"y":1}],"author":[[["z"]]],"datePublished":20310101}</script>',
    b'<script type="application/ld+json"><!-- {"@type": "Article", "author": {"name": "\\ud800"},} --></script>',
    b'<script type="application/ld+json">{"@type":"Article","headline":"\\udfff\x00","keywords":5,"image":[{}]}</script>',
    b"<meta property='article:published_time' content='9999-99-99T99:99:99+99:99'>",
    b"<meta property='article:published_time' content='0000-00-00'><time datetime='31/31/2031'>",
    b"<link rel='canonical' href='http://[::1'><base href='://'>",
    b"<link rel='canonical' href='javascript:alert(1)'><meta property='og:url' content='//'>",
    b"<table><tr><td><form><input type=radio><input type=radio></table></form>",
    b"</div></div></p></body></html><p>",
    b"<svg><td><math><p><style></svg>",
    b"&#xD800;&#x0;&#x1F600;\xef\xbb\xbf\xff\xfe\xed\xa0\x80",
    b"<h1>" + b"a" * 5000 + b"</h1>",
    b"<plaintext>",
    b"<!--" + b"-" * 1000,
    b"\x00\x01\x02\x1b$B",
    b"<p hidden style='display : none'>" + b"1 " * 500,
]


def attempt(body: bytes, content_type: str = "text/html", url: str = "https://gazette.example/story") -> None:
    """Read a page; an article must be sound."""
    response = Response(url=url, fetched_at=READ_AT, body=body, content_type=content_type)
    try:
        article = read_article(response, Link(url=url, source="gazette"), Template()).article
    except NotAnArticle:
        return
    assert article.title.strip()
    assert article.text.strip()
    assert "\x00" not in article.text
    article.text.encode()
    article.title.encode()
    "".join((*article.authors, *article.tags, article.section or "", article.summary or "")).encode()
    assert article.published_at is None or article.published_at <= READ_AT


@given(
    st.sampled_from(PAGES),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SNIPPETS) | st.binary(max_size=30)), max_size=6),
    st.floats(0.3, 1),
    st.sampled_from(
        ["text/html", "text/html; charset=gb2312", "text/plain", "", "text/html; charset=no-such"]
    ),
)
def test_mangled_pages_never_raise_anything_else(
    page: bytes, insertions: list[tuple[float, bytes]], kept: float, content_type: str
) -> None:
    for place, snippet in insertions:
        at = int(place * len(page))
        page = page[:at] + snippet + page[at:]
    attempt(page[: int(kept * len(page))], content_type)


@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/plain", "", "application/pdf"]))
def test_arbitrary_bytes_never_raise_anything_else(body: bytes, content_type: str) -> None:
    attempt(body, content_type)


@given(st.text(max_size=300))
def test_arbitrary_text_never_raises_anything_else(text: str) -> None:
    attempt(text.encode("utf-8", "surrogatepass"), "text/plain")
    attempt(b"<html><body><h1>A headline of five words</h1><p>" + text.encode("utf-8", "surrogatepass") * 3)


@pytest.mark.parametrize("seed", range(8))
def test_pages_with_shuffled_tags_never_raise_anything_else(seed: int) -> None:
    rng = random.Random(seed)
    pieces = rng.choice(PAGES).split(b"<")
    rng.shuffle(pieces)
    attempt(b"<".join(pieces))


def test_a_megabyte_on_one_line_is_read(read: Reader) -> None:
    line = "A sentence that goes on and on about the harbour. " * 20_000
    article = read(f"<title>A very long story</title><h1>A very long story</h1><p>{line}").article
    assert len(article.text) > 900_000


@pytest.mark.parametrize(
    "line", ["$" * 300_000, "1 " * 200_000, "a." * 200_000, "- " * 200_000, "by " * 200_000, "(" * 300_000]
)
def test_lines_made_to_hurt_patterns_are_read_quickly(line: str) -> None:
    attempt(f"<title>A very long line</title><h1>{line}</h1><p>{line}</p><li>{line}</li>".encode())
    attempt(line.encode(), "text/plain")


def test_two_thousand_levels_of_nesting_are_read(read: Reader) -> None:
    page = (
        "<title>Deep down the well</title><h1>Deep down the well</h1>"
        + "<div>" * 1_900
        + "<p>"
        + "It was dark down there. " * 20
    )
    assert read(page).article.text.startswith("It was dark")


def test_of_authors_nested_in_authors_only_the_beginnings_are_kept() -> None:
    page = cut_html(b"<div itemprop=author><span class=author>" * 900 + b"Ann Lee " * 10_000)
    assert 0 < len(page.people) <= MAX_PEOPLE
    assert {mention.value for mention in page.people} == {("Ann Lee " * 25)[:200]}
