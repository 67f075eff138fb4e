"""Articles for rules to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from monitor.model import Article

PLAIN = Article(
    url="https://www.example.org/world/story",
    source="gazette",
    title="A title",
    text="Some text.",
    fetched_at=datetime(2024, 3, 1, tzinfo=UTC),
    extractor_version=1,
)


def make_article(text: str = "Some text.", *, title: str = "A title", language: str | None = "en") -> Article:
    """Return an article with this text and title."""
    return replace(PLAIN, text=text, title=title, language=language)


def read_article(line: str) -> Article:
    """Return the article that a line of docs/rules.md describes: `[title: ...; lang: ...] text`."""
    if not line.startswith("["):
        return make_article(line)
    head, _, text = line[1:].partition("] ")
    article = make_article(text)
    for pair in head.split("; "):
        name, _, value = pair.partition(": ")
        article = _set(article, name, value)
    return article


def _set(article: Article, name: str, value: str) -> Article:
    if name == "title":
        return replace(article, title=value)
    if name == "lang":
        return replace(article, language=value)
    if name == "source":
        return replace(article, source=value)
    if name == "section":
        return replace(article, section=value)
    if name == "url":
        return replace(article, url=value)
    if name == "author":
        return replace(article, authors=(value,))
    if name == "tag":
        return replace(article, tags=(value,))
    raise ValueError(name)
