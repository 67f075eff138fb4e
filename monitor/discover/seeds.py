"""A site's documents that list its articles, and how each is read.

Position: the room's doors; above `feeds`, `sitemaps`, `front` and `page`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from monitor.discover.choice import GUESSED
from monitor.discover.feeds import looks_like_feed, read_feed
from monitor.discover.front import read_front
from monitor.discover.listing import make_links
from monitor.discover.page import NamedFeed, Page
from monitor.discover.sitemaps import looks_like_sitemap, rank_sitemaps, read_index, read_sitemap
from monitor.errors import NotASeed
from monitor.model import Child, Link, PastLinks, Response, Seed, SeedKind
from monitor.text.urls import resolve_url, same_site, url_key

MAX_NAMED_FEEDS = 5
MAX_SITEMAPS = 3
"""How many of the feeds and sitemaps that a site names are worth a request each."""

FEEDS_OF_GENERATORS = (
    ("wordpress", "feed/"),
    ("blogger", "feeds/posts/default?alt=rss"),
    ("drupal", "rss.xml"),
    ("joomla", "?format=feed&type=rss"),
    ("ghost", "rss/"),
    ("wix.com", "blog-feed.xml"),
    ("hugo", "index.xml"),
    ("jekyll", "feed.xml"),
)
"""Where the software that a page says it was made with puts its feed, named or not."""

USUAL_PLACES = (
    *((SeedKind.FEED, place) for place in ("feed/", "rss.xml", "feed.xml", "rss", "atom.xml")),
    *((SeedKind.SITEMAP, place) for place in ("news-sitemap.xml", "sitemap.xml")),
)
"""Where feeds and sitemaps lie that nothing names. Each costs a request, so they are tried last of all."""

WHOLE_SITE = re.compile(
    r"(?:[a-z]{2}(?:-[a-z]{2,4})?|news|home|index|default|main|latest|all)?(?:\.\w{2,5})?"
)
"""Last parts of a path that stand for the whole of a site: a language, or nothing in particular."""

_COMMENTS = re.compile(
    r"\bcomments?\b|\bkommentare?\b|\bcommentaires?\b|\bcoment[aá]rios?\b|комментари|коментар|մեկնաբան",
    re.IGNORECASE,
)
_NO_NEWS = re.compile(
    r"podcasts?|episodes?|\b(?:audio|videos?|radio|events?|jobs?|shop|forum)\b|подкаст|փոդքաստ", re.IGNORECASE
)
"""What the feeds of a site's other offers are called. They are tried after those of its news."""

_WORD = re.compile(r"[a-z]+")
LANGUAGE_CHARS = (2, 3)
"""How long the names of languages are in URLs: `hy`, `eng`."""


def find_seeds(response: Response) -> tuple[Seed, ...]:
    """Return the documents that may list the site's articles, best first.

    `response` is what the source's URL answers: itself the only seed when it is a feed or a sitemap.
    Otherwise the feeds that the page names, or the one that its software makes; the sitemaps that its
    robots.txt names; the page itself; and where feeds usually lie. For the page of a section, what
    belongs to the whole site comes after the page itself: it lists more than was asked for. Of a site in
    several languages, the feeds in that of the page come first.

    Whether a seed is any good shows when it is read (`find_links`).
    """
    if looks_like_feed(response.body):
        return (Seed(url=response.url, kind=SeedKind.FEED, reason="the source's URL leads to it"),)
    if looks_like_sitemap(response.body):
        return (Seed(url=response.url, kind=SeedKind.SITEMAP, reason="the source's URL leads to it"),)
    page = Page(response)
    section = _section_of(response.url)
    own, wider = _split_feeds(page, section)
    made = _resolve_all(_feeds_made(page.generator(), section), _as_folder(response.url, section))
    feeds = _seeds(SeedKind.FEED, own[:MAX_NAMED_FEEDS], "the page names it")
    feeds = feeds or _seeds(SeedKind.FEED, made, "the site's software puts its feed there")
    itself = _seeds(SeedKind.FRONT, [response.url], "its links look like articles")
    if section:
        named = _seeds(SeedKind.FEED, wider[:MAX_NAMED_FEEDS], "the page names it, for the whole site")
        return (*feeds, *itself, *named)
    sitemaps = _seeds(SeedKind.SITEMAP, _sitemaps_of(response), "the site's robots.txt names it")
    named_seeds = (*feeds, *sitemaps, *itself)
    return (*named_seeds, *(seed for seed in _usual_seeds(response.url) if seed not in named_seeds))


def find_refresh(response: Response) -> str | None:
    """Return the URL of its own site that a page sends its readers on to; None when they stay."""
    if looks_like_feed(response.body) or looks_like_sitemap(response.body):
        return None
    target = Page(response).refresh()
    elsewhere = target is not None and same_site(target, response.url) and target != response.url
    return target if elsewhere else None


def find_children(response: Response) -> tuple[Child, ...]:
    """Return the sitemaps that an index of sitemaps names, the likeliest to hold news first.

    Empty when `response` is no index. Only those of the same site, and no more than are worth a
    request on every visit.
    """
    return tuple(
        Child(url=url, modified=modified)
        for name, modified in read_index(response.body, response.fetched_at)
        for url in _resolve_all([name], response.url)
    )


