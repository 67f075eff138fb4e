# ruff: noqa: E501  (tables and patterns read best unbroken)
"""What a page says of its story beside the text.

Position: after `walk`, before `decide`, which needs the title. Pure.

JSON-LD is asked first, then `<meta>`, microdata and `<time>`, then the lines around the title, then
the URL. Nothing is ever made up: a field that the page does not give stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.extract.authors import find_authors, find_title_block
from monitor.extract.dates import is_believable, parse_stamp, parse_url_date, parse_visible
from monitor.extract.page import Page, Reason
from monitor.extract.structured import Claims, read_claims
from monitor.extract.title import find_title
from monitor.text.urls import normalise_url, same_site

MAX_TAGS = 30
MAX_SUMMARY_CHARS = 600

HEAD_BLOCKS = 12
"""Blocks on either side of the title among which a visible date is looked for."""

MAX_DATE_LINE_CHARS = 120
"""A line with the date in it is not longer; a date in a paragraph is the story's."""

_PUBLISHED_NAMES = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished", "date.published",
    "pubdate", "publishdate", "publish_date", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dc.created", "citation_publication_date", "citation_date",
    "article.published", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "rbpubdate", "displaydate", "originalpublicationdate", "date",
    "ptime", "pdate", "article_date_original", "weibo:article:create_at", "apub:time", "bt:pubdate", "datecreated", "timestamp", "created",
)  # fmt: skip
_MODIFIED_NAMES = (
    "article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod", "dcterms.modified", "dc.date.modified",
    "article:modified", "revised", "utime", "modified",
)  # fmt: skip
_DIGIT = re.compile(r"\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of an article other than its text; see `monitor.model.Article`.

    `body` is the text that JSON-LD gives, "" if none: often cut short. `claims_article` says that the page
    calls itself an article.
    """

    url: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    language: str
    site_name: str | None
    section: str | None
    tags: tuple[str, ...]
    image: str | None
    summary: str | None
    paywalled: bool
    body: str
    claims_article: bool


def read_metadata(page: Page, url: str, hint: str, now: datetime) -> Metadata:
    """Return what the page at `url` says of its story. `hint` is the title its seed gave, "" if none.

    `now` is when it was fetched: later dates are not believed, and it stands for no date itself.
    """
    claims = read_claims(page.jsonld)
    site_name = _first_meta(page, "og:site_name", "application-name", "al:ios:app_name") or claims.publisher
    site_names = [site_name, claims.publisher, _site_label(url), urlsplit(url).hostname or ""]
    title = find_title(page, claims, site_names, hint)
    return Metadata(
        url=_canonical(page, url),
        title=title,
        authors=find_authors(page, claims.authors, site_names, title),
        published_at=_published(page, claims, url, title, now),
        modified_at=_first_believable(
            [claims.modified, *_metas(page, _MODIFIED_NAMES), *_times(page, "modified")], now
        ),
        language=_language(page, claims),
        site_name=site_name or None,
        section=claims.section or _first_meta(page, "article:section", "og:section", "section") or None,
        tags=_tags(page, claims),
        image=_absolute(_first_meta(page, "og:image", "twitter:image", "og:image:url") or claims.image, url),
        summary=(
            _first_meta(page, "og:description", "description", "twitter:description") or claims.description
        )[:MAX_SUMMARY_CHARS]
        or None,
        paywalled=claims.free is False or _first_meta(page, "article:content_tier") in ("locked", "metered"),
        body=claims.body,
        claims_article=claims.is_article or _first_meta(page, "og:type").casefold() == "article",
    )


def _first_meta(page: Page, *names: str) -> str:
    """Return the first non-empty content among the named metas, white space folded."""
    for name in names:
        for value in page.meta.get(name, ()):
            if folded := " ".join(value.split()):
                return folded
    return ""


def _metas(page: Page, names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in page.meta.get(name, ())]


def _times(page: Page, kind: str) -> list[str]:
    return [mention.value for mention in page.times if mention.kind == kind]


def _site_label(url: str) -> str:
    """Return the label of a host that names the site: "gazette" of www.gazette.co.uk."""
    labels = [
        label
        for label in (urlsplit(url).hostname or "").split(".")
        if label not in ("www", "m", "co", "com", "org", "net")
    ]
    return max(labels[:-1], key=len, default=labels[0] if labels else "")


def _canonical(page: Page, url: str) -> str:
    """Return the page's canonical URL when it stays on the site and names a page, else the response's."""
    for claimed in (page.canonical, _first_meta(page, "og:url")):
        absolute = _absolute(claimed, url)
        if absolute and same_site(absolute, url) and urlsplit(absolute).path.strip("/"):
            try:
                return normalise_url(absolute)
            except ValueError:
                continue
    try:
        return normalise_url(url)
    except ValueError:
        return url


def _absolute(link: str, url: str) -> str | None:
    """Return a link as an absolute HTTP URL, None when it is none."""
    try:
        absolute = urljoin(url, link.strip()) if link.strip() else ""
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None


def _published(page: Page, claims: Claims, url: str, title: str, now: datetime) -> datetime | None:
    """Return when the story was published, as the page says."""
    stamps = [
        claims.published,
        *_metas(page, _PUBLISHED_NAMES),
        *_times(page, "published"),
        *_times(page, "created"),
    ]
    found = _first_believable(stamps, now)
    if found:
        return found
    from_url = parse_url_date(urlsplit(url).path)
    place = find_title_block(page, title)
    near = [
        m.value
        for m in page.times
        if m.kind == "time" and place - HEAD_BLOCKS <= m.before <= place + HEAD_BLOCKS
    ]
    found = _first_believable(near, now) or _visible(page, place, now)
    if found and from_url and abs((found - from_url).days) > MAX_DAYS_APART:
        found = None
    if found:
        return found
    if from_url and is_believable(from_url, now):
        return from_url
    return _first_believable([m.value for m in page.times if m.kind == "time"], now)


MAX_DAYS_APART = 2
"""Days between a visible date and the one in the URL from which the URL is believed."""


def _first_believable(stamps: list[str], now: datetime) -> datetime | None:
    for stamp in stamps:
        moment = parse_stamp(stamp) if stamp else None
        if moment and is_believable(moment, now):
            return moment
    return None


def _visible(page: Page, place: int, now: datetime) -> datetime | None:
    """Return the first date in a short line near the title: below it first, then above."""
    month_first = page.language.lower() in ("", "en", "en-us", "en_us")
    below = range(place + 1, min(place + HEAD_BLOCKS, len(page.blocks)))
    above = range(place, max(place - HEAD_BLOCKS, -1), -1)
    elsewhere = [i for i in range(len(page.blocks)) if page.boxes[page.blocks[i].box].mark in _DATED_MARKS]
    for i in (*below, *above, *elsewhere[:MAX_DATE_LINES]):
        text = page.blocks[i].text if i < len(page.blocks) else ""
        if len(text) <= MAX_DATE_LINE_CHARS and _DIGIT.search(text):
            moment = parse_visible(text, month_first=month_first)
            if moment and is_believable(moment, now):
                return moment
    return None


_DATED_MARKS = (None, Reason.BYLINE, Reason.DATELINE)
"""Marks of boxes, none among them, where a date far from the title may still be the story's."""

MAX_DATE_LINES = 300
"""Lines of a page that are searched for a date when there is none near the title."""


def _language(page: Page, claims: Claims) -> str:
    """Return the declared language as ISO 639-1, "" when none is declared."""
    for declared in (
        page.language,
        *page.meta.get("content-language", ()),
        *page.meta.get("og:locale", ()),
        claims.language,
    ):
        code = re.split(r"[-_,;\s]", declared.strip().casefold())[0]
        if len(code) == len("en") and code.isalpha():
            return code
    return ""


def _tags(page: Page, claims: Claims) -> tuple[str, ...]:
    """Return the story's tags, each once."""
    values = [*claims.tags, *page.meta.get("article:tag", ())]
    if not values:
        values = [
            tag
            for name in ("news_keywords", "keywords")
            for value in page.meta.get(name, ())
            for tag in value.split(",")
        ]
    folded = (" ".join(value.split()) for value in values)
    return tuple(dict.fromkeys(value for value in folded if value))[:MAX_TAGS]
