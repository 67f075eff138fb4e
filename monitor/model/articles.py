"""What a page holds once its chrome is off.

Position: after `visits`, before `copies`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.model.ids import name_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a source's recent pages taught us: which blocks are the site's own.

    `pages` holds, newest first, the block hashes of up to `extract.template.WINDOW` recent pages. A
    redesign is forgotten by itself as its last pages leave the window.
    """

    pages: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A story with the page chrome taken off.

    `text` is plain paragraphs parted by one blank line: no markup, NFC, never empty.
    `published_at` is what the page claims, with its timezone; None when it claims nothing we
    trust. The time of fetching never stands in for it. `language` is ISO 639-1, None when unknown.
    `url` is the page's canonical URL, normalised. `key` recognises it (`text.urls.url_key`): two pages
    with one key are one article. It is the URL itself when none is given.
    `extractor_version` says which extractor made it, so that an upgrade never looks like an edit.
    """

    url: str
    source: str
    title: str
    text: str
    fetched_at: datetime
    extractor_version: int
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    summary: str | None = None
    paywalled: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.url)

    @property
    def id(self) -> str:
        """The article's name to the outside: a hash of its key."""
        return name_id("article", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading one page gave: the article, the page's block hashes, and what was stripped.

    `blocks` teaches the source's template. `stripped` counts the chrome blocks by the reason they
    were stripped for ("ticker", "weather", "poll", "template" ...). `below` are the lines that stood right
    below the story and were stripped: who it is from may be said there alone.
    """

    article: Article
    blocks: frozenset[int]
    stripped: Mapping[str, int]
    below: tuple[str, ...] = ()
