"""A response's HTML, parsed: what `seeds` and `front` look at.

Position: the only module of this room that knows selectolax. Pure, on hostile bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.discover.charset import find_labels, is_of_the_web
from monitor.model import Response
from monitor.text.urls import resolve_url

MAX_PAGE_BYTES = 5_000_000
"""Front pages of news sites have up to 3 MB; what lies beyond lists nothing new."""

MAX_ANCHORS = 5000
MAX_ANCHOR_CHARS = 2000
MAX_NAMES_CHARS = 500
MAX_DEPTH = 30
"""How many elements around a link are looked at: deeper ones say nothing about its place."""

MAX_SCRIPTS = 20
_JSON_SCRIPTS = "script[type='application/ld+json'], script[type='application/json']"

PRESCAN_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page: `url` normalised, `text` folded, `around` its elements from the inside out.

    `in_heading` says that it is in a heading, or holds one.
    """

    url: str
    text: str
    around: tuple[Surrounding, ...]
    in_heading: bool


@dataclass(frozen=True, slots=True)
class Surrounding:
    """An element around a link: its tag, and its class, id and role in lower case."""

    tag: str
    names: str


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A feed that a page names in its head, or links to from its body (`linked`).

    `language` is what the page says that it is in, such as `hy`; "" when it does not say.
    """

    url: str
    title: str
    language: str = ""
    linked: bool = False


HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
FEED_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"),
        *("application/json+feed", "application/x-rss+xml", "text/rss+xml", "application/rss"),
    }
)
XML_TYPES = frozenset({"text/xml", "application/xml"})
_FEED_PATH = re.compile(
    r"(?:/|\b)(?:rss|feeds?|atom)(?:/|\.xml|\.rss|$)|\.(?:rss|atom)$|/rss\.", re.IGNORECASE
)


_FEED_NAME = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s{0,9}\d(?:\.\d{0,9})?\s{0,9}[;,]\s{0,9}(?:url\s{0,9}=\s{0,9})?[\"']?(?P<url>[^\"']{1,2000})",
    re.IGNORECASE,
)
"""A page that waits for ten seconds and more before it sends its readers on only renews itself."""


class Page:
    """A parsed page, and where it came from. `json` are the texts of the JSON that it carries along."""

    def __init__(self, response: Response) -> None:
        self._tree = LexborHTMLParser(_decode(response.body[:MAX_PAGE_BYTES], response.content_type))
        self.json = tuple(node.text() for node in self._tree.css(_JSON_SCRIPTS)[:MAX_SCRIPTS])
        for node in self._tree.css("script, style, template"):
            node.decompose()
        self.url = response.url
        self._base = self._read_base()
        self._surroundings: dict[int, Surrounding] = {}

    def anchors(self) -> Iterator[Anchor]:
        """Yield the links in page order; what leads to no http or https URL is left out."""
        for node in self._tree.css("a[href]")[:MAX_ANCHORS]:
            url = self._resolve(node.attributes.get("href"))
            if url is not None:
                around = tuple(self._around(node))
                in_heading = any(one.tag in HEADINGS for one in around) or _holds_heading(node)
                yield Anchor(url, _text(node), around, in_heading)

    def named_feeds(self) -> Iterator[NamedFeed]:
        """Yield the feeds that the page names: those of its head first, then links that look like feeds."""
        for node in self._tree.css("link[rel][href]"):
            url = self._resolve(node.attributes.get("href"))
            if url is not None and _names_feed(node):
                title, language = node.attributes.get("title") or "", node.attributes.get("hreflang") or ""
                yield NamedFeed(url, title, primary_language(language))
        for node in self._tree.css("a[href]")[:MAX_ANCHORS]:
            href = node.attributes.get("href") or ""
            if _FEED_PATH.search(href.partition("?")[0]):
                url = self._resolve(href)
                if url is not None:
                    yield NamedFeed(url, _text(node), linked=True)

    def language(self) -> str:
        """Return what the page says that it is in, such as `hy`; "" when it does not say."""
        node = self._tree.css_first("html[lang]")
        return "" if node is None else primary_language(node.attributes.get("lang") or "")

    def refresh(self) -> str | None:
        """Return where the page sends its readers on by itself; None when they stay."""
        node = self._tree.css_first("meta[http-equiv=refresh i][content]:not(noscript meta)")
        found = None if node is None else _REFRESH.match(node.attributes.get("content") or "")
        return None if found is None else self._resolve(found["url"])

    def generator(self) -> str:
        """Return what the page says that it was made with, in lower case; "" when it says nothing."""
        node = self._tree.css_first("meta[name=generator i]")
        return "" if node is None else (node.attributes.get("content") or "").lower()

    def _read_base(self) -> str:
        """Return what relative links are relative to."""
        node = self._tree.css_first("base[href]")
        href = None if node is None else node.attributes.get("href")
        try:
            return self.url if not href else resolve_url(self.url, href)
        except ValueError:
            return self.url

    def _resolve(self, href: str | None) -> str | None:
        if not href or href.startswith("#"):
            return None
        try:
            return resolve_url(self._base, href)
        except ValueError:
            return None

    def _around(self, node: LexborNode) -> Iterator[Surrounding]:
        parent: LexborNode | None = node
        for _ in range(MAX_DEPTH):
            if parent is None or not parent.tag or parent.tag.startswith("-"):
                return
            known = self._surroundings.get(parent.mem_id)
            if known is None:
                known = self._surroundings[parent.mem_id] = _describe(parent)
            yield known
            parent = parent.parent


def primary_language(tag: str) -> str:
    """Return the language of a tag such as `en-GB`, without its country."""
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def _names_feed(node: LexborNode) -> bool:
    """Return whether a `link` says that it leads to a feed.

    XML of any kind is one, and what has no type where its name says so: some pages leave it out.
    """
    rel = (node.attributes.get("rel") or "").lower().split()
    kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" not in rel and "feed" not in rel:
        return False
    if kind:
        return kind in FEED_TYPES or ("stylesheet" not in rel and kind in XML_TYPES)
    path = (node.attributes.get("href") or "").partition("?")[0]
    return bool(_FEED_PATH.search(path) or _FEED_NAME.search(node.attributes.get("title") or ""))


def _describe(node: LexborNode) -> Surrounding:
    attributes = node.attributes
    names = " ".join(attributes.get(name) or "" for name in ("class", "id", "role"))
    return Surrounding(node.tag or "", names[:MAX_NAMES_CHARS].lower())


def _holds_heading(node: LexborNode) -> bool:
    return any(child.tag in HEADINGS for child in node.iter())


def _text(node: LexborNode) -> str:
    return " ".join(node.text(separator=" ")[:MAX_ANCHOR_CHARS].split())


def _decode(body: bytes, content_type: str) -> str:
    """Return the page as text. Only the titles depend on the charset, and they are hints here."""
    labels = [*find_labels(content_type.encode("utf-8", "replace")), *find_labels(body[:PRESCAN_BYTES])]
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    for label in (b"utf-8", *(label for label in labels[:2] if is_of_the_web(label))):
        try:
            return body.removeprefix(codecs.BOM_UTF8).decode(label.decode("ascii"))
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")
