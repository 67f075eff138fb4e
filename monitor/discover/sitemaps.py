"""Sitemap -> entries; sitemap index -> the sitemaps that may hold news (sitemaps.org/protocol.html).

Position: after `fetch`, before `listing`. Pure, on hostile bytes.

Read with expat as a stream, up to where the document breaks: nothing is built in memory that is not
wanted, and the first entity that is declared ends the reading. News sitemaps say when an article came
out and what it is called; the general ones only when a page last changed, so there only what looks
like an article by its URL, and changed of late, is taken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.parsers import expat

from monitor.discover.front import date_in_url, weigh_url
from monitor.discover.listing import Entry, believable
from monitor.discover.mending import mend_xml, unpack

MAX_FIELD_CHARS = 4096
MAX_ENTRIES = 50_000
"""The protocol's own limit."""

RECENT = timedelta(days=30)
"""A general sitemap lists a site's whole history; a month covers any outage of ours."""

MAX_CHILDREN = 3
"""How many sitemaps of an index are worth a request on each visit."""

SOMETHING = 0.5
"""The weight of a URL that has at least one mark of an article's."""

_FIELDS = {
    ("url", "loc"): "loc",
    ("url", "lastmod"): "lastmod",
    ("url", "news", "publication_date"): "published",
    ("url", "news", "title"): "title",
    ("sitemap", "loc"): "loc",
    ("sitemap", "lastmod"): "lastmod",
}
_NEWS_NAME = re.compile(r"news|post|article|story|stories|latest|recent|current|today", re.IGNORECASE)
_OTHER_NAME = re.compile(
    r"image|video|page[^/]*\.xml|categor|tags?\b|author|product|section|static", re.IGNORECASE
)
_ROOT = re.compile(rb"<(?:[a-z0-9]{1,20}:)?(?P<root>urlset|sitemapindex)[\s>]", re.IGNORECASE)
SNIFF_BYTES = 4096


@dataclass(slots=True)
class _Record:
    """The texts of one `url` or `sitemap` element."""

    loc: str = ""
    lastmod: str = ""
    published: str = ""
    title: str = ""


@dataclass(slots=True)
class _Reading:
    """What has been read so far: where in the document we are, and the records behind us."""

    path: list[str] = field(default_factory=list)
    record: _Record = field(default_factory=_Record)
    records: list[_Record] = field(default_factory=list)
    index: bool = False

    def start(self, name: str, _: object) -> None:
        """Enter an element."""
        local = name.rpartition(":")[2].lower()
        self.index = self.index or (not self.path and local == "sitemapindex")
        self.path.append(local)
        if len(self.path) == len(("urlset", "url")):
            self.record = _Record()

    def end(self, _: str) -> None:
        """Leave an element."""
        if len(self.path) == len(("urlset", "url")) and self.record.loc:
            self.records.append(self.record)
            if len(self.records) >= MAX_ENTRIES:
                raise _EnoughReadError
        self.path.pop()

    def text(self, text: str) -> None:
        """Take text of the element that we are in."""
        name = _FIELDS.get(tuple(self.path[1:4])) if len(self.path) <= len(_DEEPEST) else None
        if name is not None and len(getattr(self.record, name)) < MAX_FIELD_CHARS:
            setattr(self.record, name, getattr(self.record, name) + text)


_DEEPEST = ("urlset", "url", "news", "title")


class _EnoughReadError(Exception):
    """The reading stops here, with what it has."""


def looks_like_sitemap(body: bytes) -> bool:
    """Return whether the body begins as a sitemap or an index of sitemaps does, packed or not."""
    return _ROOT.search(unpack(body, SNIFF_BYTES)[:SNIFF_BYTES]) is not None


def read_sitemap(body: bytes, url: str, now: datetime) -> list[Entry]:
    """Return the articles that the sitemap at `url` lists, in its order; empty for anything else.

    In one that is named after news or posts, any page is taken for an article.
    """
    reading = _read(body)
    if reading.index:
        return []
    least = 0.0 if _rank_name(url) == 0 else SOMETHING
    return [entry for one in reading.records if (entry := _to_entry(one, least, now)) is not None]


def read_index(body: bytes, now: datetime) -> list[tuple[str, str]]:
    """Return up to `MAX_CHILDREN` sitemaps that an index names, the likeliest to hold news first.

    Each with the date of its last change, as the index writes it.

    By name first, then by the date of the last change; of those without one the last, since most indexes
    grow at their end. Empty when the body is no index; one that begins as a plain sitemap is not read on.
    """
    root = _ROOT.search(unpack(body, SNIFF_BYTES)[:SNIFF_BYTES])
    if root is not None and root["root"].lower() == b"urlset":
        return []
    reading = _read(body)
    if not reading.index:
        return []
    ranked = sorted(
        enumerate(reading.records),
        key=lambda pair: (_rank_name(pair[1].loc), _seconds_since(pair[1], now), -pair[0]),
    )
    return [(record.loc.strip(), record.lastmod.strip()) for _, record in ranked[:MAX_CHILDREN]]


def rank_sitemaps(urls: Iterable[str]) -> list[str]:
    """Return sitemaps with those named after news first; the order is kept otherwise."""
    return sorted(urls, key=_rank_name)


def _rank_name(url: str) -> int:
    name = url.partition("://")[2].partition("/")[2]
    if _NEWS_NAME.search(name):
        return 0
    return 2 if _OTHER_NAME.search(name) else 1


def _seconds_since(record: _Record, now: datetime) -> float:
    modified_at = believable(_date(record.lastmod), now)
    return float("inf") if modified_at is None else (now - modified_at).total_seconds()


def _to_entry(record: _Record, least: float, now: datetime) -> Entry | None:
    """Return the entry for a record; None for what is old, or weighs less than `least` as an article."""
    reference = record.loc.strip()
    modified_at = _date(record.lastmod)
    if record.published:
        return Entry(reference, record.title, _date(record.published), modified_at)
    changed_at = believable(modified_at, now)
    if changed_at is not None and changed_at < now - RECENT:
        return None
    try:
        return (
            Entry(reference, "", date_in_url(reference), modified_at)
            if weigh_url(reference) >= least
            else None
        )
    except ValueError:
        return None


def _read(body: bytes) -> _Reading:
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = _stop
    try:
        parser.ParseFile(io.BytesIO(mend_xml(unpack(body).lstrip())))
    except (expat.ExpatError, _EnoughReadError, LookupError, ValueError):
        return reading  # broken, cut short or more than enough: what was read counts
    return reading


def _stop(*_: object) -> None:
    raise _EnoughReadError


def _date(value: str) -> datetime | None:
    """Read a W3C date; a bare day is its midnight."""
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None
