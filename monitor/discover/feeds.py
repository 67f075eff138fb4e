"""RSS, RDF, Atom or JSON Feed -> entries.

Position: after `fetch`, before `listing`. Pure, on hostile bytes.

fastfeedparser goes first: measured on 55 real feeds it is more than 150 times as fast as feedparser
and finds the same links and titles. feedparser, the more forgiving of the two, is asked where it fails
or finds nothing. Both are only ever given bytes: given text, the one would fetch what looks like a URL
and the other open what looks like a path.
"""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from monitor.discover.jsonfeed import read_json_feed
from monitor.discover.listing import Entry, as_permalink
from monitor.model import Response

SNIFF_BYTES = 4096
"""How far into a document its root element is looked for."""

MAX_FORGIVING_BYTES = 2_000_000
"""How much of a feed the slow parser sees: it reads about 1 MB/s."""

HEAD_BYTES = 65_536
"""How far into a feed its own settings are looked for: they stand before its items."""

_FIRST_ITEM = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
_TTL = re.compile(rb"<ttl\b[^>]{0,100}>\s{0,100}(\d{1,6})\s{0,100}</ttl>", re.IGNORECASE)
_PERIOD = re.compile(
    rb"<\w{1,20}:updatePeriod\b[^>]{0,100}>\s{0,100}(hourly|daily|weekly|monthly|yearly)[\s<]", re.IGNORECASE
)
_FREQUENCY = re.compile(
    rb"<\w{1,20}:updateFrequency\b[^>]{0,100}>\s{0,100}(\d{1,4})\s{0,100}<", re.IGNORECASE
)
PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(days=7),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}

_ROOT = re.compile(rb"<(?:rss|feed|rdf:rdf|channel)[\s>]|<[a-z0-9]{1,20}:(?:feed|rss)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


def looks_like_feed(body: bytes) -> bool:
    """Return whether the body begins as a feed does, whatever its content type says."""
    head = _COMMENT.sub(b"", _as_utf8(body[:SNIFF_BYTES])).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return read_json_feed(body) is not None
    root = _ROOT.search(head)
    page = _HTML.search(head)
    return root is not None and (page is None or root.start() < page.start())


def read_feed(body: bytes) -> list[Entry]:
    """Return what a feed lists, in its order; empty when it is no feed or lists nothing."""
    listed = read_json_feed(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else None
    if listed is not None:
        return listed
    body = _without_entities(_as_utf8(body))
    listed = _read_fast(body)
    return _read_forgiving(body) if listed is None else listed


def find_ttl(response: Response) -> timedelta:
    """Return how long a feed says that it will do, zero when it does not say or is no feed.

    Its `ttl` in minutes (RSS 2.0), or else its `sy:updatePeriod`, parted by its `sy:updateFrequency`
    (RSS 1.0, mod_syndication). Cheap: only the head is looked at.
    """
    head = _FIRST_ITEM.split(_as_utf8(response.body[:HEAD_BYTES]), maxsplit=1)[0]
    if found := _TTL.search(head):
        return timedelta(minutes=int(found[1]))
    if found := _PERIOD.search(head):
        often = _FREQUENCY.search(head)
        return PERIODS[found[1].lower()] / max(1, int(often[1]) if often else 1)
    return timedelta()


def _as_utf8(body: bytes) -> bytes:
    """Turn UTF-16, which neither parser reads reliably, into UTF-8."""
    encoding = _UTF16.get(body[:2])
    if encoding is None:
        return body
    text = body[2:].decode(encoding, "replace")
    return _XML_DECLARATION.sub("", text, count=1).encode("utf-8", "replace")


def _without_entities(body: bytes) -> bytes:
    """Spoil every entity declaration: one that is not declared can neither grow nor fetch anything."""
    return _ENTITY.sub(b"<!-NTITY", body) if b"<!" in body else body


def _read_fast(body: bytes) -> list[Entry] | None:
    """Return the items that have a link; None when the parser failed or found no items at all."""
    import fastfeedparser  # noqa: PLC0415 - the daemon leaves feeds to its workers, and must not carry 8 MB

    try:
        feed = fastfeedparser.parse(
            body, include_content=False, include_tags=False, include_media=False, include_enclosures=False
        )
        return list(_entries(feed["entries"])) if feed["entries"] else None
    except Exception:  # noqa: BLE001 - on hostile bytes it fails in ways of all kinds; the next parser follows
        return None


def _entries(found: Iterable[Mapping[str, object]]) -> Iterator[Entry]:
    for item in found:
        reference = _reference(item)
        if reference:
            published = _iso(item.get("published")) or _iso(item.get("updated"))
            yield Entry(reference, _text(item.get("title")), published)


def _read_forgiving(body: bytes) -> list[Entry]:
    import feedparser  # noqa: PLC0415 - as above

    try:
        found = feedparser.parse(
            io.BytesIO(body[:MAX_FORGIVING_BYTES]), sanitize_html=False, resolve_relative_uris=False
        )["entries"]
        return list(_forgiving_entries(found))
    except Exception:  # noqa: BLE001 - as above, and there is no third parser
        return []


def _forgiving_entries(found: Iterable[Mapping[str, object]]) -> Iterator[Entry]:
    for item in found:
        reference = _reference(item)
        if reference:
            published = _struct(item.get("published_parsed")) or _struct(item.get("updated_parsed"))
            yield Entry(reference, _text(item.get("title")), published)


def _reference(item: Mapping[str, object]) -> str:
    """Return an item's link. Both parsers put the id there when there is none, whatever it is."""
    link, identity = _text(item.get("link")), _text(item.get("id"))
    return link if link and link != identity else as_permalink(identity)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _iso(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _struct(value: object) -> datetime | None:
    """Read a `time.struct_time` in UTC."""
    try:
        return datetime.fromtimestamp(calendar.timegm(value), UTC) if isinstance(value, tuple) else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
