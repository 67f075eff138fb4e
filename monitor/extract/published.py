# ruff: noqa: E501  (tables and patterns read best unbroken)
"""Which of a page's dates is the story's.

Position: asked by `metadata`; `dates` reads the single date. Pure.

How: JSON-LD is asked first, then `<meta>` and microdata, then what readers see around the title, then the
URL. What readers see corrects the stamps in two ways: it tells the zone of a stamp that was given in UTC,
and it dates a story that was reissued long after it first came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from urllib.parse import urlsplit

from monitor.extract.dates import has_clock, is_believable, parse_stamp, parse_url_date, parse_visible
from monitor.extract.marks import read_mark
from monitor.extract.page import Mention, Page, Reason
from monitor.extract.structured import Claims

HEAD_BLOCKS = 12
"""Blocks on either side of the title among which a visible date is looked for."""

MAX_DATE_LINE_CHARS = 120
"""A line with the date in it is not longer; a date in a paragraph is the story's."""

MAX_POSTED_CHARS = 200
_POSTED = re.compile(
    r"\b(?:posted|published|gepostet|veröffentlicht|publié|publicado|pubblicato|опубликован\w{0,2})\b"
)
"""A longer line may still say when the story was posted."""

DATE_CHARS = 24
"""A longer line may open with a date of this length."""

MAX_DAYS_APART = 2
"""Days between a visible date and the one in the URL from which the URL is believed."""

MAX_DATE_LINES = 1_000
"""Lines of a page that are searched for a date when there is none near the title."""

LATER = timedelta(days=3)
"""Time between the first edition and the current one from which a page that shows only the later day is dated
by it. Of the pages of the development set that do so, annotators took the later day on three of four."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LARGEST_OFFSET = timedelta(hours=14)
ZONE_STEP = timedelta(minutes=15)
"""Zones differ from Greenwich by multiples of this."""

_PUBLISHED_NAMES = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished", "date.published",
    "pubdate", "publishdate", "publish_date", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dc.created", "citation_publication_date", "citation_date",
    "article.published", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "rbpubdate", "displaydate", "originalpublicationdate", "date",
    "ptime", "pdate", "article_date_original", "weibo:article:create_at", "apub:time", "bt:pubdate", "datecreated", "timestamp", "created",
    "published", "published_at", "publishedat", "uploaddate",
)  # fmt: skip
_MODIFIED_NAMES = (
    "article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod", "dcterms.modified", "dc.date.modified",
    "article:modified", "revised", "utime", "modified", "updated",
)  # fmt: skip
_TITLES = ("og:title", "description", "og:description")
"""Where sites without any dates put them."""

_DIGIT = re.compile(r"\d{2}")
_DATED_MARKS = (None, Reason.BYLINE, Reason.DATELINE)
"""Marks of boxes, none among them, where a date far from the title may still be the story's."""


