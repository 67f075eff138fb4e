"""JSON Feed -> entries (https://www.jsonfeed.org/version/1.1/).

Position: tried by `feeds` on a body that begins with a brace. Pure. Our own reading, because one item
of an unexpected shape must not cost the others.
"""

from __future__ import annotations

import json
from datetime import datetime

from monitor.discover.listing import Entry, as_permalink


def read_json_feed(body: bytes) -> list[Entry] | None:
    """Return what a JSON Feed lists; None when the body is none."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    items = document.get("items")
    version = document.get("version")
    named = isinstance(version, str) and "jsonfeed.org" in version
    if not isinstance(items, list) or not (named or _looks_like_items(items)):
        return None
    return [entry for entry in map(_read_item, items) if entry is not None]


def _looks_like_items(items: list[object]) -> bool:
    return any(isinstance(item, dict) and isinstance(item.get("url"), str) for item in items)


def _read_item(item: object) -> Entry | None:
    if not isinstance(item, dict):
        return None
    reference = item.get("url") or item.get("external_url") or as_permalink(item.get("id"))
    if not isinstance(reference, str) or not reference:
        return None
    title = item.get("title")
    return Entry(
        reference,
        title if isinstance(title, str) else "",
        _read_date(item.get("date_published")) or _read_date(item.get("date_modified")),
    )


def _read_date(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None
