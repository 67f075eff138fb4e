"""JSON inside a page -> entries: what a page that draws itself with JavaScript would list.

Position: asked by `front` when a page has hardly a link that looks like an article. Pure.

Such pages bring their content along, for their own script to draw: JSON-LD lists, and the state of
frameworks (`__NEXT_DATA__` and its like). Whatever has a URL beside a title is a candidate there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.discover.listing import Entry
from monitor.text.records import read_records

URL_FIELDS = ("url", "href", "link", "permalink", "canonicalUrl", "webUrl", "path", "uri", "slug", "@id")
TITLE_FIELDS = ("headline", "title", "name")
DATE_FIELDS = ("datePublished", "publishedAt", "published_at", "publishDate", "pubDate", "date")


def read_embedded(documents: Iterable[str]) -> Iterator[Entry]:
    """Yield what has a URL beside a title in any of the JSON `documents`, in their order."""
    for record in read_records(documents):
        entry = _to_entry(record)
        if entry is not None:
            yield entry


def _to_entry(record: dict[str, object]) -> Entry | None:
    reference = _first_text(record, URL_FIELDS)
    title = _first_text(record, TITLE_FIELDS)
    if not title or "/" not in reference:
        return None
    return Entry(reference, title, _date(_first_text(record, DATE_FIELDS)))


def _first_text(record: dict[str, object], names: Iterable[str]) -> str:
    """Return the first field that is a text, or holds one as `rendered`, as WordPress writes it."""
    for name in names:
        value = record.get(name)
        if isinstance(value, dict):
            value = value.get("rendered")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _date(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
