"""Saved pages, each with its expectation beside it: exactly this title, these authors, these paragraphs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.extraction import Gold, Score, adapter
from tests.extract.conftest import Reader

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
F1_FLOOR = 0.999
"""Words in a row that our own pages share with what must come out of them: they are read without mistakes."""

NAMES = sorted(path.stem for path in PAGES.glob("*.json"))


@dataclass(frozen=True)
class Expected:
    """What must come out of a page. `published`, `site_name` and `url` are only known to the HTML."""

    title: str
    authors: list[str]
    language: str
    paragraphs: list[str]
    stripped: list[str]
    published: str | None = None
    site_name: str | None = None
    url: str | None = None


def expected(name: str) -> Expected:
    """Load the expectation of a page."""
    return Expected(**json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8")))


def test_there_are_pages_in_five_languages() -> None:
    assert len({expected(name).language for name in NAMES}) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_html_gives_exactly_the_story(name: str, read: Reader) -> None:
    want = expected(name)
    article = read(
        (PAGES / f"{name}.html").read_bytes(), url=want.url or "https://gazette.example/story"
    ).article
    assert article.title == want.title
    assert list(article.authors) == want.authors
    assert article.language == want.language
    assert article.text.split("\n\n") == want.paragraphs
    assert article.site_name == want.site_name
    assert (article.published_at.isoformat() if article.published_at else None) == want.published


@pytest.mark.parametrize("name", NAMES)
def test_flattened_text_gives_exactly_the_story(name: str, read: Reader) -> None:
    want = expected(name)
    article = read((PAGES / f"{name}.txt").read_bytes(), content_type="text/plain; charset=utf-8").article
    assert article.title == want.title
    assert list(article.authors) == want.authors
    assert article.language == want.language
    assert article.text.split("\n\n") == want.paragraphs


@pytest.mark.parametrize("form", ["html", "txt"])
@pytest.mark.parametrize("name", NAMES)
def test_what_was_stripped_is_named(name: str, form: str, read: Reader) -> None:
    content_type = {"html": "text/html", "txt": "text/plain"}[form]
    stripped = read((PAGES / f"{name}.{form}").read_bytes(), content_type=content_type).stripped
    assert set(expected(name).stripped) <= set(stripped)


def test_the_f1_of_our_own_pages_stays_above_its_floor() -> None:
    score = Score()
    for name in NAMES:
        want = expected(name)
        page = Gold(
            html=(PAGES / f"{name}.html").read_bytes(),
            url=want.url or "https://gazette.example/story",
            source="ours",
            text="\n\n".join(want.paragraphs),
            wanted=(),
            unwanted=(),
            title=want.title,
            authors=tuple(want.authors),
            date=None,
        )
        score.add(page, adapter(page.html, page.url))
    assert score.text_f1() >= F1_FLOOR


def test_nothing_is_called_a_poll_where_nothing_is_asked(read: Reader) -> None:
    assert "poll" not in read((PAGES / "builder_en.txt").read_bytes(), content_type="text/plain").stripped


def test_the_canonical_url_is_kept_when_it_stays_on_the_site(read: Reader) -> None:
    page = (PAGES / "analysis_en.html").read_bytes()
    wanted = expected("analysis_en").url
    assert read(page, url="https://www.highland-review.example/?p=9&utm_source=x").article.url == wanted
    assert read(page, url="https://mirror.example/story").article.url == "https://mirror.example/story"