def find_links(
    response: Response, seed: Seed, source: str, past: PastLinks = PastLinks()
) -> tuple[Link, ...]:
    """Return the links to articles that `seed` lists, newest first, each once and fetchable.

    A feed may point to other sites; the links of a front page are those of its own, weighed by what its
    `past` links have turned out to be as well.

    Raises:
        NotASeed: the document is not what the seed says, or lists nothing.
    """
    if seed.kind is SeedKind.FEED:
        entries = read_feed(response.body, response.content_type)
        complaint = "is a feed without articles" if looks_like_feed(response.body) else "is no feed"
    elif seed.kind is SeedKind.SITEMAP:
        entries = read_sitemap(response.body, response.url, response.fetched_at)
        is_sitemap = looks_like_sitemap(response.body)
        complaint = "is a sitemap that lists nothing recent" if is_sitemap else "is no sitemap"
    elif looks_like_feed(response.body):
        raise NotASeed(f"{response.url} is a feed now, and no page")
    else:
        entries, complaint = read_front(Page(response), past), "has no links that look like articles"
    links = make_links(entries, response, source)
    if not links:
        raise NotASeed(f"{response.url} {complaint}")
    return links


def _section_of(url: str) -> str:
    """Return the name of the section that a URL stands for, "" when it stands for the whole site."""
    last = urlsplit(url).path.lower().rstrip("/").rpartition("/")[2]
    return "" if WHOLE_SITE.fullmatch(last) else last.partition(".")[0]


def _split_feeds(page: Page, section: str) -> tuple[list[str], list[str]]:
    """Return the feeds of the page's section (or site, without one) and all others, nearest first."""
    found: dict[str, tuple[tuple[int, ...], NamedFeed]] = {}
    languages = _languages_of(page)
    for feed in page.named_feeds():
        if _is_of_use(feed, page.url):
            found.setdefault(url_key(feed.url), (_rank(feed, page.url, languages), feed))
    ordered = [feed for _, feed in sorted(found.values(), key=lambda pair: pair[0])]
    own = [feed.url for feed in ordered if _belongs_to(feed, section)]
    return own, [feed.url for feed in ordered if not _belongs_to(feed, section)]


def _rank(feed: NamedFeed, page_url: str, languages: frozenset[str]) -> tuple[int, ...]:
    """Return what feeds are ordered by: their offer, their language, who names them, on whose site."""
    if feed.language:
        language = 0 if feed.language in languages else 2
    else:
        language = 0 if languages & _codes_in(_address(feed.url)) else 1
    no_news = _NO_NEWS.search(_address(feed.url)) or _NO_NEWS.search(feed.title)
    return bool(no_news), language, feed.linked, not same_site(feed.url, page_url)


def _languages_of(page: Page) -> frozenset[str]:
    """Return what the page's language may be called in URLs: what it says, and what its own URL says."""
    parts = urlsplit(page.url)
    first = [parts.path.lower().strip("/").partition("/")[0], parts.netloc.partition(".")[0]]
    return frozenset(
        name for name in (page.language(), *first) if len(name) in LANGUAGE_CHARS and name.isalpha()
    )


def _codes_in(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text) if len(word) in LANGUAGE_CHARS)


def _address(url: str) -> str:
    """Return all of a URL but its host: sites are called Commentary and Radio."""
    parts = urlsplit(url.lower())
    return f"{parts.path}?{parts.query}"


def _is_of_use(feed: NamedFeed, page_url: str) -> bool:
    if _COMMENTS.search(_address(feed.url)) or _COMMENTS.search(feed.title):
        return False
    if url_key(feed.url) == url_key(page_url):
        return False
    return same_site(feed.url, page_url) or not feed.linked


def _belongs_to(feed: NamedFeed, section: str) -> bool:
    return section in urlsplit(feed.url).path.lower() or section in feed.title.lower()


def _feeds_made(generator: str, section: str) -> list[str]:
    """Return where the site's software puts its feed; only WordPress makes one for each section."""
    paths = [path for name, path in FEEDS_OF_GENERATORS if name in generator]
    return [] if section and "wordpress" not in generator else paths[:1]


def _as_folder(url: str, section: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/" if section else url


def _seeds(kind: SeedKind, urls: Iterable[str], reason: str) -> list[Seed]:
    return [Seed(url=url, kind=kind, reason=reason) for url in urls]


def _usual_seeds(page_url: str) -> Iterator[Seed]:
    for kind, place in USUAL_PLACES:
        yield from _seeds(kind, _resolve_all([place], page_url), f"{kind}{GUESSED}")


def _sitemaps_of(response: Response) -> list[str]:
    return list(_resolve_all(rank_sitemaps(response.sitemaps), response.url))[:MAX_SITEMAPS]


def _resolve_all(references: Iterable[str], page_url: str) -> Iterator[str]:
    """Yield the URLs of `references` that lie on the page's own site."""
    for reference in references:
        try:
            url = resolve_url(page_url, reference)
        except ValueError:
            continue
        if same_site(url, page_url):
            yield url
