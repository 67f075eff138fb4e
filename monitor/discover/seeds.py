"""A site's documents that list its articles, and how each is read.

Position: the room's two doors; above `feeds`, `front` and `page`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from monitor.discover.feeds import looks_like_feed, read_feed
from monitor.discover.front import read_front
from monitor.discover.listing import make_links
from monitor.discover.page import NamedFeed, Page
from monitor.errors import NotASeed
from monitor.model import Link, Response, Seed, SeedKind
from monitor.text.urls import same_site, url_key

MAX_NAMED_FEEDS = 5
"""How many of the feeds that a page names are worth a request each."""

_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.IGNORECASE)


def find_seeds(response: Response) -> tuple[Seed, ...]:
    """Return the documents that may list the site's articles, best first.

    `response` is what the source's URL answers: itself the only seed when it is a feed. Otherwise the
    feeds that the page names, those of its own section first, and the page itself last. Whether a
    seed is any good shows when it is read (`find_links`).
    """
    if looks_like_feed(response.body):
        return (Seed(url=response.url, kind=SeedKind.FEED),)
    feeds = _best_first(Page(response).named_feeds(), response.url)
    seeds = [Seed(url=url, kind=SeedKind.FEED) for url in feeds[:MAX_NAMED_FEEDS]]
    return (*seeds, Seed(url=response.url, kind=SeedKind.FRONT))


def find_links(response: Response, seed: Seed, source: str) -> tuple[Link, ...]:
    """Return the links to articles that `seed` lists, newest first, each once and fetchable.

    A feed may point to other sites; the links of a front page are those of its own.

    Raises:
        NotASeed: the document is not what the seed says, or lists nothing.
    """
    if seed.kind is SeedKind.FEED:
        links = make_links(read_feed(response.body), response, source)
        if not links:
            raise NotASeed(f"{response.url} is no feed, or an empty one")
        return links
    if looks_like_feed(response.body):
        raise NotASeed(f"{response.url} is a feed now, and no page")
    links = make_links(read_front(Page(response)), response, source)
    if not links:
        raise NotASeed(f"{response.url} has no links that look like articles")
    return links


def _best_first(feeds: Iterable[NamedFeed], page_url: str) -> list[str]:
    """Return the feeds' URLs, each once: those of the page's section, then the site's, others last."""
    found: dict[str, tuple[int, str]] = {}
    for feed in feeds:
        rank = _rank(feed, page_url)
        if rank is not None:
            found.setdefault(url_key(feed.url), (rank, feed.url))
    return [url for _, url in sorted(found.values(), key=lambda pair: pair[0])]


def _rank(feed: NamedFeed, page_url: str) -> int | None:
    """Return how far from the page's articles a feed is, 0 the nearest; None when it lists none."""
    if _COMMENTS.search(feed.url) or _COMMENTS.search(feed.title) or url_key(feed.url) == url_key(page_url):
        return None
    section = [part for part in urlsplit(page_url).path.lower().split("/") if part]
    path = urlsplit(feed.url).path.lower()
    other_site = not same_site(feed.url, page_url)
    if feed.linked and other_site:
        return None
    other_section = bool(section) and section[-1].partition(".")[0] not in path
    return 4 * feed.linked + 2 * other_section + other_site