def find_dates(
    page: Page, claims: Claims, url: str, place: int, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return when the story was published and when it was last changed, as the page says; never after `now`.

    `place` is the index of the block that is the title, 0 when none is.
    """
    modified = _first_believable(
        [claims.modified, *_metas(page, _MODIFIED_NAMES), *_times(page, "modified")], now
    )
    stamps = [
        claims.published,
        *_metas(page, _PUBLISHED_NAMES),
        *_times(page, "published"),
        *_times(page, "created"),
    ]
    moments = [m for stamp in stamps if stamp and (m := parse_stamp(stamp)) and is_believable(m, now)]
    if not moments:
        return _find_undeclared(page, url, place, now), modified
    found = moments[0]
    later = [m for m in (*moments[1:], modified) if m and m - found >= LATER]
    if later:
        found = next((m for m in later if _shows_only(page, place, m, found)), found)
    return found if found.utcoffset() else _localise(
        page, moments, place, found, parse_url_date(urlsplit(url).path)
    ), modified


def _find_undeclared(page: Page, url: str, place: int, now: datetime) -> datetime | None:
    """Return the date that readers see, or that of the URL."""
    from_url = parse_url_date(urlsplit(url).path)
    near = sorted(range(max(place - HEAD_BLOCKS, 0), place + HEAD_BLOCKS), key=lambda i: abs(i - place - 0.6))
    found = _first_believable([m.value for m in _near(page, place)], now) or _visible(page, near, now)
    if found is None:
        elsewhere = [i for i, b in enumerate(page.blocks) if read_mark(page.boxes[b.box]) in _DATED_MARKS]
        found = _visible(page, elsewhere[:MAX_DATE_LINES], now)
    if found and from_url and abs((found - from_url).days) > MAX_DAYS_APART:
        found = None
    if found:
        return found
    if from_url and is_believable(from_url, now):
        return from_url
    stamps = [m.value for m in page.times if m.kind == "time"]
    return _first_believable([*stamps, page.title, *_metas(page, _TITLES)], now)


def _near(page: Page, place: int) -> list[Mention]:
    """Return the `<time>` elements around the title, the nearest first."""
    near = [m for m in page.times if m.kind == "time" and abs(m.before - place) <= HEAD_BLOCKS]
    return sorted(near, key=lambda m: abs(m.before - place - 1))


def _shows_only(page: Page, place: int, wanted: datetime, other: datetime) -> bool:
    """Return whether readers see the day `wanted` around the title, and not the day `other`."""
    days = {moment.date() for moment, _ in _shown(page, place)}
    return wanted.date() in days and other.date() not in days


def _shown(page: Page, place: int) -> Iterator[tuple[datetime, bool]]:
    """Yield the dates that readers see around the title, and whether each comes with a time of day."""
    for mention in _near(page, place):
        if moment := parse_stamp(mention.value):
            yield moment, has_clock(mention.value)
    month_first = _reads_month_first(page)
    for i in range(max(place - HEAD_BLOCKS, 0), min(place + HEAD_BLOCKS, len(page.blocks))):
        text = page.blocks[i].text
        if len(text) <= MAX_DATE_LINE_CHARS and _DIGIT.search(text):
            moment = parse_visible(text, month_first=month_first)
            if moment:
                yield moment, has_clock(text)


def _localise(
    page: Page, moments: list[datetime], place: int, found: datetime, from_url: datetime | None
) -> datetime:
    """Return a moment that was given in UTC in the zone where it was written, when the page tells it.

    Another stamp of the same moment may name the zone, or readers see a time of day that is the same moment
    elsewhere on Earth.
    """
    if not (found.hour or found.minute):
        return found
    elsewhere = None
    for moment, timed in chain(((m, True) for m in moments), _shown(page, place)):
        if moment.utcoffset() and abs(moment - found) < ZONE_STEP:
            return found.astimezone(moment.tzinfo)
        offset = moment.replace(tzinfo=UTC) - found.replace(second=0, microsecond=0)
        if timed and offset and abs(offset) <= LARGEST_OFFSET and not offset % ZONE_STEP:
            elsewhere = elsewhere or timezone(offset)
    if elsewhere is None and from_url:
        elsewhere = _zone_of_day(found, from_url)
    return found.astimezone(elsewhere) if elsewhere else found


def _zone_of_day(moment: datetime, day: datetime) -> timezone | None:
    """Return the zone nearest to Greenwich in which a moment in UTC is of the day before or after, `day`."""
    behind = moment - (day + DAY)
    if timedelta() <= behind < LARGEST_OFFSET:
        return timezone(-(behind // HOUR + 1) * HOUR)
    ahead = day - moment
    return timezone(-(-ahead // HOUR) * HOUR) if timedelta() < ahead <= LARGEST_OFFSET else None


def _metas(page: Page, names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in page.meta.get(name, ())]


def _times(page: Page, kind: str) -> list[str]:
    return [mention.value for mention in page.times if mention.kind == kind]


def _first_believable(stamps: list[str], now: datetime) -> datetime | None:
    for stamp in stamps:
        moment = parse_stamp(stamp) if stamp else None
        if moment and is_believable(moment, now):
            return moment
    return None


def _reads_month_first(page: Page) -> bool:
    return page.language.lower() in ("", "en", "en-us", "en_us")


def _visible(page: Page, indices: Sequence[int], now: datetime) -> datetime | None:
    """Return the first date in those of the blocks that are short lines."""
    month_first = _reads_month_first(page)
    for i in indices:
        text = page.blocks[i].text if i < len(page.blocks) else ""
        if not _DIGIT.search(text, 0, MAX_DATE_LINE_CHARS) or page.blocks[i].tag == "blockquote":
            continue
        if len(text) > MAX_DATE_LINE_CHARS and not (len(text) <= MAX_POSTED_CHARS and _POSTED.search(text)):
            text = text[: DATE_CHARS if text[0].isdigit() else 0]
        for american in (True, False) if month_first else (False,):
            moment = parse_visible(text, month_first=american)
            if moment and is_believable(moment, now):
                return moment
    return None
