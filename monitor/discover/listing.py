"""Entries -> Links: what a seed lists, put in order.

Position: after `feeds`, `sitemaps` and `front`, which read what a document claims. Pure.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import Link, Response
from monitor.text.urls import resolve_url, url_key

MAX_LINKS = 5000
"""The newest that are taken from one document. News sites list 10 to 1,000; the largest real feed of
those at hand has 1,046."""

MAX_TITLE_CHARS = 500
MAX_RAW_TITLE_CHARS = 10_000

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before it there was no web: 1970 and year 1 are clocks that were never set."""

MAX_AHEAD = timedelta(days=1)
"""How far a date may lie ahead of the fetch: local time claimed as UTC is up to 14 hours off."""

GARBLED = "\ufffd"
"""What stands for a letter that could not be read. Such a title is worse than none: the page has its own."""

SLASHES_OF_A_ROOT = len("///")
"""Of `https://host/`. Only a root's key ends with a slash at all."""

_REFERENCE = re.compile(r"https?://|/|\?|(?![a-z][a-z0-9+.-]{0,30}:)[^\s/]{1,500}/\S", re.IGNORECASE)
"""A URL, a path, a query, or a path that begins at the feed's own; `tag:` and `urn:` are none."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|-->|<!\[CDATA\[|\]\]>")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>[^<]*", re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200b\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a document lists, as it claims it: the reference may be relative or nonsense.

    `modified_at` only helps to put entries in order: a page may change long after it came out.
    """

    reference: str
    title: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None


def make_links(entries: Iterable[Entry], response: Response, source: str) -> tuple[Link, ...]:
    """Return the links of `entries`, newest first, each article once, at most `MAX_LINKS`.

    What is no http or https URL is left out, and so are the document itself and a site's bare root:
    they are no articles.
    """
    links: dict[str, Link] = {}
    own = _key_or_none(response.url)
    for entry in _newest_first(entries, response.fetched_at):
        try:
            url = resolve_url(response.url, entry.reference)
            key = url_key(url)
        except ValueError:
            continue
        if key in links or _is_root(key) or key == own:
            continue
        title = None if GARBLED in entry.title else clean_title(entry.title) or None
        links[key] = Link(url=url, key=key, source=source, title=title, published_at=entry.published_at)
        if len(links) == MAX_LINKS:
            break
    return tuple(links.values())


def join_links(lists: Iterable[Iterable[Link]]) -> tuple[Link, ...]:
    """Return the links of several documents as of one, each article once, at most `MAX_LINKS`.

    The dated ones, newest first, then the undated in the order of their documents.
    """
    links = [link for one in lists for link in one]
    links.sort(key=lambda link: link.published_at or EARLIEST, reverse=True)
    joined: dict[str, Link] = {}
    for link in links:
        joined.setdefault(link.key, link)
    return tuple(joined.values())[:MAX_LINKS]


def clean_title(title: str) -> str:
    """Return a title as plain text: no markup, entities undone, on one line, at most `MAX_TITLE_CHARS`.

    Feeds escape titles once or twice, so markup is looked for before and after unescaping.
    """
    title = title[:MAX_RAW_TITLE_CHARS]
    for _ in range(2):
        title = html.unescape(_TAG.sub(" ", _SCRIPT.sub(" ", title)) if "<" in title else title)
    title = _TAG.sub(" ", title)
    folded = " ".join(_UNSEEN.sub("", title).split())
    return folded[:MAX_TITLE_CHARS].rstrip()


def as_permalink(identity: object) -> str:
    """Return an item's id where that is its URL or path as well, "" where it is but a name ("post-17")."""
    reference = identity.strip() if isinstance(identity, str) else ""
    return reference if _REFERENCE.match(reference) else ""


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """Return an aware date that an article of today's web can have, None for any other."""
    if moment is None:
        return None
    try:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return aware if EARLIEST <= aware <= now + MAX_AHEAD else None
    except (ValueError, OverflowError):
        return None


def _newest_first(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Sort by date; an undated entry stays behind the one that it follows in the document."""
    dated = list(_with_dates(entries, now))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _, entry in dated]


def _with_dates(entries: Iterable[Entry], now: datetime) -> Iterator[tuple[datetime, Entry]]:
    last = now + MAX_AHEAD
    for entry in entries:
        published_at = believable(entry.published_at, now)
        last = published_at or believable(entry.modified_at, now) or last
        yield last, Entry(entry.reference, entry.title, published_at)


def _is_root(key: str) -> bool:
    return key.endswith("/") and key.count("/") == SLASHES_OF_A_ROOT


def _key_or_none(url: str) -> str | None:
    try:
        return url_key(url)
    except ValueError:
        return None
